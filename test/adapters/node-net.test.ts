// The sockets of Node keep the contract, with every way of reading and with small read blocks; then what only Node has.

import { lookup } from "node:dns";
import * as net from "node:net";
import { readdirSync } from "node:fs";
import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { assert, assertEquals } from "../assert.ts";
import { NodeNet } from "../../adapters/node/net.ts";
import { CANCELLED, IN_USE, NO_HOST, RESET } from "../../core/ports.ts";
import type { Acceptor, ConnHandler, Listener, Target } from "../../core/ports.ts";
import { netContract } from "../conformance/net.ts";
import { tlsContract } from "../conformance/net-tls.ts";
import { Peer } from "../conformance/peer.ts";

netContract("NodeNet", () => new NodeNet());
netContract("NodeNet, blocks of 4096", () => new NodeNet({ readBlock: 4096 }));
netContract("NodeNet by 'data' events", () => new NodeNet({ ownBlocks: false }));
tlsContract("NodeNet", () => new NodeNet());
tlsContract("NodeNet by 'data' events", () => new NodeNet({ ownBlocks: false }));

/** Accepts nobody; resolves to what `listening` said, and the listener. */
function listen(nodes: NodeNet, target: Target, early?: (listener: Listener) => void): Promise<[number, Listener]> {
  return new Promise((resolve) => {
    const acceptor: Acceptor = {
      listening: (error: number): void => void setImmediate(() => resolve([error, listener])),
      accept: (): ConnHandler | null => null,
    };
    const listener = nodes.listen(target, acceptor);
    if (early !== undefined) early(listener);
  });
}

describe("NodeNet: listeners of its own", () => {
  it("tells those who close early, once", async () => {
    for (const host of ["127.0.0.1", "localhost", ""]) {
      const [error] = await listen(new NodeNet(), { host, port: 0 }, (listener) => listener.close());
      assertEquals(error, CANCELLED);
    }
    await pause(50);
  });

  it("names, foreign addresses, names that are none", async () => {
    const [error, listener] = await listen(new NodeNet(), { host: "localhost", port: 0, family: 4 });
    assertEquals([error, listener.address.host], [0, "127.0.0.1"]);
    listener.close();
    assertEquals((await listen(new NodeNet(), { host: "192.0.2.1", port: 0 }))[0], IN_USE);
    assertEquals((await listen(new NodeNet(), { host: "no-such-host.invalid", port: 0 }))[0], NO_HOST);
  });

  it("family 6 leaves the port free for family 4", async () => {
    const nodes = new NodeNet();
    for (let tries = 1;; tries++) {
      const [error, six] = await listen(nodes, { host: "", port: 0, family: 6 });
      assertEquals([error, six.address.host], [0, "::"]);
      const { port } = six.address;
      const [other, four] = await listen(nodes, { host: "", port, family: 4 });
      six.close();
      four.close();
      // Somebody else may have that port of IPv4.
      if (other === IN_USE && tries < 20) continue;
      return assertEquals([other, four.address], [0, { host: "0.0.0.0", port, family: 4 }]);
    }
  });

  it('without IPv6, "" is every IPv4 address', async (context) => {
    const original = net.Server.prototype.listen;
    context.mock.method(net.Server.prototype, "listen", function (this: net.Server, options: net.ListenOptions): net.Server {
      if (options.host !== "::") return Reflect.apply(original, this, [options]);
      process.nextTick(() => this.emit("error", Object.assign(new Error("off"), { code: "EAFNOSUPPORT" })));
      return this;
    });
    const [error, listener] = await listen(new NodeNet(), { host: "", port: 0 });
    assertEquals([error, listener.address.host], [0, "0.0.0.0"]);
    listener.close();
  });

  it("opens and closes 2000 of them, and nothing is left", async (context) => {
    const nodes = new NodeNet();
    const before = readdirSync("/proc/self/fd").length;
    const start = performance.now();
    for (let i = 0; i < 2000; i++) {
      const [error, listener] = await listen(nodes, { host: "127.0.0.1", port: 0 });
      assertEquals(error, 0);
      listener.close();
    }
    const each = (performance.now() - start) / 2000;
    context.diagnostic(`${(each * 1000).toFixed(0)} µs each`);
    await pause(20);
    assert(readdirSync("/proc/self/fd").length <= before + 2);
    assert(each < 2, `${each} ms each`);
  });

  it("throws out whom nobody wanted and who does not leave", async () => {
    const nodes = new NodeNet();
    const [, listener] = await listen(nodes, { host: "127.0.0.1", port: 0 });
    const guest = new Peer("guest");
    guest.conn = nodes.connect({ host: "127.0.0.1", port: listener.address.port }, guest);
    await guest.heard("ended");
    listener.close();
    assertEquals(guest.conn.send("are you there", 13), true);
    await pause(2300);
    assertEquals(guest.error, -1, "Nobody looks at a connection that has ended");
    guest.conn.send("x", 1);
    await guest.gone();
    assertEquals(guest.error, RESET);
  });
});

describe("NodeNet: connections of its own", () => {
  it("knows its addresses as long as it is open", async () => {
    const nodes = new NodeNet();
    const server = net.createServer((socket) => socket.on("error", () => undefined).resume()).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const peer = new Peer("client");
    peer.conn = nodes.connect({ host: "127.0.0.1", port: (server.address() as net.AddressInfo).port }, peer);
    assertEquals(peer.conn.remote, { host: "", port: 0, family: 4 });
    await peer.heard("opened");
    const remote = peer.conn.remote;
    assertEquals(remote.host, "127.0.0.1");
    peer.abort();
    await peer.gone();
    assert(peer.conn.remote === remote, "Once asked for, an address stays");
    server.close();
  });

  it("is cancelled while the name is looked up", async () => {
    await new Promise((resolve) => lookup("localhost", resolve));
    const nodes = new NodeNet();
    for (let i = 0; i < 20; i++) {
      const peer = new Peer("client");
      peer.conn = nodes.connect({ host: "localhost", port: 9 }, peer);
      if (i % 2 === 0) await pause(i / 10);
      if (peer.error === -1) peer.abort();
      await peer.gone();
      assertEquals([peer.events.length, peer.faults], [1, []]);
    }
  });

  it("reads into the same few blocks for ever", async () => {
    const nodes = new NodeNet();
    const seen = new Set<unknown>();
    let left = 8;
    await new Promise<void>((resolve) => {
      const acceptor: Acceptor = {
        listening(): void {
          next();
        },
        accept(conn): ConnHandler {
          return {
            opened(): void {},
            data(chunk, length): boolean {
              if (length > 65536) seen.add((chunk as Uint8Array).buffer);
              return true;
            },
            drained(): void {},
            ended(): void {
              conn.end();
            },
            closed(): void {
              next();
            },
          };
        },
      };
      const listener = nodes.listen({ host: "127.0.0.1", port: 0 }, acceptor);
      const chunk = Buffer.alloc(8 * 1048576);
      const next = (): void => {
        if (left-- > 0) net.connect(listener.address.port, "127.0.0.1").end(chunk).resume();
        else resolve(listener.close());
      };
    });
    assert(seen.size > 0 && seen.size <= 4, `${seen.size} blocks`);
  });
});
