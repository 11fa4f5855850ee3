// The contract of sockets: bytes, back-pressure and half-close.

import { setTimeout as pause } from "node:timers/promises";
import { assert, assertEquals } from "../assert.ts";
import { finish, MEBIBYTE, pair } from "./net-host.ts";
import type { Declare } from "./net-host.ts";
import { fill } from "./peer.ts";

/** What is sent arrives, as fast as it is taken. */
export function bytes(test: Declare): void {
  for (const slices of [[4096], [1, 17, 4095, 65537, 3]]) {
    for (const hold of [-1, 0, 1]) {
      test(`4 MiB each way in slices of ${slices.join(" ")}, ${hold < 0 ? "no pauses" : `pauses of ${hold} ms`}`, async (net) => {
        const ends = await pair(net, {}, (peer) => void (peer.hold = hold));
        const total = 4 * MEBIBYTE;
        for (const peer of ends) {
          const whole = (): Promise<void> => peer.until("all", () => peer.received === total);
          peer.stream(total, slices, () => void whole().then(() => peer.end()));
        }
        await finish([ends[0], 0], [ends[1], 0]);
        for (const peer of ends) assertEquals(peer.received, total);
        if (hold >= 0) assert(ends[0].pauses > 10, `${ends[0].pauses} pauses`);
      });
    }
  }

  test("nothing comes while a chunk is kept", async (net) => {
    const [client, server] = await pair(net, {}, (peer) => void (peer.hold = -2));
    client.stream(3 * MEBIBYTE, [10000], () => client.end());
    await server.until("data", () => server.received > 0);
    const first = server.received;
    await pause(100);
    assertEquals(server.received, first);
    server.hold = -1;
    server.release();
    await server.heard("ended");
    assertEquals(server.received, 3 * MEBIBYTE);
    server.end();
    await finish([client, 0], [server, 0]);
  });

  test("the end waits for the last chunk", async (net) => {
    const [client, server] = await pair(net, {}, (peer) => void (peer.hold = -2));
    client.stream(100, [100], () => client.end());
    await server.until("data", () => server.received > 0);
    await pause(60);
    assertEquals(server.events, ["opened"]);
    server.release();
    await server.until("all", () => server.received === 100 || (server.release(), false));
    server.release();
    await server.heard("ended");
    server.end();
    await finish([client, 0], [server, 0]);
  });

  test("end with data unsent", async (net) => {
    const [client, server] = await pair(net, {}, (peer) => void (peer.hold = 0));
    const chunk = new Uint8Array(16 * MEBIBYTE);
    fill(chunk, chunk.length, 0);
    assertEquals(client.send(chunk), false);
    client.end();
    await server.heard("ended");
    assertEquals(server.received, chunk.length);
    assert(client.events.includes("drained"));
    server.end();
    await finish([client, 0], [server, 0]);
  });

  test("a chunk may be longer than what is sent of it", async (net) => {
    const [client, server] = await pair(net);
    const chunk = new Uint8Array(100);
    fill(chunk, 100, 0);
    client.conn.send(chunk, 60);
    await server.until("60", () => server.received === 60);
    client.end();
    server.end();
    await finish([client, 0], [server, 0]);
    assertEquals(server.received, 60);
  });

  test("text is bytes, one per character", async (net) => {
    const [client, server] = await pair(net, { text: true }, (peer) => void (peer.check = false));
    let all = "";
    for (let i = 0; i < 256; i++) all += String.fromCharCode(i);
    client.send(all + "\xff\xf4\xff\xf2ABOR\r\n");
    await server.until("text", () => server.text.length === 266);
    assertEquals(server.text, all + "\xff\xf4\xff\xf2ABOR\r\n");
    await client.until("free", () => server.send(Uint8Array.from(all, (c) => c.charCodeAt(0))) || client.text.length === 256);
    await client.until("text", () => client.text.length === 256);
    assertEquals(client.text, all);
    client.end();
    server.end();
    await finish([client, 0], [server, 0]);
  });

  test("kept text comes back, the rest follows", async (net) => {
    const [client, server] = await pair(net, { text: true }, (peer) => void (peer.hold = 2));
    client.stream(MEBIBYTE, [65536, 5], () => client.end());
    await server.heard("ended");
    assertEquals(server.received, MEBIBYTE);
    server.end();
    await finish([client, 0], [server, 0]);
  });

  test("two small packets and an answer, without a pause of 40 ms", async (net) => {
    const [client, server] = await pair(net, { text: true }, (peer) => void (peer.check = false));
    const start = performance.now();
    for (let i = 1; i <= 50; i++) {
      client.send("NOOP");
      client.send("\r\n");
      await server.until("line", () => server.received === 6 * i);
      server.send("200 ");
      server.send("Ok\r\n");
      await client.until("reply", () => client.received === 8 * i);
    }
    const took = performance.now() - start;
    assert(took < 1000, `${took} ms`);
    client.end();
    server.end();
    await finish([client, 0], [server, 0]);
  });
}
