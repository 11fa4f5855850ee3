// The pretended TLS of the memory net: upgrades, injected clear text, pins, names, reuse, implicit TLS.

import { describe, it } from "node:test";
import { assert, assertEquals, assertThrows } from "../assert.ts";
import { MemoryNet, Peer, PeerServer } from "../../adapters/memory/mod.ts";
import { CAN_STARTTLS, RESET, TLS, TLS_CLIENT, TLS_SERVER } from "../../core/ports.ts";
import type { Conn, Tls } from "../../core/ports.ts";

const IDENTITY = { name: "device.local", fingerprint: "ab:cd", trusted: true };

function tls(role: number, more: Partial<Tls>): Tls {
  const identity = role === TLS_SERVER ? IDENTITY : null;
  return { role, name: "device.local", verify: role === TLS_CLIENT, pin: "", identity, owner: null, requireReuse: false, ...more };
}

function pair(net: MemoryNet, port: number): { client: Peer; server: Peer } {
  const listening = new PeerServer(net, { host: "", port, text: true });
  const client = new Peer();
  client.dial(net, { host: "device.local", port, text: true });
  net.run();
  listening.close();
  return { client, server: listening.peers[0] };
}

function shake(net: MemoryNet, port: number, client: Partial<Tls>, server: Partial<Tls>): { client: Peer; server: Peer } {
  const ends = pair(net, port);
  ends.server.secure(tls(TLS_SERVER, server));
  ends.client.secure(tls(TLS_CLIENT, client));
  net.run();
  return ends;
}

for (const lend of [false, true]) {
  for (const split of [0, 1, 3]) {
    it(`upgrades ${JSON.stringify({ lend, split })}`, () => {
      const net = new MemoryNet({ tls: true, lend, split });
      assert((net.can & CAN_STARTTLS) !== 0);
      const { client, server } = pair(net, 21);
      server.send("234 Go\r\n");
      net.run();
      server.secure(tls(TLS_SERVER, {}));
      client.secure(tls(TLS_CLIENT, {}));
      net.run();
      assertEquals([client.line(), client.events, server.events], ["234 Go", ["opened", "secured"], ["opened", "secured"]]);
      assertEquals((client.conn as Conn).tls?.fingerprint, "ab:cd");
      client.send("PBSZ 0\r\n");
      net.run();
      assertEquals(server.line(), "PBSZ 0");
      client.abort();
      net.run();
      assertEquals(net.open, { conns: 0, listeners: 0, lent: 0 });
    });
  }
}

describe("memory TLS", () => {
  it("sends in clear what was sent before, and waits for it", () => {
    const net = new MemoryNet({ tls: true, lend: true, window: 0 });
    const { client, server } = pair(net, 21);
    server.send("234 Go\r\n");
    server.secure(tls(TLS_SERVER, {}));
    net.run();
    assertEquals([client.line(), server.events], ["234 Go", ["opened"]]);
    client.secure(tls(TLS_CLIENT, {}));
    net.run();
    assertEquals(server.events, ["opened", "secured"]);
  });

  it("drops clear text held by a server, and fails a client for it", () => {
    const net = new MemoryNet({ tls: true });
    const { client, server } = pair(net, 21);
    client.send("NOOP\r\n");
    server.secure(tls(TLS_SERVER, {}));
    client.secure(tls(TLS_CLIENT, {}));
    net.run();
    assertEquals([server.received, server.events], ["", ["opened", "secured"]]);
    const next = pair(net, 22);
    next.server.send("injected");
    next.client.secure(tls(TLS_CLIENT, {}));
    net.run();
    assertEquals([next.client.received, next.client.error], ["", TLS]);
  });

  it("fails on clear text in the middle of the handshake", () => {
    const net = new MemoryNet({ tls: true });
    const { client, server } = pair(net, 21);
    server.secure(tls(TLS_SERVER, {}));
    client.send("NOOP\r\n");
    net.run();
    assertEquals([client.error, server.error], [TLS, TLS]);
  });

  it("checks pin, name, trust and roles", () => {
    const wrong: [Partial<Tls>, Partial<Tls>][] = [
      [{ pin: "00" }, {}],
      [{ name: "other" }, {}],
      [{}, { identity: { name: "", fingerprint: "x", trusted: false } }],
      [{}, { identity: null }],
      [{}, { role: TLS_CLIENT }],
      [{}, { requireReuse: true }],
    ];
    wrong.forEach(([client, server], i) => {
      const ends = shake(new MemoryNet({ tls: true }), 21, client, server);
      assertEquals([i, ends.client.error, ends.server.error], [i, TLS, TLS]);
    });
    const lax = shake(new MemoryNet({ tls: true }), 21, { verify: false, name: "other", pin: "ab:cd" }, {});
    assertEquals(lax.client.error, -1);
  });

  it("reuses the session of the owner", () => {
    const net = new MemoryNet({ tls: true });
    const control = shake(net, 21, {}, {});
    const stranger = shake(net, 22, {}, {});
    const data = shake(net, 50000, { owner: control.client.conn }, { owner: control.server.conn, requireReuse: true });
    assertEquals([(data.client.conn as Conn).tls?.reused, (data.server.conn as Conn).tls?.reused], [true, true]);
    const theft = shake(net, 50001, { owner: stranger.client.conn }, { owner: control.server.conn, requireReuse: true });
    assertEquals(theft.server.error, TLS);
  });

  it("opens after the handshake where TLS is implicit", () => {
    const net = new MemoryNet({ tls: true });
    const listening = new PeerServer(net, { host: "", port: 990, tls: tls(TLS_SERVER, {}) });
    const client = new Peer();
    client.dial(net, { host: "", port: 990, tls: tls(TLS_CLIENT, { name: "" }) });
    const clear = new Peer();
    clear.dial(net, { host: "", port: 990 });
    clear.send("USER ana\r\n");
    const gone = new Peer();
    gone.dial(net, { host: "", port: 990 });
    gone.end();
    net.run();
    assertEquals([client.events, listening.peers[0].events], [["opened"], ["opened"]]);
    assertEquals([clear.error, listening.peers[1].events], [TLS, [`closed ${TLS}`]]);
    assertEquals(listening.peers[2].events, [`closed ${TLS}`]);
    client.send("hi");
    net.run();
    assertEquals(listening.peers[0].received, "hi");
    assertEquals((client.conn as Conn).tls?.protocol, "TLSv1.3");
  });

  it("goes back to clear text", () => {
    const net = new MemoryNet({ tls: true });
    const { client, server } = shake(net, 21, {}, {});
    server.conn?.plain?.();
    server.send("200\r\n");
    net.run();
    assertEquals(client.received, "");
    client.conn?.plain?.();
    net.run();
    assertEquals([client.line(), client.conn?.tls], ["200", null]);
    client.abort();
    net.run();
    assertEquals(server.error, RESET);
  });

  it("insists that reading is held", () => {
    const net = new MemoryNet({ tls: true });
    const { client } = pair(net, 21);
    assertThrows(() => (client.conn as Conn).secure(tls(TLS_CLIENT, {})), "reading is not held");
  });
});
