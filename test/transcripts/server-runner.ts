// Runs a server transcript against the core's Server on MemoryNet and MemoryFiles, in every way that must not matter.

import { bytesOf } from "../../adapters/memory/bytes.ts";
import { MemoryNet, Peer, PeerServer } from "../../adapters/memory/mod.ts";
import type { MemoryNetOptions } from "../../adapters/memory/mod.ts";
import type { FileSystem, Tls } from "../../core/ports.ts";
import * as ports from "../../core/ports.ts";
import type { Login, ServerOptions } from "../../core/server/options.ts";
import { renew, serverTls } from "../../core/server/secure.ts";
import type { ServerTls } from "../../core/server/secure.ts";
import { Server } from "../../core/server/server.ts";
import { content, escape, matches, plain, unescape, words } from "./server-script.ts";
import type { Script, Step } from "./server-script.ts";
import { FaultFiles } from "./server-files.ts";

/** What must not matter to a conversation. */
export interface Way {
  /** Bytes per packet; 0: whole. */
  split: number;
  /** `send` always answers false. */
  lend: boolean;
  /** The file system answers later. */
  later: boolean;
  /** The slot was used before, `listening` and `data` come early, one block instead of two. */
  used: boolean;
}

/** All the ways. */
export const WAYS: Way[] = [];
for (const used of [false, true]) {
  for (const later of [false, true]) {
    for (const lend of [false, true]) for (const split of [0, 1, 2, 3]) WAYS.push({ split, lend, later, used });
  }
}

const SETTINGS: Partial<ServerOptions> = {
  sessions: 4,
  line: 512,
  reply: 4096,
  block: 64,
  spare: 2,
  delay: 0,
  clock: () => 1700000000000,
};

/** Leaves as much behind in a slot as a session can. */
const TRACES = "TYPE I\r\nOPTS MLST type;\r\nCWD /\r\nREST 5\r\nALLO 7\r\nEPSV\r\nRNFR /\r\n";

/** The server did something else. */
class Mismatch extends Error {}

/** What a client has. */
class Client {
  control = new Peer();
  /** The server's end of the control connection was expected. */
  ended = false;
  /** The client has it no more, or the server's break was expected. */
  over = false;
  data: Peer | null = null;
  dataEnded = false;
  dataOver = false;
  server: PeerServer | null = null;
  /** Of the last 227 or 229. */
  port = 0;
}

/** Runs a script in one way; throws where the server does anything else. */
export function runScript(script: Script, way: Way): void {
  new Run(script, way).go();
}

/** Stops a run in the middle. */
class Cut extends Error {}

/**
 * Runs a script up to its event number `events`; then the client is gone, and nothing may stay. false: the script came
 * to its end before that. What the server says is not looked at.
 */
export function cutScript(script: Script, way: Way, events: number): boolean {
  const run = new Run(script, way);
  run.left = events;
  try {
    run.go();
  } catch (error) {
    if (!(error instanceof Cut)) throw error;
    try {
      run.left = -1;
      run.leave();
    } catch (fault) {
      throw new Error(`${script.name} cut after ${events} events (${JSON.stringify(way)}): ${(fault as Error).message}`);
    }
    return true;
  }
  return false;
}

class Run {
  script: Script;
  way: Way;
  net: MemoryNet;
  files: FaultFiles;
  server: Server;
  host = "127.0.0.1";
  from = "127.0.0.1";
  users: string[][] = [];
  /** Logged in before the first step, with a TYPE. */
  as: string[] = [];
  clients: Client[] = [];
  /** Data connections that were replaced or were refused. */
  former: Peer[] = [];
  servers: PeerServer[] = [];
  told: string[] = [];
  /** The transcript cares for what the callbacks are told. */
  listens: boolean;
  held: ((error: number) => void)[] = [];
  tls: ServerTls | null = null;
  trace: string[] = [];
  closed = false;
  /** The step after the next one comes before the next one's consequences. */
  hurry = false;
  /** Events that may still happen; -1: any number. */
  left = -1;

  constructor(script: Script, way: Way) {
    this.script = script;
    this.way = way;
    const netOptions: MemoryNetOptions & { [name: string]: unknown } = {
      split: way.split,
      lend: way.lend,
      early: way.used,
      limit: 3000000,
    };
    const options: Partial<ServerOptions> & { [name: string]: unknown } = { ...SETTINGS, blocks: way.used ? 1 : 2 };
    options.login = (login: Login, done: (error: number, files: FileSystem | null) => void): void => this.login(login, done);
    options.logout = (login: Login): void => this.tell("logout", login);
    this.listens = script.steps.some((step) => step.kind === "A" && /^(log|certified)/.test(step.text));
    this.files = new FaultFiles(way.later);
    const unanswered: number[] = [];
    for (const { line, words: [what, ...rest] } of script.header) {
      if (what === "net") netOptions[rest[0]] = rest[1] === "off" ? false : Number(rest[1]);
      else if (what === "option") options[rest[0]] = /^\d+$/.test(rest[1]) ? Number(rest[1]) : plain(rest[1]);
      else if (what === "login" && rest[0] === "none") options.login = null;
      else if (what === "login" && rest[0] === "held") options.login = (login, done) => this.hold(login, done);
      else if (what === "unanswered") unanswered.push(Number(rest[0]));
      else if (what === "tls") this.tls = this.tlsOptions(rest);
      else if (what === "certified" && this.tls !== null) {
        this.tls.certified = (login, done) => {
          this.tell("certified", login);
          const fits = login.user === rest[0] && login.tls?.fingerprint === rest[0];
          this.files.finish(() => done(fits ? 0 : ports.DENIED, null));
        };
      } else if (!this.arrange(what, rest)) {
        throw new Error(`${script.name}:${line}: cannot read the header line "${what} ${rest.join(" ")}"`);
      }
    }
    if (this.users.length === 0) this.users.push(["ana", "secret"]);
    if (this.tls !== null) {
      netOptions.tls = true;
      options.tls = this.tls;
    }
    this.net = new MemoryNet(netOptions);
    this.net.join(this.files);
    for (const port of unanswered) this.net.hold(port);
    this.server = new Server(this.net, this.files, options as Partial<ServerOptions>);
  }

  arrange(what: string, rest: string[]): boolean {
    const [first, second, third] = rest;
    if (what === "user") this.users.push(rest.map(plain));
    else if (what === "file") this.files.put(plain(first), bytesOf(content(second)));
    else if (what === "folder") this.files.addDir(plain(first));
    else if (what === "link") this.files.addLink(plain(first), plain(second));
    else if (what === "part") this.files.addPart(plain(first), second, content(third));
    else if (what === "modified") this.files.setModified(plain(first), Number(second));
    else if (what === "capacity") this.files.tree.disk.capacity = Number(first);
    else if (what === "as") this.as = rest;
    else if (what === "client") this.from = first;
    else if (what === "server") this.host = first;
    else if (what === "with") this.files.can = rest.reduce((can, name) => can | number("CAN_" + name), this.files.can);
    else if (what === "without") this.files.can = rest.reduce((can, name) => can & ~number("CAN_" + name), this.files.can);
    else return false;
    return true;
  }

  go(): void {
    this.server.listen({ host: "", port: 2121 }, () => {});
    this.net.run();
    if (this.way.used) this.use();
    let step: Step | null = null;
    try {
      const steps = this.script.steps;
      if (!steps[0].text.startsWith("connect")) this.connect(1, this.from);
      if (this.as.length > 0) this.enter();
      for (let i = 0; i < steps.length; i++) {
        step = steps[i];
        let text = step.text;
        while (steps[i + 1]?.kind === "+") text += "\\r\\n" + steps[++i].text;
        this.step(step, text);
      }
      this.quiet();
      step = null;
      this.leave();
    } catch (error) {
      if (error instanceof Cut) throw error;
      const where = `${this.script.name}:${step === null ? "end" : step.line}`;
      const trace = this.trace.slice(-24).join("\n");
      const stack = error instanceof Mismatch ? "" : "\n" + (error as Error).stack;
      throw new Error(`${where} (${JSON.stringify(this.way)}): ${(error as Error).message}\n${trace}${stack}`);
    }
  }

  step(step: Step, text: string): void {
    const client = this.clients[step.client - 1] as Client;
    const hurry = this.hurry;
    this.hurry = false;
    const expectation = EXPECTATIONS.test(step.kind + ": " + text);
    if (!expectation) this.quiet();
    this.trace.push(`${step.kind}${step.client > 1 ? step.client : ""}: ${text}`);
    if (step.kind === "C") client.control.send(unescape(text) + "\r\n");
    else if (step.kind === "R") client.control.send(unescape(text));
    else if (step.kind === "S") this.expectLine(client, text);
    else if (step.kind === "X") this.control(step.client, text);
    else if (step.kind === "D") this.data(client, words(text));
    else if (step.kind === "H") {
      this.hurry = true;
      return;
    } else if (step.kind === "T") this.net.time(Number(text));
    else if (step.kind === "F") this.file(words(text));
    else if (step.kind === "E") this.storage(text.split(" "));
    else if (step.kind === "A") this.application(text);
    else throw new Error(`no step "${step.kind}"`);
    if (!hurry) this.run();
    for (const each of this.clients) this.takeIn(each);
  }

  // --- Control connections

  connect(index: number, host: string): void {
    const client = new Client();
    this.clients[index - 1] = client;
    client.control.dial(this.net, { host: this.host, port: 2121, localHost: host, text: true });
    this.net.run();
  }

  /** `tls required 2 implicit on`, completed. */
  tlsOptions(rest: string[]): ServerTls {
    const options: Partial<ServerTls> & { [name: string]: unknown } = { identity: identity("server", true) };
    for (let i = 0; i < rest.length; i += 2) options[rest[i]] = /^\d+$/.test(rest[i + 1]) ? Number(rest[i + 1]) : rest[i + 1] === "on";
    return serverTls(options as Partial<ServerTls>);
  }

  /** What a client says of a handshake: `certificate NAME`, `unknown`, `unowned`. */
  wanted(rest: string[], owner: Peer | null): Tls {
    const at = rest.indexOf("certificate");
    return {
      role: ports.TLS_CLIENT,
      name: "",
      verify: false,
      pin: "",
      identity: at < 0 ? null : identity(rest[at + 1], !rest.includes("unknown")),
      owner: owner === null || rest.includes("unowned") ? null : owner.conn,
      requireReuse: false,
    };
  }

  /** Begins TLS before a login that is no part of the transcript. */
  begin(peer: Peer, explicit: boolean): void {
    const tls = this.tls;
    if (tls === null || (!tls.implicit && !explicit)) return;
    if (!tls.implicit) {
      peer.send("AUTH TLS\r\n");
      this.net.run();
      peer.take();
    }
    peer.secure(this.wanted(["certificate", "nobody"], null));
    this.net.run();
    if (!tls.implicit) return;
    if (peer.take() === "") fail("the greeting", "220", "nothing");
  }

  /** Logs the first client in. */
  enter(): void {
    const [name, password, account] = this.users.find((user) => user[0] === this.as[0]) as string[];
    const peer = this.clients[0].control;
    if (this.as[2] === "tls") {
      this.begin(peer, true);
      peer.send(`USER ${name}\r\nPASS ${password}\r\nPBSZ 0\r\nPROT P\r\nTYPE ${this.as[1]}\r\n`);
      this.net.run();
      const replies = peer.take();
      if (!/^331 .*\r\n230 .*\r\n200 .*\r\n200 .*\r\n200 .*\r\n$/.test(replies)) fail("the login", "331, 230, 200", replies);
      this.told = [];
      return;
    }
    peer.send(`USER ${name}\r\nPASS ${password ?? ""}\r\n${account ? `ACCT ${account}\r\n` : ""}`);
    this.net.run();
    if (this.as[1] !== undefined) peer.send(`TYPE ${this.as[1]}\r\n`);
    this.net.run();
    const replies = peer.take();
    if (!/^220 .*\r\n331 .*\r\n(332 .*\r\n)?230 .*\r\n(200 .*\r\n)?$/.test(replies)) fail("the login", "220, 331, 230", replies);
    this.told = [];
  }

  expectLine(client: Client, expected: string): void {
    const line = client.control.line();
    this.trace.push(`   server: ${line === null ? "(nothing whole) " + escape(client.control.received) : escape(line)}`);
    if (line === null || !matches(expected, line)) fail(`the server's reply`, expected, line ?? client.control.received);
    const port = /^227 .*,(\d+),(\d+)\)\.?$/.exec(line) ?? /^229 .*\(\|\|\|()(\d+)\|\)$/.exec(line);
    if (port !== null) client.port = Number(port[1]) * 256 + Number(port[2]);
  }

  control(index: number, text: string): void {
    const [what, host] = text.split(" ");
    if (what === "connect") return this.connect(index, host ?? this.from);
    const client = this.clients[index - 1];
    const peer = client.control;
    if (what === "end") peer.end();
    else if (what === "reset") {
      peer.abort();
      client.over = true;
    } else if (what === "hold") peer.hold();
    else if (what === "resume") peer.resume();
    else if (what === "secure") peer.secure(this.wanted(text.split(" "), null));
    else if (what === "secured") this.secured(peer, host);
    else if (what === "clear") peer.conn?.plain?.();
    else if (what === "ended") {
      if (!peer.hasEnded) fail("the control connection", "ended", peer.events.join(", "));
      client.ended = true;
      if (host !== "only") peer.end();
    } else if (what === "gone") {
      if (peer.error <= 0) fail("the control connection", "broken", peer.events.join(", "));
      client.over = true;
    } else if (what === "open") {
      if (peer.error >= 0 || peer.hasEnded) fail("the control connection", "open", peer.events.join(", "));
    } else throw new Error(`no "X: ${text}"`);
  }

  /** The handshake is done. */
  secured(peer: Peer, name: string | undefined): void {
    if (!peer.events.includes("secured")) fail("the connection", "secured", peer.events.join(", "));
    const fingerprint = peer.conn?.tls?.fingerprint ?? "";
    if (name !== undefined && fingerprint !== name) fail("the server's certificate", name, fingerprint);
  }

  // --- Data connections

  data(client: Client, [what, ...rest]: string[]): void {
    if (what === "connect") return this.newData(client, rest[0] === "from" ? rest[1] : this.from);
    if (what === "listen") {
      client.server = new PeerServer(this.net, { host: this.from, port: Number(rest[0]) });
      this.servers.push(client.server);
      return;
    }
    const peer = client.data;
    if (peer === null) throw new Error("there is no data connection");
    if (what === "send") peer.send(bytesOf(content(rest[0])));
    else if (what === "end") peer.end();
    else if (what === "reset") {
      peer.abort();
      client.dataOver = true;
    } else if (what === "hold") peer.hold();
    else if (what === "resume") peer.resume();
    else if (what === "secure") peer.secure(this.wanted(rest, client.control));
    else if (what === "secured") this.secured(peer, rest[0]);
    else if (what === "receive") {
      const received = peer.take();
      this.trace.push(`   data: ${escape(received)}`);
      if (received !== content(rest[0])) fail("the data", content(rest[0]), received);
    } else if (what === "some") {
      if (peer.take() === "") fail("the data", "some", "none");
    } else if (what === "ended") {
      if (!peer.hasEnded) fail("the data connection", "ended", peer.events.join(", "));
      client.dataEnded = true;
      if (rest[0] !== "only") peer.end();
    } else if (what === "gone") {
      if (peer.error <= 0) fail("the data connection", "broken", peer.events.join(", "));
      client.dataOver = true;
    } else if (what === "finished") {
      if (peer.error !== 0) fail("the data connection", "closed in order", peer.events.join(", "));
    } else if (what === "refused") {
      if (peer.error !== ports.REFUSED) fail("the data connection", "refused", peer.events.join(", "));
      client.dataOver = true;
    } else if (what === "open") {
      if (!peer.isOpen || peer.hasEnded) fail("the data connection", "open", peer.events.join(", "));
    } else throw new Error(`no "D: ${what}"`);
  }

  /** The server has connected to the client. */
  takeIn(client: Client): void {
    const peer = client.server === null ? undefined : client.server.peers.shift();
    if (peer === undefined) return;
    if (client.data !== null) this.former.push(client.data);
    client.data = peer;
    client.dataEnded = false;
    client.dataOver = false;
  }

  newData(client: Client, host: string): void {
    if (client.data !== null) this.former.push(client.data);
    client.data = new Peer();
    client.dataEnded = false;
    client.dataOver = false;
    client.data.dial(this.net, { host: this.host, port: client.port, localHost: host });
  }

  // --- Files, the storage, the application

  file([name, what, ...rest]: string[]): void {
    const path = plain(name);
    if (what === "folder") {
      if (!this.files.isFolder(path)) fail(path, "a folder", "none");
      return;
    }
    const part = what === "part" ? this.files.partOf(path, rest[0]) : what === "no" ? this.files.partOf(path, this.users[0][0]) : null;
    const actual = what === "part" || what === "no" ? part : this.files.text(path);
    const expected = what === "absent" || what === "no" ? null : content(what === "part" ? rest[1] : what);
    if (actual !== expected) fail(path, expected ?? "nothing", actual ?? "nothing");
  }

  storage([what, operation, error]: string[]): void {
    if (what === "hold") this.files.held = true;
    else if (what === "go") this.files.held = false;
    else if (what === "fail") this.files.faults.push({ operation, error: number(error) });
    else throw new Error(`no "E: ${what}"`);
  }

  application(text: string): void {
    if (text.startsWith("renew ")) renew(this.server, identity(text.substring(6), true));
    else if (text.startsWith("close")) {
      this.closed = true;
      this.server.close(text === "close now");
    } else if (text === "listen") {
      this.closed = false;
      this.server.listen({ host: "", port: 2121 }, () => {});
    } else if (text.startsWith("log") || text.startsWith("certified ")) {
      const told = this.told.shift();
      if (told === undefined || !matches(text, told)) fail("the callback", text, told ?? "none");
    } else {
      const answer = this.held.shift();
      if (answer === undefined) throw new Error("no login waits for an answer");
      answer(text === "accept" ? 0 : text === "account" ? ports.NEEDS_ACCOUNT : ports.DENIED);
    }
  }

  login(login: Login, done: (error: number, files: FileSystem | null) => void): void {
    this.tell("login", login);
    const known = this.users.find(([user, password]) => user === login.user && (password === undefined || password === login.password));
    let error = known === undefined ? ports.DENIED : 0;
    if (known !== undefined && known[2] !== undefined) {
      if (login.account === "") error = ports.NEEDS_ACCOUNT;
      else if (login.account !== known[2]) error = ports.DENIED;
    }
    this.files.finish(() => done(error, null));
  }

  hold(login: Login, done: (error: number, files: FileSystem | null) => void): void {
    this.tell("login", login);
    this.held.push((error) => done(error, null));
  }

  tell(what: string, { user, password, account, host, port }: Login): void {
    if (this.listens) this.told.push(`${what} ${user} ${password} ${account === "" ? '""' : account} ${host} ${port}`);
  }

  // --- Before, between and after

  /** Until all is quiet, or the run is cut. */
  run(): void {
    if (this.left < 0) this.net.run();
    else {
      while (this.net.step()) {
        this.left--;
        if (this.left <= 0) throw new Cut();
      }
    }
  }

  /** A session before this one leaves what it can in the slot. */
  use(): void {
    const peer = new Peer();
    const [user, password, account] = this.users[0];
    peer.dial(this.net, { host: this.host, port: 2121, localHost: this.from, text: true });
    this.net.run();
    this.begin(peer, this.tls !== null && this.tls.required > 0);
    peer.send(`USER ${user}\r\nPASS ${password ?? ""}\r\n${account ? `ACCT ${account}\r\n` : ""}`);
    this.net.run();
    while (this.held.length > 0) (this.held.shift() as (error: number) => void)(0);
    peer.send(TRACES);
    this.net.run();
    peer.abort();
    this.net.run();
    this.told = [];
    this.files.faults = [];
    if (this.server.sessions.length !== 0) fail("sessions in use after the one before", "0", String(this.server.sessions.length));
  }

  /** Nothing that was not expected has come. */
  quiet(): void {
    for (let i = 0; i < this.clients.length; i++) {
      const { control, data, ended, over, dataEnded, dataOver } = this.clients[i];
      if (control.received !== "" && !control.holding) fail(`client ${i + 1}: more from the server`, "", control.received);
      if (control.hasEnded && !ended && !over) fail(`client ${i + 1}: the control connection`, "open", "ended");
      if (control.error > 0 && !over && !control.holding) {
        fail(`client ${i + 1}: the control connection`, "open", control.events.join(", "));
      }
      if (data === null) continue;
      if (data.received !== "" && !data.holding) fail(`client ${i + 1}: more data`, "", data.received);
      if (data.hasEnded && !dataEnded && !data.leaving) fail(`client ${i + 1}: the data connection`, "open", "ended");
      if (data.error > 0 && !dataOver) fail(`client ${i + 1}: the data connection`, "open", data.events.join(", "));
    }
    for (const server of this.servers) if (server.peers.length > 0) fail("connections to the client", "0", String(server.peers.length));
    if (this.told.length > 0) fail("callbacks", "", this.told.join("\n"));
  }

  /** The clients leave, in order or not, and nothing stays. */
  leave(): void {
    this.files.held = false;
    this.net.run();
    for (const client of this.clients) {
      if (this.way.lend) client.control.abort();
      else client.control.end();
      this.net.run();
      if (client.control.holding) client.control.resume();
    }
    this.net.run();
    this.net.time(3000);
    for (const client of this.clients) client.control.abort();
    for (const answer of this.held) answer(0);
    this.net.run();
    const datas = this.former.concat(this.clients.flatMap((client) => client.data === null ? [] : [client.data]));
    for (const peer of datas) if (peer.hasEnded) peer.end();
    this.net.run();
    for (const peer of datas) if (peer.error < 0) fail("a data connection of a client that left", "closed", peer.events.join(", "));
    for (const server of this.servers) server.close();
    if (!this.closed) this.server.close(false);
    this.net.run();
    const pool = this.server.pool;
    const left = {
      ...this.net.open,
      sessions: this.server.sessions.length,
      blocks: pool === null ? 0 : pool.made - pool.free.length,
      handles: this.files.handles,
    };
    const some = Object.entries(left).filter(([, count]) => count !== 0).map(([what, count]) => `${what} ${count}`);
    if (some.length > 0) fail("what is left", "", some.join(", "));
  }
}

/** Steps that only look. */
const EXPECTATIONS = /^(S:|F:|X: (ended|gone|open|secured)|D: (refused|receive|some|ended|gone|open|finished|secured)|A: (log|certified))/;

/** A certificate of a MemoryNet. */
function identity(name: string, trusted: boolean): { name: string; fingerprint: string; trusted: boolean } {
  return { name: "", fingerprint: name, trusted };
}

function number(name: string): number {
  if (/^\d+$/.test(name)) return Number(name);
  const value = (ports as unknown as { [name: string]: unknown })[name];
  if (typeof value !== "number") throw new Error(`no number is called "${name}"`);
  return value;
}

function fail(what: string, expected: string, actual: string): never {
  throw new Mismatch(`${what}\n  expected: ${escape(expected)}\n  actual:   ${escape(actual)}`);
}
