// The memory net keeps the contract of core/ports.ts: order, loans, ends.

import { describe, it } from "node:test";
import { assert, assertEquals, assertThrows } from "../assert.ts";
import { bytesOf, MemoryNet, Peer, PeerServer } from "../../adapters/memory/mod.ts";
import type { MemoryNetOptions } from "../../adapters/memory/mod.ts";
import { CANCELLED, RESET } from "../../core/ports.ts";
import type { Chunk, Conn, ConnHandler } from "../../core/ports.ts";

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
      opened: () => seen.push("opened"),
      data: () => seen.push("data") > 0,
      drained: () => seen.push("drained"),
      secured: () => {},
      ended: () => seen.push("ended"),
      closed: () => seen.push("closed"),
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
