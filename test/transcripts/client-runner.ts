// Runs a client transcript against the core's Client on MemoryNet and MemoryFiles, in every way that must not matter.
//
//   # a comment
//   feat SIZE MLST                 what the server's FEAT says; "feat none": 502. Default: SIZE MDTM REST
//   login                          the conversation begins before the connection; else after the login, in TYPE I
//   way user far.example 21 fu fp  through an FTP proxy (core/client/login.ts); "way none" and a name in the end: a virtual host
//   option passive off             an option of the client (core/client/options.ts); here `sizes` and `allo` are off
//   net window 1000                an option of the MemoryNet
//   server ::1                     the address of the server
//   tls [mode 2] [clearData on] [pin cc] ...     the client wants TLS, with these options (core/client/secure.ts); the login
//                                  before the conversation, where there is one, has AUTH, PBSZ and PROT
//
//   ! get /a [offset 3] [size 9]   the application asks for something; ! connect, put, append, list, names, stat, size,
//                                  modified, touch, rename, remove, mkdir, rmdir, cd, pwd, command, login, relogin, quit, abort, close
//   -> ok "text"                   what it must come to: here, and not before. A file's text, the entries, a number, a path
//   -> REPLY 550 RETR              an error of core/ports.ts; for REPLY its code and verb, for TIMEOUT what was waited for
//   C: RETR /a                     the client must send this line, and nothing else; % any number, * the rest
//   S: 150 Here it comes           the server sends a line and CR LF;  S+ another one in the same packet
//   S! 421 Bye                     the server sends a line and ends the connection
//   R: 226 Do                      the server sends bytes as they are; \r \n \0 \xff \\ and \" are escapes, everywhere
//   X: end|reset|hold|resume       what the server does with the control connection;  X: listen  for another one
//   X: secure [untrusted] [name N] [fingerprint F] [unlike]     the server begins the handshake, "unlike" with the wrong role;
//   X: secured | clear             it must be done; the server goes back to clear text.  D: secure, D: secured [reused]  for data
//   X: ended|gone|open|none        what the client must have done with it: ended it in order, broken it, neither, none came
//   D: listen [50000] | unlisten | block 50000 | connect [from HOST]      the data connection
//   D: connected | dropped | send TEXT | end | reset | hold | resume
//   D: receive TEXT | ended | gone | open | finished | none
//   T: 60000                       time passes
//   E: hold | go | fail write IO   the application's files answer nothing until "go"; the next such call fails
//   A: gone | reason 421           what the application must have been told

import { bytesOf } from "../../adapters/memory/bytes.ts";
import { MemoryNet, Peer, PeerServer } from "../../adapters/memory/mod.ts";
import type { MemoryNetOptions } from "../../adapters/memory/mod.ts";
import { Client } from "../../core/client/client.ts";
import { clientTls, IMPLICIT } from "../../core/client/secure.ts";
import type { ClientTls } from "../../core/client/secure.ts";
import { login, loginScript } from "../../core/client/login.ts";
import type { Way as LoginWay } from "../../core/client/login.ts";
import type { ClientOptions } from "../../core/client/options.ts";
import type { Reply } from "../../core/wire/reply.ts";
import { Entry } from "../../core/ports.ts";
import type { Done, File, Tls } from "../../core/ports.ts";
import * as ports from "../../core/ports.ts";
import { FaultFiles } from "./server-files.ts";
import { content, escape, matches, plain, words } from "./server-script.ts";

/** What must not matter to a conversation. */
export interface Way {
  /** Bytes per packet; 0: whole. */
  split: number;
  /** `send` always answers false. */
  lend: boolean;
  /** The application's files and entries answer later. */
  later: boolean;
  /** `listening` and `data` come early; the client was connected before; one block instead of two. */
  used: boolean;
}

/** All the ways. */
export const WAYS: Way[] = [];
for (const used of [false, true]) {
  for (const later of [false, true]) {
    for (const lend of [false, true]) for (const split of [0, 1, 2, 3]) WAYS.push({ split, lend, later, used });
  }
}

const SETTINGS: Partial<ClientOptions> = {
  line: 512,
  reply: 2048,
  block: 64,
  user: "ana",
  password: "secret",
  connectTimeout: 20000,
  replyTimeout: 30000,
  dataTimeout: 15000,
  stallTimeout: 60000,
  linger: 2000,
  abortTimeout: 10000,
  markTimeout: 3000,
  sizes: false,
  allo: false,
  clock: () => 1700000000000,
};

const TYPES = ["?", "f", "d", "l", "o"];

/** One line of a transcript. */
export interface Step {
  line: number;
  kind: string;
  text: string;
}

/** A transcript that was read. */
export interface Script {
  name: string;
  header: { line: number; words: string[] }[];
  steps: Step[];
}

/** Reads a transcript. */
export function parseScript(name: string, source: string): Script {
  const script: Script = { name, header: [], steps: [] };
  const lines = source.split("\n");
  for (let i = 0; i < lines.length; i++) {
    const text = lines[i];
    if (text.trim() === "" || text.startsWith("#")) continue;
    const step = /^([CSRXDTEA]:|S\+|S!|!|->)(?: (.*))?$/.exec(text);
    if (step === null && script.steps.length > 0) throw new Error(`${name}:${i + 1}: cannot read "${text}"`);
    if (step === null) script.header.push({ line: i + 1, words: words(text) });
    else script.steps.push({ line: i + 1, kind: step[1].replace(":", ""), text: step[2] ?? "" });
  }
  return script;
}

function wayOf([kind, host, port, user, password, virtualHost]: string[]): LoginWay {
  const way = { kind: kind === "none" ? "" : kind, host: host ?? "", port: Number(port ?? 21), user: plain(user) };
  return { ...way, password: plain(password), virtualHost: virtualHost ?? "" };
}

/** The client did something else. */
class Mismatch extends Error {}

/** Runs a script in one way; throws where the client does anything else. */
export function runScript(script: Script, way: Way): void {
  new Run(script, way).go();
}

/** What cuts a conversation short; after "silence" the server says nothing more. */
export const CUTS: string[] = ["reset", "end", "abort", "close", "silence"];

/** Runs the first steps of a script, cuts it, lets time pass: the operation must end, and nothing may be left. */
export function cutScript(script: Script, way: Way, steps: number, cut: string): void {
  new Run(script, way).cut(steps, cut);
}

/** How an operation ended. */
interface Outcome {
  error: number;
  value: unknown;
}

class Run {
  script: Script;
  way: Way;
  net: MemoryNet;
  files: FaultFiles;
  client: Client;
  host = "127.0.0.1";
  features: string[] = ["SIZE", "MDTM", "REST"];
  fresh = false;
  server: PeerServer;
  control: Peer | null = null;
  /** Packets of the control connection that were accounted for. */
  packets = 0;
  controlOver = false;
  listener: PeerServer | null = null;
  data: Peer | null = null;
  dataOver = false;
  former: Peer[] = [];
  operation = "";
  outcomes: Outcome[] = [];
  entries: Entry[] = [];
  gone: number[] = [];
  port = 0;
  tls: ClientTls | null = null;
  trace: string[] = [];
  /** Instead of the end of the script. */
  ending: (() => void) | null = null;

  constructor(script: Script, way: Way) {
    this.script = script;
    this.way = way;
    const netOptions: MemoryNetOptions & { [name: string]: unknown } = { split: way.split, lend: way.lend, early: way.used };
    const options: Partial<ClientOptions> & { [name: string]: unknown } = { ...SETTINGS, blocks: way.used ? 1 : 2 };
    for (const { line, words: [what, ...rest] } of script.header) {
      if (what === "net") netOptions[rest[0]] = setting(rest[1]);
      else if (what === "option") options[rest[0]] = setting(rest[1]);
      else if (what === "feat") this.features = rest;
      else if (what === "login") this.fresh = true;
      else if (what === "way") options.login = loginScript(wayOf(rest));
      else if (what === "server") this.host = rest[0];
      else if (what === "tls") this.tls = tlsOptions(rest);
      else throw new Error(`${script.name}:${line}: cannot read the header line "${what} ${rest.join(" ")}"`);
    }
    if (typeof options.families === "number") options.families = ("" + options.families).split("").map(Number);
    options.host = this.host;
    if (this.tls !== null) options.tls = this.tls;
    if (this.tls !== null && netOptions.tls === undefined) netOptions.tls = true;
    this.net = new MemoryNet(netOptions);
    this.files = new FaultFiles(way.later);
    this.net.join(this.files);
    this.client = new Client(this.net, options as Partial<ClientOptions>);
    this.client.gone = (error) => this.gone.push(error);
    this.server = new PeerServer(this.net, { host: this.host, port: 21, text: true });
    this.net.run();
  }

  go(): void {
    let step: Step | null = null;
    try {
      if (this.way.used) this.use();
      if (!this.fresh) this.enter();
      const steps = this.script.steps;
      for (let i = 0; i < steps.length; i++) {
        step = steps[i];
        let text = step.text;
        while (step.kind === "S" && steps[i + 1]?.kind === "S+") text += "\\r\\n" + steps[++i].text;
        this.step(step, text);
      }
      if (this.ending === null) this.quiet();
      else this.ending();
      step = null;
      this.leave();
    } catch (error) {
      const where = `${this.script.name}:${step === null ? "end" : step.line}`;
      const trace = this.trace.slice(-24).join("\n");
      const stack = error instanceof Mismatch ? "" : "\n" + (error as Error).stack;
      throw new Error(`${where} (${JSON.stringify(this.way)}): ${(error as Error).message}\n${trace}${stack}`);
    }
  }

  cut(steps: number, cut: string): void {
    const run: Step[] = this.script.steps.slice(0, steps).filter((step) => step.kind !== "A");
    const script: Script = { ...this.script, name: `${this.script.name} cut by ${cut} after ${steps} steps`, steps: run };
    this.script = script;
    this.ending = (): void => {
      this.files.held = false;
      if (cut === "reset" && this.control !== null) this.control.abort();
      if (cut === "end" && this.control !== null) this.control.end();
      if (cut === "abort") this.client.abort();
      if (cut === "close") this.client.close();
      this.net.run();
      this.net.time(2000000);
      if (this.client.done === null) return;
      fail("the operation", "over", "still running: " + this.client.verb + " " + this.client.waitingFor);
    };
    this.go();
  }

  step(step: Step, text: string): void {
    const expectation = EXPECTATIONS.test(step.kind + " " + text);
    if (!expectation) this.quiet();
    this.trace.push(`${step.kind} ${text}`);
    if (step.kind === "C") this.expectLine(text);
    else if (step.kind === "S") this.say(bytes(text) + "\r\n");
    else if (step.kind === "R") this.say(bytes(text));
    else if (step.kind === "S!") {
      this.say(bytes(text) + "\r\n");
      this.peer().end();
    } else if (step.kind === "!") this.ask(words(text));
    else if (step.kind === "->") this.outcome(words(text));
    else if (step.kind === "X") this.onControl(text);
    else if (step.kind === "D") this.onData(words(text));
    else if (step.kind === "T") this.net.time(Number(text));
    else if (step.kind === "E") this.storage(text.split(" "));
    else this.told(text.split(" "));
    this.net.run();
  }

  // --- The control connection

  peer(): Peer {
    if (this.control === null) throw new Error("there is no control connection");
    return this.control;
  }

  say(text: string): void {
    this.peer().send(text);
  }

  /** The connection that has come. */
  met(): boolean {
    const peer = this.server.peers.shift();
    if (peer === undefined) return false;
    this.control = peer;
    this.controlOver = false;
    this.packets = 0;
    return true;
  }

  expectLine(expected: string): void {
    const peer = this.peer();
    const line = peer.line();
    this.trace.push(`   client: ${line === null ? "(nothing whole) " + escape(peer.received) : escape(line)}`);
    if (line === null || !matches(expected, line)) throw mismatch("the client's command", expected, line ?? peer.received);
    const old = /^PORT \d+,\d+,\d+,\d+,(\d+),(\d+)$/.exec(line);
    const extended = /^EPRT \|[12]\|.*\|(\d+)\|$/.exec(line);
    if (old !== null) this.port = Number(old[1]) * 256 + Number(old[2]);
    if (extended !== null) this.port = Number(extended[1]);
    this.packets++;
    if (this.way.split === 0 && peer.received === "" && peer.packets !== this.packets) {
      fail("packets with commands", this.packets, peer.packets);
    }
  }

  onControl(text: string): void {
    if (text === "listen") {
      this.server = new PeerServer(this.net, { host: this.host, port: 21, text: true });
      return;
    }
    if (text === "connected") {
      if (!this.met()) fail("the control connection", "to come", "nothing");
      return;
    }
    if (text === "unlisten") return this.server.close();
    if (text === "block") return this.net.hold(21);
    const peer = this.peer();
    if (text.startsWith("secure ") || text === "secure") return peer.secure(wanted(text.split(" "), null));
    if (text === "secured") {
      if (!peer.events.includes("secured")) fail("the control connection", "secured", peer.events.join(", "));
      return;
    }
    if (text === "clear") return peer.conn?.plain?.();
    if (text === "end") peer.end();
    else if (text === "reset") {
      peer.abort();
      this.controlOver = true;
    } else if (text === "hold") peer.hold();
    else if (text === "resume") peer.resume();
    else if (text === "ended") {
      if (!peer.hasEnded) fail("the control connection", "ended", peer.events.join(", "));
      this.controlOver = true;
      peer.end();
    } else if (text === "ended only") {
      if (!peer.hasEnded) fail("the control connection", "ended", peer.events.join(", "));
      this.controlOver = true;
    } else if (text === "gone") {
      if (peer.error <= 0) fail("the control connection", "broken", peer.events.join(", "));
      this.controlOver = true;
    } else if (text === "open") {
      if (peer.error >= 0 || peer.hasEnded || !this.client.open) fail("the control connection", "open", peer.events.join(", "));
    } else throw new Error(`no "X: ${text}"`);
  }

  // --- Data connections

  onData([what, ...rest]: string[]): void {
    if (what === "listen") {
      this.listener = new PeerServer(this.net, { host: rest[1] ?? this.host, port: Number(rest[0] ?? 50000) });
      return;
    }
    if (what === "unlisten") return (this.listener as PeerServer).close();
    if (what === "block") return this.net.hold(Number(rest[0]));
    if (what === "none") {
      const came = this.listener !== null && this.listener.peers.length > 0;
      if (came) fail("a data connection", "none", "one");
      return;
    }
    if (what === "connect") {
      this.replace(new Peer());
      (this.data as Peer).dial(this.net, { host: "127.0.0.1", port: this.port, localHost: rest[0] === "from" ? rest[1] : this.host });
      return;
    }
    if (what === "connected") {
      const peer = this.listener?.peers.shift();
      if (peer === undefined) fail("a data connection", "to come", "none");
      return this.replace(peer as Peer);
    }
    const peer = this.data;
    if (peer === null) throw new Error("there is no data connection");
    if (what === "secure") peer.secure(wanted(rest, this.peer()));
    else if (what === "secured") {
      if (!peer.events.includes("secured")) fail("the data connection", "secured", peer.events.join(", "));
      if (rest[0] === "reused" && !this.client.secure?.data.facts?.reused) fail("the session", "reused", "new");
    } else if (what === "send") peer.send(bytesOf(content(rest[0])));
    else if (what === "end") peer.end();
    else if (what === "reset") {
      peer.abort();
      this.dataOver = true;
    } else if (what === "hold") peer.hold();
    else if (what === "resume") peer.resume();
    else if (what === "receive") {
      const received = peer.take();
      this.trace.push(`   data: ${escape(received)}`);
      if (received !== content(rest[0])) fail("the data", content(rest[0]), received);
    } else if (what === "some") {
      if (peer.take() === "") fail("the data", "some", "none");
    } else if (what === "ended") {
      if (!peer.hasEnded) fail("the data connection", "ended", peer.events.join(", "));
      this.dataOver = true;
      if (rest[0] !== "only") peer.end();
    } else if (what === "dropped" || what === "gone") {
      if (what === "gone" ? peer.error <= 0 : peer.error < 0 && !peer.hasEnded) {
        fail("the data connection", "broken", peer.events.join(", "));
      }
      this.dataOver = true;
    } else if (what === "finished") {
      if (peer.error !== 0) fail("the data connection", "closed in order", peer.events.join(", "));
      this.dataOver = true;
    } else if (what === "open") {
      if (!peer.isOpen || peer.hasEnded) fail("the data connection", "open", peer.events.join(", "));
    } else throw new Error(`no "D: ${what}"`);
  }

  replace(peer: Peer): void {
    if (this.data !== null) this.former.push(this.data);
    this.data = peer;
    this.dataOver = false;
  }

  // --- The application

  ask([what, ...rest]: string[]): void {
    const client = this.client;
    const path = plain(rest[0]);
    const done: Done<unknown> = (error, value): void => {
      this.trace.push(`   outcome: ${error} ${escape(String(value))}`);
      this.outcomes.push({ error, value });
    };
    if (what === "abort") return client.abort();
    if (what === "close") return client.close();
    this.operation = what;
    if (what === "connect") return this.connect(done);
    if (what === "get") return this.retrieve(path, rest, done);
    if (what === "put" || what === "append") return this.store(path, what === "append", rest, done);
    this.entries = [];
    const each = (entry: Entry, more: Done<void>): void => {
      this.entries.push(entry);
      this.files.finish(() => more(rest[1] === "stop" ? ports.CANCELLED : 0, undefined));
    };
    if (what === "list") return client.list(path, each, done);
    if (what === "names") return client.names(path, each, done);
    if (what === "rename") return client.rename(path, plain(rest[1]), done);
    if (what === "touch") return client.setModified(path, Number(rest[1]), done);
    if (what === "command") return client.command(path, done);
    if (what === "login") return login(client, done);
    if (what === "relogin") return client.relogin(done);
    if (what === "quit") return client.quit(done);
    if (what === "pwd") return client.pwd(done);
    if (what === "stat") return client.stat(path, done);
    if (what === "size") return client.size(path, done);
    if (what === "modified") return client.modified(path, done);
    if (what === "remove") return client.remove(path, done);
    if (what === "mkdir") return client.mkdir(path, done);
    if (what === "rmdir") return client.rmdir(path, done);
    if (what === "cd") return client.cd(path, done);
    throw new Error(`no operation "${what}"`);
  }

  connect(done: Done<unknown>): void {
    this.client.connect(done);
    this.net.run();
    this.met();
  }

  retrieve(path: string, rest: string[], done: Done<unknown>): void {
    const get = { path, offset: option(rest, "offset", 0), size: option(rest, "size", -1) };
    const how = { offset: 0, size: -1, append: false, exclusive: false, owner: "" };
    this.files.remove("/got", () => {});
    this.net.run();
    this.files.create("/got", how, (error: number, file: File): void => {
      if (error !== 0) throw new Error(`Cannot create "/got": ${error}`);
      this.client.retrieve(get, this.files, file, done);
    });
  }

  store(path: string, append: boolean, rest: string[], done: Done<unknown>): void {
    const text = content(rest[1]);
    const size = rest.includes("unsized") ? -1 : text.length;
    this.files.put("/local", bytesOf(text));
    this.files.open("/local", 0, new Entry(), (error: number, file: File): void => {
      if (error !== 0) throw new Error(`Cannot open "/local": ${error}`);
      this.client.store({ path, offset: option(rest, "offset", 0), append, size, ownChunks: false }, this.files, file, done);
    });
  }

  outcome([what, ...rest]: string[]): void {
    const outcome = this.outcomes.shift();
    if (outcome === undefined) {
      fail("the outcome", what, "none");
      return;
    }
    const client = this.client;
    const transfer = client.transfer;
    const left = client.dialer.conn !== null || client.data.listener !== null || transfer.conn !== null || transfer.file !== null;
    if (client.done === null && left) fail("after the operation", "nothing", "a dial, a listener, a connection or a file");
    const name = outcome.error === 0 ? "ok" : errorName(outcome.error);
    const reply = this.client.lastReply;
    if (name !== what) {
      fail("the outcome", what, `${name} ${this.client.waitingFor} ${reply === null ? "" : reply.code + " " + reply.text}`);
    }
    if (what === "REPLY") {
      if (rest[0] !== undefined && (reply === null || reply.code !== Number(rest[0]))) fail("the code", rest[0], reply?.code);
      const verb = this.client.lastCommand.split(" ")[0];
      if (rest[1] !== undefined && verb !== rest[1]) fail("the command", rest[1], verb);
    } else if (what === "TIMEOUT" || what === "NO_CONNECTION") {
      if (rest[0] !== undefined && this.client.waitingFor !== plain(rest[0])) fail("waiting for", plain(rest[0]), this.client.waitingFor);
    }
    if (this.operation === "get" && what !== "ok" && this.files.text("/got") !== null) fail("/got", "absent", this.files.text("/got"));
    if (what !== "ok" || (rest[0] === undefined && this.operation !== "list")) return;
    const expected = rest[0] === undefined ? "" : plain(rest[0]);
    const actual = this.result(outcome.value);
    if (actual !== (rest[0] !== undefined && this.operation === "get" ? content(rest[0]) : expected)) fail("the result", expected, actual);
  }

  /** What an operation brought, as a transcript writes it. */
  result(value: unknown): string {
    if (this.operation === "get") return this.files.text("/got") ?? "(nothing)";
    if (this.operation === "list" || this.operation === "names") return this.entries.map(show).join("; ");
    if (this.operation === "stat") return show(value as Entry) + " " + (value as Entry).modified;
    if (this.operation === "command") return (value as Reply).code + " " + (value as Reply).text;
    return String(value);
  }

  storage([what, operation, error]: string[]): void {
    if (what === "fail") this.files.faults.push({ operation, error: errorNumber(error) });
    else this.files.held = what === "hold";
  }

  told([what, code]: string[]): void {
    if (what === "gone") {
      if (this.gone.shift() === undefined) fail("the application", "told that the connection is gone", "not told");
      return;
    }
    const reason = this.client.reason;
    if (what !== "reason" || reason === null || reason.code !== Number(code)) fail("the reason", code, reason?.code);
  }

  // --- The beginning and the end

  /** A connection before this one, which leaves traces. */
  use(): void {
    const client = this.client;
    const { user, login } = client.options;
    client.options.user = "ana";
    client.options.login = null;
    this.enter();
    client.options.user = user;
    client.options.login = login;
    client.off = -1;
    client.habits = -1;
    client.restart = 5;
    client.command("NOOP", () => {});
    this.net.run();
    this.peer().send("421 Enough\r\n226");
    this.net.run();
    this.peer().end();
    this.net.run();
    this.control = null;
    this.outcomes = [];
    this.gone = [];
  }

  /** Logged in, in TYPE I. */
  enter(): void {
    const features = this.features[0] === "none"
      ? "502 No\r\n"
      : `211-Features\r\n${this.features.map((name) => " " + name + "\r\n").join("")}211 End\r\n`;
    const answers = ["331 Password\r\n", "230 In\r\n", features];
    if (this.features.includes("UTF8")) answers.push("200 On\r\n");
    const outcomes: number[] = [];
    this.connect((error) => outcomes.push(error));
    if (this.tls?.mode === IMPLICIT) this.peer().secure(wanted([], null));
    this.peer().send("220 Hello\r\n");
    this.net.run();
    if (this.tls !== null) {
      answers.push("200 PBSZ=0\r\n", "200 Fine\r\n");
      if (this.tls.mode !== IMPLICIT) this.authenticate();
      if (this.tls.ccc) answers.push("200 Clear\r\n");
    }
    for (const answer of answers) {
      this.expectLine("*");
      this.peer().send(answer);
      this.net.run();
    }
    if (this.tls?.ccc) this.peer().conn?.plain?.();
    if (outcomes.length !== 1 || outcomes[0] !== 0) throw new Error("Cannot log in: " + outcomes.join());
    this.client.type = "I";
    this.trace = [];
  }

  /** AUTH, in a login that is no part of the transcript. */
  authenticate(): void {
    this.expectLine("AUTH TLS");
    this.peer().send("234 Go\r\n");
    this.net.run();
    this.peer().secure(wanted([], null));
    this.net.run();
  }

  /** Nothing was sent or told that the transcript does not know of. */
  quiet(): void {
    const peer = this.control;
    const data = this.data;
    if (peer !== null) {
      if (peer.received !== "" && !peer.holding) fail("the client's commands", "no more", peer.received);
      const over = this.controlOver || peer.leaving;
      if (!over && (peer.hasEnded || peer.error >= 0)) fail("the control connection", "open", peer.events.join(", "));
    }
    if (this.server.peers.length > 0) fail("control connections", "no more", this.server.peers.length);
    if (this.listener !== null && this.listener.peers.length > 0) fail("data connections", "no more", this.listener.peers.length);
    if (data !== null) {
      if (data.received !== "") fail("the data", "no more", data.received);
      if (!this.dataOver && !data.leaving && (data.hasEnded || data.error >= 0)) {
        fail("the data connection", "open", data.events.join(", "));
      }
    }
    if (this.outcomes.length > 0) fail("outcomes", "none", errorName(this.outcomes[0].error));
  }

  /** All goes, and nothing is left. */
  leave(): void {
    const client = this.client;
    if (client.done !== null) fail("the operation", "over", "still running: " + client.verb);
    if (client.dialog.conn !== null) client.close();
    this.net.run();
    for (const peer of [...this.former, this.data, this.control]) if (peer !== null && peer.isOpen) peer.end();
    this.server.close();
    if (this.listener !== null) this.listener.close();
    this.net.release();
    this.net.run();
    const open = this.net.open;
    if (open.conns + open.listeners + open.lent > 0) fail("left open", "nothing", JSON.stringify(open));
    if (this.files.handles > 0) fail("open files", 0, this.files.handles);
    const pool = client.transfer.pool;
    if (pool !== null && pool.made !== pool.free.length) fail("blocks in the pool", pool.made, pool.free.length);
    if (client.transfer.idle.length > 0) fail("blocks in the transfer", 0, client.transfer.idle.length);
    this.net.time(120000);
    if (this.net.deadline() >= 0) fail("deadlines", "none", this.net.deadline());
  }
}

/** Steps that look at what the client has done. All others make something happen, and before them nothing must be unread. */
const EXPECTATIONS =
  /^(C |-> |X (ended|ended only|gone|open|connected|secured)$|D (receive|some|ended|gone|dropped|finished|open|connected|none|secured)\b|A )/;

function fail(what: string, expected: unknown, actual: unknown): void {
  throw mismatch(what, expected, actual);
}

function mismatch(what: string, expected: unknown, actual: unknown): Mismatch {
  return new Mismatch(`${what}: expected ${escape(String(expected))}, got ${escape(String(actual))}`);
}

/** The text of an S or R step with its escapes resolved; quotes mean themselves. */
function bytes(text: string): string {
  return words('"' + text.replaceAll('"', '\\"') + '"')[0].substring(1);
}

/** `mode 2 clearData on`, completed. */
function tlsOptions(rest: string[]): ClientTls {
  const options: Partial<ClientTls> & { [name: string]: unknown } = { name: "server" };
  for (let i = 0; i < rest.length; i += 2) options[rest[i]] = setting(rest[i + 1]);
  return clientTls(options as Partial<ClientTls>);
}

/** What the server says of a handshake. */
function wanted(rest: string[], owner: Peer | null): Tls {
  const after = (word: string, otherwise: string): string => rest.includes(word) ? rest[rest.indexOf(word) + 1] : otherwise;
  return {
    role: rest.includes("unlike") ? ports.TLS_CLIENT : ports.TLS_SERVER,
    name: "",
    verify: false,
    pin: "",
    identity: { name: after("name", "server"), fingerprint: after("fingerprint", "cc"), trusted: !rest.includes("untrusted") },
    owner: owner === null ? null : owner.conn,
    requireReuse: false,
  };
}

function show(entry: Entry): string {
  return TYPES[entry.type] + (entry.size < 0 ? "" : " " + entry.size) + " " + entry.name;
}

function option(rest: string[], name: string, otherwise: number): number {
  const at = rest.indexOf(name);
  return at < 0 ? otherwise : Number(rest[at + 1]);
}

function setting(word: string): unknown {
  if (word === "on" || word === "off") return word === "on";
  return /^\d+$/.test(word) ? Number(word) : plain(word);
}

function errorNumber(name: string): number {
  return (ports as unknown as Record<string, number>)[name];
}

/** The first 27 names of ports.ts with that number. */
function errorName(error: number): string {
  const names = ["ok", "NOT_FOUND", "EXISTS", "DENIED", "BUSY", "NO_SPACE", "NOT_EMPTY", "BAD_OFFSET", "TOO_LONG"];
  names.push("NEEDS_SIZE", "IO", "RESET", "REFUSED", "TIMEOUT", "CANCELLED", "TLS", "NOT_FILE", "NOT_DIR", "BAD_NAME");
  names.push("UNREACHABLE", "IN_USE", "NO_HOST", "UNSUPPORTED", "TRUNCATED", "NEEDS_ACCOUNT", "PROTOCOL", "REPLY", "NO_CONNECTION");
  return names[error];
}
