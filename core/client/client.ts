// One client connection: one operation at a time, each a script on the control connection and perhaps a transfer beside it.
//
// Invariant: `done` is set from the start of an operation to its end. It ends when its script has (CONTROL) and, where it
// has a stream, the transfer is over too (OVER), whichever came last; one that closes waits for the connection's end too.

import { BAD_NAME, BUSY, CANCELLED, Entry, NOT_FOUND, NO_CONNECTION, PROTOCOL, REPLY, RESET, TIMEOUT } from "../ports.ts";
import { DIR, UNKNOWN } from "../ports.ts";
import type { Conn, Done, File, Net, Sink, Source, Ticker } from "../ports.ts";
import { Blocks } from "../blocks.ts";
import { Dialer } from "../dialer.ts";
import { classOf, Dialog, MARK } from "../dialog.ts";
import type { DialogOwner, Step } from "../dialog.ts";
import { Transfer } from "../transfer.ts";
import type { TransferOwner } from "../transfer.ts";
import { decimal, MOST } from "../wire/number.ts";
import type { Reply } from "../wire/reply.ts";
import { Data } from "./data.ts";
import { Listing } from "./list.ts";
import type { Each } from "./list.ts";
import { complete } from "./options.ts";
import type { ClientOptions } from "./options.ts";
import { ABOR, bitOf, MLSD, MLST, SIZE } from "./scripts.ts";
import { ABORT, CHECK, ENTER, LENGTH, LIST, LOGIN, MODIFIED, PATH, PLAIN, RAW } from "./scripts.ts";
import { RENAME, RETRIEVE, STAT, STORE, TOUCH } from "./scripts.ts";

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

// `parts`: what has come of an operation.
const CONTROL = 1;
/** All bytes have moved. */
const MOVED = 2;
/** The data connection and the stream are closed. */
const OVER = 4;

// `habits`: what a server does. LATE is in data.ts.
/** The number of bytes in its 150 is the size. */
const HINTS = 1;
/** It sends no 150. */
const SILENT = 2;

/** For the second of two replies to ABOR: many servers send one. */
const SECOND = 1000;

/** The text cannot be an argument of a command. */
function bad(text: string): boolean {
  return text.indexOf("\r") >= 0 || text.indexOf("\n") >= 0 || text.indexOf("\x00") >= 0;
}

/** The sooner of two deadlines, -1: none. */
function sooner(one: number, other: number): number {
  return one < 0 || (other >= 0 && other < one) ? other : one;
}

/** A connection to one server. Of an error REPLY, `lastReply` and `lastCommand` tell the rest; of a TIMEOUT, `waitingFor`. */
export class Client implements DialogOwner, TransferOwner, Ticker {
  net: Net;
  options: ClientOptions;
  dialog: Dialog<Client>;
  dialer: Dialer;
  data: Data;
  transfer: Transfer;
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
  /** The transfer has begun and is not over. */
  moving = false;
  cancelled = false;
  aborting = false;
  answers = 0;
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
    this.dialer = new Dialer(net);
    this.data = new Data(this);
    this.transfer = new Transfer(this, this.options, new Blocks(this.options.block, this.options.blocks, this.options.spare));
    this.entry = new Entry();
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
    this.dialer.dial({
      host: options.host,
      port: options.port,
      text: true,
      noDelay: true,
      keepAlive: options.keepAlive,
      localHost: options.localHost,
    }, options.families, options.connectTimeout, this.dialog);
    this.net.wake(this);
  }

  /** REIN, and a login with what `options` say now. */
  relogin(done: Done<void>): void {
    if (!this.take("REIN", "", done)) return;
    this.type = "";
    this.start(PLAIN.concat(ENTER));
  }

  /** Into a sink's open file, which is committed, or discarded, before `done` brings the bytes that came. */
  retrieve(get: Get, sink: Sink, file: File, done: Done<number>): void {
    const error = this.refusal(get.path, "");
    if (error !== 0) return sink.discard(file, true, (): void => done(error, 0));
    this.reset(done as Done<unknown>);
    this.path = get.path;
    this.offset = get.offset;
    this.total = get.size;
    this.sink = sink;
    this.begins(file, "RETR", RETRIEVE);
  }

  /** From a source's open file, which is closed before `done` brings the bytes that went. */
  store(put: Put, source: Source, file: File, done: Done<number>): void {
    const error = this.refusal(put.path, "");
    if (error !== 0) return source.close(file, (): void => done(error, 0));
    this.reset(done as Done<unknown>);
    this.path = put.path;
    this.offset = put.append ? 0 : put.offset;
    this.total = put.size;
    this.source = source;
    this.ownChunks = put.ownChunks;
    this.begins(file, put.append ? "APPE" : "STOR", STORE);
  }

  /** The entries of a folder, "" being the current one: MLSD where the server has it, else LIST. */
  list(path: string, each: Each, done: Done<void>): void {
    if (this.take(path, "", done)) this.lists(this.listVerb(), each);
  }

  /** The names in a folder as NLST tells them; nothing else is known of the entries. */
  names(path: string, each: Each, done: Done<void>): void {
    if (this.take(path, "", done)) this.lists("NLST", each);
  }

  /** What is known of a file or a folder. NOT_FOUND where only a listing could tell, and did not. */
  stat(path: string, done: Done<Entry>): void {
    const entry = new Entry();
    const cut = path.length > 1 && path.endsWith("/") ? path.substring(0, path.length - 1) : path;
    if (!this.take(cut, "", done)) return;
    entry.name = cut.substring(cut.lastIndexOf("/") + 1);
    if (entry.name === "" || entry.name === "." || entry.name === "..") entry.type = DIR;
    if ((this.off & SIZE) !== 0) this.wanted = this.type;
    this.entry = entry;
    this.value = entry;
    this.verb = "STAT";
    this.start(STAT);
  }

  /** Bytes of a file (SIZE, in TYPE I). */
  size(path: string, done: Done<number>): void {
    if (this.take(path, "", done)) this.start(LENGTH);
  }

  /** When a file was modified, in milliseconds since 1970 (MDTM). */
  modified(path: string, done: Done<number>): void {
    if (this.take(path, "", done)) this.start(MODIFIED);
  }

  /** Sets when a file was modified (MFMT, else MDTM with a time). */
  setModified(path: string, time: number, done: Done<void>): void {
    if (!this.take(path, "", done)) return;
    this.offset = time;
    this.start(TOUCH);
  }

  rename(from: string, to: string, done: Done<void>): void {
    if (this.take(from, to, done)) this.start(RENAME);
  }

  /** A file. */
  remove(path: string, done: Done<void>): void {
    if (this.take("DELE " + path, "", done)) this.start(PLAIN);
  }

  /** `done` brings the path that the server tells. */
  mkdir(path: string, done: Done<string>): void {
    if (this.take("MKD " + path, "", done)) this.start(PATH);
  }

  rmdir(path: string, done: Done<void>): void {
    if (this.take("RMD " + path, "", done)) this.start(PLAIN);
  }

  /** The current folder: ".." goes up. */
  cd(path: string, done: Done<void>): void {
    if (this.take(path === ".." ? "CDUP" : "CWD " + path, "", done)) this.start(PLAIN);
  }

  pwd(done: Done<string>): void {
    if (this.take("PWD", "", done)) this.start(PATH);
  }

  /** Any command without a data connection. `done` brings the reply, also of a refusal (REPLY). */
  command(line: string, done: Done<Reply | null>): void {
    if (this.take(line, "", done)) this.start(RAW);
  }

  /** Says good-bye and ends the connection; never an error. */
  quit(done: Done<void>): void {
    if (!this.take("QUIT", "", done)) return;
    this.quitting = true;
    this.start(PLAIN);
  }

  /** Ends the operation with CANCELLED and keeps the session where it can: at the latest `abortTimeout` from now. */
  abort(): void {
    const dialog = this.dialog;
    if (this.done === null || this.cancelled) return;
    if (this.connecting || this.quitting) return this.close();
    this.cancelled = true;
    if ((this.parts & CONTROL) !== 0) {
      if (this.moving) this.transfer.abort(CANCELLED);
    } else if (this.aborting) return;
    else if (this.sent) this.breakOff(CANCELLED);
    else if (dialog.held) this.dialer.cancel();
    else {
      dialog.limit = this.options.abortTimeout;
      dialog.since = -1;
      dialog.stop(CANCELLED);
    }
    this.net.wake(this);
  }

  /** Ends everything at once, an operation with CANCELLED. */
  close(): void {
    const conn = this.dialog.conn;
    this.cancelled = true;
    this.closing = true;
    if (this.moving) this.transfer.abort(CANCELLED);
    if (conn !== null) conn.abort();
    else this.dialer.cancel();
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

  /** FEAT has it, and it was never refused. */
  has(bit: number): boolean {
    return (this.features & ~this.off & bit) !== 0;
  }

  /** 4 or 6: data connections are like the control connection. */
  family(): number {
    return this.dialog.conn === null ? 4 : this.dialog.conn.remote.family;
  }

  /** Before a download where its size is not known; afterwards where it seems too short. */
  wantsSize(): boolean {
    if (this.total >= 0 || this.asked || !this.options.sizes || this.wanted !== "I" || (this.off & SIZE) !== 0) return false;
    return (this.parts & MOVED) !== 0 || this.offset > 0 || (this.habits & HINTS) === 0;
  }

  /** The transfer's command. Who receives is ready before it is sent. */
  send(): string {
    if (this.sink !== null) this.begin();
    this.sent = true;
    this.net.wake(this);
    return this.path === "" ? this.verb : this.verb + " " + this.path;
  }

  /** The first reply to the transfer's command, and no refusal. */
  marked(reply: Reply): void {
    const data = this.data;
    this.marks = classOf(reply) === MARK;
    if (this.marks) {
      const end = reply.text.indexOf(" bytes");
      if (end > 0) this.hint = decimal(reply.text.substring(reply.text.lastIndexOf("(", end) + 1, end), MOST);
      if (this.sink !== null && this.hint >= 0 && this.hint === this.total && this.offset === 0) this.habits |= HINTS;
    }
    const begun = this.moving || (this.parts & OVER) !== 0;
    if (!begun) this.begin();
    else if (this.source !== null && !this.marks && reply.code !== 200) this.habits |= SILENT;
    if (data.late && this.dialer.conn === null) data.dial();
  }

  /** A reply after ABOR. */
  answered(): void {
    this.answers++;
    if ((this.off & ABOR) === 0) this.dialog.limit = Math.min(SECOND, this.options.abortTimeout);
  }

  // --- What the dialog tells

  wake(): void {
    this.net.wake(this);
  }

  connected(): void {
    this.type = "A";
    this.start(LOGIN);
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
    if (code === 500 || code === 502 || code === 504) this.off |= bitOf(dialog.line);
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
    this.moving = false;
    this.moved = error;
    this.parts |= OVER;
    this.data.late = false;
    this.dialog.since = -1;
    if (error !== 0 && !this.aborting) {
      this.waitingFor = error === TIMEOUT ? "data" : "data connection";
      this.dialog.limit = this.options.abortTimeout;
    }
    this.net.wake(this);
    this.join();
  }

  // --- The way of an operation

  tick(now: number): number {
    const moving = this.moving && (this.parts & MOVED) === 0 && (this.marks || this.transfer.bytes > 0);
    let next = sooner(this.dialer.tick(now), this.transfer.tick(now));
    // A final reply is not late as long as data moves.
    if (moving && !this.dialog.leaving && !this.aborting) this.dialog.since = -1;
    else next = sooner(next, this.dialog.tick(now, this.options.linger));
    next = sooner(next, this.data.tick(now));
    const limit = this.patience();
    if (limit === 0) {
      this.since = -1;
      return next;
    }
    if (this.since < 0) this.since = now;
    const left = this.since + limit - now;
    if (left > 0) return sooner(next, left);
    if (this.moving) this.transfer.abort(NO_CONNECTION);
    else this.begin();
    return next;
  }

  /** For a 150 before an upload; for the data of a listing that ended without any. 0: not waited for. */
  patience(): number {
    if (!this.sent || (this.parts & (MOVED | OVER)) !== 0) return 0;
    if ((this.parts & CONTROL) !== 0) {
      const transfer = this.transfer;
      const nothing = transfer.bytes === 0 && transfer.ready === null && !transfer.over;
      return this.each !== null && nothing ? this.options.abortTimeout : 0;
    }
    if (this.source === null || this.moving) return 0;
    return (this.habits & SILENT) !== 0 ? 1 : this.options.markTimeout;
  }

  /** Why an operation cannot start; 0: it can. */
  refusal(path: string, to: string): number {
    if (this.done !== null) return BUSY;
    if (this.dialog.conn === null || this.dialog.leaving) return RESET;
    return bad(path) || bad(to) ? BAD_NAME : 0;
  }

  /** An operation begins, or `done` says at once why not. */
  take<T>(path: string, to: string, done: Done<T>): boolean {
    const error = this.refusal(path, to);
    if (error !== 0) {
      done(error, undefined as T);
      return false;
    }
    this.reset(done as Done<unknown>);
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
    this.verb = "";
    this.path = "";
    this.to = "";
    this.wanted = "I";
    this.offset = 0;
    this.total = -1;
    this.hint = -1;
    this.asked = false;
    this.sent = false;
    this.marks = false;
    this.moving = false;
    this.cancelled = false;
    this.aborting = false;
    this.answers = 0;
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
    this.data.clear();
    this.dialog.limit = this.options.replyTimeout;
    this.dialog.run(script);
  }

  begins(file: File, verb: string, script: Step<Client>[]): void {
    this.file = file;
    this.verb = verb;
    if (this.options.ascii) this.wanted = "A";
    this.start(script);
  }

  listVerb(): string {
    return this.has(MLST) && (this.off & MLSD) === 0 ? "MLSD" : "LIST";
  }

  lists(verb: string, each: Each): void {
    const listing = new Listing(this, each);
    // What begins with "-" would be taken for flags.
    if (verb !== "MLSD" && this.path.startsWith("-")) this.path = "./" + this.path;
    this.verb = verb;
    this.each = each;
    this.sink = listing;
    this.file = listing;
    this.start(LIST);
  }

  /** The transfer has its stream; where the script failed before, only to close it. */
  begin(): void {
    const blocks = this.source === null || this.ownChunks ? 0 : this.options.blocks;
    this.moving = true;
    this.transfer.hold = this.each === null;
    this.transfer.begin(this.source, this.sink, this.file as File, blocks);
  }

  /** ABOR, for a transfer whose final reply is owed. */
  breakOff(error: number): void {
    this.aborting = true;
    this.control = error;
    this.answers = 0;
    this.dialog.limit = this.options.abortTimeout;
    this.dialog.run(ABORT);
    if (!this.aborting || (this.parts & OVER) !== 0) return;
    this.fails(error);
  }

  /** The transfer ends with an error. */
  fails(error: number): void {
    if (this.moving) return this.transfer.abort(error);
    this.transfer.error = error;
    this.begin();
  }

  /** The operation ends with the connection. */
  drop(): void {
    const conn = this.dialog.conn as Conn | null;
    this.closing = true;
    if (conn !== null) conn.abort();
  }

  /** Goes on where both sides have come far enough. */
  join(): void {
    if (this.done === null || (this.parts & CONTROL) === 0) return;
    if (this.dialer.conn !== null) return this.dialer.cancel();
    if (this.file !== null && (this.parts & OVER) === 0) return this.settle();
    if (this.closing && this.dialog.conn !== null) return;
    this.end();
  }

  /** The final reply is known, the transfer is not over. */
  settle(): void {
    const transfer = this.transfer;
    if (this.control !== 0) return this.fails(this.control);
    if (this.each !== null || this.sink === null || (this.parts & MOVED) === 0) return;
    if ((this.hint < 0 || this.hint > this.offset + transfer.bytes) && this.wantsSize()) {
      this.parts -= CONTROL;
      this.sent = false;
      this.dialog.limit = this.options.replyTimeout;
      return this.dialog.run(CHECK);
    }
    if (this.total >= 0) transfer.expected = this.total - this.offset;
    transfer.hold = false;
    transfer.abort(0);
  }

  /** What the operation has come to: the server's refusal says more than the broken connection that came with it. */
  verdict(): number {
    const soft = this.moved === 0 || this.moved === RESET || this.moved === NO_CONNECTION;
    const listing = this.each !== null;
    if (this.control === 0) {
      // An empty listing needs no connection; an upload that is all sent has arrived if the server says so.
      if (listing && soft && this.transfer.bytes === 0) return 0;
      return this.source !== null && (this.parts & MOVED) !== 0 ? 0 : this.moved;
    }
    if (this.control === REPLY && listing) {
      const text = (this.lastReply as Reply).text.toLowerCase();
      if (text.indexOf("no files") >= 0 || text.indexOf("empty") >= 0) return 0;
    }
    return soft ? this.control : this.moved;
  }

  /** Over: another try, or `done`. */
  end(): void {
    const done = this.done as Done<unknown>;
    const each = this.each;
    let error = this.verdict();
    let value = this.value;
    if (each !== null && error === REPLY && this.verb === "MLSD" && (this.off & MLSD) !== 0) return this.again(each);
    if (this.verb === "STAT" && error === 0 && this.entry.type === UNKNOWN) return this.seek();
    if (each !== null && value !== undefined && error === 0 && this.entry.type === UNKNOWN) error = NOT_FOUND;
    if (each === null && this.file !== null) value = this.transfer.bytes;
    this.data.clear();
    if (this.connecting && error === 0) this.live = true;
    this.connecting = false;
    this.done = null;
    this.source = null;
    this.sink = null;
    this.file = null;
    this.each = null;
    done(error, value);
  }

  /** MLSD was refused. */
  again(each: Each): void {
    const path = this.path;
    const value = this.value;
    this.reset(this.done as Done<unknown>);
    this.path = path;
    this.value = value;
    this.lists("LIST", each);
  }

  /** Looks for `entry` in its folder's listing. */
  seek(): void {
    const wanted = this.entry;
    const path = this.path;
    const slash = path.lastIndexOf("/");
    this.reset(this.done as Done<unknown>);
    this.value = wanted;
    this.path = slash > 0 ? path.substring(0, slash) : path.substring(0, slash + 1);
    this.lists(this.listVerb(), (entry: Entry, more: Done<void>): void => {
      if (entry.name === wanted.name) Object.assign(wanted, entry);
      more(0, undefined);
    });
  }
}
