// What the sockets of Deno and Bun must do beside the contract.

import { readdirSync } from "node:fs";
import { describe, it } from "node:test";
import { setImmediate } from "node:timers";
import { setTimeout as pause } from "node:timers/promises";
import { assert, assertEquals } from "../assert.ts";
import { CANCELLED, IN_USE, NO_HOST, RESET } from "../../core/ports.ts";
import type { Acceptor, ConnHandler, Listener, Net, Target } from "../../core/ports.ts";
import { Peer } from "../conformance/peer.ts";

/** Accepts nobody, or as told; resolves to what `listening` said, and the listener. */
function listen(
  net: Net,
  target: Target,
  early?: (listener: Listener) => void,
  handler: ConnHandler | null = null,
): Promise<[number, Listener]> {
  return new Promise((resolve) => {
    const acceptor: Acceptor = {
      listening: (error: number): void => void setImmediate(() => resolve([error, listener])),
      accept: (): ConnHandler | null => handler,
    };
    const listener = net.listen(target, acceptor);
    if (early !== undefined) early(listener);
  });
}

/** Descriptors of this process. */
function open(): number {
  return readdirSync("/proc/self/fd").length;
}

/** Declares the tests for one Net. */
export function ownTests(name: string, makeNet: () => Net): void {
  describe(`${name}: listeners of its own`, () => {
    it("tells those who close early, once", async () => {
      for (const host of ["127.0.0.1", "localhost", ""]) {
        const [error] = await listen(makeNet(), { host, port: 0 }, (listener) => listener.close());
        assertEquals(error, CANCELLED);
      }
      await pause(50);
    });

    it("names, foreign addresses, names that are none", async () => {
      const [error, listener] = await listen(makeNet(), { host: "localhost", port: 0, family: 4 });
      assertEquals([error, listener.address.host], [0, "127.0.0.1"]);
      listener.close();
      assertEquals((await listen(makeNet(), { host: "192.0.2.1", port: 0 }))[0], IN_USE);
      assertEquals((await listen(makeNet(), { host: "no-such-host.invalid", port: 0 }))[0], NO_HOST);
    });

    it("family 6 takes nobody by IPv4", async () => {
      const server = new Peer("server");
      const [error, listener] = await listen(makeNet(), { host: "", port: 0, family: 6 }, undefined, server);
      assertEquals([error, listener.address.host], [0, "::"]);
      const client = new Peer("client");
      client.conn = makeNet().connect({ host: "127.0.0.1", port: listener.address.port }, client);
      await client.until("an end", () => client.events.length > 0 && client.events.join() !== "opened");
      assertEquals(server.events, []);
      client.abort();
      await client.gone();
      listener.close();
    });

    it("opens and closes 500 of them, and nothing is left", async () => {
      const before = open();
      for (let i = 0; i < 500; i++) {
        const [error, listener] = await listen(makeNet(), { host: "127.0.0.1", port: 0 });
        assertEquals(error, 0);
        listener.close();
      }
      await pause(50);
      assert(open() <= before + 2);
    });
  });

  describe(`${name}: connections of its own`, () => {
    it("leaves no descriptor, however a slow one ends", async () => {
      const before = open();
      for (const how of ["end", "abort", "peer"]) {
        const server = new Peer("server");
        server.check = false;
        server.hold = how === "end" ? 1 : -2;
        const [, listener] = await listen(makeNet(), { host: "127.0.0.1", port: 0 }, undefined, server);
        const client = new Peer("client");
        client.conn = makeNet().connect({ host: "127.0.0.1", port: listener.address.port }, client);
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

    it("throws out whom nobody wanted and who does not leave", async () => {
      const [, listener] = await listen(makeNet(), { host: "127.0.0.1", port: 0 });
      const guest = new Peer("guest");
      guest.conn = makeNet().connect({ host: "127.0.0.1", port: listener.address.port }, guest);
      await guest.heard("ended");
      listener.close();
      guest.conn.send("are you there", 13);
      await pause(2300);
      // The first is answered by a reset, which shows at the next.
      const nudge = setInterval((): unknown => guest.conn.send("x", 1), 20);
      await guest.gone();
      clearInterval(nudge);
      assertEquals(guest.error, RESET);
    });

    it("is cancelled while the name is looked up", async () => {
      const net = makeNet();
      for (let i = 0; i < 20; i++) {
        const peer = new Peer("client");
        peer.conn = net.connect({ host: "localhost", port: 9 }, peer);
        if (i % 2 === 0) await pause(i / 10);
        if (peer.error === -1) peer.abort();
        await peer.gone();
        assertEquals([peer.events.length, peer.faults], [1, []]);
      }
    });

    it("takes short chunks while others are on their way, and not without end", async () => {
      const server = new Peer("server");
      server.check = false;
      server.hold = -2;
      const [, listener] = await listen(makeNet(), { host: "127.0.0.1", port: 0, text: true }, undefined, server);
      const client = new Peer("client");
      client.conn = makeNet().connect({ host: "127.0.0.1", port: listener.address.port, text: true }, client);
      await client.heard("opened");
      let count = 0;
      while (client.send(`line ${count % 10}\r\n`)) count++;
      assert(count > 100, `${count} lines`);
      server.hold = -1;
      server.release();
      await client.heard("drained");
      await server.until("all of it", () => server.received === 8 * (count + 1));
      assert(server.text.startsWith("line 0\r\nline 1\r\n") && server.text.endsWith(`line ${count % 10}\r\n`));
      client.abort();
      await server.gone();
      listener.close();
    });
  });
}
