// Our client and our server on one MemoryNet, with faults between them: a session of all operations, and what must hold after each.

import { bytesOf, MemoryFiles, MemoryNet } from "../../adapters/memory/mod.ts";
import { FaultyFiles, FaultyNet } from "../../adapters/wrap/mod.ts";
import type { FileFaults, NetFaults } from "../../adapters/wrap/mod.ts";
import { Client } from "../../core/client/client.ts";
import type { ClientOptions } from "../../core/client/options.ts";
import { clientTls, EXPLICIT, IMPLICIT } from "../../core/client/secure.ts";
import { Entry, REPLY } from "../../core/ports.ts";
import type { Done, File, FileSystem } from "../../core/ports.ts";
import { FOR_DATA, serverTls } from "../../core/server/secure.ts";
import { Server } from "../../core/server/server.ts";
import { pattern } from "../transcripts/server-script.ts";

/** How the two meet. */
export interface Setting {
  client?: Partial<ClientOptions>;
  host?: string;
  split?: number;
  lend?: boolean;
  later?: boolean;
  early?: boolean;
  /** Nothing but TLS, and data connections that resume the control connection's session. */
  tls?: "explicit" | "implicit";
  /** Faults in what the client hears and does, in what the server does, in the server's files. */
  clientFaults?: NetFaults;
  serverFaults?: NetFaults;
  fileFaults?: FileFaults;
}

/** What became of a session. */
export interface Result {
  /** Operations that failed, as "name error". */
  failed: string[];
  /** Times the client had to connect again. */
  again: number;
  events: number;
  bytes: number;
  /** Calls of the server's files. */
  calls: number;
}

const OLD = pattern(333, 7);
const NEW = pattern(900, 100);
const BIG = pattern(1000, 0);
const IDENTITY = { name: "here", fingerprint: "cc", trusted: true };
/** Longer than any deadline. */
const EVER = 3000000;

/** One client, one server. */
export class Pair {
  net: MemoryNet;
  files: MemoryFiles;
  faultyFiles: FaultyFiles;
  local: MemoryFiles;
  clientNet: FaultyNet;
  serverNet: FaultyNet;
  server: Server;
  client: Client;
  failed: string[] = [];
  again = 0;

  constructor(setting: Setting) {
    const host = setting.host ?? "127.0.0.1";
    const tls = setting.tls !== undefined;
    const { split, lend, early } = setting;
    this.net = new MemoryNet({ split, lend, early, tls, window: 300, limit: 1000000 });
    this.files = new MemoryFiles({ later: setting.later });
    this.local = new MemoryFiles({ later: setting.later });
    this.net.join(this.files);
    this.net.join(this.local);
    this.clientNet = new FaultyNet(this.net, setting.clientFaults ?? {});
    this.serverNet = new FaultyNet(this.net, setting.serverFaults ?? {});
    this.faultyFiles = new FaultyFiles(this.files, setting.fileFaults ?? {});
    this.server = new Server(this.serverNet, this.faultyFiles, {
      login: (_login, done: (error: number, files: FileSystem | null) => void): void => done(0, null),
      sessions: 3,
      block: 64,
      delay: 0,
      clock: () => 1700000000000,
      ...(tls && { tls: serverTls({ identity: IDENTITY, required: FOR_DATA, requireReuse: true, implicit: setting.tls === "implicit" }) }),
    });
    this.client = new Client(this.clientNet, {
      host,
      port: 21,
      user: "ana",
      password: "secret",
      block: 64,
      clock: () => 1700000000000,
      ...(tls && { tls: clientTls({ name: "here", mode: setting.tls === "implicit" ? IMPLICIT : EXPLICIT }) }),
      ...setting.client,
    });
    this.server.listen({ host: "", port: 21 }, () => {});
    this.net.run();
  }

  /** Does one operation to its end; 0 or its error. */
  ask<T>(name: string, start: (done: Done<T>) => void): { error: number; value: T } {
    const outcomes: { error: number; value: T }[] = [];
    start((error, value) => outcomes.push({ error, value }));
    this.net.run();
    const end = this.net.now + EVER;
    while (outcomes.length === 0 && this.net.now < end && this.net.deadline() >= 0) this.net.time(this.net.deadline());
    if (outcomes.length === 0) throw new Error(`${name} hangs: waiting for ${this.client.waitingFor}, last ${this.client.lastCommand}`);
    if (this.client.done !== null) throw new Error(`${name} is not over after its end`);
    if (outcomes.length > 1) throw new Error(`${name} ended ${outcomes.length} times`);
    return outcomes[0];
  }

  /** An operation that may fail by a fault; what holds then is looked at by `check`. */
  step<T>(name: string, start: (done: Done<T>) => void, check: (error: number, value: T) => void): void {
    if (!this.client.open) this.reconnect();
    const { error, value } = this.ask(name, start);
    if (error !== 0) this.failed.push(`${name} ${error}`);
    check(error, value);
    if (this.server.sessions.length > 3) throw new Error("too many sessions");
  }

  reconnect(): void {
    this.again++;
    const { error } = this.ask<void>("connect", (done) => this.client.connect(done));
    if (error === 0) return;
    this.failed.push(`connect ${error}`);
    if (this.client.open) throw new Error("open after a connect that failed");
    const second = this.ask<void>("connect", (done) => this.client.connect(done));
    if (second.error !== 0) throw new Error(`the second connect failed with ${second.error}`);
  }

  get(name: string, path: string, offset: number, expected: string): void {
    this.local.remove("/got", () => {});
    this.net.run();
    this.step<number>(name, (done) => this.retrieve(path, offset, done), (error, bytes) => {
      const text = this.local.text("/got");
      if (error === 0 && (text !== expected.substring(offset) || bytes !== expected.length - offset)) {
        throw new Error(`${name}: got ${text?.length} bytes that are not those of the file`);
      }
      if (error !== 0 && text !== null) throw new Error(`${name} failed with ${error}, and left a file`);
    });
  }

  retrieve(path: string, offset: number, done: Done<number>): void {
    const how = { offset: 0, size: -1, append: false, exclusive: false, owner: "" };
    this.local.create("/got", how, (_error: number, file: File): void => {
      this.client.retrieve({ path, offset, size: -1 }, this.local, file, done);
    });
  }

  store(path: string, append: boolean, offset: number, text: string, done: Done<number>): void {
    this.local.put("/local", bytesOf(text));
    this.local.open("/local", 0, new Entry(), (_error: number, file: File): void => {
      this.client.store({ path, offset, append, size: text.length, ownChunks: false }, this.local, file, done);
    });
  }

  /** `whole`: the file is never seen in parts. */
  put(name: string, path: string, append: boolean, offset: number, text: string, before: string | null, after: string): void {
    const whole = before === null || (offset === 0 && !append);
    this.step<number>(name, (done) => this.store(path, append, offset, text, done), (error) => {
      const now = this.files.text(path);
      if (error === 0 && now !== after) throw new Error(`${name}: the server has ${now?.length} bytes, not ${after.length}`);
      if (now === after || now === before) return;
      if (whole || now === null || !after.startsWith(now)) throw new Error(`${name} failed with ${error}, and the file is broken`);
    });
  }

  /** All operations, one after the other. */
  session(): void {
    const { client, files } = this;
    files.put("/big", bytesOf(BIG));
    files.put("/old", bytesOf(OLD));
    files.put("/log", bytesOf(OLD));
    files.put("/from", bytesOf(OLD));
    files.put("/gone", bytesOf(OLD));
    files.put("/dir/one", bytesOf("1"));
    files.put("/dir/two", bytesOf("2"));
    this.get("get", "/big", 0, BIG);
    this.put("put over a file", "/old", false, 0, NEW, OLD, NEW);
    this.put("put a new file", "/new", false, 0, NEW, null, NEW);
    this.names();
    this.get("get the rest", "/big", 600, BIG);
    this.put("append", "/log", true, 0, NEW, OLD, OLD + NEW);
    this.step<void>("rename", (done) => client.rename("/from", "/to", done), (error) => {
      const [from, to] = [files.text("/from"), files.text("/to")];
      if ((from === OLD) === (to === OLD) || (error === 0 && to !== OLD)) throw new Error("a rename that is neither done nor not");
    });
    this.step<Entry>("stat", (done) => client.stat("/big", done), (error, entry) => {
      if (error === 0 && (entry.size !== BIG.length || entry.modified !== 1700000000000)) throw new Error("stat told a wrong size or time");
    });
    this.aborted();
    this.step<void>("remove", (done) => client.remove("/gone", done), (error) => {
      if (error === 0 && files.text("/gone") !== null) throw new Error("removed, and still there");
    });
    this.get("get at the end", "/big", 0, BIG);
    if (!client.open) return;
    const { error } = this.ask<void>("quit", (done) => client.quit(done));
    if (error !== 0) throw new Error(`quit failed with ${error}`);
  }

  names(): void {
    let found: string[] = [];
    const each = (entry: Entry, more: Done<void>): void => {
      found.push(entry.name);
      more(0, undefined);
    };
    for (const verb of ["list", "names"] as const) {
      found = [];
      this.step<void>(verb, (done) => this.client[verb]("/dir", each, done), (error) => {
        // A reset before the first byte, and 226, is an empty folder to the client: many servers reset an empty listing.
        // Our server does that to a client from which nothing is heard for `linger`.
        if (this.clientNet.faults.stallAt !== undefined && found.length === 0) return;
        if (error === 0 && found.join(" ") !== "one two" && found.join(" ") !== "/dir/one /dir/two") {
          throw new Error(`${verb} told ${found.join(" ")}`);
        }
      });
    }
  }

  /** A download that the user breaks off; the session stays. */
  aborted(): void {
    if (!this.client.open) this.reconnect();
    this.local.remove("/got", () => {});
    this.net.run();
    const outcome = this.ask<number>("abort", (done) => {
      this.retrieve("/big", 0, done);
      for (let i = 0; i < 60; i++) this.net.step();
      this.client.abort();
    });
    if (outcome.error === 0 && this.local.text("/got") !== BIG) throw new Error("broken off, and told to be whole");
    if (outcome.error !== 0 && this.local.text("/got") !== null) throw new Error("broken off, and left a file");
  }

  /** An upload and a download that may break, each gone on with until it is whole. */
  resumed(): void {
    const { client, files, local } = this;
    files.put("/big", bytesOf(BIG));
    this.untilDone("put", (again, done) => {
      if (!again) return this.store("/up", false, 0, NEW, done);
      if (files.text("/up") !== null && files.text("/up") !== NEW) throw new Error("half of a file shows");
      client.size("/up", (error, size) => {
        if (error !== 0 && error !== REPLY) return done(error, 0);
        const offset = error === 0 ? size : 0;
        this.store("/up", false, offset, NEW.substring(offset), done);
      });
    });
    if (files.text("/up") !== NEW) throw new Error("the upload in parts is not the file");
    if (files.parts() > 0) throw new Error("a part is left");
    this.untilDone("get", (_again, done) => {
      const part = new Entry();
      local.stat("/got", "me", part, (error) => {
        const offset = error === 0 ? part.size : 0;
        const how = { offset, size: -1, append: false, exclusive: false, owner: "me" };
        local.create("/got", how, (_error, file) => client.retrieve({ path: "/big", offset, size: -1 }, local, file, done));
      });
    });
    if (local.text("/got") !== BIG) throw new Error("the download in parts is not the file");
    if (local.parts() > 0) throw new Error("a part is left");
  }

  /** One fault breaks one try. */
  untilDone(name: string, start: (again: boolean, done: Done<number>) => void): void {
    for (let tries = 0; tries < 3; tries++) {
      if (!this.client.open) this.reconnect();
      const { error } = this.ask<number>(name, (done) => start(tries > 0, done));
      if (error === 0) return;
      this.failed.push(`${name} ${error}`);
    }
    throw new Error(`${name} failed three times`);
  }

  /** Runs a session to its end; nothing may be left. */
  run(session: (pair: Pair) => void): Result {
    session(this);
    const { client, net, server } = this;
    if (client.open) client.close();
    net.run();
    net.time(EVER);
    server.close(false);
    net.run();
    const left = {
      ...net.open,
      sessions: server.sessions.length,
      serverBlocks: server.pool === null ? 0 : server.pool.made - server.pool.free.length,
      clientBlocks: client.transfer.pool === null ? 0 : client.transfer.pool.made - client.transfer.pool.free.length,
      serverFiles: this.files.handles,
      clientFiles: this.local.handles,
    };
    const some = Object.entries(left).filter(([, count]) => count !== 0).map(([what, count]) => `${what} ${count}`);
    if (some.length > 0) throw new Error(`left behind: ${some.join(", ")}`);
    return {
      failed: this.failed,
      again: this.again,
      events: Math.max(this.clientNet.count, this.serverNet.count),
      bytes: this.clientNet.bytes,
      calls: this.faultyFiles.calls,
    };
  }
}

function whole(pair: Pair): void {
  pair.session();
}

/** A session with faults; throws with them in the message. At most one operation fails by one fault, and RESET behind it. */
export function tried(setting: Setting, most: number, session: (pair: Pair) => void = whole): Result {
  try {
    const pair = new Pair(setting);
    const result = pair.run(session);
    if (result.failed.length > most) throw new Error(`one fault, and ${result.failed.join(", ")} failed`);
    return result;
  } catch (error) {
    throw new Error(`${JSON.stringify(setting)}: ${(error as Error).message}\n${(error as Error).stack}`);
  }
}
