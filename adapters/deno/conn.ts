// One connection of Deno's: a read is asked for only when its bytes are wanted, and a write goes on until all of it is out.
//
// A connection reads into a small buffer of its own; one with much to read takes two blocks, and reads one chunk ahead while
// the handler keeps another. A connection of text never reads ahead.
// Invariant: the handler hears nothing between `abort` and `closed`, and `closed` once, when no promise of Deno's is left
// (`pending`): only then has the runtime let go of every chunk.

import { setImmediate, setTimeout } from "node:timers";
import { CANCELLED, RESET, UNREACHABLE } from "../../core/ports.ts";
import type { Address, Chunk, ConnHandler, Tls } from "../../core/ports.ts";
import type { ReadBuffers } from "../node/buffers.ts";
import { addressOf } from "../node/conn.ts";
import { SecurableConn } from "../securable.ts";
import type { TlsWays } from "../tlscontext.ts";
import type { DenoTcpConn } from "./deno.ts";
import { denoError } from "./errors.ts";
import { Reset } from "./reset.ts";
import { WAYS } from "./ways.ts";

/** Bytes of the buffer of a connection that reads little: commands and replies; the same for data; and listings. */
const LINES = 512;
const LITTLE = 4096;
const LISTS = 16384;
/** What is so short is copied and counts as sent, as long as no more than ROOM bytes of that kind are on their way. */
const SHORT = 1024;
const ROOM = 4096;
/** From so many writes on they are many: one of them may wait, whatever its length. */
const MANY = 8;
/** How much later than `abort` a connection ends that has sent all it had, in milliseconds. */
const LATER = 50;
const NOTHING = Buffer.alloc(0);
const NOWHERE = addressOf("", 0);

/** One end of a TCP connection. */
export class DenoConn extends SecurableConn {
  readonly ways: TlsWays = WAYS;
  local: Address = NOWHERE;
  remote: Address = NOWHERE;
  private raw: DenoTcpConn | null = null;
  private canceller: AbortController | null = null;
  private readonly buffers: ReadBuffers;
  private error = 0;
  /** `closed` was told. */
  private gone = false;
  /** Promises of Deno's that are under way, and whether one of them is a read. */
  private pending = 0;
  private reading = false;
  /** What is being written, what comes after it, and how much of all that are copies. */
  private rest: Uint8Array | null = null;
  private queue: Uint8Array[] = [];
  private copied = 0;
  private lent = false;
  private writes = 0;
  private reset: Reset | null = null;
  /** Our FIN is out, the peer's has come. */
  private shut = false;
  private peerShut = false;
  /** What was read while the handler keeps something. */
  private waiting: Buffer | null = null;
  private waitingLength = 0;
  /** What is read into next: a small buffer or one of `blocks`. */
  private next: Buffer = NOTHING;
  private blocks: Buffer[] | null = null;
  private readonly landed: (length: number | null) => void;
  private readonly wrote: (length: number) => void;
  private readonly failed: (error: Error) => void;
  private readonly last: () => void;

  constructor(handler: ConnHandler, text: boolean, buffers: ReadBuffers) {
    super(handler, text);
    this.buffers = buffers;
    this.landed = (length): void => this.took(length);
    this.wrote = (length): void => this.sent(length);
    this.failed = (error): void => this.broke(error);
    this.last = (): void => this.close();
  }

  put(chunk: Chunk, length: number): boolean {
    if (this.finished || this.over || this.raw === null || length === 0) return true;
    const short = length <= SHORT && this.copied + length <= ROOM;
    if (short) this.copied += length;
    this.lent = !short;
    const bytes = sendable(chunk, length, short);
    if (this.rest !== null) this.queue.push(bytes);
    else this.write(bytes);
    return short;
  }

  take(): void {
    const kept = this.kept;
    if (kept === null) return;
    this.kept = null;
    if (this.gone) return this.giveBack(kept);
    if (this.over) return;
    const waiting = this.waiting;
    this.waiting = null;
    if (waiting !== null) this.give(waiting, this.waitingLength);
    if (this.kept === null && this.endWaits) this.tellEnd();
    else this.read();
  }

  finish(): void {
    if (this.finished || this.over) return;
    if (this.raw === null) return this.cancel();
    this.finished = true;
    this.waiting = null;
    this.endWaits = false;
    if (this.rest === null) this.shutdown();
    if (this.kept !== null && this.kept === this.next) this.next = Buffer.allocUnsafeSlow(LITTLE);
    this.read();
  }

  /** What is read into next must not change it. */
  bytesOf(chunk: Buffer, length: number): Buffer {
    return Buffer.from(chunk.subarray(0, length));
  }

  override implicit(tls: Tls): void {
    super.implicit(tls);
    this.read();
  }

  // --- For DenoNet

  /** Calls a dial off. */
  get signal(): AbortSignal {
    this.canceller = new AbortController();
    return this.canceller.signal;
  }

  /** It is up; false: nobody wants it any more. */
  open(raw: DenoTcpConn): boolean {
    if (this.over) {
      raw.close();
      return false;
    }
    this.raw = raw;
    this.local = addressOf(raw.localAddr.hostname, raw.localAddr.port);
    this.remote = addressOf(raw.remoteAddr.hostname, raw.remoteAddr.port);
    this.next = Buffer.allocUnsafeSlow(this.text ? LINES : LITTLE);
    return true;
  }

  /** Tells the handler so, and begins to read. */
  override tellOpened(): void {
    super.tellOpened();
    this.read();
  }

  /** A dial came to nothing. */
  missed(error: Error): void {
    this.quit(denoError(error, UNREACHABLE));
  }

  /** Breaks it with an error of ours. */
  quit(error: number): void {
    if (this.over) return;
    this.error = error;
    // All is out, and what is on its way may arrive.
    if (error === CANCELLED && this.finished && this.rest === null) return this.leave();
    if (this.raw === null) this.canceller?.abort();
    else this.prepareReset();
    this.reset?.arm();
    this.reset = null;
    if (this.looksWhole()) return this.leaveLater();
    this.leave();
  }

  protected dropRead(): boolean {
    const clear = this.waiting !== null;
    this.waiting = null;
    return clear;
  }

  protected sends(): boolean {
    return this.lent;
  }

  /** Nothing waits to be sent: Deno's close begins with an end in order, and what was sent would look like all of it. */
  private looksWhole(): boolean {
    return this.raw !== null && this.writes > 0 && !this.text && !this.finished && this.rest === null && this.blocks === null;
  }

  /** The control connection is given time to say first that it is not. A read that waits has nobody else's buffer. */
  private leaveLater(): void {
    this.over = true;
    setTimeout((): void => this.raw?.close(), LATER);
    setImmediate(this.last);
  }

  // --- Reading

  /** Reads on, where there is room for it and somebody to take it. */
  private read(): void {
    if (this.reading || this.over || this.peerShut || this.waiting !== null) return;
    if (this.kept !== null && !this.finished && (this.text || this.kept === this.next)) return;
    this.reading = true;
    this.pending++;
    (this.raw as DenoTcpConn).read(this.next).then(this.landed, this.failed);
  }

  private took(length: number | null): void {
    this.pending--;
    this.reading = false;
    if (this.over) return this.settle();
    if (length === null) return this.peerEnded();
    // TLS wants what comes after our end too: tickets.
    if (!this.finished || this.layer !== null) this.pass(length);
    this.read();
  }

  private pass(length: number): void {
    const chunk = this.next;
    if (this.text) {
      if (length === chunk.length && length < LISTS) this.next = Buffer.allocUnsafeSlow(LISTS);
      // TLS copies what it gets.
      return void this.give(this.layer === null ? chunk.toString("latin1", 0, length) : chunk, length);
    }
    if (this.blocks !== null) this.next = chunk === this.blocks[0] ? this.blocks[1] : this.blocks[0];
    else if (length === chunk.length) this.grow();
    if (this.kept === null) return void this.give(chunk, length);
    this.waiting = chunk;
    this.waitingLength = length;
  }

  private grow(): void {
    this.blocks = [this.buffers.take(), this.buffers.take()];
    this.next = this.blocks[0];
  }

  /** A reset that comes with the last bytes reads as an end. A write of nothing tells the difference: it fails after a reset. */
  private peerEnded(): void {
    this.peerShut = true;
    if (this.finished) return this.bothEnded();
    if (this.rest !== null) return this.holdEnd();
    this.pending++;
    (this.raw as DenoTcpConn).write(NOTHING).then((): void => {
      this.pending--;
      if (this.over) this.settle();
      else this.holdEnd();
    }, this.failed);
  }

  // --- Writing

  private write(bytes: Uint8Array): void {
    this.writes++;
    if (this.writes === MANY && !this.text) this.prepareReset();
    this.rest = bytes;
    this.pending++;
    (this.raw as DenoTcpConn).write(bytes).then(this.wrote, this.failed);
  }

  /** The next write may wait, and while it does it is too late. */
  private prepareReset(): void {
    if (this.reset === null) this.reset = Reset.of(this.raw as DenoTcpConn);
  }

  private sent(length: number): void {
    this.pending--;
    if (this.over) return this.settle();
    const rest = this.rest as Uint8Array;
    if (length < rest.length) {
      this.prepareReset();
      return this.write(rest.subarray(length));
    }
    const next = this.queue.shift();
    if (next !== undefined) return this.write(next);
    this.rest = null;
    this.copied = 0;
    if (this.finished) this.shutdown();
    if (!this.lent) return;
    this.lent = false;
    this.events.drained();
  }

  private shutdown(): void {
    this.pending++;
    (this.raw as DenoTcpConn).closeWrite().then((): void => {
      this.pending--;
      this.shut = true;
      if (this.over) this.settle();
      else this.bothEnded();
    }, this.failed);
  }

  // --- The end of it

  private bothEnded(): void {
    if (this.shut && this.peerShut) this.leave();
  }

  private broke(error: Error): void {
    this.pending--;
    if (this.over) return this.settle();
    this.error = denoError(error, RESET);
    this.leave();
  }

  private leave(): void {
    this.over = true;
    this.reset?.drop();
    this.reset = null;
    this.raw?.close();
    this.settle();
  }

  /** Of several connections that end at once, the end of a control connection is heard first. */
  private settle(): void {
    if (this.pending > 0) return;
    if (this.text) queueMicrotask(this.last);
    else setImmediate(this.last);
  }

  private close(): void {
    if (this.gone) return;
    this.gone = true;
    const blocks = this.blocks;
    const kept = this.kept;
    if (blocks !== null) { for (const block of blocks) if (block !== kept) this.buffers.give(block); }
    this.waiting = null;
    this.events.closed(this.error);
  }

  /** After `closed`, the last block comes back. */
  private giveBack(kept: Chunk): void {
    if (this.blocks !== null && this.blocks.includes(kept as Buffer)) this.buffers.give(kept as Buffer);
  }
}

function sendable(chunk: Chunk, length: number, copy: boolean): Uint8Array {
  if (typeof chunk === "string") return Buffer.from(length === chunk.length ? chunk : chunk.slice(0, length), "latin1");
  const bytes = length === chunk.length ? chunk : chunk.subarray(0, length);
  return copy ? Buffer.from(bytes) : bytes;
}
