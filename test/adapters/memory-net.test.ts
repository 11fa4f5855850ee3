// The memory net keeps the contract of core/ports.ts: order, loans, ends, deadlines.

import { describe, it } from "node:test";
import { assert, assertEquals, assertThrows } from "../assert.ts";
import { MemoryNet, Peer, PeerServer, bytesOf } from "../../adapters/memory/mod.ts";
import type { MemoryNetOptions } from "../../adapters/memory/mod.ts";
import { CANCELLED, IN_USE, REFUSED, RESET, TIMEOUT, UNREACHABLE } from "../../core/ports.ts";
import type { Acceptor, Chunk, Conn, ConnHandler, Ticker } from "../../core/ports.ts";

const AT_21 = { host: "127.0.0.1", port: 21 };

/** A client and the server's peer, connected. */
function pair(options: MemoryNetOptions, text: boolean): { net: MemoryNet; client: Peer; server: Peer; listening: PeerServer } {
  const net = new MemoryNet(options);
  const listening = new PeerServer(net, { host: "", port: 21, text });
  const client = new Peer();
  client.dial(net, { host: "127.0.0.1", port: 21, text });
  net.run();
  return { net, client, server: listening.peers[0], listening };
}

function isQuiet(net: MemoryNet): void {
  net.run();
  assertEquals(net.open, { conns: 0, listeners: 0, lent: 0 });
}

for (const split of [0, 1, 2, 3]) {
  for (const lend of [false, true]) {
    for (const window of [0, 4, 65536]) {
      for (const early of [false, true]) {
        for (const text of [false, true]) {
          const options = { split, lend, window, early };
          it(`carries bytes both ways ${JSON.stringify(options)} ${text ? "text" : "bytes"}`, () => carries(options, text));
        }
      }
    }
  }
}

function carries(options: MemoryNetOptions, text: boolean): void {
  const { net, client, server, listening } = pair(options, text);
  client.send("USER ana\r\nPASS \xff\x00\r\n");
  client.send(bytesOf("third"));
  server.send(bytesOf("220 ready\r\n"));
  server.send("331\r\n");
  net.run();
  assertEquals(server.take(), "USER ana\r\nPASS \xff\x00\r\nthird");
  assertEquals(client.line(), "220 ready");
  assertEquals(client.line(), "331");
  assertEquals(client.line(), null);
  if (options.split) assert(server.packets >= 24 / options.split);
  client.end();
  net.run();
  assertEquals(client.events, ["opened"]);
  assertEquals(server.events, ["opened", "ended"]);
  server.send("bytes nobody wants");
  server.end();
  listening.close();
  isQuiet(net);
  assertEquals(client.take(), "");
  assertEquals(client.events, ["opened", "closed 0"]);
  assertEquals(server.events, ["opened", "ended", "closed 0"]);
}

describe("memory net, order", () => {
  it("tells nothing from within connect, send, end, abort", () => {
    const { net, client, server, listening } = pair({ lend: true }, true);
    const other = new Peer();
    other.dial(net, AT_21);
    client.send("a");
    server.send("b");
    client.abort();
    server.end();
    assertEquals([other.events, client.events, server.events], [[], ["opened"], ["opened"]]);
    assertEquals([client.received, server.received], ["", ""]);
    other.abort();
    listening.close();
    isQuiet(net);
    assertEquals(client.events, ["opened", `closed ${CANCELLED}`]);
    assertEquals(other.events, [`closed ${CANCELLED}`]);
    assertEquals(server.events, ["opened", `closed ${RESET}`]);
  });

  it("delivers the bytes before the end, the end before closed", () => {
    const { net, client, server, listening } = pair({ split: 2, lend: true }, false);
    client.send("whole");
    client.end();
    server.hold();
    net.run();
    assertEquals([server.take(), server.hasEnded], ["wh", false]);
    server.resume();
    net.run();
    assertEquals([server.take(), server.events], ["ole", ["opened", "ended"]]);
    server.send("after the end");
    server.end();
    listening.close();
    isQuiet(net);
  });

  it("goes on sending to a peer that has ended", () => {
    const { net, client, server, listening } = pair({}, false);
    server.end();
    net.run();
    client.send("unheard");
    net.run();
    assertEquals([client.events, server.received], [["opened", "ended"], ""]);
    client.end();
    listening.close();
    isQuiet(net);
    assertEquals([client.error, server.error], [0, 0]);
  });

  it("honours a handler that is replaced while a chunk is kept", () => {
    const { net, client, server, listening } = pair({ split: 1 }, false);
    server.hold();
    client.send("ab");
    net.run();
    const next = new Peer();
    next.conn = server.conn;
    (server.conn as Conn).handler = next;
    server.resume();
    client.end();
    net.run();
    assertEquals([server.received, next.received, next.events], ["a", "b", ["ended"]]);
    (next.conn as Conn).end();
    listening.close();
    isQuiet(net);
    assertEquals([server.events, next.events], [["opened"], ["ended", "closed 0"]]);
  });

  it("opens an accepted connection before its first data", () => {
    const net = new MemoryNet({});
    const seen: string[] = [];
    const handler: ConnHandler = {
      opened: () => seen.push("opened"), data: () => seen.push("data") > 0, drained: () => seen.push("drained"),
      secured: () => {}, ended: () => seen.push("ended"), closed: () => seen.push("closed"),
    };
    const listener = net.listen({ host: "", port: 20 }, { listening: (error) => seen.push(`listening ${error}`), accept: () => handler });
    const client = new Peer();
    client.dial(net, { host: "localhost", port: 20 });
    client.send("x");
    net.run();
    assertEquals(seen, ["listening 0", "opened", "data"]);
    client.abort();
    listener.close();
    listener.close();
    isQuiet(net);
  });
});

describe("memory net, loans", () => {
  it("keeps a chunk lent until the peer has room", () => {
    const { net, client, server, listening } = pair({ window: 8, split: 4 }, false);
    server.hold();
    client.send("12345678");
    client.send("abcdefgh");
    net.run();
    assertEquals([server.received, net.open.lent], ["1234", 2]);
    server.resume();
    net.run();
    assertEquals([server.received, net.open.lent], ["12345678abcdefgh", 0]);
    client.abort();
    listening.close();
    isQuiet(net);
  });

  it("throws where a lent chunk changes, two are lent, or an unopened connection is sent to", () => {
    const { net, client } = pair({ lend: true, window: 0 }, false);
    const conn = client.conn as Conn;
    const chunk = bytesOf("block");
    assertEquals(conn.send(chunk, 5), false);
    assertThrows(() => conn.send(chunk, 5), "still lent");
    chunk[0] = 0;
    assertThrows(() => net.run(), "changed while it was lent");
    const dialling = net.connect(AT_21, new Peer());
    assertThrows(() => dialling.send("x", 1), "not open");
  });

  it("overwrites the read buffer when the loan ends, not before", () => {
    const { net, client, server, listening } = pair({}, false);
    const kept: Chunk[] = [];
    const conn = server.conn as Conn;
    server.data = (chunk: Chunk, length: number): boolean => {
      assert(length <= chunk.length);
      kept.push(chunk);
      return kept.length === 1;
    };
    client.send("one");
    net.run();
    assertEquals((kept[0] as Uint8Array)[0], 0xdd);
    client.send("two");
    net.run();
    assertEquals((kept[1] as Uint8Array)[0], "t".charCodeAt(0));
    client.abort();
    net.run();
    assertEquals((kept[1] as Uint8Array)[0], "t".charCodeAt(0));
    conn.resume();
    assertEquals((kept[1] as Uint8Array)[0], 0xdd);
    listening.close();
    isQuiet(net);
  });

  it("lets go of a lent chunk before closed", () => {
    const { net, client, server, listening } = pair({ lend: true, window: 0 }, false);
    server.hold();
    client.send("1");
    client.send("2");
    net.run();
    assertEquals(net.open.lent, 2);
    server.abort();
    net.run();
    assertEquals([client.error, server.error], [RESET, CANCELLED]);
    listening.close();
    isQuiet(net);
  });
});

describe("memory net, dials and listeners", () => {
  it("refuses, holds, fails and releases", () => {
    const net = new MemoryNet({});
    const server = new PeerServer(net, { host: "", port: 21 });
    net.hold(21);
    net.fail(TIMEOUT, 0, "far.example");
    const peers = [21, 22, 21, 21].map((port, i) => {
      const peer = new Peer();
      peer.dial(net, { host: i === 2 ? "far.example" : "near.example", port });
      return peer;
    });
    net.run();
    assertEquals(peers.map((peer) => peer.events), [[], [`closed ${REFUSED}`], [`closed ${TIMEOUT}`], []]);
    peers[3].abort();
    net.release();
    net.run();
    assertEquals([peers[0].events, peers[3].events], [["opened"], [`closed ${CANCELLED}`]]);
    peers[0].abort();
    server.close();
    isQuiet(net);
  });

  it("cancels a dial that was accepted already: the other end is reset", () => {
    const net = new MemoryNet({});
    const server = new PeerServer(net, { host: "", port: 21 });
    const client = new Peer();
    client.dial(net, AT_21);
    while (server.peers.length === 0) net.step();
    client.abort();
    net.run();
    assertEquals([client.events, server.peers[0].events], [[`closed ${CANCELLED}`], ["opened", `closed ${RESET}`]]);
    server.close();
    isQuiet(net);
  });

  it("ends what is accepted with null, after what was sent to it", () => {
    for (const lend of [false, true]) {
      const net = new MemoryNet({ lend, split: 3 });
      const acceptor: Acceptor = { listening: () => {}, accept: (conn) => (conn.send("421 Full\r\n", 10), null) };
      const listener = net.listen({ host: "", port: 21 }, acceptor);
      const client = new Peer();
      client.dial(net, AT_21);
      net.run();
      assertEquals([client.received, client.events], ["421 Full\r\n", ["opened", "ended"]]);
      assertEquals(net.open.conns, 1);
      client.end();
      listener.close();
      isQuiet(net);
      assertEquals(client.error, 0);
    }
  });

  it("knows addresses, families and mapped IPv4", () => {
    const net = new MemoryNet({});
    const server = new PeerServer(net, { host: "", port: 21 });
    const peers = ["::ffff:10.0.0.1", "::1", "a.example"].map((host) => {
      const peer = new Peer();
      peer.dial(net, { host, port: 21, localHost: host === "::1" ? "::2" : "10.0.0.9", localPort: 20 });
      return peer;
    });
    net.run();
    assertEquals(peers.map((peer) => (peer.conn as Conn).remote.host), ["10.0.0.1", "::1", "127.0.0.1"]);
    assertEquals(server.peers.map((peer) => (peer.conn as Conn).local.host), ["10.0.0.1", "::1", "127.0.0.1"]);
    assertEquals(server.peers.map((peer) => (peer.conn as Conn).remote.family), [4, 6, 4]);
    assertEquals((server.peers[1].conn as Conn).remote, { host: "::2", port: 20, family: 6 });
    assertEquals(server.listener.address, { host: "::", port: 21, family: 6 });
    const only4 = new PeerServer(net, { host: "", port: 22, family: 4 });
    const six = new Peer();
    six.dial(net, { host: "b.example", port: 22, family: 6 });
    net.run();
    assertEquals([only4.listener.address.host, six.error], ["0.0.0.0", REFUSED]);
    const without = new MemoryNet({ ipv6: false });
    six.dial(without, { host: "::1", port: 1 });
    without.run();
    assertEquals(six.error, UNREACHABLE);
  });

  it("takes free ports, ranges and says IN_USE", () => {
    for (const early of [false, true]) {
      const net = new MemoryNet({ early });
      const listen = (host: string, port: number, last?: number): PeerServer => new PeerServer(net, { host, port, last });
      const all = [listen("", 0), listen("127.0.0.1", 40000, 40001), listen("127.0.0.1", 40000, 40001), listen("", 40000, 40001)];
      const busy = listen("127.0.0.1", 40001);
      const elsewhere = listen("10.0.0.1", 40001);
      net.run();
      assertEquals(all[0].listener.address.port, 49152);
      assertEquals([all[1].listener.address.port, all[2].listener.address.port].sort(), [40000, 40001]);
      assertEquals(all.map((one) => one.error), [0, 0, 0, IN_USE]);
      assertEquals([busy.error, elsewhere.error], [IN_USE, 0]);
      all[1].close();
      assertEquals(listen("", 40000, 40001).listener.address.port, all[1].listener.address.port);
    }
  });

  it("takes no connection that was not accepted when the listener closed; those taken live on", () => {
    const { net, client, server, listening } = pair({}, false);
    const late = new Peer();
    late.dial(net, AT_21);
    listening.close();
    client.send("still here");
    net.run();
    assertEquals([late.error, server.received], [REFUSED, "still here"]);
    client.abort();
    isQuiet(net);
  });

  it("says listening once, also where the listener was closed before", () => {
    const net = new MemoryNet({});
    const server = new PeerServer(net, { host: "", port: 21 });
    server.close();
    net.run();
    assertEquals(server.error, CANCELLED);
  });
});

describe("memory net, time", () => {
  it("calls tickers at their deadlines, in order", () => {
    const net = new MemoryNet({});
    const seen: string[] = [];
    const ticker = (name: string, every: number, until: number): Ticker => ({
      tick: (now) => (seen.push(`${name}${now}`), now >= until ? -1 : every),
    });
    const slow = ticker("s", 100, 200);
    net.wake(slow);
    net.wake(slow);
    net.wake(ticker("f", 60, 100));
    assertEquals(seen, []);
    net.run();
    assertEquals([seen.join(" "), net.deadline()], ["s0 f0", 60]);
    net.time(150);
    assertEquals([seen.join(" "), net.now], ["s0 f0 f60 s100 f120", 150]);
    net.time(1000);
    assertEquals([seen.slice(5), net.now, net.deadline()], [["s200"], 1150, -1]);
    net.wake(slow);
    net.run();
    assertEquals(seen[6], "s1150");
  });

  it("throws where it cannot come to rest", () => {
    const net = new MemoryNet({ limit: 50 });
    const restless: Ticker = { tick: () => (net.wake(restless), 1) };
    net.wake(restless);
    assertThrows(() => net.run(), "Cannot come to rest within 50 events");
  });

  it("works off a queue that joined", () => {
    const net = new MemoryNet({});
    let left = 3;
    net.join({ step: () => left-- > 0 });
    assertEquals(net.run(), 3);
  });
});
