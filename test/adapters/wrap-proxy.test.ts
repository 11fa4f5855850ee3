// Proxies below the sockets: every word of a handshake, in every cut; what they refuse; TLS behind them; and the whole
// contract of a Net through small proxies that do the work.

import { describe, it } from "node:test";
import { assert, assertEquals } from "../assert.ts";
import { bytesOf, MemoryNet, Peer, PeerServer } from "../../adapters/memory/mod.ts";
import type { MemoryNetOptions } from "../../adapters/memory/mod.ts";
import { ProxyNet, traceNet } from "../../adapters/wrap/mod.ts";
import type { Proxy } from "../../adapters/wrap/mod.ts";
import {
  CAN_LISTEN,
  CAN_STARTTLS,
  PROTOCOL,
  PROXY,
  REFUSED,
  TIMEOUT,
  TLS_CLIENT,
  TLS_SERVER,
  UNREACHABLE,
  UNSUPPORTED,
} from "../../core/ports.ts";
import type { Chunk, Conn, ConnHandler, Listener, Net, Target } from "../../core/ports.ts";

const AT = { host: "10.0.0.9", port: 1080 };

function proxyOf(type: string, user = "", password = ""): Proxy {
  return { type, ...AT, user, password };
}

/** One dial through a proxy that a test plays. */
class Stage {
  memory: MemoryNet;
  net: ProxyNet;
  client = new Peer();
  proxy: Peer;

  constructor(proxy: Proxy, target: Target, options: MemoryNetOptions = {}) {
    this.memory = new MemoryNet(options);
    this.net = new ProxyNet(this.memory, proxy);
    const listening = new PeerServer(this.memory, { ...AT, text: true });
    this.client.dial(this.net, target);
    this.memory.run();
    listening.close();
    this.proxy = listening.peers[0];
  }

  /** The proxy hears this, and answers that. */
  talk(expected: string, answer: string | Uint8Array): void {
    this.memory.run();
    assertEquals(this.proxy.take(), expected);
    this.proxy.send(answer);
    this.memory.run();
  }

  /** What the client's dial came to. */
  fails(error: number, refusal: string): void {
    this.memory.run();
    assertEquals([this.client.error, this.net.refusal, this.client.isOpen], [error, refusal, false]);
    this.over();
  }

  over(): void {
    this.client.abort();
    this.proxy.abort();
    this.memory.run();
    assertEquals(this.memory.open, { conns: 0, listeners: 0, lent: 0 });
  }
}

interface Talk {
  name: string;
  proxy: Proxy;
  host: string;
  /** What is asked and answered, in turn. */
  words: [string, string][];
}

const REPLY = "\x05\x00\x00\x01\x0a\x00\x00\x09\xc3\x50";
const HTTP = "HTTP/1.0 200 Connection established\r\nVia: x\r\n\r\n";

const TALKS: Talk[] = [
  {
    name: "SOCKS 5 and a name",
    proxy: proxyOf("socks5"),
    host: "far.example",
    words: [["\x05\x01\x00", "\x05\x00"], ["\x05\x01\x00\x03\x0bfar.example\x00\x15", REPLY]],
  },
  {
    name: "SOCKS 5 and an IPv4 address",
    proxy: proxyOf("socks5"),
    host: "192.0.2.200",
    words: [["\x05\x01\x00", "\x05\x00"], ["\x05\x01\x00\x01\xc0\x00\x02\xc8\x00\x15", "\x05\x00\x00\x03\x04here\x00\x01"]],
  },
  {
    name: "SOCKS 5 and an IPv6 address",
    proxy: proxyOf("socks5"),
    host: "2001:db8::a1",
    words: [
      ["\x05\x01\x00", "\x05\x00"],
      ["\x05\x01\x00\x04\x20\x01\x0d\xb8" + "\x00".repeat(11) + "\xa1\x00\x15", "\x05\x00\x00\x04" + "\x00".repeat(18)],
    ],
  },
  {
    name: "SOCKS 5 with a login that is asked for",
    proxy: proxyOf("socks5", "fu", "f:p\xe9"),
    host: "192.0.2.200",
    words: [
      ["\x05\x02\x00\x02", "\x05\x02"],
      ["\x01\x02fu\x04f:p\xe9", "\x01\x00"],
      ["\x05\x01\x00\x01\xc0\x00\x02\xc8\x00\x15", REPLY],
    ],
  },
  {
    name: "SOCKS 5 with a login that nobody asks for",
    proxy: proxyOf("socks5", "fu", "fp"),
    host: "192.0.2.200",
    words: [["\x05\x02\x00\x02", "\x05\x00"], ["\x05\x01\x00\x01\xc0\x00\x02\xc8\x00\x15", REPLY]],
  },
  {
    name: "SOCKS 4 and an address",
    proxy: proxyOf("socks4", "fu"),
    host: "192.0.2.200",
    words: [["\x04\x01\x00\x15\xc0\x00\x02\xc8fu\x00", "\x00\x5a\x00\x00\x00\x00\x00\x00"]],
  },
  {
    name: "SOCKS 4A and a name",
    proxy: proxyOf("socks4"),
    host: "far.example",
    words: [["\x04\x01\x00\x15\x00\x00\x00\x01\x00far.example\x00", "\x00\x5a\x00\x15\x0a\x00\x00\x01"]],
  },
  {
    name: "CONNECT",
    proxy: proxyOf("http"),
    host: "far.example",
    words: [["CONNECT far.example:21 HTTP/1.1\r\nHost: far.example:21\r\n\r\n", HTTP]],
  },
  {
    name: "CONNECT with a login, to an IPv6 address",
    proxy: proxyOf("http", "fu", "secret"),
    host: "2001:db8::a1",
    words: [[
      "CONNECT [2001:db8::a1]:21 HTTP/1.1\r\nHost: [2001:db8::a1]:21\r\nProxy-Authorization: Basic ZnU6c2VjcmV0\r\n\r\n",
      HTTP,
    ]],
  },
];

describe("a proxy is asked for a target", () => {
  for (const { name, proxy, host, words } of TALKS) {
    for (const text of [true, false]) {
      for (const options of [{}, { split: 1 }, { lend: true }, { split: 3, lend: true, early: true }]) {
        it(`${name}, ${text ? "text" : "bytes"}, ${JSON.stringify(options)}`, () => {
          const stage = new Stage(proxy, { host, port: 21, text }, options);
          words.forEach(([asked, answer], i) => {
            assertEquals(stage.client.isOpen, false);
            stage.talk(asked, i === words.length - 1 ? answer + "220 Hello\r\n" : answer);
          });
          assertEquals(stage.client.events, ["opened"]);
          assertEquals(stage.client.take(), "220 Hello\r\n");
          const remote = stage.client.conn?.remote;
          assertEquals(remote, { host, port: 21, family: host.includes(":") ? 6 : 4 });
          stage.client.send("USER ana\r\n");
          stage.talk("USER ana\r\n", "331 ");
          assertEquals(stage.client.take(), "331 ");
          stage.over();
        });
      }
    }
  }

  it("what follows the yes is kept by a user who wants to, and the rest waits", () => {
    const stage = new Stage(proxyOf("http"), { host: "far.example", port: 21, text: true });
    stage.client.holding = true;
    stage.memory.run();
    stage.proxy.send(HTTP + "220 one\r\n");
    stage.memory.run();
    stage.proxy.send("220 two\r\n");
    stage.memory.run();
    assertEquals(stage.client.take(), "220 one\r\n");
    stage.client.resume();
    stage.memory.run();
    assertEquals(stage.client.take(), "220 two\r\n");
    stage.over();
  });

  it("each word of an answer on its own is no yes yet", () => {
    for (const { name, proxy, host, words } of TALKS) {
      const [, last] = words[words.length - 1];
      for (let cut = 1; cut < last.length; cut++) {
        const stage = new Stage(proxy, { host, port: 21, text: true });
        words.forEach(([asked, answer], i) => stage.talk(asked, i === words.length - 1 ? answer.slice(0, cut) : answer));
        assertEquals([name, cut, stage.client.isOpen, stage.client.error], [name, cut, false, -1]);
        stage.over();
      }
    }
  });
});

describe("a proxy says no", () => {
  const hello = "\x05\x01\x00";
  const ask = "\x05\x01\x00\x01\xc0\x00\x02\xc8\x00\x15";
  const answers: [string, Proxy, [string, string][], number, string][] = [
    ["SOCKS 5: not allowed", proxyOf("socks5"), [[hello, "\x05\x00"], [ask, "\x05\x02"]], PROXY, "not allowed by its rules"],
    ["SOCKS 5: no host", proxyOf("socks5"), [[hello, "\x05\x00"], [ask, "\x05\x04\x00\x01"]], UNREACHABLE, "host unreachable"],
    ["SOCKS 5: refused", proxyOf("socks5"), [[hello, "\x05\x00"], [ask, "\x05\x05"]], REFUSED, "connection refused"],
    ["SOCKS 5: expired", proxyOf("socks5"), [[hello, "\x05\x00"], [ask, "\x05\x06"]], TIMEOUT, "time to live expired"],
    ["SOCKS 5: unknown", proxyOf("socks5"), [[hello, "\x05\x00"], [ask, "\x05\x63"]], PROXY, "SOCKS error 99"],
    ["SOCKS 5: wants a login", proxyOf("socks5"), [[hello, "\x05\xff"]], PROXY, "it wants a login"],
    ["SOCKS 5: chooses what was not offered", proxyOf("socks5"), [[hello, "\x05\x02"]], PROXY, "it wants a login"],
    ["SOCKS 5: another login", proxyOf("socks5", "a", "b"), [["\x05\x02\x00\x02", "\x05\xff"]], PROXY, "no login that it takes"],
    [
      "SOCKS 5: wrong password",
      proxyOf("socks5", "a", "b"),
      [["\x05\x02\x00\x02", "\x05\x02"], ["\x01\x01a\x01b", "\x01\x01"]],
      PROXY,
      "wrong name or password",
    ],
    ["SOCKS 5: is an FTP server", proxyOf("socks5"), [[hello, "220 Hello\r\n"]], PROTOCOL, "it does not speak SOCKS 5"],
    ["SOCKS 4: no", proxyOf("socks4"), [["\x04\x01\x00\x15\xc0\x00\x02\xc8\x00", "\x00\x5b"]], PROXY, "refused or failed"],
    [
      "SOCKS 4: is SOCKS 5",
      proxyOf("socks4"),
      [["\x04\x01\x00\x15\xc0\x00\x02\xc8\x00", "\x05\xff"]],
      PROTOCOL,
      "it does not speak SOCKS 4",
    ],
  ];
  for (const [name, proxy, words, error, why] of answers) {
    it(name, () => {
      const stage = new Stage(proxy, { host: "192.0.2.200", port: 21, text: true });
      for (const [asked, answer] of words) stage.talk(asked, answer);
      stage.fails(error, why);
    });
  }

  const connect = "CONNECT far.example:21 HTTP/1.1\r\nHost: far.example:21\r\n\r\n";
  const https: [string, number, string][] = [
    ["HTTP/1.1 407 Proxy Authentication Required\r\nX: y\r\n\r\nbody", PROXY, "407 Proxy Authentication Required"],
    ["HTTP/1.1 403 Forbidden\r\n\r\n", PROXY, "403 Forbidden"],
    ["HTTP/1.1 503 Service Unavailable\r\n\r\n", UNREACHABLE, "503 Service Unavailable"],
    ["SSH-2.0-x\r\n", PROTOCOL, "it does not speak HTTP"],
    ["HTTP/1.1 200 " + "x".repeat(20000), PROTOCOL, "too many words"],
  ];
  for (const [answer, error, why] of https) {
    it(`HTTP: ${answer.slice(0, 40).trim()}`, () => {
      const stage = new Stage(proxyOf("http"), { host: "far.example", port: 21, text: true });
      stage.talk(connect, answer);
      stage.fails(error, why);
    });
  }

  it("it ends the connection, or breaks it", () => {
    const ended = new Stage(proxyOf("http"), { host: "far.example", port: 21, text: true });
    ended.proxy.end();
    ended.fails(PROTOCOL, "it ended the connection");
    const broken = new Stage(proxyOf("http"), { host: "far.example", port: 21, text: true });
    broken.proxy.abort();
    broken.memory.run();
    assert(broken.client.error > 0);
    broken.over();
  });

  it("nobody is there", () => {
    const memory = new MemoryNet({});
    const client = new Peer();
    client.dial(new ProxyNet(memory, proxyOf("http")), { host: "far.example", port: 21 });
    memory.run();
    assertEquals(client.error, REFUSED);
  });

  it("what a proxy cannot be asked for is not asked", () => {
    const asked: [Proxy, string][] = [
      [proxyOf("socks5"), "x".repeat(256)],
      [proxyOf("socks4"), "2001:db8::1"],
      [proxyOf("http"), "a\r\nX: y"],
    ];
    for (const [proxy, host] of asked) new Stage(proxy, { host, port: 21 }).fails(UNSUPPORTED, "it cannot be asked for this host");
  });

  it("who leaves when the connection opens hears nothing of what came with the yes", () => {
    for (const leave of ["abort", "end"] as const) {
      const stage = new Stage(proxyOf("http"), { host: "far.example", port: 21, text: true });
      stage.client.opened = (conn) => conn[leave]();
      stage.proxy.take();
      stage.proxy.send(HTTP + "220 Hello\r\n");
      stage.memory.run();
      assertEquals(stage.client.take(), "");
      stage.over();
    }
  });

  it("a dial that is called off during the talk", () => {
    for (const options of [{}, { lend: true }]) {
      const stage = new Stage(proxyOf("socks5"), { host: "far.example", port: 21 }, options);
      stage.talk("\x05\x01\x00", "\x05\x00");
      stage.client.abort();
      stage.memory.run();
      assertEquals([stage.client.isOpen, stage.client.events.length], [false, 1]);
      stage.over();
    }
  });
});

/** A Net with one connection, whose events come when a test says so: the answer before our words are gone, which no other Net does. */
class SlowNet implements Net, Conn {
  can = CAN_STARTTLS;
  handler: ConnHandler = new Peer();
  local = { host: "127.0.0.1", port: 1, family: 4 };
  remote = this.local;
  tls = null;
  calls: string[] = [];

  connect(_target: Target, handler: ConnHandler): Conn {
    this.handler = handler;
    return this;
  }

  listen(): Listener {
    throw new Error("nobody listens");
  }

  wake(): void {}

  send(chunk: Chunk): boolean {
    this.calls.push(`send ${JSON.stringify(chunk)}`);
    return false;
  }

  resume(): void {
    this.calls.push("resume");
  }

  end(): void {
    this.calls.push("end");
  }

  abort(): void {
    this.calls.push("abort");
  }

  secure(): void {
    this.calls.push("secure");
  }
}

describe("an answer that comes before our words are gone", () => {
  it("is held until they are: the connection is handed over with nothing lent", () => {
    const slow = new SlowNet();
    const client = new Peer();
    client.dial(new ProxyNet(slow, proxyOf("http")), { host: "far.example", port: 21, text: true });
    slow.handler.opened(slow);
    const answer = HTTP + "220 Hello\r\n";
    assertEquals(slow.handler.data(answer, answer.length), false);
    assertEquals([client.events, slow.calls.length], [[], 1]);
    slow.handler.drained();
    assertEquals([client.events, client.take(), slow.calls.at(-1)], [["opened"], "220 Hello\r\n", "resume"]);
  });

  it("so does the next question of a longer talk", () => {
    const slow = new SlowNet();
    const client = new Peer();
    client.dial(new ProxyNet(slow, proxyOf("socks5")), { host: "192.0.2.200", port: 21 });
    slow.handler.opened(slow);
    assertEquals(slow.handler.data(new Uint8Array([5, 0]), 2), true);
    assertEquals(slow.calls.length, 1);
    slow.handler.drained();
    assertEquals(slow.calls.length, 2);
    slow.handler.drained();
    slow.handler.data(bytesOf(REPLY), REPLY.length);
    assertEquals(client.events, ["opened"]);
  });

  it("and the end of the loan is not told to who waits for TLS", () => {
    const slow = new SlowNet();
    const client = new Peer();
    let drained = 0;
    client.drained = (): void => void drained++;
    const tls = { role: TLS_CLIENT, name: "far.example", verify: true, pin: "", identity: null, owner: null, requireReuse: false };
    client.dial(new ProxyNet(slow, proxyOf("http")), { host: "far.example", port: 990, text: true, tls });
    slow.handler.opened(slow);
    slow.handler.data(HTTP, HTTP.length);
    slow.handler.drained();
    assertEquals([client.events, drained, slow.calls.at(-1)], [[], 0, "secure"]);
    slow.handler.secured?.();
    assertEquals([client.events, drained], [["opened"], 0]);
  });
});

describe("behind a proxy", () => {
  it("nobody listens", () => {
    const memory = new MemoryNet({});
    const net = new ProxyNet(memory, proxyOf("socks5"));
    const heard: number[] = [];
    assertEquals(net.can & CAN_LISTEN, 0);
    net.listen({ host: "", port: 0 }, { listening: (error) => void heard.push(error), accept: () => null }).close();
    assertEquals(heard, [UNSUPPORTED]);
  });

  it("a trace shows commands and hides what the proxy was told", () => {
    const memory = new MemoryNet({});
    const lines: string[] = [];
    const net = new ProxyNet(traceNet(memory, (line) => lines.push(line), {}), proxyOf("socks5", "fu", "secret"));
    const listening = new PeerServer(memory, { ...AT, text: true });
    const client = new Peer();
    client.dial(net, { host: "192.0.2.200", port: 21, text: true });
    memory.run();
    const [proxy] = listening.peers;
    for (const answer of ["\x05\x02", "\x01\x00", REPLY, "220 Hello\r\n"]) {
      proxy.send(answer);
      memory.run();
    }
    client.send("USER ana\r\n");
    memory.run();
    assertEquals(lines.slice(-2), ["1 < 220 Hello", "1 > USER ana"]);
    assertEquals(lines.filter((line) => line.includes("secret")), []);
    client.abort();
    listening.close();
    memory.run();
  });

  const tls = { name: "far.example", verify: true, pin: "", owner: null, requireReuse: false };
  const certificate = { name: "far.example", fingerprint: "f", trusted: true };

  for (const lend of [false, true]) {
    it(`TLS begins after the yes, with the target's name, ${lend ? "lent" : "sent"}`, () => {
      const target = { host: "far.example", port: 990, text: true, tls: { ...tls, role: TLS_CLIENT, identity: null } };
      const stage = new Stage(proxyOf("http"), target, { tls: true, lend });
      stage.talk("CONNECT far.example:990 HTTP/1.1\r\nHost: far.example:990\r\n\r\n", HTTP);
      assertEquals(stage.client.isOpen, false);
      stage.proxy.secure({ ...tls, role: TLS_SERVER, verify: false, identity: certificate });
      stage.memory.run();
      assertEquals([stage.client.events, stage.client.conn?.tls?.fingerprint], [["opened"], "f"]);
      stage.proxy.send("220 Hello\r\n");
      stage.memory.run();
      assertEquals(stage.client.take(), "220 Hello\r\n");
      stage.client.send("USER ana\r\n");
      stage.memory.run();
      assertEquals(stage.proxy.take(), "USER ana\r\n");
      stage.over();
    });
  }

  it("TLS on an open connection, with the control connection's session", () => {
    const stage = new Stage(proxyOf("http"), { host: "far.example", port: 21, text: true }, { tls: true });
    stage.proxy.take();
    stage.proxy.send(HTTP + "220 Hello\r\n");
    stage.memory.run();
    const conn = stage.client.conn as Conn;
    stage.client.hold();
    stage.proxy.send("234 Go on\r\n");
    stage.memory.run();
    conn.secure({ ...tls, role: TLS_CLIENT, identity: null, owner: conn });
    stage.client.resume();
    stage.proxy.secure({ ...tls, role: TLS_SERVER, verify: false, identity: certificate });
    stage.memory.run();
    assertEquals(stage.client.events, ["opened", "secured"]);
    stage.over();
  });

  it("clear text behind the yes is no beginning of TLS", () => {
    const target = { host: "far.example", port: 990, text: true, tls: { ...tls, role: TLS_CLIENT, identity: null } };
    const stage = new Stage(proxyOf("http"), target, { tls: true });
    stage.proxy.take();
    stage.proxy.send(HTTP + "220 Hello\r\n");
    stage.fails(PROTOCOL, "TLS cannot begin");
    const without = new Stage(proxyOf("http"), target, {});
    without.proxy.take();
    without.proxy.send(HTTP);
    without.fails(UNSUPPORTED, "TLS cannot begin");
  });

  it("chunks of bytes go both ways untouched", () => {
    const stage = new Stage(proxyOf("http"), { host: "far.example", port: 21 });
    stage.proxy.take();
    stage.proxy.send(bytesOf(HTTP + "\x00\xff"));
    stage.memory.run();
    stage.client.send(new Uint8Array([0, 255, 10]));
    stage.memory.run();
    assertEquals([stage.client.take(), stage.proxy.take()], ["\x00\xff", "\x00\xff\n"]);
    stage.proxy.end();
    stage.memory.run();
    stage.client.end();
    stage.memory.run();
    assertEquals(stage.client.events, ["opened", "ended", "closed 0"]);
    stage.over();
  });
});
