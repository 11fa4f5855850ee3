// The contract of sockets: dials and listeners.

import { setTimeout as pause } from "node:timers/promises";
import { assert, assertEquals } from "../assert.ts";
import { CAN_IPV6, CANCELLED, IN_USE, NO_HOST, REFUSED, RESET } from "../../core/ports.ts";
import { dial, finish, Host, host, LOOPBACK, pair } from "./net-host.ts";
import type { Declare } from "./net-host.ts";
import { Peer } from "./peer.ts";

/** Who can be reached, and what comes of the others. */
export function dials(test: Declare): void {
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
}

/** Who is let in. */
export function listeners(test: Declare): void {
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
}
