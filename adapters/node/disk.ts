// Small questions to the disk: asked at once where it answers in microseconds, through the thread pool where it does not.
//
// A call through the thread pool wakes two threads. A small upload made seven such calls, with 31 futex calls (strace); asked
// at once, its context switches fell from about 20 to 5 (perf, most rounds). The gain in time drowned in the machine's noise.
// So calls are made at once until one takes long; then the pool has them for a while that is as many times longer, so that a slow
// disk stops the others for a small share of the time at most, and a process that was merely put aside for a moment is soon back.
// What moves bytes goes through the pool, but in small files.

import * as fs from "node:fs";

/** An answer that takes longer is slow, in milliseconds. */
const SLOW = 0.5;
/** How long a slow disk is left to the thread pool, as a multiple of what its answer took. */
const REST = 20;

/** The bytes of a small file: what lies before this offset is read and written as if it were a question. */
export const SMALL = 65536;

/** What comes where there is no such file; a thrown error would cost more than the call. */
const NO_ENTRY: NodeJS.ErrnoException = Object.assign(new Error("No such file or folder"), { code: "ENOENT" });
const QUIETLY = { throwIfNoEntry: false } as const;

/** Names that are read in one go. */
export const BATCH = 64;

/** An answer of node:fs. */
export type Answer<T> = (error: NodeJS.ErrnoException | null, value: T) => void;

/** A folder that is being read. */
export interface Folder {
  /** The next name, as a byte string; "": there are no more. One read at a time. */
  read(done: Answer<string>): void;
  close(done: () => void): void;
}

/** One disk's calls, with the arguments of node:fs. The answer may come before a call returns. */
export class Disk {
  private readonly patient: boolean;
  private slowUntil = 0;

  /** `patient`: nothing is ever asked at once. */
  constructor(patient: boolean) {
    this.patient = patient;
  }

  /** Whether the system can be asked for a path, which is a byte string. */
  takes(_path: string): boolean {
    return true;
  }

  open(path: Buffer, flags: number, mode: number, done: Answer<number>): void {
    if (this.slow()) fs.open(path, flags, mode, done);
    else this.ask(() => fs.openSync(path, flags, mode), done);
  }

  close(fd: number, done: (error?: NodeJS.ErrnoException | null) => void): void {
    if (this.slow()) fs.close(fd, done);
    else this.ask(() => fs.closeSync(fd), done);
  }

  fstat(fd: number, done: Answer<fs.Stats>): void {
    if (this.slow()) fs.fstat(fd, done);
    else this.ask(() => fs.fstatSync(fd), done);
  }

  lstat(path: Buffer, done: Answer<fs.Stats>): void {
    if (this.slow()) fs.lstat(path, done);
    else this.ask(() => fs.lstatSync(path, QUIETLY), (error, stats) => answer(error, stats, done));
  }

  stat(path: Buffer, done: Answer<fs.Stats>): void {
    if (this.slow()) fs.stat(path, done);
    else this.ask(() => fs.statSync(path, QUIETLY), (error, stats) => answer(error, stats, done));
  }

  rename(from: Buffer, to: Buffer, done: (error: NodeJS.ErrnoException | null) => void): void {
    if (this.slow()) fs.rename(from, to, done);
    else this.ask(() => fs.renameSync(from, to), done);
  }

  mkdir(path: Buffer, done: (error: NodeJS.ErrnoException | null) => void): void {
    const name = textOf(path);
    if (this.slow()) fs.mkdir(name, done);
    else this.ask(() => fs.mkdirSync(name), done);
  }

  opendir(path: Buffer, done: Answer<Folder>): void {
    fs.opendir(path, { encoding: "buffer" as BufferEncoding, bufferSize: BATCH }, (error, dir) => done(error, new NodeFolder(dir)));
  }

  unlink(path: Buffer, done: (error: NodeJS.ErrnoException | null) => void): void {
    if (this.slow()) fs.unlink(path, done);
    else this.ask(() => fs.unlinkSync(path), done);
  }

  fchmod(fd: number, mode: number, done: (error: NodeJS.ErrnoException | null) => void): void {
    if (this.slow()) fs.fchmod(fd, mode, done);
    else this.ask(() => fs.fchmodSync(fd, mode), done);
  }

  /** Reads what comes from `at` on; `size` is the file's. */
  read(fd: number, into: Uint8Array, at: number, size: number, done: Answer<number>): void {
    if (size === 0 || size > SMALL || this.slow()) fs.read(fd, into, 0, into.length, at, done);
    else this.ask(() => fs.readSync(fd, into, 0, into.length, at), done);
  }

  /** Writes all of `bytes` behind `from`, or less. */
  write(fd: number, bytes: Uint8Array, from: number, to: number, at: number, done: Answer<number>): void {
    if (at + to - from > SMALL || this.slow()) fs.write(fd, bytes, from, to - from, at, done);
    else this.ask(() => fs.writeSync(fd, bytes, from, to - from, at), done);
  }

  /** What was written is with the system, and with `sync` on the disk. */
  flush(fd: number, sync: boolean, done: (error: NodeJS.ErrnoException | null) => void): void {
    if (sync) fs.fsync(fd, done);
    else done(null);
  }

  private slow(): boolean {
    return this.patient || performance.now() < this.slowUntil;
  }

  private ask<T>(call: () => T, done: Answer<T>): void {
    const began = performance.now();
    let error: NodeJS.ErrnoException | null = null;
    let value = undefined as T;
    try {
      value = call();
    } catch (problem) {
      error = problem as NodeJS.ErrnoException;
    }
    const took = performance.now() - began;
    if (took > SLOW) this.slowUntil = began + took * REST;
    done(error, value);
  }
}

class NodeFolder implements Folder {
  private readonly dir: fs.Dir;

  constructor(dir: fs.Dir) {
    this.dir = dir;
  }

  read(done: Answer<string>): void {
    this.dir.read((error, entry) => done(error, entry ? nameOf(entry) : ""));
  }

  close(done: () => void): void {
    this.dir.close(done);
  }
}

/** A native name as a byte string; where bytes were asked for, Deno answers with text sometimes. */
export function bytesOf(native: Buffer | string): string {
  return (typeof native === "string" ? Buffer.from(native) : native).toString("latin1");
}

/** Bun has bare names in the place of entries, where they are asked for as bytes. */
function nameOf(entry: fs.Dirent | Buffer): string {
  return bytesOf(entry instanceof Uint8Array ? entry : entry.name);
}

/** A file that is not there is an error like any other. */
function answer(error: NodeJS.ErrnoException | null, stats: fs.Stats | undefined, done: Answer<fs.Stats>): void {
  done(error === null && stats === undefined ? NO_ENTRY : error, stats as fs.Stats);
}

/** Text, where that says the same: Deno's mkdir wants it. */
function textOf(path: Buffer): Buffer | string {
  const text = path.toString();
  return Buffer.from(text).equals(path) ? text : path;
}
