// The contract of sockets with TLS: what every Net with CAN_TLS and CAN_STARTTLS must do, in both roles and both versions.

import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { assert, assertEquals, assertThrows } from "../assert.ts";
import { CAN_CLEAR, CAN_STARTTLS, CAN_TLS, CANCELLED, RESET, TLS, TLS_CLIENT, TLS_SERVER, UNSUPPORTED } from "../../core/ports.ts";
import type { Conn, Net, Tls } from "../../core/ports.ts";
import type { TlsCertificate, TlsSettings, TlsVersion } from "../../adapters/tlsoptions.ts";
import { certificates, noCertificates } from "./certificates.ts";
import type { Certificates } from "./certificates.ts";
import { dial, finish, host, LOOPBACK, MEBIBYTE } from "./net-host.ts";
import type { Declare } from "./net-host.ts";
import { tickets } from "./net-tickets.ts";
import { fill, Peer } from "./peer.ts";

/** What a Net can do besides. */
export interface TlsAbilities {
  /** Options that it refuses. */
  lacks?: readonly (keyof TlsSettings)[];
  /** false: the end of one side is the end of both. */
  halfClose?: boolean;
  /** Only the sessions of the owner are taken. */
  tied?: boolean;
  /** Versions whose sessions can be reused as often as one likes. */
  reuse?: TlsVersion[];
}

const BOTH: TlsVersion[] = ["TLSv1.2", "TLSv1.3"];

type Lacks = readonly (keyof TlsSettings)[];

interface Ways {
  client?: Partial<Tls>;
  server?: Partial<Tls>;
  settings?: TlsSettings;
  serverSettings?: TlsSettings;
  /** The one who dials is the TLS server. */
  turned?: boolean;
  explicit?: boolean;
  text?: boolean;
  prepare?: (peer: Peer) => void;
}

/** Declares the contract of TLS for the Net that `makeNet` makes; `skip` names tests that it is known to fail, and why. */
export function tlsContract(name: string, makeNet: () => Net, abilities: TlsAbilities = {}, skip: Record<string, string> = {}): void {
  const missing = noCertificates();
  const test: Declare = (title, run) => {
    it(title, { skip: missing || (skip[title] ?? false), timeout: 30000 }, () => run(makeNet()));
  };
  const made = certificates();
  describe(`${name}: TLS`, () => {
    if (made === null) return test("TLS", () => Promise.resolve());
    const lacks = abilities.lacks ?? [];
    const pki = new Pki(made);
    test("can", (net) => {
      assert((net.can & CAN_TLS) !== 0 && (net.can & CAN_STARTTLS) !== 0);
      return Promise.resolve();
    });
    for (const version of BOTH) moves(test, pki, version);
    atOnce(test, pki);
    ends(test, pki, abilities.halfClose ?? true);
    tickets(test, () => [pki.client({ minVersion: "TLSv1.3" }), pki.server()]);
    for (const version of abilities.reuse ?? BOTH) {
      reuse(test, pki, version, abilities.tied ?? true, lacks);
    }
    // After the sessions: Deno does not resume those of a name that has seen a client's certificate.
    trust(test, pki, lacks);
    clear(test, pki);
    failures(test, pki);
  });
}

/** What both sides are told. */
class Pki {
  made: Certificates;

  constructor(made: Certificates) {
    this.made = made;
  }

  client(settings: TlsSettings = {}, more: Partial<Tls> = {}): Tls {
    const identity = { ca: this.made.ca, ...settings };
    return { role: TLS_CLIENT, name: "localhost", verify: true, pin: "", identity, owner: null, requireReuse: false, ...more };
  }

  server(settings: TlsSettings = {}, more: Partial<Tls> = {}): Tls {
    const { cert, key } = this.made.server;
    const identity = { cert, key, ...settings };
    return { role: TLS_SERVER, name: "", verify: false, pin: "", identity, owner: null, requireReuse: false, ...more };
  }
}

/** Two ends; the first one dials. Waits for the handshake. */
async function join(net: Net, pki: Pki, ways: Ways = {}): Promise<[Peer, Peer]> {
  const both = await meet(net, pki, ways);
  for (const peer of both) await peer.heard(ways.explicit ? "secured" : "opened");
  return both;
}

/** Two ends, with a handshake under way. */
async function meet(net: Net, pki: Pki, ways: Ways = {}): Promise<[Peer, Peer]> {
  const tls = [pki.client(ways.settings, ways.client), pki.server(ways.serverSettings, ways.server)];
  if (ways.turned) tls.reverse();
  const text = ways.text ?? ways.explicit;
  const implicit = ways.explicit ? [null, null] : tls;
  const made = await host(net, { text, tls: implicit[1] });
  made.meet = (_conn, peer) => (ways.prepare?.(peer), peer);
  const client = dial(net, { host: LOOPBACK, text, port: made.listener.address.port, tls: implicit[0] });
  ways.prepare?.(client);
  const server = await made.peer(0);
  made.listener.close();
  if (ways.explicit) await secure([client, server], tls);
  return [client, server];
}

/** A word each in clear, then TLS: as AUTH and 234 do it. */
async function secure(ends: [Peer, Peer], tls: Tls[]): Promise<void> {
  for (const peer of ends) await peer.heard("opened");
  const [client, server] = tls[0].role === TLS_CLIENT ? ends : [ends[1], ends[0]];
  const [clientTls, serverTls] = tls[0].role === TLS_CLIENT ? tls : [tls[1], tls[0]];
  const begin = (peer: Peer, mine: Tls, word: string): boolean => {
    if (word !== "") peer.send(word);
    peer.conn.secure(mine);
    return false;
  };
  server.data = (): boolean => (server.data = Peer.prototype.data, begin(server, serverTls, "234"));
  client.data = (): boolean => (client.data = Peer.prototype.data, begin(client, clientTls, ""));
  client.send("AUTH");
  for (const peer of ends) void peer.heard("secured").then((): void => peer.conn.resume(), () => undefined);
  await Promise.race(ends.map((peer) => peer.until("secured or closed", () => peer.events.length > 1)));
}

function moves(test: Declare, pki: Pki, version: TlsVersion): void {
  const settings = { maxVersion: version };
  for (const turned of [false, true]) {
    for (const explicit of [false, true]) {
      const title = `${version}, ${explicit ? "explicit" : "implicit"}, ${
        turned ? "the one who dials is the server" : "the one who dials is the client"
      }`;
      for (const hold of [-1, 0, 1]) {
        test(`4 MiB each way: ${title}, ${hold < 0 ? "no pauses" : `pauses of ${hold} ms`}`, async (net) => {
          const ends = await join(net, pki, { settings, turned, explicit });
          for (const peer of ends) peer.hold = hold;
          const total = 4 * MEBIBYTE;
          for (const peer of ends) {
            assertEquals(peer.conn.tls?.protocol, version);
            peer.received = 0;
            const whole = (): Promise<void> => peer.until("all", () => peer.received === total);
            peer.stream(total, [1, 17, 4095, 65537, 3], () => void whole().then(() => peer.end()));
          }
          await finish([ends[0], 0], [ends[1], 0]);
          for (const peer of ends) assertEquals(peer.received, total);
          if (hold >= 0) assert(ends[0].pauses > 10, `${ends[0].pauses} pauses`);
        });
      }
    }
  }
}

/** Data connections are secured as soon as they are open. */
function atOnce(test: Declare, pki: Pki): void {
  for (const turned of [false, true]) {
    test(`secured from within opened, ${turned ? "the one who dials is the server" : "the one who dials is the client"}`, async (net) => {
      const tls = turned ? [pki.server(), pki.client()] : [pki.client({ minVersion: "TLSv1.3" }), pki.server()];
      const opened = (mine: Tls) =>
        function (this: Peer, conn: Conn): void {
          Peer.prototype.opened.call(this, conn);
          conn.secure(mine);
        };
      const made = await host(net, {});
      made.meet = (_conn, peer) => Object.assign(peer, { opened: opened(tls[1]) });
      const client = Object.assign(new Peer("client"), { opened: opened(tls[0]) });
      client.conn = net.connect({ host: LOOPBACK, port: made.listener.address.port }, client);
      const server = await made.peer(0);
      made.listener.close();
      await client.heard("secured");
      await server.heard("secured");
      client.stream(MEBIBYTE, [65537], () => client.end());
      await server.heard("ended");
      server.end();
      await finish([client, 0], [server, 0]);
      assertEquals([server.received, client.events[1], server.events[1]], [MEBIBYTE, "secured", "secured"]);
    });
  }
}

function ends(test: Declare, pki: Pki, halfClose: boolean): void {
  for (const first of [0, 1]) {
    test(`half-close, ${first === 0 ? "the client" : "the server"} first`, async (net) => {
      const both = await join(net, pki);
      const [early, late] = [both[first], both[1 - first]];
      early.stream(1000, [1000], () => early.end());
      await late.heard("ended");
      assertEquals(late.received, 1000);
      if (halfClose) await new Promise<void>((resolve) => late.stream(2 * MEBIBYTE, [50000], resolve));
      assertEquals([late.error, early.error], [-1, -1]);
      late.end();
      await finish([early, 0], [late, 0]);
      assertEquals(early.received, 0, "input after end is thrown away");
    });

    test(`nothing at all, ${first === 0 ? "the client" : "the server"} ends first`, async (net) => {
      for (const version of BOTH) {
        const both = await join(net, pki, { settings: { maxVersion: version } });
        both[first].end();
        await both[1 - first].heard("ended");
        both[1 - first].end();
        await finish([both[0], 0], [both[1], 0]);
      }
    });
  }

  test("end with data unsent", async (net) => {
    const [client, server] = await join(net, pki, { prepare: (peer) => void (peer.hold = 0) });
    const chunk = new Uint8Array(16 * MEBIBYTE);
    fill(chunk, chunk.length, 0);
    assertEquals(client.send(chunk), false);
    client.end();
    await server.heard("ended");
    assertEquals(server.received, chunk.length);
    server.end();
    await finish([client, 0], [server, 0]);
  });

  test("nothing comes while a chunk is kept, and the end waits", async (net) => {
    const [client, server] = await join(net, pki, { prepare: (peer) => void (peer.hold = -2) });
    client.stream(3 * MEBIBYTE, [10000], () => client.end());
    await server.until("data", () => server.received > 0);
    const first = server.received;
    await pause(100);
    assertEquals([server.received, server.events], [first, ["opened"]]);
    server.hold = -1;
    server.release();
    await server.heard("ended");
    assertEquals(server.received, 3 * MEBIBYTE);
    server.end();
    await finish([client, 0], [server, 0]);
  });

  test("abort is a reset for the peer", async (net) => {
    for (const first of [0, 1]) {
      const both = await join(net, pki);
      const [early, late] = [both[first], both[1 - first]];
      early.stream(1000, [1000], () => early.abort());
      await finish([early, CANCELLED], [late, RESET]);
      assert(!late.events.includes("ended"), late.story());
    }
  });

  test("abort with data unsent", async (net) => {
    const [client, server] = await join(net, pki, { prepare: (peer) => void (peer.hold = 1) });
    assertEquals(client.send(new Uint8Array(16 * MEBIBYTE)), false);
    server.check = false;
    await server.until("data", () => server.received > 0);
    client.abort();
    await finish([client, CANCELLED], [server, RESET]);
    assert(!server.events.includes("ended"), server.story());
  });

  test("whoever has ended may reset", async (net) => {
    const [client, server] = await join(net, pki);
    client.stream(1000, [1000], () => client.end());
    await server.heard("ended");
    client.abort();
    await client.gone();
    server.end();
    await server.gone();
    assertEquals([server.received, server.error], [1000, 0]);
  });
}

function trust(test: Declare, pki: Pki, lacks: Lacks): void {
  const { server, self, other, client } = pki.made;

  test("facts", async (net) => {
    const [here, there] = await join(net, pki, { settings: { maxVersion: "TLSv1.3" } });
    const tls = here.conn.tls;
    assertEquals([tls?.protocol, tls?.reused, tls?.name, tls?.fingerprint], ["TLSv1.3", false, "localhost", server.fingerprint]);
    assert(tls?.cipher.startsWith("TLS_") === true, tls?.cipher);
    assertEquals([there.conn.tls?.protocol, there.conn.tls?.name, there.conn.tls?.certificate], ["TLSv1.3", "localhost", null]);
    here.abort();
    await finish([here, CANCELLED], [there, RESET]);
  });

  const wrong: [string, Ways, string][] = [
    ["signed by itself", { client: { verify: true }, serverSettings: self }, "self-signed"],
    ["for another name", { client: { verify: true }, serverSettings: other }, 'not for "localhost"'],
    ["for an address that it does not have", { client: { verify: true, name: "127.0.0.2" } }, 'not for "127.0.0.2"'],
    ["not the pinned one", { client: { verify: false, pin: other.fingerprint } }, "not the pinned one"],
  ];
  for (const [title, ways, words] of wrong) {
    for (const explicit of [false, true]) {
      test(`a certificate ${title}, ${explicit ? "explicit" : "implicit"}`, async (net) => {
        const settings = { ca: pki.made.ca };
        const [here, there] = await meet(net, pki, { settings, ...ways, explicit });
        await here.gone();
        await there.gone();
        assertEquals([here.error, here.faults, there.faults], [TLS, [], []]);
        assert((here.conn.cause as Error).message.includes(words), String(here.conn.cause));
        assert(!here.events.includes("secured"));
      });
    }
  }

  test("a pin, a name of none, no verification, an address", async (net) => {
    const good: Ways[] = [
      { client: { verify: false, pin: server.fingerprint } },
      { client: { verify: false, pin: server.fingerprint.replaceAll(":", "").toLowerCase() }, settings: {} },
      { client: { verify: false, name: "" } },
      { client: { verify: false }, serverSettings: self },
      { client: { verify: false, name: LOOPBACK } },
    ];
    for (const ways of good) {
      const [here, there] = await join(net, pki, ways);
      assertEquals(here.conn.tls?.fingerprint, ways.serverSettings?.cert === undefined ? server.fingerprint : self.fingerprint);
      here.end();
      there.end();
      await finish([here, 0], [there, 0]);
    }
  });

  test("a client's certificate", async (net) => {
    const { ca } = pki.made;
    const asked = await join(net, pki, { settings: client, serverSettings: { ca, requestCert: true } });
    const shown = asked[1].conn.tls?.certificate as TlsCertificate;
    assertEquals([shown.subject, shown.verified, shown.fingerprint], ["ana", true, client.fingerprint]);
    const none = await join(net, pki, { serverSettings: { ca, requestCert: true } });
    assertEquals(none[1].conn.tls?.certificate, null);
    const stranger = await join(net, pki, { settings: self, serverSettings: { ca, requestCert: true } });
    assertEquals((stranger[1].conn.tls?.certificate as TlsCertificate).verified, false);
    for (const ends of [asked, none, stranger]) {
      ends[0].abort();
      await finish([ends[0], CANCELLED], [ends[1], RESET]);
    }
    for (const settings of [{}, self]) {
      for (const maxVersion of BOTH) {
        const ways = { settings: { ...settings, maxVersion }, serverSettings: { ca }, server: { verify: true } };
        const [here, there] = await meet(net, pki, ways);
        await there.gone();
        assertEquals([there.error, there.events.length], [TLS, 1]);
        // With TLS 1.3 a client may hear of it as of an end.
        await here.until("ended or closed", () => here.error !== -1 || here.events.includes("ended"));
        here.abort();
        await here.gone();
      }
    }
    const must = await join(net, pki, { settings: client, serverSettings: { ca }, server: { verify: true } });
    must[0].end();
    must[1].end();
    await finish([must[0], 0], [must[1], 0]);
  });

  test("what a runtime cannot do is refused", async (net) => {
    const asked: TlsSettings = { ciphers: "ECDHE-ECDSA-AES128-GCM-SHA256", legacy: true, names: {}, tickets: false };
    for (const option of lacks) {
      const [here, there] = await meet(net, pki, { serverSettings: { [option]: asked[option] } });
      await there.gone();
      await here.gone();
      assertEquals([option, there.events], [option, [`closed ${UNSUPPORTED}`]]);
      assert((there.conn.cause as Error).message.includes(`"${option}"`), String(there.conn.cause));
    }
  });

  if (!lacks.includes("names")) {
    test("a certificate for each name", async (net) => {
      const names = { "ftp.example": { cert: other.cert, key: other.key } };
      for (const [name, expected] of [["ftp.example", other], ["localhost", server], ["x.example", server]] as const) {
        const [here, there] = await join(net, pki, { client: { name, verify: false }, serverSettings: { names } });
        assertEquals([here.conn.tls?.fingerprint, there.conn.tls?.name], [expected.fingerprint, name]);
        here.end();
        there.end();
        await finish([here, 0], [there, 0]);
      }
    });
  }

  test("a certificate that is none", async (net) => {
    const [here, there] = await meet(net, pki, { serverSettings: { cert: "no certificate", key: "no key" } });
    await there.gone();
    await here.gone();
    assertEquals([there.error, there.events], [TLS, [`closed ${TLS}`]]);
    assert(there.conn.cause instanceof Error);
  });
}

function reuse(test: Declare, pki: Pki, version: TlsVersion, tied: boolean, lacks: Lacks): void {
  const settings = { maxVersion: version };
  const cases: [string, TlsSettings][] = [["tickets", {}]];
  if (version === "TLSv1.2" && !lacks.includes("tickets")) cases.push(["ids", { tickets: false }]);
  for (const [how, more] of cases) {
    test(`data connections reuse the session of their owner: ${version}, ${how}`, async (net) => {
      // Deno keeps its sessions by the name alone.
      const mine = pki.client(settings, { name: version.replace(".", "") + how + ".sessions.example" });
      const theirs = pki.server(more);
      const shared = { settings: mine.identity as TlsSettings, serverSettings: theirs.identity as TlsSettings };
      const exact: Ways = { client: { identity: shared.settings, name: mine.name }, server: { identity: shared.serverSettings } };
      const control = await talk(await join(net, pki, { ...exact, explicit: true }));
      for (let i = 0; i < 6; i++) {
        const ways: Ways = {
          client: { ...exact.client, owner: control[0].conn },
          server: { ...exact.server, owner: control[1].conn, requireReuse: true },
          turned: i % 3 === 1,
        };
        const data = await join(net, pki, ways);
        const [from, to] = i % 2 === 0 ? data : [data[1], data[0]];
        assertEquals([i, data[0].conn.tls?.reused, data[1].conn.tls?.reused], [i, true, true]);
        from.stream(10000, [10000], () => from.end());
        await to.heard("ended");
        to.end();
        await finish([from, 0], [to, 0]);
      }
      await strangers(net, pki, exact, control, tied);
      for (const peer of control) peer.end();
      await finish([control[0], 0], [control[1], 0]);
    });
  }
}

/** A word from the server: some send their tickets with it. */
async function talk(ends: [Peer, Peer]): Promise<[Peer, Peer]> {
  const before = ends[0].received;
  for (const peer of ends) peer.check = false;
  ends[1].send("200");
  await ends[0].until("200", () => ends[0].received === before + 3);
  return ends;
}

/** Who has no session, and who has one of another control connection. */
async function strangers(net: Net, pki: Pki, exact: Ways, control: [Peer, Peer], tied: boolean): Promise<void> {
  const other = await talk(await join(net, pki, { ...exact, explicit: true }));
  for (const owner of tied ? [null, other[0].conn] : [null]) {
    const ways: Ways = {
      client: { ...exact.client, owner },
      server: { ...exact.server, owner: control[1].conn, requireReuse: true },
    };
    const [here, there] = await meet(net, pki, ways);
    await there.gone();
    await here.gone();
    assertEquals([there.events, (there.conn.cause as { code: string }).code], [[`closed ${TLS}`], "NOT_REUSED"]);
  }
  for (const peer of other) peer.end();
  await finish([other[0], 0], [other[1], 0]);
}

function clear(test: Declare, pki: Pki): void {
  test("what is unsent goes out in clear, and drained comes before secured", async (net) => {
    const made = await host(net, { text: true });
    const client = dial(net, { host: LOOPBACK, port: made.listener.address.port, text: true });
    const server = await made.peer(0);
    await client.heard("opened");
    made.listener.close();
    client.check = server.check = false;
    const long = "x".repeat(8 * MEBIBYTE);
    client.hold = -2;
    server.data = (): boolean => {
      server.data = Peer.prototype.data;
      assertEquals(server.send(long), false);
      server.conn.secure(pki.server());
      return false;
    };
    client.send("AUTH");
    await client.until("data", () => client.received > 0);
    assertEquals(server.events, ["opened"]);
    client.hold = -1;
    client.data = (chunk, length): boolean => {
      client.received += length;
      if (client.received < long.length) return true;
      client.data = Peer.prototype.data;
      client.conn.secure(pki.client());
      return false;
    };
    client.release();
    await client.heard("secured");
    await server.heard("secured");
    assertEquals(server.events, ["opened", "drained", "secured"]);
    assertEquals(client.received, long.length);
    client.conn.resume();
    server.conn.resume();
    server.send("220");
    await client.until("220", () => client.received === long.length + 3);
    client.end();
    server.end();
    await finish([client, 0], [server, 0]);
  });

  test("clear text behind AUTH is not for the server", async (net) => {
    const [client, server] = await smuggle(net, pki, "client");
    await Promise.race([server.heard("secured"), server.gone()]);
    assertEquals([server.text, server.received], ["", 0]);
    client.abort();
    server.abort();
    await client.gone();
    await server.gone();
  });

  test("clear text behind 234 ends the client", async (net) => {
    const [client, server] = await smuggle(net, pki, "server");
    await client.gone();
    assertEquals([client.error, client.events], [TLS, ["opened", `closed ${TLS}`]]);
    assert(client.conn.cause instanceof Error);
    server.abort();
    await server.gone();
  });

  test("only while reading is held, and once", async (net) => {
    const [client, server] = await join(net, pki, { text: true });
    assertThrows(() => client.conn.secure(pki.client()), "Cannot secure");
    client.abort();
    client.conn.secure(pki.client());
    await finish([client, CANCELLED], [server, RESET]);
  });

  test("CAN_CLEAR is what plain() is", async (net) => {
    const [client, server] = await join(net, pki, { explicit: true });
    assertEquals((net.can & CAN_CLEAR) !== 0, typeof client.conn.plain === "function");
    client.abort();
    await finish([client, CANCELLED], [server, RESET]);
  });
}

/** `who` sends more behind its word, before the other side's `secure`. */
async function smuggle(net: Net, pki: Pki, who: "client" | "server"): Promise<[Peer, Peer]> {
  const made = await host(net, { text: true });
  const client = dial(net, { host: LOOPBACK, port: made.listener.address.port, text: true });
  const server = await made.peer(0);
  made.listener.close();
  await client.heard("opened");
  await server.heard("opened");
  client.check = server.check = false;
  const late = (peer: Peer, other: Peer, tls: Tls): void => {
    peer.data = (): boolean => {
      peer.data = Peer.prototype.data;
      if (peer === server) peer.send("234");
      void pause(30).then(() => other.name === who ? other.send("NOOP\r\n") : true);
      void pause(60).then(() => peer.conn.secure(tls));
      return false;
    };
  };
  server.name = "server";
  late(server, client, pki.server());
  late(client, server, pki.client());
  client.send("AUTH");
  return [client, server];
}

function failures(test: Declare, pki: Pki): void {
  for (const explicit of [false, true]) {
    const way = explicit ? "explicit" : "implicit";
    test(`the peer resets or leaves in the middle of the handshake, ${way}`, async (net) => {
      for (const role of [TLS_CLIENT, TLS_SERVER]) {
        for (const leave of ["abort", "end"] as const) {
          const [mine, other] = await half(net, pki, role, explicit);
          await pause(30);
          other[leave]();
          await mine.gone();
          assertEquals([role, leave, mine.error === TLS || mine.error === RESET, mine.faults], [role, leave, true, []]);
          if (leave === "end") assertEquals([role, mine.error], [role, TLS]);
          other.abort();
          await other.gone();
        }
      }
    });

    test(`abort in the middle of the handshake, ${way}`, async (net) => {
      for (const role of [TLS_CLIENT, TLS_SERVER]) {
        for (const wait of [0, 30]) {
          const [mine, other] = await half(net, pki, role, explicit);
          await pause(wait);
          mine.abort();
          await finish([mine, CANCELLED]);
          assert(!mine.events.includes("secured"));
          await other.gone();
        }
      }
    });

    test(`no TLS on the other side, ${way}`, async (net) => {
      for (const role of [TLS_CLIENT, TLS_SERVER]) {
        const [mine, other] = await half(net, pki, role, explicit);
        other.send("421 Go away, this is no TLS\r\n");
        await mine.gone();
        assertEquals([role, mine.error, mine.faults], [role, TLS, []]);
        assert(mine.conn.cause instanceof Error);
        other.abort();
        await other.gone();
      }
    });
  }

  test("no version in common", async (net) => {
    const [here, there] = await meet(net, pki, { settings: { maxVersion: "TLSv1.2" }, serverSettings: { minVersion: "TLSv1.3" } });
    await here.gone();
    await there.gone();
    assertEquals([here.error, there.error], [TLS, TLS]);
  });

  test("200 handshakes that stall or fail leave nothing behind", async (net) => {
    const before = await descriptors();
    const parties: [Peer, Peer][] = [];
    for (let i = 0; i < 100; i++) parties.push(await half(net, pki, i % 2 === 0 ? TLS_CLIENT : TLS_SERVER, i % 4 < 2));
    parties.forEach(([mine, other], i) => i % 3 === 0 ? other.abort() : mine.abort());
    for (const [mine, other] of parties) {
      await mine.gone();
      other.abort();
      await other.gone();
    }
    for (let i = 0; i < 100; i++) {
      const [here, there] = await meet(net, pki, { client: { verify: false, pin: pki.made.other.fingerprint }, explicit: i % 2 === 0 });
      await here.gone();
      await there.gone();
      assertEquals(here.error, TLS);
    }
    await pause(50);
    const after = await descriptors();
    assert(after <= before + 3, `${before} descriptors before, ${after} after`);
  });
}

/** One side that is in the middle of a handshake in `role`, and one that knows nothing of TLS. */
async function half(net: Net, pki: Pki, role: number, explicit: boolean): Promise<[Peer, Peer]> {
  const tls = role === TLS_CLIENT ? pki.client() : pki.server();
  const made = await host(net, { text: true });
  const mine = new Peer("mine");
  mine.conn = net.connect({ host: LOOPBACK, port: made.listener.address.port, text: true, tls: explicit ? null : tls }, mine);
  const other = await made.peer(0);
  await other.heard("opened");
  made.listener.close();
  mine.check = other.check = false;
  if (!explicit) return [mine, other];
  await mine.heard("opened");
  const begun = new Promise<void>((resolve) => {
    mine.data = (): boolean => (mine.data = Peer.prototype.data, mine.conn.secure(tls), resolve(), false);
  });
  other.send("234");
  await begun;
  return [mine, other];
}

async function descriptors(): Promise<number> {
  const { readdirSync } = await import("node:fs");
  try {
    return readdirSync("/proc/self/fd").length;
  } catch {
    return 0;
  }
}
