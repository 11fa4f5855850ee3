// The sockets of Deno keep the contract: its own, and those for a dial from a local address; then what only they have.

import { readdirSync } from "node:fs";
import { describe, it } from "node:test";
import { setImmediate } from "node:timers";
import { setTimeout as pause } from "node:timers/promises";
import { assert, assertEquals } from "../assert.ts";
import { DenoNet } from "../../adapters/deno/net.ts";
import { CANCELLED, IN_USE, NO_HOST, UNSUPPORTED } from "../../core/ports.ts";
import type { Acceptor, Conn, ConnHandler, Listener, Target, Tls } from "../../core/ports.ts";
import { netContract } from "../conformance/net.ts";
import { Peer } from "../conformance/peer.ts";

const here = "Deno" in globalThis;

/** Dials as a server does in active mode. */
class BoundNet extends DenoNet {
  override connect(target: Target, handler: ConnHandler): Conn {
    const bound = target.host === "127.0.0.1" ? { localHost: "127.0.0.1", ...target } : target;
    return super.connect(bound, handler);
  }
}

/** Accepts nobody, or as told; resolves to what `listening` said, and the listener. */
function listen(target: Target, early?: (listener: Listener) => void, handler: ConnHandler | null = null): Promise<[number, Listener]> {
  return new Promise((resolve) => {
    const acceptor: Acceptor = {
      listening: (error: number): void => void setImmediate(() => resolve([error, listener])),
      accept: (): ConnHandler | null => handler,
    };
    const listener = new DenoNet().listen(target, acceptor);
    if (early !== undefined) early(listener);
  });
}

/** Descriptors of this process. */
function open(): number {
  return readdirSync("/proc/self/fd").length;
}

if (!here) it("DenoNet", { skip: "runs on Deno only" }, () => undefined);
if (here) {
  netContract("DenoNet", () => new DenoNet());
  netContract("DenoNet, blocks of 4096", () => new DenoNet({ readBlock: 4096 }));
  netContract("DenoNet from a local address", () => new BoundNet());

  describe("DenoNet: listeners of its own", () => {
    it("tells those who close early, once", async () => {
      for (const host of ["127.0.0.1", "localhost", ""]) {
        const [error] = await listen({ host, port: 0 }, (listener) => listener.close());
        assertEquals(error, CANCELLED);
      }
      await pause(50);
    });

    it("names, foreign addresses, names that are none, TLS", async () => {
      const [error, listener] = await listen({ host: "localhost", port: 0, family: 4 });
      assertEquals([error, listener.address.host], [0, "127.0.0.1"]);
      listener.close();
      assertEquals((await listen({ host: "192.0.2.1", port: 0 }))[0], IN_USE);
      assertEquals((await listen({ host: "no-such-host.invalid", port: 0 }))[0], NO_HOST);
      assertEquals((await listen({ host: "", port: 0, tls: {} as Tls }))[0], UNSUPPORTED);
    });

    it("family 6 takes nobody by IPv4", async () => {
      const server = new Peer("server");
      const [error, listener] = await listen({ host: "", port: 0, family: 6 }, undefined, server);
      assertEquals([error, listener.address.host], [0, "::"]);
      const client = new Peer("client");
      client.conn = new DenoNet().connect({ host: "127.0.0.1", port: listener.address.port }, client);
      await client.heard("ended");
      assertEquals(server.events, []);
      client.abort();
      await client.gone();
      listener.close();
    });

    it("opens and closes 500 of them, and nothing is left", async () => {
      const before = open();
      for (let i = 0; i < 500; i++) {
        const [error, listener] = await listen({ host: "127.0.0.1", port: 0 });
        assertEquals(error, 0);
        listener.close();
      }
      await pause(50);
      assert(open() <= before + 2);
    });
  });

  describe("DenoNet: connections of its own", () => {
    it("leaves no descriptor, however a slow one ends", async () => {
      const before = open();
      for (const how of ["end", "abort", "peer"]) {
        const server = new Peer("server");
        server.check = false;
        server.hold = how === "end" ? 1 : -2;
        const [, listener] = await listen({ host: "127.0.0.1", port: 0 }, undefined, server);
        const client = new Peer("client");
        client.conn = new DenoNet().connect({ host: "127.0.0.1", port: listener.address.port }, client);
        await client.heard("opened");
        assertEquals(client.send(new Uint8Array(16 * 1048576)), false);
        await server.until("data", () => server.received > 0);
        if (how === "end") await client.heard("drained");
        if (how === "abort") client.abort();
        else if (how === "peer") server.abort();
        else client.end();
        server.release();
        if (how === "end") await server.heard("ended");
        server.end();
        await client.gone();
        await server.gone();
        assertEquals([client.faults, server.faults], [[], []]);
        listener.close();
      }
      await pause(50);
      assertEquals(open(), before);
    });

    it("takes short chunks while others are on their way, and not without end", async () => {
      const server = new Peer("server");
      server.check = false;
      server.hold = -2;
      const [, listener] = await listen({ host: "127.0.0.1", port: 0, text: true }, undefined, server);
      const client = new Peer("client");
      client.conn = new DenoNet().connect({ host: "127.0.0.1", port: listener.address.port, text: true }, client);
      await client.heard("opened");
      let count = 0;
      while (client.send(`line ${count % 10}\r\n`)) count++;
      assert(count > 100 && count < 1000, `${count} lines`);
      await client.heard("drained");
      server.hold = -1;
      server.release();
      await server.until("all of it", () => server.received === 8 * (count + 1));
      assert(server.text.startsWith("line 0\r\nline 1\r\n") && server.text.endsWith(`line ${count % 10}\r\n`));
      client.abort();
      await server.gone();
      listener.close();
    });
  });
}
