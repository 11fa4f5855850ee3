// The contract of sockets: the ways in which a connection ends.

import { setTimeout as pause } from "node:timers/promises";
import { assert, assertEquals } from "../assert.ts";
import { CAN_HALF_CLOSE, CANCELLED, RESET } from "../../core/ports.ts";
import { finish, host, LOOPBACK, MEBIBYTE, pair } from "./net-host.ts";
import type { Declare } from "./net-host.ts";
import { Peer } from "./peer.ts";

/** `closed` is last, comes once, and says what happened. */
export function endings(test: Declare): void {
  for (const first of [0, 1]) {
    test(`half-close, ${first === 0 ? "the client" : "the server"} first`, async (net) => {
      const ends = await pair(net);
      const [early, late] = [ends[first], ends[1 - first]];
      early.stream(1000, [1000], () => early.end());
      await late.heard("ended");
      assertEquals(late.received, 1000);
      if ((net.can & CAN_HALF_CLOSE) !== 0) {
        await new Promise<void>((resolve) => late.stream(2 * MEBIBYTE, [50000], resolve));
        assertEquals(late.error, -1);
      }
      assertEquals(early.error, -1);
      late.end();
      await finish([early, 0], [late, 0]);
      assertEquals(early.received, 0, "input after end is thrown away");
      assert(!early.events.includes("ended"));
    });
  }

  test("end while a chunk is kept", async (net) => {
    const [client, server] = await pair(net, {}, (peer) => void (peer.hold = -2));
    client.stream(300000, [1000], () => client.end());
    await server.until("data", () => server.received > 0);
    server.end();
    await client.gone();
    server.release();
    await finish([client, 0], [server, 0]);
  });

  test("abort is a reset for the peer", async (net) => {
    const [client, server] = await pair(net);
    client.stream(1000, [1000], () => client.abort());
    await finish([client, CANCELLED], [server, RESET]);
    assert(!server.events.includes("ended"), server.story());
  });

  test("abort with data unsent", async (net) => {
    const [client, server] = await pair(net, {}, (peer) => void (peer.hold = 1));
    assertEquals(client.send(new Uint8Array(16 * MEBIBYTE)), false);
    server.check = false;
    await server.until("data", () => server.received > 0);
    client.abort();
    await finish([client, CANCELLED], [server, RESET]);
    assertEquals(client.events, ["opened", `closed ${CANCELLED}`]);
  });

  for (const size of [100, 256, 512, 1024, 4096]) {
    test(`abort while a piece of ${size} bytes waits is a reset`, async (net) => {
      const [client, server] = await pair(net, {}, (peer) => {
        peer.hold = -2;
        peer.check = false;
      });
      client.stream(64 * MEBIBYTE, [size], () => client.end());
      // By then the system takes no more.
      let before = -1;
      for (let sent = client.sent; sent !== before || sent === 0; sent = client.sent) {
        before = sent;
        await pause(50);
      }
      client.abort();
      server.hold = -1;
      server.release();
      await finish([client, CANCELLED], [server, RESET]);
      assert(!server.events.includes("ended"), server.story());
    });
  }

  test("abort in the middle of a stream that is taken as it comes", async (net) => {
    const [client, server] = await pair(net, {}, (peer) => void (peer.check = false));
    client.stream(1024 * MEBIBYTE, [262144], () => client.end());
    await server.until("data", () => server.received > 8 * MEBIBYTE);
    client.abort();
    await finish([client, CANCELLED], [server, RESET]);
    assert(!server.events.includes("ended"), server.story());
  });

  test("abort after end, with data unsent", async (net) => {
    const [client, server] = await pair(net, {}, (peer) => void (peer.hold = -2));
    assertEquals(client.send(new Uint8Array(16 * MEBIBYTE)), false);
    server.check = false;
    client.end();
    await server.until("data", () => server.received > 0);
    client.abort();
    await client.gone();
    server.hold = -1;
    server.release();
    await finish([client, CANCELLED], [server, RESET]);
    assert(!server.events.includes("ended"), server.story());
  });

  for (const first of [0, 1]) {
    test(`abort after end, with nothing unsent: what is on its way still arrives, from the ${first === 0 ? "client" : "server"}`, async (net) => {
      const ends = await pair(net);
      const [sender, receiver] = [ends[first], ends[1 - first]];
      receiver.hold = -2;
      await new Promise<void>((resolve) => sender.stream(200000, [10000], resolve));
      sender.end();
      await receiver.until("data", () => receiver.received > 0);
      await new Promise<void>((resolve) => setTimeout(resolve, 100));
      sender.abort();
      await sender.gone();
      receiver.hold = -1;
      receiver.release();
      await receiver.heard("ended");
      assertEquals(receiver.received, 200000);
      receiver.end();
      await receiver.gone();
    });
  }

  test("abort in data, in opened, in ended", async (net) => {
    for (const event of ["opened", "data", "ended"]) {
      const made = await host(net, {});
      const client = new Peer("client");
      client.check = false;
      if (event === "opened") client.opened = (conn): void => conn.abort();
      if (event === "data") client.data = (): boolean => (client.abort(), true);
      if (event === "ended") client.ended = (): void => client.abort();
      client.conn = net.connect({ host: LOOPBACK, port: made.listener.address.port }, client);
      const server = await made.peer(0);
      await server.heard("opened");
      if (event === "data") server.send(new Uint8Array(10));
      if (event === "ended") server.end();
      await finish([client, CANCELLED]);
      await server.gone();
      made.listener.close();
    }
  });

  test("resume, send and end are harmless in every state", async (net) => {
    const made = await host(net, {});
    const client = new Peer("client");
    client.conn = net.connect({ host: LOOPBACK, port: made.listener.address.port }, client);
    client.conn.resume();
    await client.heard("opened");
    client.conn.resume();
    client.conn.resume();
    client.end();
    client.conn.resume();
    assertEquals(client.conn.send("x", 1), true);
    client.end();
    const server = await made.peer(0);
    await server.heard("ended");
    server.end();
    await finish([client, 0], [server, 0]);
    client.conn.resume();
    client.end();
    client.abort();
    server.abort();
    assertEquals(client.conn.send("x", 1), true);
    made.listener.close();
    await finish([client, 0], [server, 0]);
  });

  test("a chunk that is kept at closed stays what it is", async (net) => {
    const [client, server] = await pair(net);
    client.stream(16 * MEBIBYTE, [65536], () => client.end());
    await server.until("much", () => server.received > 4 * MEBIBYTE);
    server.hold = -2;
    await server.until("a chunk", () => server.pauses === 1);
    server.abort();
    await finish([client, RESET], [server, CANCELLED]);
    for (let i = 0; i < 3; i++) {
      const others = await pair(net);
      others[0].stream(2 * MEBIBYTE + i, [65536], () => others[0].end());
      await others[1].heard("ended");
      others[1].end();
      await finish([others[0], 0], [others[1], 0]);
    }
    server.release();
    assertEquals(server.faults, []);
  });

  test("the handler can be replaced", async (net) => {
    const [client, server] = await pair(net);
    const other = new Peer("other");
    other.conn = server.conn;
    server.conn.handler = other;
    client.stream(10, [10], () => client.end());
    await other.heard("ended");
    other.end();
    await finish([client, 0], [other, 0]);
    assertEquals(other.received, 10);
    assertEquals(server.events, ["opened"]);
  });
}
