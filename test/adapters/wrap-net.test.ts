// Wrappers round a Net: what a trace tells and hides, faults one by one, speeds.

import { describe, it } from "node:test";
import { assert, assertEquals } from "../assert.ts";
import { bytesOf, MemoryNet, Peer, PeerServer } from "../../adapters/memory/mod.ts";
import { FaultyNet, throttle, traceNet, WrappedNet } from "../../adapters/wrap/mod.ts";
import type { NetFaults, TraceOptions } from "../../adapters/wrap/mod.ts";
import { IN_USE, REFUSED, RESET, TLS_CLIENT, TLS_SERVER } from "../../core/ports.ts";
import type { Chunk, Conn, Net, Tls } from "../../core/ports.ts";
import { netContract } from "../conformance/net.ts";
import { live } from "./memory-live.ts";

/** A client on `clientNet` and a server's peer on `serverNet`, connected. */
function pair(memory: MemoryNet, clientNet: Net, serverNet: Net, text: boolean): { client: Peer; server: Peer } {
  const listening = new PeerServer(serverNet, { host: "", port: 21, text });
  const client = new Peer();
  client.dial(clientNet, { host: "10.0.0.1", port: 21, text });
  memory.run();
  listening.close();
  return { client, server: listening.peers[0] };
}

function isQuiet(memory: MemoryNet): void {
  memory.run();
  assertEquals(memory.open, { conns: 0, listeners: 0, lent: 0 });
}

/** The lines of a conversation, as the client's side (">" are commands) or the server's. */
function traced(side: "client" | "server", options: TraceOptions, split: number, talk: [string, Chunk][]): string[] {
  const memory = new MemoryNet({ split });
  const lines: string[] = [];
  const net = traceNet(memory, (line) => lines.push(line), options);
  const { client, server } = pair(memory, side === "client" ? net : memory, side === "server" ? net : memory, true);
  for (const [who, chunk] of talk) {
    (who === "C" ? client : server).send(chunk);
    memory.run();
  }
  client.abort();
  isQuiet(memory);
  return lines;
}

const LOGIN: [string, string][] = [
  ["S", "220 Hello\r\n"],
  ["C", "USER ana@fu@far.example\r\n"],
  ["S", "331 Password\r\n"],
  ["C", "pass secret\r\nACCT secret\r\n"],
  ["S", "230-Welcome\r\n secret is not secret here \x1b\r\n230 In\r\n"],
  ["C", "USER fu secret\r\nUSER bob\r\n"],
  ["C", "AUTH TLS\r\nAUTH PLAIN c2VjcmV0\r\n"],
  ["C", "\xff\xf4\xff\xf2PASS secret"],
];

describe("trace", () => {
  for (const split of [0, 1]) {
    it(`shows a control connection without its secrets, packets of ${split}`, () => {
      assertEquals(traced("client", {}, split, LOGIN), [
        "1 dials 10.0.0.1:21",
        "1 opened to 10.0.0.1:21, here 127.0.0.1:49152",
        "1 < 220 Hello",
        "1 > USER ****",
        "1 < 331 Password",
        "1 > pass ****",
        "1 > ACCT ****",
        "1 < 230-Welcome",
        "1 <  secret is not secret here \\x1b",
        "1 < 230 In",
        "1 > USER ****",
        "1 > USER bob",
        "1 > AUTH TLS",
        "1 > AUTH PLAIN ****",
        "1 abort",
        "1 > \xff\xf4\xff\xf2PASS ****",
        "1 closed: cancelled",
      ]);
    });
  }

  it("shows the server's side, and logins where it is told to", () => {
    const lines = traced("server", { logins: false }, 1, LOGIN);
    assertEquals(lines.slice(0, 3), ["1 opened from 127.0.0.1:49152, here 10.0.0.1:21", "1 > 220 Hello", "1 < USER ana@fu@far.example"]);
    assertEquals(lines[lines.length - 1], "1 closed: reset");
    assert(!lines.some((line) => line.startsWith("1 < ") && line.includes("secret") && !line.includes("USER fu secret")), lines.join("\n"));
  });

  it("shows lengths only before a banner, of listings and of bytes", () => {
    const proxy = traced("client", {}, 0, [
      ["C", "CONNECT far:21 HTTP/1.1\r\nProxy-Authorization: secret\r\n\r\n"],
      ["S", "HTTP/1.1 200 Ok\r\n\r\n220 Hello\r\n"],
      ["C", "NOOP\r\n"],
      ["C", bytesOf("secret")],
    ]);
    assertEquals(proxy.slice(2), [
      "1 > 56 bytes",
      "1 < 19 bytes",
      "1 < 220 Hello",
      "1 > NOOP",
      "1 > 6 bytes",
      "1 abort",
      "1 closed: cancelled",
    ]);
    const listing = traced("client", {}, 0, [["S", "-rw-r--r-- 1 a b 1 Jan 1 00:00 secret\r\n-rw"]]);
    assertEquals(listing.slice(2), ["1 < 39 bytes", "1 abort", "1 < 3 bytes", "1 closed: cancelled"]);
  });

  it("begins a line anew when a proxy hands the connection over", () => {
    const memory = new MemoryNet({});
    const lines: string[] = [];
    const { client, server } = pair(memory, traceNet(memory, (line) => lines.push(line), {}), memory, true);
    client.send("\x05\x01secret");
    server.send("\x05\x00");
    memory.run();
    const next = new Peer();
    (client.conn as Conn).handler = next;
    server.send("220 Hello\r\n");
    memory.run();
    assertEquals(lines.slice(2), ["1 > 8 bytes", "1 < 2 bytes", "1 < 220 Hello"]);
  });

  it("cuts long lines, and hides the secret of one", () => {
    const lines = traced("client", { line: 10 }, 0, [["S", "220 Hello to everybody\r\n"], ["C", "PASS " + "x".repeat(50)], [
      "C",
      "yyy\r\nNOOP\r\n",
    ]]);
    assertEquals(lines.slice(2, 5), ["1 < 220 Hello ...", "1 > PASS ****...", "1 > NOOP"]);
  });

  it("knows the connection inside where TLS asks for its owner", () => {
    const memory = new MemoryNet({ tls: true });
    const lines: string[] = [];
    const net = traceNet(traceNet(memory, () => {}, {}), (line) => lines.push(line), {});
    const tls = (role: number, owner: Conn | null): Tls => ({
      role,
      name: "x",
      verify: false,
      pin: "",
      identity: { name: "", fingerprint: "f", trusted: true },
      owner,
      requireReuse: owner !== null,
    });
    const ends: { client: Peer; server: Peer }[] = [];
    for (const port of [990, 991]) {
      const server = new PeerServer(net, { host: "", port, tls: tls(TLS_SERVER, ends[0]?.server.conn ?? null) });
      const client = new Peer();
      client.dial(net, { host: "", port, tls: tls(TLS_CLIENT, ends[0]?.client.conn ?? null) });
      memory.run();
      ends.push({ client, server: server.peers[0] });
    }
    assertEquals([ends[1].client.error, ends[1].client.conn?.tls?.reused], [-1, true]);
  });
});

/** A short conversation over a faulty net; what the client's side came to. */
function conversation(
  faults: NetFaults,
  side: "client" | "server",
  lend: boolean,
): { net: FaultyNet; memory: MemoryNet; client: Peer; server: Peer } {
  const memory = new MemoryNet({ lend, scribble: true });
  const net = new FaultyNet(memory, faults);
  const { client, server } = pair(memory, side === "client" ? net : memory, side === "server" ? net : memory, false);
  server?.send("220 Hello\r\n");
  client.send("USER ana\r\nPASS secret\r\n");
  server?.send("331 Password\r\n230 In\r\n");
  memory.time(10000);
  client.end();
  memory.time(10000);
  server?.end();
  memory.time(10000);
  return { net, memory, client, server };
}

describe("faults", () => {
  it("break every event in turn, and nothing leaks", () => {
    for (const side of ["client", "server"] as const) {
      const events = conversation({}, side, true).net.count;
      assert(events >= 4, `${events} events`);
      for (let resetAt = 1; resetAt <= events; resetAt++) {
        const { memory, client, server, net } = conversation({ resetAt }, side, true);
        const mine = side === "client" ? client : server;
        assertEquals([resetAt, mine.error, net.count], [resetAt, RESET, resetAt]);
        isQuiet(memory);
      }
    }
  });

  it("break behind every byte in turn", () => {
    for (let resetAtByte = 1; resetAtByte <= 33; resetAtByte++) {
      const { memory, client } = conversation({ resetAtByte, split: 7 }, "client", false);
      assertEquals([client.received.length, client.error], [resetAtByte, RESET]);
      isQuiet(memory);
    }
  });

  it("deliver in pieces and late, and lose nothing", () => {
    for (const lend of [false, true]) {
      for (const faults of [{ split: 1 }, { split: 4 }, { delay: 100 }, { split: 3, delay: 20, seed: 9 }]) {
        for (const side of ["client", "server"] as const) {
          const { memory, client, server, net } = conversation(faults, side, lend);
          assertEquals([client.received, server.received], ["220 Hello\r\n331 Password\r\n230 In\r\n", "USER ana\r\nPASS secret\r\n"]);
          assertEquals([client.error, server.error], [0, 0]);
          assert(!faults.split || net.count > 10);
          isQuiet(memory);
        }
      }
    }
  });

  it("keep a piece as long as the handler does", () => {
    const memory = new MemoryNet({});
    const { client, server } = pair(memory, new FaultyNet(memory, { split: 1 }), memory, false);
    client.hold();
    server.send("abc");
    memory.run();
    for (const expected of ["a", "ab", "abc"]) {
      assertEquals(client.received, expected);
      (client.conn as Conn).resume();
      memory.run();
    }
    client.abort();
    isQuiet(memory);
  });

  it("deliver nothing after end or abort, late or kept", () => {
    for (const way of ["end", "abort"] as const) {
      const memory = new MemoryNet({});
      const { client, server } = pair(memory, new FaultyNet(memory, { delay: 50, seed: 5, split: 1 }), memory, false);
      server.send("late");
      memory.run();
      client[way]();
      memory.time(1000);
      assertEquals(client.received, "");
      server.end();
      memory.time(1000);
      isQuiet(memory);
    }
  });

  it("fall silent until aborted", () => {
    const events = conversation({}, "client", true).net.count;
    for (let stallAt = 1; stallAt <= events; stallAt++) {
      const { memory, client, server } = conversation({ stallAt }, "client", true);
      assertEquals([stallAt, client.error], [stallAt, -1]);
      client.abort();
      isQuiet(memory);
      assertEquals([client.events.filter((event) => event.startsWith("closed")).length, server.error], [1, RESET]);
    }
  });

  it("refuse a dial and a listener", () => {
    const memory = new MemoryNet({});
    const net = new FaultyNet(memory, { refuseAt: 2, inUseAt: 2 });
    const servers = [21, 22, 23].map((port) => new PeerServer(net, { host: "", port }));
    const peers = [21, 21, 21].map((port) => {
      const peer = new Peer();
      peer.dial(net, { host: "", port });
      return peer;
    });
    memory.run();
    assertEquals(servers.map((server) => server.error), [0, IN_USE, 0]);
    assertEquals(peers.map((peer) => peer.events), [["opened"], [`closed ${REFUSED}`], ["opened"]]);
    peers[0].abort();
    peers[2].abort();
    for (const server of servers) server.close();
    isQuiet(memory);
  });

  it("are the same for the same seed", () => {
    const counts = [1, 1, 2, 3].map((seed) => conversation({ seed, split: 5 }, "client", false).client.packets);
    assertEquals(counts[0], counts[1]);
    assert(new Set(counts).size > 1, String(counts));
  });
});

/** Milliseconds that 10000 bytes take from server to client in packets of 500. */
function took(makeNet: (memory: MemoryNet) => Net, lend: boolean): number {
  const memory = new MemoryNet({ lend, split: 500 });
  const net = makeNet(memory);
  const { client, server } = pair(memory, net, net, false);
  for (let i = 0; i < 20; i++) server.send(new Uint8Array(500).fill(65));
  while (client.received.length < 10000 && memory.now < 100000) memory.time(10);
  assertEquals(client.received, "A".repeat(10000));
  const time = memory.now;
  client.end();
  server.end();
  memory.time(1000);
  isQuiet(memory);
  return time;
}

describe("throttle", () => {
  for (const lend of [false, true]) {
    it(`keeps to its speeds, ${lend ? "lent" : "not lent"}`, () => {
      const limits: [Parameters<typeof throttle>[1], number][] = [
        [{}, 0],
        [{ receive: 1000 }, 9400],
        [{ send: 1000 }, 9400],
        [{ receive: 5000 }, 1900],
        [{ receive: 100000, send: 2000 }, 4600],
      ];
      for (const [speeds, expected] of limits) {
        const time = took((memory) => throttle(memory, speeds), lend);
        assert(Math.abs(time - expected) <= expected / 8 + 60, `${JSON.stringify(speeds)}: ${time} ms, not ${expected}`);
      }
    });
  }

  it("shares one speed where it is told to", () => {
    const memory = new MemoryNet({ split: 100 });
    const net = throttle(memory, { receive: 1000, together: true });
    const pairs = [pair(memory, net, memory, false), pair(memory, net, memory, false)];
    for (const { server } of pairs) server.send("x".repeat(1000));
    memory.time(1000);
    const received = pairs[0].client.received.length + pairs[1].client.received.length;
    assert(received >= 900 && received <= 1300, `${received} bytes`);
    assert(pairs[1].client.received.length > 300);
    for (const { client } of pairs) client.abort();
    memory.time(1000);
    isQuiet(memory);
  });

  it("leaves control connections alone", () => {
    const memory = new MemoryNet({ split: 1 });
    const { client, server } = pair(memory, throttle(memory, { receive: 1 }), memory, true);
    server.send("220 Hello\r\n");
    memory.run();
    assertEquals(client.received, "220 Hello\r\n");
  });

  it("tells nothing after abort", () => {
    const memory = new MemoryNet({});
    const { client, server } = pair(memory, throttle(memory, { receive: 10, send: 10 }), memory, false);
    server.send("x".repeat(100));
    memory.run();
    server.send("y");
    client.send("z".repeat(100));
    memory.run();
    client.abort();
    memory.time(100000);
    assertEquals([client.received.length, client.events.length], [100, 2]);
    isQuiet(memory);
  });
});

const TOLD = "abort of the memory net always tells the peer";
const ARRIVES = "abort after end, with nothing unsent: what is on its way still arrives, from the";

netContract("wrapped memory", () => {
  const slow = throttle(new FaultyNet(live({ early: true }), { split: 100000 }), { receive: 1e9, send: 1e9 });
  return traceNet(new WrappedNet(slow), () => {}, {});
}, { [`${ARRIVES} client`]: TOLD, [`${ARRIVES} server`]: TOLD });
