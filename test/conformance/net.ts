// The contract of core/ports.ts for sockets, as tests that every runtime's Net must pass.

import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { assert, assertEquals } from "../assert.ts";
import { CAN_HALF_CLOSE, CAN_IPV6, CANCELLED, IN_USE, NO_HOST, REFUSED, RESET } from "../../core/ports.ts";
import type { Acceptor, Conn, ConnHandler, Listener, Net, Target, Ticker } from "../../core/ports.ts";
import { Peer, fill } from "./peer.ts";

const LOOPBACK = "127.0.0.1";
const MEBIBYTE = 1048576;

/** A listener that gives every connection a Peer. */
class Host implements Acceptor {
  peers: Peer[] = [];
  told: number[] = [];
  listener!: Listener;
  /** Has its turn in `accept`, before `opened`. */
  meet: (conn: Conn, peer: Peer) => ConnHandler | null = (_conn, peer) => peer;
  private waiting: (() => void)[] = [];

  listening(error: number): void {
    this.told.push(error);
    this.notify();
  }

  accept(conn: Conn): ConnHandler | null {
    const peer = new Peer(`accepted ${this.peers.length}`);
    peer.conn = conn;
    this.peers.push(peer);
    const handler = this.meet(conn, peer);
    this.notify();
    return handler;
  }

  /** The error of `listening`. */
  async error(): Promise<number> {
    while (this.told.length === 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
    return this.told[0];
  }

  async peer(index: number): Promise<Peer> {
    while (this.peers.length <= index) await new Promise<void>((resolve) => this.waiting.push(resolve));
    return this.peers[index];
  }

  private notify(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}

/** Listens on a free port, or as told. */
async function host(net: Net, target: Partial<Target>): Promise<Host> {
  const made = new Host();
  made.listener = net.listen({ host: LOOPBACK, port: 0, ...target }, made);
  assertEquals(await made.error(), 0);
  return made;
}

function dial(net: Net, target: Target): Peer {
  const peer = new Peer("client");
  peer.conn = net.connect(target, peer);
  assertEquals(peer.events, []);
  return peer;
}

/** Both ends of a connection, and its listener, which is closed when it is up. */
async function pair(net: Net, target: Partial<Target> = {}, prepare?: (peer: Peer) => void): Promise<[Peer, Peer]> {
  const made = await host(net, target);
  if (prepare !== undefined) made.meet = (_conn, peer) => (prepare(peer), peer);
  const client = dial(net, { host: LOOPBACK, text: target.text, port: made.listener.address.port });
  if (prepare !== undefined) prepare(client);
  await client.heard("opened");
  const server = await made.peer(0);
  await server.heard("opened");
  made.listener.close();
  return [client, server];
}

/** Both are closed as it should be, and no rule was broken. */
async function finish(...ends: [Peer, number][]): Promise<void> {
  for (const [peer] of ends) await peer.gone();
  await pause(10);
  for (const [peer, error] of ends) {
    assertEquals(peer.faults, [], peer.name);
    assertEquals(peer.error, error, peer.name);
  }
}

/** Declares the contract's tests for the Net that `makeNet` makes; `skip` names tests that it is known to fail, and why. */
export function netContract(name: string, makeNet: () => Net, skip: Record<string, string> = {}): void {
  const test = (title: string, run: (net: Net) => Promise<void>): void => {
    it(title, { skip: skip[title] ?? false, timeout: 30000 }, () => run(makeNet()));
  };

  describe(`${name}: bytes`, () => {
    for (const slices of [[4096], [1, 17, 4095, 65537, 3]]) {
      for (const hold of [-1, 0, 1]) {
        test(`4 MiB each way in slices of ${slices.join(" ")}, ${hold < 0 ? "no pauses" : `pauses of ${hold} ms`}`, async (net) => {
          const ends = await pair(net, {}, (peer) => void (peer.hold = hold));
          const total = 4 * MEBIBYTE;
          for (const peer of ends) peer.stream(total, slices, () => peer.until("all", () => peer.received === total).then(() => peer.end()));
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
  });

  describe(`${name}: ends`, () => {
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
  });

  describe(`${name}: dials`, () => {
    test("refused", async (net) => {
      const made = await host(net, {});
      const port = made.listener.address.port;
      made.listener.close();
      made.listener.close();
      await pause(20);
      const client = dial(net, { host: LOOPBACK, port });
      await finish([client, REFUSED]);
      assertEquals(client.events, [`closed ${REFUSED}`]);
    });

    test("name not found", async (net) => {
      const client = dial(net, { host: "no-such-host.invalid", port: 21 });
      await finish([client, NO_HOST]);
      assertEquals(client.events, [`closed ${NO_HOST}`]);
    });

    test("an address of the wrong family, a port that is none", async (net) => {
      for (const target of [{ host: "127.0.0.1", port: 21, family: 6 }, { host: LOOPBACK, port: 0 }, { host: LOOPBACK, port: 70000 }]) {
        const client = dial(net, target);
        await client.gone();
        assert(client.error > 0);
      }
    });

    test("cancelled", async (net) => {
      const made = await host(net, {});
      for (const target of [LOOPBACK, "localhost"]) {
        const client = dial(net, { host: target, port: made.listener.address.port });
        client.abort();
        client.abort();
        await finish([client, CANCELLED]);
        assertEquals(client.events, [`closed ${CANCELLED}`]);
      }
      made.listener.close();
    });

    test("by name, whatever the family", async (net) => {
      const made = await host(net, { host: "" });
      for (const family of [0, 4]) {
        const client = dial(net, { host: "localhost", port: made.listener.address.port, family });
        await client.heard("opened");
        if (family === 4) assertEquals(client.conn.remote.family, 4);
        client.abort();
        await client.gone();
      }
      made.listener.close();
    });

    test("from a local address", async (net) => {
      const made = await host(net, {});
      const client = dial(net, { host: LOOPBACK, port: made.listener.address.port, localHost: "127.0.0.1" });
      await client.heard("opened");
      assertEquals(client.conn.local.host, "127.0.0.1");
      client.abort();
      await client.gone();
      made.listener.close();
    });
  });

  describe(`${name}: listeners`, () => {
    test("addresses of both ends", async (net) => {
      const hosts: [string, string, number][] = [[LOOPBACK, LOOPBACK, 4], ["", LOOPBACK, 4]];
      if ((net.can & CAN_IPV6) !== 0) hosts.push(["::1", "::1", 6], ["", "::1", 6]);
      for (const [listen, reach, family] of hosts) {
        const made = await host(net, { host: listen });
        assert(made.listener.address.port > 0);
        const client = dial(net, { host: reach, port: made.listener.address.port });
        await client.heard("opened");
        const server = await made.peer(0);
        assertEquals(client.conn.remote, { host: reach, port: made.listener.address.port, family });
        assertEquals(server.conn.local, client.conn.remote);
        assertEquals(server.conn.remote, client.conn.local);
        client.end();
        await server.heard("ended");
        server.end();
        made.listener.close();
        await finish([client, 0], [server, 0]);
      }
    });

    test("in use", async (net) => {
      const made = await host(net, {});
      const second = new Host();
      const listener = net.listen({ host: LOOPBACK, port: made.listener.address.port }, second);
      assertEquals(await second.error(), IN_USE);
      listener.close();
      await pause(20);
      assertEquals(second.told, [IN_USE]);
      made.listener.close();
    });

    test("a range, until all are taken", async (net) => {
      const base = await host(net, {});
      const port = Math.min(base.listener.address.port + 1, 65000);
      const range = { port, last: port + 19 };
      const taken: Host[] = [base];
      const ports: number[] = [];
      for (;;) {
        const made = new Host();
        made.listener = net.listen({ host: LOOPBACK, ...range }, made);
        const error = await made.error();
        if (error !== 0) {
          assertEquals(error, IN_USE);
          break;
        }
        taken.push(made);
        ports.push(made.listener.address.port);
      }
      assert(ports.length > 10, `${ports.length} ports of 20`);
      assertEquals(new Set(ports).size, ports.length);
      assert(ports.every((one) => one >= range.port && one <= range.last));
      assert(ports.some((one, i) => i > 0 && one < ports[i - 1]), "random order");
      for (const made of taken) made.listener.close();
    });

    test("close leaves the connections alone", async (net) => {
      const [client, server] = await pair(net);
      await pause(20);
      client.stream(100000, [1000], () => client.end());
      await server.heard("ended");
      server.end();
      await finish([client, 0], [server, 0]);
      assertEquals(server.received, 100000);
    });

    test("accept answers null after it has sent something", async (net) => {
      const made = await host(net, {});
      made.meet = (conn): null => (conn.send("421 Too many\r\n", 14), null);
      const client = new Peer("client");
      client.check = false;
      client.conn = net.connect({ host: LOOPBACK, port: made.listener.address.port }, client);
      await client.heard("ended");
      assertEquals(client.received, 14);
      client.end();
      await finish([client, 0]);
      assertEquals(made.peers[0].events, []);
      made.listener.close();
    });

    test("accept aborts", async (net) => {
      const made = await host(net, {});
      made.meet = (conn, peer): Peer => (conn.abort(), peer);
      const client = dial(net, { host: LOOPBACK, port: made.listener.address.port });
      await client.gone();
      assertEquals(client.error, RESET);
      await finish([made.peers[0], CANCELLED]);
      assertEquals(made.peers[0].events, [`closed ${CANCELLED}`]);
      made.listener.close();
    });

    test("100 connections, one after the other", async (net) => {
      const made = await host(net, {});
      const start = performance.now();
      for (let i = 0; i < 100; i++) {
        const client = dial(net, { host: LOOPBACK, port: made.listener.address.port });
        await client.heard("opened");
        client.stream(10, [10], () => undefined);
        const server = await made.peer(i);
        await server.until("data", () => server.received === 10);
        server.stream(4096, [4096], () => server.end());
        await client.heard("ended");
        assertEquals(client.received, 4096);
        client.end();
        await client.gone();
        await server.gone();
        assertEquals([client.error, server.error, client.faults, server.faults], [0, 0, [], []]);
      }
      assert(performance.now() - start < 2000);
      made.listener.close();
    });
  });

  describe(`${name}: wake`, () => {
    test("ticks within 100 ms, then as the answer says, then not at all", async (net) => {
      const times: number[] = [];
      const answers = [30, 200, -1];
      const ticker: Ticker = {
        tick(now: number): number {
          times.push(now);
          return answers[times.length - 1] ?? -1;
        },
      };
      const start = performance.now();
      for (let i = 0; i < 10; i++) net.wake(ticker);
      assertEquals(times, []);
      await pause(600);
      assertEquals(times.length, 3);
      assert(times[0] - start < 130, `first after ${times[0] - start}`);
      assert(times[1] - times[0] >= 28 && times[1] - times[0] < 130, `second after ${times[1] - times[0]}`);
      assert(times[2] - times[1] >= 198 && times[2] - times[1] < 300, `third after ${times[2] - times[1]}`);
    });

    test("a wake brings a far deadline near, also from within tick", async (net) => {
      let ticks = 0;
      const ticker: Ticker = {
        tick(): number {
          ticks++;
          if (ticks === 2) net.wake(ticker);
          return ticks === 3 ? -1 : 2 ** 40;
        },
      };
      net.wake(ticker);
      await pause(150);
      assertEquals(ticks, 1);
      net.wake(ticker);
      await pause(300);
      assertEquals(ticks, 3);
    });
  });
}
