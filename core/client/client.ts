// One client connection: one operation at a time, each a script on the control connection and perhaps a transfer beside it.
//
// Invariant: `done` is set from the start of an operation to its end. It ends when its script has (CONTROL) and, where it
// has a stream, the transfer is over too (OVER), whichever came last; one that closes waits for the connection's end too.

import { BAD_NAME, BUSY, CANCELLED, DIR, Entry, IO, PROTOCOL, REPLY, RESET, TIMEOUT } from "../ports.ts";
import { UNSUPPORTED } from "../ports.ts";
import type { Done, File, Net, Sink, Source, Target, Ticker } from "../ports.ts";
import { Blocks } from "../blocks.ts";
import { Dialer } from "../dialer.ts";
import { Dialog } from "../dialog.ts";
import type { DialogOwner, Step } from "../dialog.ts";
import { BLOCKS } from "../features.ts";
import { Transfer } from "../transfer.ts";
import type { TransferOwner } from "../transfer.ts";
import type { Reply } from "../wire/reply.ts";
import { formatTime } from "../wire/time.ts";
import { DataLink } from "./data.ts";
import { deadline } from "./deadlines.ts";
import { SECURITY } from "./features.ts";
import { ABOR, bitOf, HINTS, SIZE } from "./learned.ts";
import { lists } from "./list.ts";
import type { Each } from "./list.ts";
import { complete } from "./options.ts";
import type { ClientOptions } from "./options.ts";
import { CONTROL, join, MOVED, OVER } from "./outcome.ts";
import { SecureLink } from "./secure.ts";
import { ABORT, LENGTH, LOGIN, LOGIN_AGAIN, ONE, RETRIEVE, STAT, STORE, TWO } from "./scripts.ts";

/** What is to be downloaded. */
export interface Get {
  path: string;
  /** Where to begin (REST). */
  offset: number;
  /** Bytes of the whole file, from a source to be trusted, such as MLSD; -1: SIZE is asked. */
  size: number;
}

/** What is to be uploaded. */
export interface Put {
  path: string;
  /** Where to write (REST); 0 with `append`. */
  offset: number;
  append: boolean;
  /** Bytes that the source will bring; -1: not known. */
  size: number;
  /** The source hands over chunks of its own and takes no block (OWN_CHUNKS). */
  ownChunks: boolean;
}

/** The text cannot be an argument of a command. */
function bad(text: string): boolean {
  return text.indexOf("\r") >= 0 || text.indexOf("\n") >= 0 || text.indexOf("\x00") >= 0;
}

/** A connection to one server. Of an error REPLY, `lastReply` and `lastCommand` tell the rest; of a TIMEOUT, `waitingFor`. */
export class Client implements DialogOwner, TransferOwner, Ticker {
  net: Net;
  options: ClientOptions;
  dialog: Dialog<Client>;
  dialer: Dialer;
  data: DataLink;
  transfer: Transfer;
  /** null: no TLS is wanted. */
  secure!: SecureLink | null;
  /** Hears when a connection is gone that was logged in, whatever the reason; before `done` of an operation that runs. */
  gone: ((error: number) => void) | null = null;
  /** What timed out, or was waited for in vain: "connection", "greeting", "reply to RETR", "data connection", "data". */
  waitingFor = "";
  /** The 421 with which the server left. */
  reason: Reply | null = null;
  // What was learned of the server.
  features = 0;
  off = 0;
  habits = 0;
  /** The representation type in force; "": not known. */
  type = "";
  /** A restart offset that a failed transfer may have left in force. */
  restart = 0;
  /** A late reply to the last transfer may still come. */
  stray = false;
  // The operation.
  done: Done<unknown> | null = null;
  value: unknown = undefined;
  control = 0;
  moved = 0;
  parts = 0;
  verb = "";
  path = "";
  to = "";
  wanted = "I";
  offset = 0;
  /** Bytes of the whole file, or that a source will bring; -1: not known. */
  total = -1;
  /** The number in the 150; -1: none. */
  hint = -1;
  asked = false;
  /** The transfer's command is out. */
  sent = false;
  /** A 1yz has come. */
  marks = false;
  /** The transfer has its stream. */
  begun = false;
  cancelled = false;
  aborting = false;
  answers = 0;
  /** A listing is asked for the second time. */
  repeated = false;
  /** The operation ends with the connection. */
  closing = false;
  connecting = false;
  quitting = false;
  /** Logged in. */
  live = false;
  entry: Entry;
  source: Source | null = null;
  sink: Sink | null = null;
  file: File | null = null;
  each: Each | null = null;
  ownChunks = false;
  since = -1;

  constructor(net: Net, options: Partial<ClientOptions>) {
    this.net = net;
    this.options = complete(options);
    this.dialog = new Dialog<Client>(this, this.options.reply);
    this.dialer = new Dialer(net, this);
    this.data = new DataLink(this);
    this.transfer = new Transfer(
      this,
      this.options,
      BLOCKS ? new Blocks(this.options.block, this.options.blocks, this.options.spare) : null,
    );
    this.entry = new Entry();
    if (SECURITY) this.secure = this.options.tls ? new SecureLink(this, this.options.tls) : null;
  }

  // --- Operations. One at a time: a second one is BUSY; without a connection it is RESET. A name with CR, LF or NUL is BAD_NAME.

  /** Dials, waits for the greeting, logs in, asks for the features. Where it fails the connection is closed. */
  connect(done: Done<void>): void {
    const options = this.options;
    if (this.done !== null || this.dialog.conn !== null) return done(BUSY, undefined);
    this.reset(done as Done<unknown>);
    this.connecting = true;
    this.reason = null;
    this.features = 0;
    this.off = 0;
    this.habits = 0;
    this.restart = 0;
    this.stray = false;
    this.dialog.line = "";
    this.dialog.reply = null;
    const target: Target = {
      host: options.host,
      port: options.port,
      text: true,
      noDelay: options.noDelay,
      keepAlive: options.keepAlive,
      localHost: options.localHost,
      localPort: options.localPort,
    };
    if (SECURITY && this.secure !== null && !this.secure.prepare(target)) {
      this.done = null;
      return done(UNSUPPORTED, undefined);
    }
    this.dialer.dial(target, options.families, options.connectTimeout, this.dialog);
  }

  /** REIN, and a login with what `options` say now. */
  relogin(done: Done<void>): void {
    if (this.take("", "REIN", "", done)) this.start(LOGIN_AGAIN);
  }

  /** Into a sink's open file, which is committed, or discarded, before `done` brings the bytes that came. */
  retrieve(get: Get, sink: Sink, file: File, done: Done<number>): void {
    const refused = (error: number): void => sink.discard(file, true, (): void => done(error, 0));
    if (!this.take("RETR", get.path, "", refused)) return;
    this.done = done as Done<unknown>;
    this.offset = get.offset;
    this.total = get.size;
    this.sink = sink;
    this.file = file;
    this.start(RETRIEVE);
  }

  /** From a source's open file, which is closed before `done` brings the bytes that went. */
  store(put: Put, source: Source, file: File, done: Done<number>): void {
    const refused = (error: number): void => source.close(file, (): void => done(error, 0));
    if (!this.take(put.append ? "APPE" : "STOR", put.path, "", refused)) return;
    this.done = done as Done<unknown>;
    this.offset = put.append ? 0 : put.offset;
    this.total = put.size;
    this.source = source;
    this.ownChunks = put.ownChunks;
    this.file = file;
    this.start(STORE);
  }

  /** The entries of a folder, "" being the current one: MLSD where the server has it, else LIST. */
  list(path: string, each: Each, done: Done<void>): void {
    if (this.take("LIST", path, "", done)) lists(this, each);
  }

  /** The names in a folder as NLST tells them; nothing else is known of the entries. */
  names(path: string, each: Each, done: Done<void>): void {
    if (this.take("NLST", path, "", done)) lists(this, each);
  }

  /** What is known of a file or a folder. NOT_FOUND where only a listing could tell, and did not. */
  stat(path: string, done: Done<Entry>): void {
    const entry = new Entry();
    const cut = path.length > 1 && path.endsWith("/") ? path.substring(0, path.length - 1) : path;
    if (!this.take("STAT", cut, "", done)) return;
    entry.name = cut.substring(cut.lastIndexOf("/") + 1);
    if (entry.name === "" || entry.name === "." || entry.name === "..") entry.type = DIR;
    this.entry = entry;
    this.value = entry;
    this.start(STAT);
  }

  /** Bytes of a file (SIZE, in TYPE I). */
  size(path: string, done: Done<number>): void {
    if (this.take("SIZE", "SIZE " + path, "", done)) this.start(LENGTH);
  }

  /** When a file was modified, in milliseconds since 1970 (MDTM). */
  modified(path: string, done: Done<number>): void {
    if (this.take("MDTM", "MDTM " + path, "", done)) this.start(ONE);
  }

  /** Sets when a file was modified: MFMT, or MDTM with a time, which older servers take for the same. */
  setModified(path: string, time: number, done: Done<void>): void {
    const rest = formatTime(time) + " " + path;
    if (this.take("MFMT", "MFMT " + rest, "MDTM " + rest, done)) this.start(TWO);
  }

  rename(from: string, to: string, done: Done<void>): void {
    if (this.take("RNFR", "RNFR " + from, "RNTO " + to, done)) this.start(TWO);
  }

  /** A file. */
  remove(path: string, done: Done<void>): void {
    if (this.take("DELE", "DELE " + path, "", done)) this.start(ONE);
  }

  /** `done` brings the path that the server tells. */
  mkdir(path: string, done: Done<string>): void {
    if (this.take("MKD", "MKD " + path, "", done)) this.start(ONE);
  }

  rmdir(path: string, done: Done<void>): void {
    if (this.take("RMD", "RMD " + path, "", done)) this.start(ONE);
  }

  /** The current folder: ".." goes up. */
  cd(path: string, done: Done<void>): void {
    if (this.take("CWD", path === ".." ? "CDUP" : "CWD " + path, "", done)) this.start(ONE);
  }

  pwd(done: Done<string>): void {
    if (this.take("PWD", "PWD", "", done)) this.start(ONE);
  }

  /** Any command without a data connection. `done` brings the reply, also with a refusal (REPLY). */
  command(line: string, done: Done<Reply | null>): void {
    if (this.take("", line, "", done)) this.start(ONE);
  }

  /** Says good-bye and ends the connection; never an error. */
  quit(done: Done<void>): void {
    if (!this.take("QUIT", "QUIT", "", done)) return;
    this.quitting = true;
    this.start(ONE);
  }

  /** Ends the operation with CANCELLED and keeps the session where it can: at the latest `abortTimeout` from now. */
  abort(): void {
    const dialog = this.dialog;
    if (this.done === null || this.cancelled) return;
    if (this.connecting || this.quitting) return this.close();
    this.cancelled = true;
    if ((this.parts & CONTROL) !== 0) this.fail(CANCELLED);
    else if (this.aborting) return;
    else if (this.sent) this.breakOff(CANCELLED);
    else if (dialog.held) this.dialer.cancel();
    else {
      dialog.limit = this.options.abortTimeout;
      dialog.since = -1;
      dialog.stopping = CANCELLED;
      dialog.advance();
    }
    this.net.wake(this);
  }

  /** Ends everything at once, an operation with CANCELLED. */
  close(): void {
    this.cancelled = true;
    this.fail(CANCELLED);
    this.dialer.cancel();
    this.drop();
  }

  /** The last reply that counted. */
  get lastReply(): Reply | null {
    return this.dialog.reply;
  }

  /** The last command, without what is secret in it. */
  get lastCommand(): string {
    const line = this.dialog.line;
    return line.startsWith("PASS ") || line.startsWith("ACCT ") ? line.substring(0, 4) : line;
  }

  /** There is a connection, and nobody has said good-bye. */
  get open(): boolean {
    return this.dialog.conn !== null && !this.dialog.leaving;
  }

  // --- For the scripts

  /** 4 or 6: data connections are like the control connection. */
  family(): number {
    return this.dialog.conn === null ? 4 : this.dialog.conn.remote.family;
  }

  /** Before a download where its size is not known; afterwards where it seems too short. */
  wantsSize(): boolean {
    if (this.total >= 0 || this.asked || !this.options.sizes || this.wanted !== "I" || (this.off & SIZE) !== 0) return false;
    return this.begun || this.offset > 0 || (this.habits & HINTS) === 0;
  }

  /** The transfer has its stream; with an error, only to close it. */
  begin(error: number): void {
    const transfer = this.transfer;
    const blocks = !BLOCKS || this.source === null || this.ownChunks ? 0 : this.options.blocks;
    this.begun = true;
    transfer.error = SECURITY && error === 0 && this.secure !== null ? this.secure.data.lost : error;
    transfer.deferred = this.each === null;
    transfer.begin(this.source, this.sink, this.file as File, blocks);
  }

  // --- What the dialog tells

  wake(): void {
    this.net.wake(this);
  }

  connected(): void {
    this.type = "";
    this.start(this.options.login === null ? LOGIN : this.options.login);
  }

  heard(reply: Reply): boolean {
    const dialog = this.dialog;
    const code = reply.code;
    if (code === 0) {
      // Not an FTP server, or a stray line.
      if (dialog.line === "") dialog.fail(PROTOCOL);
      return true;
    }
    if (code === 421) {
      this.reason = reply;
      dialog.reply = reply;
      this.closing = true;
      dialog.fail(REPLY);
      dialog.leave();
      return true;
    }
    if (!dialog.waiting) return true;
    if (this.stray && !this.sent && (code === 225 || code === 226 || code === 426)) return true;
    this.stray = false;
    if (code === 500 || code === 502 || code === 504) this.off |= this.aborting ? ABOR : bitOf(dialog.line);
    return false;
  }

  finished(error: number): void {
    const line = this.lastCommand;
    if (error === TIMEOUT && !this.aborting) {
      if (this.moved !== 0) return this.breakOff(this.moved);
      this.waitingFor = line === "" ? "greeting" : "reply to " + line.split(" ")[0];
      if (this.sent) return this.breakOff(TIMEOUT);
    }
    if (this.aborting) {
      // Without an answer nobody knows where the conversation stands.
      if (error === TIMEOUT && (this.answers === 0 || (this.off & ABOR) !== 0)) this.drop();
    } else {
      this.control = this.cancelled && error !== 0 ? CANCELLED : error;
      if (error === TIMEOUT) this.drop();
      else if (this.quitting || (this.connecting && error !== 0)) {
        this.closing = true;
        this.dialog.leave();
      }
      if (this.quitting) this.control = 0;
    }
    if (this.sent) {
      this.stray = true;
      if (error === 0 && !this.aborting) this.restart = 0;
    }
    this.parts |= CONTROL;
    this.join();
  }

  disconnected(error: number): void {
    const live = this.live;
    this.live = false;
    if (this.connecting && this.dialog.script === null && (this.parts & CONTROL) === 0) {
      // The dial failed.
      this.control = this.cancelled ? CANCELLED : error;
      this.waitingFor = "connection";
      this.parts |= CONTROL;
    }
    if (live && this.gone !== null) this.gone(error);
    if (this.dialog.script === null) this.join();
  }

  // --- What the transfer tells

  arrived(): void {
    this.parts |= MOVED;
    this.dialog.since = -1;
    this.join();
  }

  transferred(error: number): void {
    this.moved = error;
    this.parts |= OVER;
    this.data.clear();
    this.dialog.since = -1;
    if (error !== 0 && !this.aborting) {
      this.waitingFor = error === TIMEOUT ? "data" : "data connection";
      this.dialog.limit = this.options.abortTimeout;
      // Half of a file: not every adapter's reset is seen before the end that may come with it.
      if (error === IO && this.source !== null && this.sent && (this.parts & CONTROL) === 0) this.breakOff(error);
    }
    this.net.wake(this);
    this.join();
  }

  // --- The way of an operation

  /** An operation begins, or `done` says at once why not. */
  take<T>(verb: string, path: string, to: string, done: Done<T>): boolean {
    let error = bad(path) || bad(to) ? BAD_NAME : 0;
    if (this.dialog.conn === null || this.dialog.leaving) error = RESET;
    if (this.done !== null) error = BUSY;
    if (error !== 0) {
      done(error, undefined as T);
      return false;
    }
    this.reset(done as Done<unknown>);
    this.verb = verb;
    this.path = path;
    this.to = to;
    return true;
  }

  reset(done: Done<unknown>): void {
    this.done = done;
    this.value = undefined;
    this.control = 0;
    this.moved = 0;
    this.parts = 0;
    this.wanted = "I";
    this.offset = 0;
    this.total = -1;
    this.hint = -1;
    this.asked = false;
    this.sent = false;
    this.marks = false;
    this.begun = false;
    this.cancelled = false;
    this.aborting = false;
    this.answers = 0;
    this.repeated = false;
    this.closing = false;
    this.connecting = false;
    this.quitting = false;
    this.source = null;
    this.sink = null;
    this.file = null;
    this.each = null;
    this.ownChunks = false;
    this.since = -1;
  }

  start(script: Step<Client>[]): void {
    if (this.options.ascii && this.file !== null && this.each === null) this.wanted = "A";
    this.data.clear();
    this.dialog.limit = this.options.replyTimeout;
    this.dialog.run(script);
  }

  /** ABOR, for a transfer whose final reply is owed. */
  breakOff(error: number): void {
    this.aborting = true;
    this.control = error;
    this.dialog.limit = this.options.abortTimeout;
    this.dialog.run(ABORT);
    if (this.aborting) this.fail(error);
  }

  /** The transfer ends with an error, unless it is over. */
  fail(error: number): void {
    if (this.file === null || (this.parts & OVER) !== 0) return;
    if (this.begun) this.transfer.abort(error);
    else this.begin(error);
  }

  /** The operation ends with the connection. */
  drop(): void {
    this.closing = true;
    if (this.dialog.conn !== null) this.dialog.conn.abort();
  }

  tick(now: number): number {
    return deadline(this, now);
  }

  /** Goes on where both sides have come far enough. */
  join(): void {
    join(this);
  }
}
