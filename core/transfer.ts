// One data connection's bytes, in both roles: Source -> Conn (server RETR, client STOR), Conn -> Sink (server STOR, client RETR).
//
// Invariant: a transfer runs when it has a connection and a stream, whichever came last. It is over, and says so once by
// `owner.transferred`, when the connection is closed, nothing it asked of the stream is outstanding, and the stream is
// closed, committed or discarded. The first error wins; it aborts the connection.

import { BUSY, IO, NO_CONNECTION, NO_SPACE, RESET, TIMEOUT, TRUNCATED } from "./ports.ts";
import type { Chunk, Conn, ConnHandler, Done, File, ReadDone, Sink, Source } from "./ports.ts";
import type { Blocks } from "./blocks.ts";
import { BLOCKS } from "./features.ts";

/** Who a transfer works for: a server's session or a client. */
export interface TransferOwner {
  /** A deadline begins: `tick` is to be called soon. */
  wake(): void;
  /** Receiving with `deferred`: all bytes were written. Set `deferred` to false and call `abort` with 0 to commit, or an error. */
  arrived?(): void;
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
  /**
   * What was received for two ticks, with no length declared, is committed at the next tick, not at once: whoever is killed ends
   * all its connections in order, and the end of the other one may come a moment later.
   */
  confirm?: boolean;
}

// `line`: what is known of the connection.
const NONE = 0;
const OPEN = 1;
const ENDING = 2;
const GONE = 3;

// `pause`: before a commit. One tick falls into some short transfer or other all the time; two tell a long one.
const SHORT = 0;
const LONG = 2;
const WAITING = 3;

// `asked`: what is outstanding.
const READING = 1;
const WRITING = 2;
const SETTLING = 3;

/** Moves the bytes of one transfer at a time. */
export class Transfer implements ConnHandler {
  owner: TransferOwner;
  limits: TransferLimits;
  /** null where no source needs blocks. */
  pool: Blocks | null;
  /** Hears of every read, write and settling. */
  done: ReadDone & Done<void>;
  conn!: Conn | null;
  line!: number;
  source!: Source | null;
  sink!: Sink | null;
  file!: File | null;
  /** Bytes moved so far, or by the last transfer. */
  bytes = 0;
  /** Bytes that were declared, to be set before `begin`; -1: none were. */
  expected!: number;
  /** Receiving: what was written is committed only when the owner says so. */
  deferred!: boolean;
  error!: number;
  /** What was asked of the stream and has not been answered. */
  asked!: number;
  /** The source or the peer has no more. */
  over!: boolean;
  /** Sending: a chunk is lent to the connection. Receiving: the connection's chunk is kept. */
  lent!: boolean;
  /** Sending: read and not sent. Receiving: kept and not written. */
  ready!: Chunk | null;
  readyLength = 0;
  /** Blocks that nothing holds; the one that is being read into or is ready; the one that is lent. */
  idle: Uint8Array[];
  filling!: Uint8Array | null;
  lentBlock!: Uint8Array | null;
  pumping!: boolean;
  /** When the peer was last seen to do something; -1: since the last tick. */
  since!: number;
  /** Bytes at the last tick. */
  counted = 0;
  /** Ticks that came while it ran, or that it waits for the next one. */
  pause!: number;

  constructor(owner: TransferOwner, limits: TransferLimits, pool: Blocks | null) {
    this.owner = owner;
    this.limits = limits;
    this.pool = pool;
    this.idle = [];
    const done: ReadDone = (error: number, chunk: Chunk, length: number): void => {
      const asked = this.asked;
      this.asked = 0;
      if (asked === SETTLING) {
        // A source that cannot be closed has sent its bytes all the same.
        if (this.source !== null) error = 0;
        this.source = null;
        this.sink = null;
      } else if (asked === WRITING) {
        this.bytes += this.readyLength;
        this.ready = null;
        this.since = -1;
      } else if (error !== 0 || length === 0) this.over = true;
      else {
        this.ready = chunk;
        this.readyLength = length;
      }
      this.abort(error);
    };
    this.done = done as ReadDone & Done<void>;
    this.filling = null;
    this.forget();
  }

  /** The stream is there. `blocks`: how many blocks a source may read ahead into; 0: it has chunks of its own. */
  begin(source: Source | null, sink: Sink | null, file: File, blocks: number): void {
    this.source = source;
    this.sink = sink;
    this.file = file;
    this.bytes = 0;
    this.since = -1;
    if (BLOCKS && this.pool !== null) {
      for (let i = 0; i < blocks; i++) {
        const block = this.pool.take();
        if (block !== null) this.idle.push(block);
      }
    }
    if (source !== null) {
      // A source needs nothing of what the peer sent before.
      this.over = false;
      this.ready = null;
      if (this.lent && this.conn !== null) this.conn.resume();
      this.lent = false;
    }
    this.owner.wake();
    this.abort(BLOCKS && blocks > 0 && this.idle.length === 0 ? BUSY : 0);
  }

  opened(conn: Conn): void {
    this.conn = conn;
    this.line = OPEN;
    this.since = -1;
    this.owner.wake();
    this.abort(0);
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
    if (BLOCKS) this.takeBack();
    this.pump();
  }

  ended(): void {
    if (this.source !== null) return;
    this.over = true;
    this.pump();
  }

  closed(error: number): void {
    // GONE already: the peer lingered after all was sent, and was cut off.
    const whole = this.line === GONE || (this.sink !== null ? this.over : this.line === ENDING && error === 0);
    // With the last chunk still to be written, `leave` comes after it.
    if (this.sink === null || !this.over || this.line !== OPEN) this.line = GONE;
    this.conn = null;
    if (this.file === null) return this.forget();
    if (this.error === 0 && !whole) this.error = error === 0 ? RESET : error;
    this.drained();
  }

  /** Breaks off with an error, `owner.transferred` follows, possibly at once; with 0 it goes on as far as it can. */
  abort(error: number): void {
    if (this.file === null && this.conn === null) return;
    // A commit that is under way decides by itself.
    if (this.error === 0 && (this.sink === null || this.asked !== SETTLING)) this.error = error;
    if (this.error !== 0 && this.conn !== null) this.conn.abort();
    this.pump();
  }

  /** Milliseconds to the next deadline, -1: none. What has passed its deadline fails. Our own side is given all the time. */
  tick(now: number): number {
    let limit = 0;
    let ours = false;
    const pause = this.pause;
    if (this.file === null || pause === WAITING) this.pause = SHORT;
    else if (pause < LONG && this.limits.confirm && this.sink !== null) {
      this.pause++;
      if (this.pause < LONG) this.owner.wake();
    }
    if (pause === WAITING) this.pump();
    if (this.line === ENDING) limit = this.limits.linger;
    else if (this.file !== null && this.error === 0) {
      limit = this.line === NONE ? this.limits.dataTimeout : this.limits.stallTimeout;
      ours = this.line !== NONE && (this.source !== null ? !this.lent : this.lent || this.over);
    }
    if (limit === 0) return -1;
    // While it is our turn nothing expires, but somebody must look again.
    if (this.since < 0 || ours || this.bytes !== this.counted) this.since = now;
    this.counted = this.bytes;
    const left = this.since + limit - now;
    // What is seen between two ticks counts from the second: look often enough for an eighth at most.
    if (left > 0) return Math.min(left, limit / 8);
    this.since = -1;
    if (this.line !== ENDING) this.abort(this.line === NONE ? NO_CONNECTION : TIMEOUT);
    else {
      this.line = GONE;
      (this.conn as Conn).abort();
    }
    return -1;
  }

  /** Does what can be done now, until nothing can; safe to call at any time. */
  pump(): void {
    if (this.pumping || this.file === null) return;
    this.pumping = true;
    while (this.step()) continue;
    this.pumping = false;
    if (this.conn !== null || this.source !== null || this.sink !== null || this.asked !== 0) return;
    const error = this.error;
    this.forget();
    this.owner.transferred(error);
  }

  /** One thing; false: nothing can be done now. */
  step(): boolean {
    const conn = this.conn;
    if (this.asked !== 0) return false;
    if (this.error !== 0) return conn === null && this.settle();
    if (this.source !== null) {
      if (this.line !== OPEN || conn === null) return this.line !== NONE && this.settle();
      if (this.ready !== null) return !this.lent && this.send(conn, this.ready);
      if (this.over) return !this.lent && this.leave();
      if (!this.lent && conn.carry !== undefined && this.carry(conn)) return this.asked === 0;
      if (BLOCKS && this.idle.length > 0) this.filling = this.idle.pop() as Uint8Array;
      else if (this.lent) return false;
      this.asked = READING;
      this.source.read(this.file as File, this.filling, this.done);
      return this.asked === 0;
    }
    if (this.sink === null) return false;
    if (this.ready !== null) {
      this.asked = WRITING;
      this.sink.write(this.file as File, this.ready, this.readyLength, this.done);
      return this.asked === 0;
    }
    if (this.line === GONE) return !this.waits() && this.settle();
    if (this.lent) {
      this.lent = false;
      if (conn !== null) conn.resume();
      return true;
    }
    if (this.line !== OPEN) return false;
    if (this.over) return this.leave();
    if (conn !== null && conn.carry !== undefined) this.carry(conn);
    return false;
  }

  /** The runtime carries the bytes, where it can; what it says at the end, of an empty file at once, is like the end of a read. */
  carry(conn: Conn): boolean {
    this.asked = READING;
    if (conn.carry !== undefined && conn.carry(this.file as File, this)) return true;
    this.asked = 0;
    return false;
  }

  send(conn: Conn, chunk: Chunk): boolean {
    this.ready = null;
    if (BLOCKS) this.lentBlock = this.filling;
    this.filling = null;
    this.bytes += this.readyLength;
    this.since = -1;
    this.lent = !conn.send(chunk, this.readyLength);
    if (BLOCKS && !this.lent) this.takeBack();
    return true;
  }

  /** The block that was lent is free again. */
  takeBack(): void {
    if (this.lentBlock !== null) this.idle.push(this.lentBlock);
    this.lentBlock = null;
  }

  /** All bytes have moved: nothing more to do on the connection, if it is still there. */
  leave(): boolean {
    this.since = -1;
    this.line = this.conn === null ? GONE : ENDING;
    if (this.conn !== null) this.conn.end();
    this.owner.wake();
    if (this.deferred && this.owner.arrived !== undefined) this.owner.arrived();
    return true;
  }

  /** Everything came, and perhaps not everything: it waits for the next tick. */
  waits(): boolean {
    if (this.pause < LONG || this.expected >= 0) return false;
    this.pause = WAITING;
    this.owner.wake();
    return true;
  }

  /** Closes, commits or discards the stream: nothing holds it. A part is kept where the storage did not fail. */
  settle(): boolean {
    const file = this.file as File;
    const done = this.done;
    if (this.source === null && (this.sink === null || (this.deferred && this.error === 0))) return false;
    if (this.error === 0 && this.sink !== null && this.bytes < this.expected) this.error = TRUNCATED;
    this.asked = SETTLING;
    if (this.source !== null) this.source.close(file, done);
    else if (this.error === 0) (this.sink as Sink).commit(file, done);
    else (this.sink as Sink).discard(file, this.error !== NO_SPACE && this.error !== IO, done);
    return this.asked === 0;
  }

  /** Back to the state of a new transfer. */
  forget(): void {
    if (BLOCKS && this.filling !== null) this.idle.push(this.filling);
    if (BLOCKS && this.pool !== null) { while (this.idle.length > 0) this.pool.give(this.idle.pop() as Uint8Array); }
    this.filling = null;
    this.lentBlock = null;
    this.conn = null;
    this.line = NONE;
    this.source = null;
    this.sink = null;
    this.file = null;
    this.ready = null;
    this.asked = 0;
    this.over = false;
    this.lent = false;
    this.pumping = false;
    this.deferred = false;
    this.error = 0;
    this.expected = -1;
    this.since = -1;
    this.pause = SHORT;
  }
}
