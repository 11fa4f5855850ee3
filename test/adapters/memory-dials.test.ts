// The memory net keeps the contract of core/ports.ts: dials, listeners, deadlines.

import { describe, it } from "node:test";
import { assertEquals, assertThrows } from "../assert.ts";
import { MemoryNet, Peer, PeerServer } from "../../adapters/memory/mod.ts";
import { CANCELLED, IN_USE, REFUSED, RESET, TIMEOUT, UNREACHABLE } from "../../core/ports.ts";
import type { Acceptor, Conn, Ticker } from "../../core/ports.ts";

const AT_21 = { host: "127.0.0.1", port: 21 };

function isQuiet(net: MemoryNet): void {
  net.run();
  assertEquals(net.open, { conns: 0, listeners: 0, lent: 0 });
}

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
    const net = new MemoryNet({});
    const listening = new PeerServer(net, { host: "", port: 21 });
    const client = new Peer();
    client.dial(net, AT_21);
    net.run();
    const late = new Peer();
    late.dial(net, AT_21);
    listening.close();
    client.send("still here");
    net.run();
    assertEquals([late.error, listening.peers[0].received], [REFUSED, "still here"]);
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
