// Runs scripts of commands and replies over one control connection; knows no protocol's words.
//
// Invariant: `waiting` says that the peer owes a reply to step `at`; without it, every reply that comes is a stray one. A
// reply that had begun before a line was sent cannot be the answer to it. `closed` of the connection ends every script.

import { BAD_NAME, REPLY, RESET, TIMEOUT, TLS } from "./ports.ts";
import type { Dialled } from "./dialer.ts";
import type { Chunk, Conn, ConnHandler } from "./ports.ts";
import { ReplyParser } from "./wire/reply.ts";
import type { Reply } from "./wire/reply.ts";

/** Reply class 1yz: goes on, another reply follows. */
export const MARK = 1;
/** Reply class 2yz: done. */
export const OK = 2;
/** Reply class 3yz: good so far, send more. */
export const MORE = 4;
/** Reply class 4yz: not now. */
export const BUSY = 8;
/** Reply class 5yz: no. */
export const NO = 16;
/** Whatever the final reply. */
export const FINAL = 30;

/** The class of a reply, as one of the bits above. */
export function classOf(reply: Reply | null): number {
  return reply === null ? 0 : 1 << (Math.floor(reply.code / 100) - 1);
}

/** One command of a script and what may come of it. */
export interface Step<C> {
  /** What to send, without line end; "" only waits, null skips the step. */
  line(client: C): string | null;
  /** Reply classes that go on. Any other ends the script with REPLY, but a MARK, which only begins the wait anew. */
  expect: number;
  then?(client: C, reply: Reply): void;
}

/** Whose conversation it is. */
export interface DialogOwner {
  /** A wait has begun: deadlines. */
  wake(): void;
  /** The connection is there. */
  connected(): void;
  /** Hears of every reply before the script does. true: it is not for the script. */
  heard(reply: Reply): boolean;
  /** A script has ended: 0, REPLY (see `reply`), RESET, TLS, TIMEOUT, BAD_NAME or what `fail` and `stop` said. */
  finished(error: number): void;
  /** The connection is gone, or did not come. A script that runs will have `finished` after this. */
  disconnected(error: number): void;
}

/** Owns a control connection. Sends each line in one piece; one more text waits while a send is lent. */
export class Dialog<C extends DialogOwner> implements ConnHandler, Dialled {
  client: C;
  parser: ReplyParser;
  /** Milliseconds for a whole reply; 0: none. */
  limit = 0;
  conn: Conn | null = null;
  script: Step<C>[] | null = null;
  at = 0;
  waiting = false;
  /** The script rests until `go`. */
  held = false;
  /** The last line that was sent. */
  line = "";
  /** The last reply that a script took. */
  reply: Reply | null = null;
  lent = false;
  text = "";
  /** `end` was called. */
  leaving = false;
  running = false;
  /** The next reply had begun before the last line was sent. */
  stale = false;
  /** What the script ends with as soon as no reply is owed; 0: it goes on. */
  stopping = 0;
  /** What the script has ended with; -1: nothing to tell. */
  result = -1;
  since = -1;

  constructor(client: C, limit: number) {
    this.client = client;
    this.parser = new ReplyParser(limit);
  }

  /** Begins a script, in the place of one that runs: a reply that is owed to that one goes to the new one. */
  run(script: Step<C>[]): void {
    this.script = script;
    this.at = 0;
    this.waiting = false;
    this.held = false;
    this.stopping = 0;
    if (this.conn === null || this.leaving) this.finish(RESET);
    this.advance();
  }

  /** A script that was held goes on. */
  go(): void {
    this.held = false;
    this.advance();
  }

  /** Ends the script. A reply that is owed to it will be a stray one, if the connection lives on. */
  fail(error: number): void {
    if (this.script === null) return;
    this.finish(error);
    this.advance();
  }

  /** Ends the connection, in order where the peer does too. */
  leave(): void {
    if (this.leaving || this.conn === null) return;
    this.leaving = true;
    this.since = -1;
    this.conn.end();
    this.client.wake();
  }

  opened(conn: Conn): void {
    conn.handler = this;
    this.conn = conn;
    this.leaving = false;
    this.lent = false;
    this.text = "";
    this.stale = false;
    this.reply = null;
    this.parser.clear();
    this.client.connected();
  }

  data(chunk: Chunk): boolean {
    this.parser.push(chunk as string);
    this.advance();
    return true;
  }

  drained(): void {
    const text = this.text;
    this.lent = false;
    this.text = "";
    if (text !== "") this.send(text);
  }

  ended(): void {
    this.leave();
  }

  closed(error: number): void {
    this.conn = null;
    this.leaving = false;
    this.client.disconnected(error);
    this.fail(error === TLS ? TLS : RESET);
  }

  /** Milliseconds to the deadline of the reply that is owed, or of the peer's end; -1: none. */
  tick(now: number, linger: number): number {
    const limit = this.leaving ? linger : this.waiting ? this.limit : 0;
    if (limit === 0) return -1;
    if (this.since < 0) this.since = now;
    const left = this.since + limit - now;
    if (left > 0) return left;
    this.since = -1;
    if (this.leaving) (this.conn as Conn).abort();
    else this.fail(TIMEOUT);
    return -1;
  }

  /** Goes on as far as it can, then tells what the script has come to. */
  advance(): void {
    if (this.running) return;
    this.running = true;
    while (this.step()) continue;
    this.running = false;
    const result = this.result;
    this.result = -1;
    if (result >= 0) this.client.finished(result);
  }

  /** One reply or one line; false: nothing can be done now. */
  step(): boolean {
    if (this.script !== null && !this.waiting) {
      if (this.stopping !== 0) this.finish(this.stopping);
      else if (!this.held) {
        this.ask(this.script);
        return true;
      }
    }
    const reply = this.parser.next();
    if (reply === null) return false;
    if (this.stale) this.client.heard(reply);
    else this.take(reply);
    this.stale = false;
    return true;
  }

  /** The next line of the script. */
  ask(script: Step<C>[]): void {
    if (this.at === script.length) return this.finish(0);
    const line = script[this.at].line(this.client);
    if (this.script !== script || this.stopping !== 0) return;
    if (line === null) {
      this.at++;
      return;
    }
    if (line.indexOf("\r") >= 0 || line.indexOf("\n") >= 0 || line.indexOf("\x00") >= 0) return this.finish(BAD_NAME);
    if (line !== "") {
      const reader = this.parser.reader;
      this.line = line;
      // The rest of a line end is no part of a reply.
      this.stale = this.parser.group !== "" || reader.text.substring(reader.at).trim() !== "";
      this.send(line + "\r\n");
    }
    this.waiting = true;
    this.since = -1;
    this.client.wake();
  }

  /** A whole reply. */
  take(reply: Reply): void {
    if (this.client.heard(reply) || !this.waiting) return;
    const step = (this.script as Step<C>[])[this.at];
    const bit = classOf(reply);
    this.since = -1;
    this.client.wake();
    if (bit === MARK && (step.expect & MARK) === 0) return;
    this.waiting = false;
    this.reply = reply;
    if ((step.expect & bit) === 0) return this.finish(REPLY);
    this.at++;
    if (step.then) step.then(this.client, reply);
  }

  /** The script is over; `advance` tells. */
  finish(error: number): void {
    this.script = null;
    this.waiting = false;
    this.held = false;
    this.result = error;
  }

  send(text: string): void {
    if (this.conn === null || this.leaving) return;
    if (this.lent) this.text += text;
    else this.lent = !this.conn.send(text, text.length);
  }
}
