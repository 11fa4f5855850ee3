// One control connection of the server: lines in, replies out, one command at a time.
//
// Invariant: a command is read only when the one before has been answered (`working` is false) and no reply is lent. While
// data moves (`moving`) only rows that say TRANSFERRING run; other lines wait, and an ABOR behind them is looked for. The
// slot is released when the control connection is closed, nothing asked for is outstanding (`pending`), and no data moves.

import { BAD_NAME, CANCELLED, Entry, HIDES_CUTS, RESET, TLS } from "../ports.ts";
import type { Chunk, Conn, ConnHandler, Done, File, FileSystem, Sink, Source } from "../ports.ts";
import { TELNET } from "../features.ts";
import { LineReader } from "../lines.ts";
import type { TransferOwner } from "../transfer.ts";
import { resolve } from "../wire/path.ts";
import { Telnet, verbStart } from "../wire/telnet.ts";
import type { Command } from "./commands.ts";
import { Data } from "./data.ts";
import { ABOR, HASH, LONG_REPLIES, SECURITY, STRANGERS } from "./features.ts";
import { pour } from "./long.ts";
import type { Login } from "./options.ts";
import { DATA, NAMED, NEW, READY, RENAMING, TRANSFERRING } from "./phases.ts";
import { refusal } from "./replies.ts";
import { Secure } from "./secure.ts";
import type { Server } from "./server.ts";

/** Lines that wait for a transfer are limited by when reading stops, not one by one. */
const UNLIMITED = 1000000000;
/** Unknown commands before a login that end the session: a browser or a scanner has the wrong port. */
const NONSENSE = 10;

/** A session lives in a slot of the server and is used again for the next client. */
export class Session implements ConnHandler, TransferOwner {
  server: Server;
  reader: LineReader;
  side: Data;
  /** Scratch for what the files tell. */
  entry: Entry;
  settled: Done<unknown>;
  telnet!: Telnet | null;
  /** null: the server has no TLS. */
  secure!: Secure | null;
  conn: Conn | null = null;
  /** The client's address; "" while the slot is free. */
  host = "";
  port = 0;
  files!: FileSystem;
  phase!: number;
  user!: string;
  /** As PASS and ACCT gave them. */
  givenPassword!: string;
  givenAccount!: string;
  cwd!: string;
  /** Wrong passwords, and unknown commands before a login. */
  fails!: number;
  nonsense!: number;
  /** Of RNFR, REST and ALLO, for the next command. */
  from!: string;
  offset!: number;
  declared!: number;
  ascii!: boolean;
  /** Which facts MLSD and MLST tell. */
  facts!: number;
  /** What HASH uses. */
  algorithm!: string;
  /** The argument of the command as it was given. */
  given!: string;
  working!: boolean;
  pending!: boolean;
  after!: Done<unknown> | null;
  moving!: boolean;
  /** What is received may be less than was sent, and nobody would know. */
  unsure!: boolean;
  /** ABOR waits for the transfer to end. */
  aborting!: boolean;
  /** `advance` is running. */
  running = false;
  /** A reply is lent to the connection; more text waits behind it. */
  lent!: boolean;
  waiting!: string;
  /** The connection's packet is kept: reading has stopped. */
  kept!: boolean;
  /** The client will send no more. */
  over!: boolean;
  /** The last reply is out or under way. */
  leaving!: boolean;
  /** A wrong password is answered when the delay is over. */
  delayed!: boolean;
  /** Where a long reply comes from, and its last line. */
  pouring!: (Source & File) | null;
  last!: string;
  /** When the current deadline began; -1: since the last tick. */
  since!: number;

  constructor(server: Server) {
    this.server = server;
    this.reader = new LineReader(server.options.line);
    this.side = new Data(this);
    this.entry = new Entry();
    this.settled = (error: number, value: unknown): void => {
      const after = this.after as Done<unknown>;
      // It keeps all that is around it alive.
      this.after = null;
      this.pending = false;
      after(error, value);
      this.advance();
    };
    if (SECURITY) this.secure = server.options.tls ? new Secure(this, server.options.tls) : null;
    this.reset();
  }

  /** For the next client. */
  reset(): void {
    this.reader.clear();
    this.reader.limit = this.server.options.line;
    this.telnet = null;
    this.fails = 0;
    this.nonsense = 0;
    this.after = null;
    this.working = false;
    this.pending = false;
    this.moving = false;
    this.unsure = false;
    this.aborting = false;
    this.lent = false;
    this.waiting = "";
    this.kept = false;
    this.over = false;
    this.leaving = false;
    this.delayed = false;
    this.pouring = null;
    this.since = -1;
    if (SECURITY && this.secure !== null) this.secure.reset();
    this.rein();
    this.host = "";
  }

  /** Back to the state before USER (RFC 959 section 4.1.1, REIN); the logout callback hears of it. */
  rein(): void {
    const options = this.server.options;
    if ((this.phase & READY) !== 0 && options.logout !== null) options.logout(this.loginFacts());
    this.side.clear();
    this.side.epsvOnly = false;
    this.files = this.server.files;
    this.phase = NEW;
    this.user = "";
    this.givenPassword = "";
    this.givenAccount = "";
    this.cwd = "/";
    this.from = "";
    this.offset = 0;
    this.declared = -1;
    this.ascii = true;
    this.facts = -1;
    if (HASH) this.algorithm = "SHA-256";
  }

  /** What the login and logout callbacks are told. */
  loginFacts(): Login {
    const login: Login = { user: this.user, password: this.givenPassword, account: this.givenAccount, host: this.host, port: this.port };
    if (SECURITY && this.secure !== null) {
      login.tls = this.conn === null ? null : this.conn.tls;
      login.named = this.secure.named;
    }
    return login;
  }

  opened(conn: Conn): void {
    this.conn = conn;
    this.port = conn.remote.port;
    this.wake();
    this.reply(220, this.server.options.greeting);
  }

  data(chunk: Chunk): boolean {
    let text = chunk as string;
    if (this.leaving) return true;
    if ((this.phase & READY) !== 0 && !this.lent) this.since = -1;
    if (TELNET && (this.telnet !== null || text.indexOf("\xff") >= 0)) {
      if (this.telnet === null) this.telnet = new Telnet();
      this.telnet.push(text);
      text = this.telnet.text;
      if (this.telnet.answer !== "") this.say(this.telnet.answer);
    }
    this.reader.feed(text);
    if (SECURITY && this.secure !== null) this.secure.inside = true;
    this.advance();
    this.kept = this.reader.unread() > this.server.options.line + 1;
    if (SECURITY && this.secure !== null) this.kept = this.secure.keeps();
    return !this.kept;
  }

  drained(): void {
    const text = this.waiting;
    this.lent = false;
    this.waiting = "";
    this.since = -1;
    if (text !== "") this.say(text);
    if (this.leaving && !this.lent) this.bye();
    this.advance();
  }

  ended(): void {
    this.over = true;
    // A client that is killed ends both connections in order: what it was sending is not whole.
    if (this.moving && this.side.transfer.sink !== null) this.side.transfer.abort(CANCELLED);
    this.advance();
  }

  closed(): void {
    this.conn = null;
    this.lent = false;
    this.side.clear();
    if (this.moving) this.side.transfer.abort(CANCELLED);
    this.advance();
  }

  wake(): void {
    this.server.net.wake(this.server);
  }

  transferred(error: number): void {
    this.moving = false;
    this.reader.limit = this.server.options.line;
    this.since = -1;
    this.side.clear();
    if (error === 0) {
      const more = this.unsure ? ", their number was not declared" : "";
      this.reply(226, "Transfer complete, " + this.side.transfer.bytes + " bytes" + more);
    } else this.refuse(error);
    if (ABOR && this.aborting) this.reply(226, "Abort done");
    this.aborting = false;
    this.advance();
  }

  /** Answers: one line, or several with CR LF between them. A final reply (2yz and up) ends the command. */
  reply(code: number, text: string): void {
    if (code >= 200) this.working = false;
    this.say(code + " " + text + "\r\n");
  }

  /** Answers with an error of the ports. */
  refuse(error: number): void {
    this.working = false;
    this.say((SECURITY && error === TLS && this.secure !== null ? this.secure.failure() : refusal(error)) + "\r\n");
  }

  /** One or the other. */
  answer(error: number, code: number, text: string): void {
    if (error !== 0) this.refuse(error);
    else this.reply(code, text);
  }

  /** Text to the client; what does not go out at once waits, up to the reply limit. */
  say(text: string): void {
    if (this.conn === null) return;
    if (!this.lent) {
      this.lent = !this.conn.send(text, text.length);
      if (!this.lent) return;
      this.since = -1;
      return this.wake();
    }
    this.waiting += text;
    if (this.waiting.length > this.server.options.reply) this.conn.abort();
  }

  /** The callback for something that takes its time; the next command waits for it. */
  ask<T>(after: Done<T>): Done<T> {
    this.pending = true;
    this.after = after as Done<unknown>;
    return this.settled as Done<T>;
  }

  /** Asks the files about a path; the answer is in `entry`. Of parts only those of `owner` count. */
  inspect(path: string, owner: string, after: Done<Entry>): void {
    this.files.stat(path, owner, this.entry, this.ask(after));
  }

  /** A stream is there: 150, and the transfer begins. */
  begin(source: Source | null, sink: Sink | null, file: File, blocks: number, text: string): void {
    const transfer = this.side.transfer;
    const secret = SECURITY && this.secure !== null && this.secure.hidden;
    this.unsure = (secret || (this.server.net.can & HIDES_CUTS) !== 0) && sink !== null && transfer.expected < 0;
    this.reply(150, text);
    this.working = false;
    this.moving = true;
    this.reader.limit = UNLIMITED;
    if (this.conn === null || (this.over && sink !== null)) transfer.error = CANCELLED;
    else if (!this.side.arranged()) transfer.error = SECURITY && this.secure !== null && this.secure.data.failed ? TLS : RESET;
    else this.side.connect();
    transfer.begin(source, sink, file, blocks);
  }

  /** The last reply, and the end. */
  bye(): void {
    this.leaving = true;
    this.since = -1;
    if (this.conn !== null && !this.lent) this.conn.end();
    this.wake();
  }

  /** A wrong password is answered late (RFC 2577 section 5). */
  deny(): void {
    this.fails++;
    this.delayed = true;
    this.since = -1;
    if (this.server.options.delay > 0) this.wake();
    else this.expire();
  }

  tick(now: number): number {
    const options = this.server.options;
    let next = this.side.transfer.tick(now);
    if (SECURITY && this.secure !== null) {
      const shake = this.secure.tick(now);
      if (next < 0 || (shake >= 0 && shake < next)) next = shake;
    }
    let limit = (this.phase & READY) === 0 ? options.loginTimeout : options.idleTimeout;
    let ours = this.working || this.moving;
    if (this.conn === null) return next;
    if (this.lent || this.leaving || this.delayed) {
      limit = this.lent ? options.replyTimeout : this.leaving ? options.linger : options.delay;
      ours = false;
    }
    if (limit === 0) return next;
    if (this.since < 0 || ours) this.since = now;
    const left = this.since + limit - now;
    // While it is our turn nothing expires, but somebody must look again.
    if (ours) this.since = -1;
    if (left <= 0) this.expire();
    const soon = Math.min(left > 0 ? left : limit, limit / 8);
    return next < 0 || soon < next ? soon : next;
  }

  /** What was waited for did not come, or a delay is over. */
  expire(): void {
    const delayed = this.delayed;
    this.since = -1;
    if (this.lent || this.leaving) return (this.conn as Conn).abort();
    this.delayed = false;
    if (delayed && this.fails < this.server.options.attempts) {
      this.reply(530, "Login incorrect");
      return this.advance();
    }
    this.reply(421, delayed ? "Too many wrong passwords" : "Nothing heard for too long");
    this.bye();
  }

  /** Goes on as far as it can; safe to call at any time. */
  advance(): void {
    if (this.running) return;
    this.running = true;
    while (this.step()) continue;
    this.running = false;
    if (this.conn === null) {
      const transfer = this.side.transfer;
      if (this.host !== "" && !this.pending && transfer.file === null && transfer.conn === null) this.server.release(this);
    } else if (this.kept && this.reader.unread() <= this.server.options.line + 1) {
      if (SECURITY && this.secure !== null && this.secure.holds()) return;
      this.kept = false;
      this.conn.resume();
    }
  }

  /** One command, or one piece of a long reply; false: nothing can be done now. */
  step(): boolean {
    if (this.pending || this.lent || this.leaving || this.delayed) return false;
    if (LONG_REPLIES && this.pouring !== null) return pour(this);
    if (this.conn === null) return false;
    if (this.working) return false;
    const reader = this.reader;
    const table = this.server.table;
    const at = reader.at;
    let line = this.nextLine();
    if (line === "" && !reader.tooLong) return true;
    let row = line === null ? null : table.find(this.verb(line));
    // STAT of a path is a command like any other (RFC 959 section 4.1.3).
    const late = LONG_REPLIES && row !== null && row.args !== "" && line !== null && line.trim().indexOf(" ") > 0;
    if (this.moving && (row === null || (row.when & TRANSFERRING) === 0 || late)) {
      // It waits; only an ABOR behind it does not, and drops what waits before it.
      while (ABOR && line !== null && this.verb(line) !== "ABOR") line = this.nextLine();
      row = !ABOR || line === null ? null : table.find("ABOR");
      if (row === null) {
        reader.at = at;
        return false;
      }
    }
    if (line !== null) {
      this.command(row, line);
      return true;
    }
    if (this.over && !this.moving) this.bye();
    return false;
  }

  /** The next line. An ABOR sent as urgent data may have lost its LF on the way. */
  nextLine(): string | null {
    const reader = this.reader;
    const line = reader.next();
    if (!ABOR || line !== null || reader.text.charCodeAt(reader.text.length - 1) !== 13) return line;
    const rest = reader.text.substring(reader.at, reader.text.length - 1);
    if (this.verb(rest) !== "ABOR") return null;
    reader.at = reader.text.length;
    return rest;
  }

  /** The verb of a line, in upper case. Bytes of Telnet's signals before it are passed over. */
  verb(line: string): string {
    const start = TELNET ? verbStart(line) : 0;
    const space = line.indexOf(" ", start);
    return line.substring(start, space < 0 ? line.length : space).toUpperCase();
  }

  /** The only place that refuses a command for its name, its phase or its arguments (RFC 959 section 5.4). */
  command(row: Command | null, line: string): void {
    if (this.reader.tooLong) return this.reply(500, "The line is too long");
    if (row === null) {
      if (STRANGERS && (this.phase & READY) === 0) this.nonsense++;
      if (!STRANGERS || this.nonsense < NONSENSE) return this.reply(500, "Unknown command");
      this.reply(421, "This is an FTP server");
      return this.bye();
    }
    const phase = this.phase;
    const offset = this.offset;
    const declared = this.declared;
    // What REST and ALLO said goes with the next transfer, also where that is refused here.
    if ((row.when & DATA) !== 0) {
      this.offset = 0;
      this.declared = -1;
    }
    if ((row.when & phase) === 0) {
      if ((phase & READY) === 0 && (row.when & (NEW | NAMED)) === 0) return this.reply(530, "Log in with USER and PASS");
      return this.reply(503, "Wrong order of commands");
    }
    this.phase = phase & ~RENAMING;
    const space = line.indexOf(" ");
    let argument = space < 0 ? "" : line.substring(space + 1);
    if (row.args === "" ? argument.trim() !== "" : row.args.charAt(0) === "<" && argument === "") {
      return this.reply(501, ("Syntax: " + row.verb + " " + row.args).trim());
    }
    while (row.args.charAt(1) === "-" && argument.charAt(0) === "-") {
      const end = argument.indexOf(" ");
      argument = end < 0 ? "" : argument.substring(end + 1);
    }
    this.given = argument;
    if (row.args.lastIndexOf("path") > 0) argument = resolve(this.cwd, argument);
    if (argument === "" && this.given !== "") return this.refuse(BAD_NAME);
    if (SECURITY && this.secure !== null) {
      const refused = this.secure.refusal(row);
      if (refused !== "") return this.say(refused + "\r\n");
    }
    if ((row.when & DATA) !== 0 && !this.side.arranged()) return this.reply(425, "Use PASV or PORT first");
    this.offset = offset;
    this.declared = declared;
    this.working = true;
    this.server.table.run(row, this, argument);
  }
}
