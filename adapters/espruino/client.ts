// A client in one call: `require("picoftp-client").connect({ host: "...", user: "ana", password: "..." }, done)`.

import { Client } from "../../core/client/client.ts";
import { SECURITY } from "../../core/client/features.ts";
import { IMPLICIT } from "../../core/client/secure.ts";
import type { ClientTls } from "../../core/client/secure.ts";
import { Entry, UNSUPPORTED } from "../../core/ports.ts";
import type { Done, File, FileSystem } from "../../core/ports.ts";
import { EspruinoNet } from "./net.ts";
import type { ConnectOptions } from "./options.ts";
import { filesOf } from "./places.ts";

/** A connection to a server. One operation at a time; `done(error, value)` hears 0, or an error number of docs/espruino.md. */
export class Remote {
  files: FileSystem;
  client: Client;

  constructor(files: FileSystem, client: Client) {
    this.files = files;
    this.client = client;
  }

  /** Fetches a file of the server into one of the device; `done` brings the bytes. The local one changes when all is there. */
  get(path: string, local: string, done: Done<number>): void {
    const files = this.files;
    const client = this.client;
    client.size(path, (failed: number, found: number): void => {
      // Where the server does not tell the size, its end has to do.
      const size = failed === 0 ? found : -1;
      const how = { offset: 0, size: size, append: false, exclusive: false, owner: "" };
      files.create(local, how, (error: number, file: File): void => {
        if (error !== 0) return done(error, 0);
        client.retrieve({ path: path, offset: 0, size: size }, files, file, done);
      });
    });
  }

  /** Sends a file of the device to the server; `done` brings the bytes. */
  put(local: string, path: string, done: Done<number>): void {
    const files = this.files;
    const client = this.client;
    const entry = new Entry();
    files.open(local, 0, entry, (error: number, file: File): void => {
      if (error !== 0) return done(error, 0);
      // A socket of `tls` that has nothing to send is closed before its handshake is done.
      if (SECURITY && client.secure !== null && entry.size === 0) {
        return files.close(file, (): void => done(UNSUPPORTED, 0));
      }
      client.store({ path: path, offset: 0, append: false, size: entry.size, ownChunks: true }, files, file, done);
    });
  }

  /** The entries of a folder, one after the other: each has a name, a type (1: file, 2: folder), a size and the time it was modified. */
  list(path: string, each: (entry: Entry) => void, done: Done<void>): void {
    this.client.list(path, (entry: Entry, more: Done<void>): void => {
      each(entry);
      more(0, undefined);
    }, done);
  }

  /** Any other command, such as "DELE old.txt"; `done` brings the last line of the reply, also with a refusal. */
  command(line: string, done: Done<string>): void {
    const client = this.client;
    client.command(line, (error: number): void => done(error, this.reply()));
  }

  /** The text of the last reply that counted. */
  reply(): string {
    const reply = this.client.lastReply;
    return reply === null ? "" : reply.code + " " + reply.text;
  }

  /** Says good-bye. */
  quit(done: Done<void>): void {
    this.client.quit(done);
  }

  /** Ends everything at once. */
  close(): void {
    this.client.close();
  }
}

/** What the core is to do about TLS. */
function secure(options: ConnectOptions): ClientTls {
  return {
    mode: IMPLICIT,
    name: "",
    verify: options.rejectUnauthorized === undefined ? true : options.rejectUnauthorized,
    pin: "",
    identity: options,
    clearData: false,
    ccc: false,
    handshakeTimeout: 0,
  };
}

/** Connects and logs in; `done(error, remote)` brings what to go on with. */
export function connect(options: ConnectOptions, done: Done<Remote>): void {
  const block = options.block ? options.block : 512;
  const tls = SECURITY && options.tls === undefined && options.port === 990 ? "implicit" : options.tls;
  const client = new Client(new EspruinoNet(options), {
    line: 256,
    reply: 512,
    block: block,
    blocks: 1,
    spare: 1,
    host: options.host,
    port: options.port ? options.port : SECURITY && tls ? 990 : 21,
    families: [4],
    user: options.user ? options.user : "anonymous",
    password: options.password ? options.password : "",
    utf8: false,
    tls: SECURITY && tls ? secure(options) : undefined,
  });
  const remote = new Remote(filesOf(options, block), client);
  // Never in clear where TLS was wanted.
  if (tls && (!SECURITY || tls !== "implicit")) return done(UNSUPPORTED, remote);
  client.connect((error: number): void => done(error, remote));
}
