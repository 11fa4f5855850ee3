// What one open file has yet to write on Bun. One write is under way; all that comes meanwhile goes with the next call of the
// system. With a call for each chunk two threads wake each other each time, and what is received is a fifth slower.
//
// Invariant: the bytes are written in order, and none after the first that failed, so that a part has no holes.

import * as fs from "node:fs";
import type { Answer } from "../node/disk.ts";
import { release } from "./blocks.ts";

/** Bytes that one file may hold, and all together; beyond that a write is answered when the one under way is done. */
const MOST = 4194304;
const ALL = 16777216;
/** Chunks of one call; Linux takes 1024. */
const CHUNKS = 512;

/** Bytes that all files hold. */
let all = 0;

/** The writes of one descriptor; one that asks at a time. */
export class Behind {
  private readonly fd: number;
  /** What is being written, from which offset on, and how much of the first chunk is; empty: nothing is. */
  private chunks: Uint8Array[] = [];
  private at = 0;
  private skipped = 0;
  /** What came meanwhile. */
  private next: Uint8Array[] = [];
  private held = 0;
  private error: NodeJS.ErrnoException | null = null;
  /** Waits for room; for the end. */
  private room: (() => void) | null = null;
  private idle: (() => void) | null = null;
  private readonly written: (error: NodeJS.ErrnoException | null, length: number) => void;

  constructor(fd: number) {
    this.fd = fd;
    this.written = (error, length): void => this.wrote(error, length);
  }

  /** The next bytes, which are held for us; `at` is where the last ones ended. Answered before they are written, where there is room. */
  add(chunk: Uint8Array, at: number, done: Answer<number>): void {
    const length = chunk.length;
    if (this.error !== null) {
      release(chunk);
      return done(this.error, 0);
    }
    this.next.push(chunk);
    this.hold(length);
    if (this.chunks.length === 0) this.begin(at);
    if (this.held < MOST && all < ALL) return done(null, length);
    this.room = (): void => done(this.error, this.error === null ? length : 0);
  }

  /** Once nothing is left to write; with what failed. */
  settle(done: (error: NodeJS.ErrnoException | null) => void): void {
    if (this.chunks.length === 0) return done(this.error);
    this.idle = (): void => done(this.error);
  }

  private begin(at: number): void {
    this.at = at;
    this.chunks = this.next.splice(0, CHUNKS);
    this.write();
  }

  private write(): void {
    const chunks = this.chunks;
    const skip = this.skipped;
    if (chunks.length === 1) fs.write(this.fd, chunks[0], skip, chunks[0].length - skip, this.at, this.written);
    else fs.writev(this.fd, skip === 0 ? chunks : [chunks[0].subarray(skip), ...chunks.slice(1)], this.at, this.written);
  }

  private wrote(error: NodeJS.ErrnoException | null, length: number): void {
    if (error || length === 0) this.drop(error ?? Object.assign(new Error("The system took nothing"), { code: "EIO" }));
    else this.cut(length);
    // The disk shall not wait for the rest.
    if (this.chunks.length > 0) this.write();
    else if (this.next.length > 0) this.begin(this.at);
    if (this.chunks.length > 0 && (this.held >= MOST || all >= ALL)) return;
    const room = this.room;
    this.room = null;
    if (room !== null) room();
    const idle = this.idle;
    if (idle === null || this.chunks.length > 0) return;
    this.idle = null;
    idle();
  }

  /** So much of it is written. */
  private cut(length: number): void {
    const chunks = this.chunks;
    let whole = 0;
    this.at += length;
    this.hold(-length);
    length += this.skipped;
    for (; whole < chunks.length && length >= chunks[whole].length; whole++) {
      length -= chunks[whole].length;
      release(chunks[whole]);
    }
    chunks.splice(0, whole);
    this.skipped = length;
  }

  private drop(error: NodeJS.ErrnoException): void {
    this.error = error;
    for (const chunk of this.chunks) release(chunk);
    for (const chunk of this.next) release(chunk);
    this.chunks = [];
    this.next = [];
    this.skipped = 0;
    this.hold(-this.held);
  }

  private hold(more: number): void {
    this.held += more;
    all += more;
  }
}
