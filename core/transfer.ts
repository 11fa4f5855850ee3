// One data connection's bytes, in both roles: Source -> Conn (server RETR, client STOR), Conn -> Sink (server STOR, client RETR).
//
// Invariant: a transfer runs when it has a connection and a stream, whichever came last. It is over, and says so once by
// `owner.transferred`, when the connection is closed, nothing it asked of the stream is outstanding, and the stream is
// closed, committed or discarded. The first error wins; it aborts the connection.

import { BUSY, IO, NO_CONNECTION, NO_SPACE, RESET, TIMEOUT, TRUNCATED } from "./ports.ts";
import type { Chunk, Conn, ConnHandler, Done, File, ReadDone, Sink, Source } from "./ports.ts";
import type { Blocks } from "./blocks.ts";

/** Who a transfer works for: a server's session or a client. */
export interface TransferOwner {
  /** The stream came, or its connection did: deadlines begin. */
  wake(): void;
  /** Receiving, with `hold`: all bytes were written, `judge` decides what becomes of them. */
  arrived(): void;
  /** It is over; 0 or the first error. The transfer can be used again. */
  transferred(error: number): void;
}

/** Limits of a transfer, in milliseconds; 0: none. */
export interface TransferLimits {
  /** For the data connection to come. */
  dataTimeout: number;
  /** For the peer to take or send anything. */
  stallTimeout: number;
  /** For the peer to close its side after we have. */
  linger: number;
}

// `line`: what is known of the connection.
const NONE = 0;
const OPEN = 1;
const ENDING = 2;
const GONE = 3;

/** Moves the bytes of one transfer at a time. */
export class Transfer implements ConnHandler {
  owner: TransferOwner;
  limits: TransferLimits;
  pool: Blocks;
  filled: ReadDone;
  written: Done<void>;
  settled: Done<void>;
  conn: Conn | null = null;
  line: number = NONE;
  source: Source | null = null;
  sink: Sink | null = null;
  file: File | null = null;
  /** Bytes moved so far, or by the last transfer. */
  bytes = 0;
  /** Bytes that were declared, to be set before `begin`; -1: none were. */
  expected = -1;
  /** Receiving: what was written waits for `judge`. */
  hold = false;
  error = 0;
  /** A read, a write, a commit, a discard or a close of the stream is outstanding. */
  busy = false;
  /** The source or the peer has no more. */
  over = false;
  /** Sending: a chunk is lent to the connection. Receiving: the connection's chunk is kept. */
  lent = false;
  /** Sending: read and not sent. Receiving: kept and not written. */
  ready: Chunk | null = null;
  readyLength = 0;
  /** Blocks that nothing holds; the block that is being read into or is ready; the block that is lent. */
  free: Uint8Array[];
  block: Uint8Array | null = null;
  lentBlock: Uint8Array | null = null;
  pumping = false;
  /** When the peer was last seen to do something; -1: since the last tick. */
  since = -1;

  constructor(owner: TransferOwner, limits: TransferLimits, pool: Blocks) {
    this.owner = owner;
    this.limits = limits;
    this.pool = pool;
    this.free = [];
    this.filled = (error: number, chunk: Chunk, length: number): void => {
      this.busy = false;
      if (error !== 0) this.fail(error);
      else if (length === 0) this.over = true;
      else {
        this.ready = chunk;
        this.readyLength = length;
      }
      this.pump();
    };
    this.written = (error: number): void => {
      this.busy = false;
      if (error !== 0) this.fail(error);
      else this.bytes += this.readyLength;
      this.ready = null;
      this.since = -1;
      this.pump();
    };
    this.settled = (error: number): void => {
      this.busy = false;
      this.source = null;
      this.sink = null;
      if (this.error === 0) this.error = error;
      this.pump();
    };
  }

  /** Nothing is under way, and no connection waits for a stream. */
  idle(): boolean {
    return this.file === null && this.conn === null;
  }

  /** The stream is there. `blocks`: how many blocks a source may read ahead into; 0: it has chunks of its own. */
  begin(source: Source | null, sink: Sink | null, file: File, blocks: number): void {
    this.source = source;
    this.sink = sink;
    this.file = file;
    this.bytes = 0;
    this.since = -1;
    for (let i = 0; i < blocks; i++) {
      const block = this.pool.take();
      if (block !== null) this.free.push(block);
    }
    if (blocks > 0 && this.free.length === 0) this.fail(BUSY);
    if (source !== null) this.deafen();
    this.owner.wake();
    this.pump();
  }

  /** A connection that is being dialled: it counts as there when it opens. */
  dialling(conn: Conn): void {
    this.conn = conn;
    this.line = NONE;
  }

  opened(conn: Conn): void {
    this.conn = conn;
    this.line = OPEN;
    this.since = -1;
    if (this.error !== 0) conn.abort();
    this.owner.wake();
    this.pump();
  }

  data(chunk: Chunk, length: number): boolean {
    if (this.line !== OPEN || this.error !== 0 || this.source !== null) return true;
    this.ready = chunk;
    this.readyLength = length;
    this.since = -1;
    this.pump();
    this.lent = this.ready !== null;
    return !this.lent;
  }

  drained(): void {
    this.lent = false;
    this.since = -1;
    this.unlend();
    this.pump();
  }

  secured(): void {
    this.pump();
  }

  ended(): void {
    if (this.source !== null) return;
    this.over = true;
    this.pump();
  }

  closed(error: number): void {
    const whole = this.line === ENDING || (this.over && this.source === null);
    this.line = GONE;
    this.conn = null;
    this.lent = false;
    this.unlend();
    if (this.file === null) return this.forget();
    if (!whole || (error !== 0 && this.sink === null)) this.fail(error === 0 ? RESET : error);
    this.pump();
  }

  /** Breaks the transfer off; `owner.transferred(error)` follows, possibly at once. */
  fail(error: number): void {
    if (this.error === 0) this.error = error;
    if (this.conn !== null) this.conn.abort();
  }

  /** Breaks off whatever there is, a waiting connection too. */
  abort(error: number): void {
    this.fail(error);
    this.pump();
  }

  /** With `hold`: 0 commits what was received, an error discards it. */
  judge(error: number): void {
    this.hold = false;
    if (this.error === 0) this.error = error;
    this.pump();
  }

  /** Milliseconds to the next deadline, -1: none. What has passed its deadline fails. */
  tick(now: number): number {
    const limit = this.limit();
    if (limit === 0) return -1;
    if (this.since < 0) this.since = now;
    const left = this.since + limit - now;
    if (left > 0) return left;
    this.since = -1;
    if (this.line === ENDING && this.conn !== null) this.conn.abort();
    else this.abort(this.line === NONE ? NO_CONNECTION : TIMEOUT);
    return -1;
  }

  /** The limit of what is waited for now; 0: it is our own side, or nothing. */
  limit(): number {
    if (this.line === ENDING) return this.limits.linger;
    if (this.file === null || this.error !== 0) return 0;
    if (this.line === NONE) return this.limits.dataTimeout;
    const peer = this.source !== null ? this.lent : !this.lent && !this.over;
    return peer && this.line === OPEN ? this.limits.stallTimeout : 0;
  }

  /** Does what can be done now, until nothing can; safe to call at any time. */
  pump(): void {
    if (this.pumping || this.file === null) return;
    this.pumping = true;
    while (this.step()) continue;
    this.pumping = false;
    if (this.conn === null && this.source === null && this.sink === null && !this.busy) this.finish();
  }

  /** One thing; false: nothing can be done now. */
  step(): boolean {
    if (this.error !== 0 || (this.line === GONE && this.ready === null)) return this.settle();
    if (this.source !== null) return this.line === OPEN && this.send(this.source);
    return this.sink !== null && this.receive(this.sink);
  }

  /** Reads, sends, or ends: one of them. */
  send(source: Source): boolean {
    if (this.ready !== null && !this.lent) {
      const chunk = this.ready;
      this.ready = null;
      this.lentBlock = this.block;
      this.block = null;
      this.bytes += this.readyLength;
      this.since = -1;
      if (this.conn !== null) this.lent = !this.conn.send(chunk, this.readyLength);
      if (!this.lent) this.unlend();
      return true;
    }
    if (this.busy || this.ready !== null) return false;
    if (!this.over) return this.read(source);
    if (this.lent) return false;
    this.leave();
    return this.settle();
  }

  /** Asks for the next chunk, where a block is free or none is needed. */
  read(source: Source): boolean {
    if (this.free.length > 0) this.block = this.free.pop() as Uint8Array;
    else if (this.lent) return false;
    this.busy = true;
    source.read(this.file as File, this.block, this.filled);
    return !this.busy;
  }

  /** Writes, gives the chunk back, or ends: one of them. */
  receive(sink: Sink): boolean {
    if (this.busy) return false;
    if (this.ready !== null) {
      this.busy = true;
      sink.write(this.file as File, this.ready, this.readyLength, this.written);
      return !this.busy;
    }
    if (this.lent) {
      this.lent = false;
      if (this.conn !== null) this.conn.resume();
      return true;
    }
    if (this.over && this.line === OPEN) this.leave();
    return false;
  }

  /** Nothing more to do on the connection. */
  leave(): void {
    this.line = ENDING;
    this.since = -1;
    if (this.conn !== null) this.conn.end();
    this.owner.wake();
    if (this.hold) this.owner.arrived();
  }

  /** Closes, commits or discards the stream, once nothing holds it. */
  settle(): boolean {
    if (this.busy || (this.error !== 0 && this.conn !== null)) return false;
    if (this.source !== null) {
      this.busy = true;
      this.source.close(this.file as File, this.settled);
      return !this.busy;
    }
    if (this.sink === null || (this.hold && this.error === 0)) return false;
    if (this.error === 0 && this.bytes < this.expected) this.error = TRUNCATED;
    this.busy = true;
    if (this.error === 0) this.sink.commit(this.file as File, this.settled);
    else this.sink.discard(this.file as File, this.error !== NO_SPACE && this.error !== IO, this.settled);
    return !this.busy;
  }

  /** Gives everything back and says that it is over. */
  finish(): void {
    const error = this.error;
    this.forget();
    this.owner.transferred(error);
  }

  /** Back to the state of a new transfer. */
  forget(): void {
    if (this.block !== null) this.pool.give(this.block);
    while (this.free.length > 0) this.pool.give(this.free.pop() as Uint8Array);
    this.block = null;
    this.file = null;
    this.ready = null;
    this.line = NONE;
    this.over = false;
    this.lent = false;
    this.hold = false;
    this.error = 0;
    this.expected = -1;
  }

  /** A source needs nothing of what the peer sent before. */
  deafen(): void {
    this.over = false;
    this.ready = null;
    if (this.lent && this.conn !== null) this.conn.resume();
    this.lent = false;
  }

  /** The block that was lent is free again. */
  unlend(): void {
    if (this.lentBlock !== null) this.free.push(this.lentBlock);
    this.lentBlock = null;
  }
}
