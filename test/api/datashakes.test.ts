// Handshakes on data connections that stall, stop half-way or fail, 1000 of each in both roles: nothing stays.

import { existsSync, readdirSync } from "node:fs";
import * as net from "node:net";
import * as tls from "node:tls";
import { describe, test } from "node:test";
import { MemoryFiles } from "../../adapters/memory/mod.ts";
import { assert, assertEquals } from "../assert.ts";
import { certificates, noCertificates } from "../conformance/certificates.ts";
import type { Certificates } from "../conformance/certificates.ts";
import { connect, serve } from "../runtime.ts";

/** Of each kind and role, half of them passive and half active. */
const TIMES = 1000;
/** For a handshake, in milliseconds: that of a control connection has to fit too. */
const TIMEOUT = 200;
const HOST = "127.0.0.1";
/** Linux lists a process's descriptors here. */
const OPEN = "/proc/self/fd";
/** The first half of a ClientHello, of a ServerHello, and what is none. */
const CLIENT_HALF = "\x16\x03\x01\x01\x00\x01\x00\x00\xfc\x03\x03" + "x".repeat(60);
const SERVER_HALF = "\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03" + "x".repeat(60);
const GARBAGE = "220 what is this\r\n";

/** What the other end of a data connection does. */
interface Way {
  /** Control connections at once: those that wait for the end of a handshake's time are many. */
  controls: number;
  /** `half`: of the hello that it should say. */
  spoil(socket: net.Socket, half: string): void;
}

const STALL: Way = { controls: 100, spoil(): void {} };
const HALF: Way = { controls: 100, spoil: (socket, half): void => void socket.write(half, "latin1") };
const NONE: Way = { controls: 20, spoil: (socket): void => void socket.write(GARBAGE) };
const HANG_UP: Way = { controls: 20, spoil: (socket, half): void => void socket.end(half, "latin1") };
const WAYS = [STALL, HALF, NONE, HANG_UP];

describe(`handshakes of data connections that stall, stop half-way, are none or are hung up on, ${TIMES} of each`, {
  skip: noCertificates(),
}, () => {
  const made = certificates() as Certificates;
  const login = { user: "ana", password: "secret", tls: "implicit", pin: made.server.fingerprint } as const;

  test("with our server", async () => {
    const secure = { ...made.server, implicit: true, handshakeTimeout: TIMEOUT };
    await using server = await serve({ files: new MemoryFiles({}), port: 0, users: { ana: { password: "secret" } }, tls: secure });
    await nothingStays(async (way, passive) => {
      const visitor = await Visitor.come(server.port);
      return {
        attempt: () => visitor.fail(passive, (socket) => way.spoil(socket, CLIENT_HALF)),
        leave: () => visitor.leave(),
      };
    });
    for (let i = 0; i < 100 && server.sessions > 0; i++) await pause(20);
    assertEquals(server.sessions, 0);
    for (const passive of [true, false]) {
      await using client = await connect({ host: HOST, port: server.port, ...login, mode: passive ? "passive" : "active" });
      await client.put("after", "text");
      assertEquals(await client.getText("after"), "text");
    }
  });

  test("with our client", async () => {
    const stubs = new Map<Way, Stub>();
    for (const way of WAYS) stubs.set(way, await Stub.listen(made, (socket) => way.spoil(socket, SERVER_HALF)));
    await nothingStays(async (way, passive) => {
      const { port } = stubs.get(way) as Stub;
      const client = await connect({ host: HOST, port, ...login, mode: passive ? "passive" : "active", handshakeTimeout: TIMEOUT });
      return {
        async attempt() {
          const error = await client.getBytes("file").then(() => null, (reason) => reason as Error);
          assert(error !== null && /Connection|Ftp/.test(error.name), `it fails: ${error}`);
        },
        leave: () => client.close(),
      };
    });
    for (const stub of stubs.values()) await stub.close();
  });
});

/** Somebody with a control connection. */
interface Guest {
  attempt(): Promise<void>;
  leave(): Promise<void> | void;
}

async function nothingStays(come: (way: Way, passive: boolean) => Promise<Guest>): Promise<void> {
  // The first ones open what the runtime keeps for itself.
  for (const way of WAYS) {
    const first = await come(way, true);
    await first.attempt();
    await first.leave();
  }
  const before = await fewest(0);
  const runs: Promise<void>[] = [];
  for (const way of WAYS) {
    for (let i = 0; i < way.controls; i++) runs.push(again(await come(way, i % 2 === 0), TIMES / way.controls));
  }
  await Promise.all(runs);
  const after = await fewest(before);
  assert(after <= before, `${after} descriptors, and there were ${before}`);
}

async function again(guest: Guest, times: number): Promise<void> {
  for (let i = 0; i < times; i++) await guest.attempt();
  await guest.leave();
}

/** Descriptors of this process, as soon as there are no more than `enough`; 0 where the system does not tell. */
async function fewest(enough: number): Promise<number> {
  let least = descriptors();
  for (let i = 0; i < (enough === 0 ? 10 : 100) && least > enough; i++) {
    await pause(20);
    least = Math.min(least, descriptors());
  }
  return least;
}

function descriptors(): number {
  return existsSync(OPEN) ? readdirSync(OPEN).length : 0;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Goes when the other side goes. */
function follow(socket: net.Socket): void {
  socket.on("error", () => {});
  socket.on("end", () => drop(socket));
  socket.resume();
}

/** By a reset where the runtime can: else thousands of ports would be in use for a minute. */
function drop(socket: net.Socket): void {
  if (socket.destroyed) return;
  if (typeof socket.resetAndDestroy === "function") socket.resetAndDestroy();
  else socket.destroy();
}

/** A client with implicit TLS that knows what it wants to break. */
class Visitor {
  private readonly socket: tls.TLSSocket;
  private text = "";
  private heard: (() => void) | null = null;

  constructor(port: number) {
    this.socket = tls.connect({ host: HOST, port, rejectUnauthorized: false });
    this.socket.on("error", () => {});
    this.socket.on("data", (packet: Uint8Array) => {
      this.text += packet;
      this.heard?.();
    });
    this.socket.on("close", () => this.heard?.());
  }

  /** On a busy machine the time for a handshake may not do for that of the control connection: then another one is tried. */
  static async come(port: number): Promise<Visitor> {
    for (let left = 20;; left--) {
      try {
        const visitor = new Visitor(port);
        await visitor.reply();
        for (const line of ["USER ana", "PASS secret", "PBSZ 0", "PROT P", "TYPE I"]) await visitor.say(line);
        return visitor;
      } catch (error) {
        if (left === 0) throw error;
      }
    }
  }

  /** One listing whose data connection comes to nothing. */
  async fail(passive: boolean, spoil: (socket: net.Socket) => void): Promise<void> {
    const far = passive ? await this.dialled() : await this.awaited();
    const mark = await this.say("MLSD");
    if (mark.startsWith("150")) {
      spoil(await far());
      const final = await this.reply();
      assert(/^[45]/.test(final), `it fails: ${final}`);
    } else assert(/^[45]/.test(mark), `it fails: ${mark}`);
    drop(await far());
  }

  async leave(): Promise<void> {
    await this.say("QUIT");
    this.socket.destroy();
  }

  private async dialled(): Promise<() => Promise<net.Socket>> {
    const port = Number(/\|(\d+)\|/.exec(await this.say("EPSV"))?.[1]);
    const socket = net.connect({ host: HOST, port, allowHalfOpen: true });
    await new Promise((resolve) => socket.once("connect", resolve));
    follow(socket);
    return () => Promise.resolve(socket);
  }

  private async awaited(): Promise<() => Promise<net.Socket>> {
    const server = net.createServer({ allowHalfOpen: true });
    const come = new Promise<net.Socket>((resolve) =>
      server.once("connection", (socket) => {
        follow(socket);
        server.close();
        resolve(socket);
      })
    );
    await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
    await this.say(`EPRT |1|${HOST}|${(server.address() as net.AddressInfo).port}|`);
    return () => come;
  }

  private async say(line: string): Promise<string> {
    this.socket.write(`${line}\r\n`);
    return await this.reply();
  }

  private async reply(): Promise<string> {
    while (!this.text.includes("\r\n")) {
      assert(!this.socket.destroyed, "the control connection lives on");
      await new Promise<void>((resolve) => this.heard = resolve);
    }
    const end = this.text.indexOf("\r\n");
    const line = this.text.slice(0, end);
    this.text = this.text.slice(end + 2);
    return line;
  }
}

/** A server with implicit TLS whose data connections are spoilt. */
class Stub {
  port = 0;
  private readonly spoil: (socket: net.Socket) => void;
  private readonly server: tls.Server;

  constructor(made: Certificates, spoil: (socket: net.Socket) => void) {
    this.spoil = spoil;
    this.server = tls.createServer({ cert: made.server.cert, key: made.server.key }, (socket) => this.greet(socket));
  }

  static async listen(made: Certificates, spoil: (socket: net.Socket) => void): Promise<Stub> {
    const stub = new Stub(made, spoil);
    await new Promise<void>((resolve) => stub.server.listen(0, HOST, resolve));
    stub.port = (stub.server.address() as net.AddressInfo).port;
    return stub;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private greet(control: tls.TLSSocket): void {
    let text = "";
    let port = 0;
    let passive: net.Server | null = null;
    let far: Promise<net.Socket> | null = null;
    const say = (line: string): void => void (control.destroyed || control.write(`${line}\r\n`));
    const answers: Record<string, () => void> = {
      USER: () => say("331 Password"),
      PASS: () => say("230 Welcome"),
      FEAT: () => say("211 None"),
      EPSV: () => {
        passive = net.createServer({ allowHalfOpen: true });
        const listening = passive;
        far = new Promise((resolve) => listening.once("connection", resolve));
        far.then(() => listening.close());
        listening.listen(0, HOST, () => say(`229 Here (|||${(listening.address() as net.AddressInfo).port}|)`));
      },
      RETR: () => {
        say("150 Here it comes");
        if (far === null) far = Promise.resolve(net.connect({ host: HOST, port, allowHalfOpen: true }));
        far.then((socket) => {
          follow(socket);
          socket.on("close", () => say("425 It broke"));
          this.spoil(socket);
        });
        far = null;
      },
      QUIT: () => {
        say("221 Bye");
        control.end();
      },
    };
    control.on("error", () => {});
    control.on("end", () => control.destroy());
    control.on("data", (packet: Uint8Array) => {
      text += packet;
      for (let end = text.indexOf("\r\n"); end >= 0; end = text.indexOf("\r\n")) {
        const line = text.slice(0, end);
        text = text.slice(end + 2);
        const told = /^PORT (?:\d+,){4}(\d+),(\d+)$|^EPRT \|.*\|(\d+)\|$/.exec(line);
        if (told !== null) port = told[3] ? Number(told[3]) : Number(told[1]) * 256 + Number(told[2]);
        (answers[line.split(" ")[0]] ?? (() => say("200 Fine")))();
      }
    });
    say("220 Stub");
  }
}
