// A FileSystem with faults: a call that fails, calls that fail by chance, and a power cut.

import { IO } from "../../core/ports.ts";
import type { Chunk, Create, Cursor, Done, Entry, Facts, File, FileSystem, ReadDone } from "../../core/ports.ts";
import { Chance } from "./chance.ts";
import { NO_FILE, WrappedFiles } from "./files.ts";
import { cut } from "./relay.ts";

/** Which faults; numbers count from 1, 0 or none: never. */
export interface FileFaults {
  seed?: number;
  /** This call fails. Calls that give a handle back (close, commit, discard) give it back all the same; a commit discards. */
  failAt?: number;
  /** One call in so many fails, by chance. */
  failOneIn?: number;
  /** What failing calls fail with. Default IO. */
  error?: number;
  /** The power fails at this write: half of it is written, and everything fails from then on, and reaches no disk. */
  cutAt?: number;
}

/** A FileSystem round another one, and the numbers of what has happened. */
export class FaultyFiles extends WrappedFiles {
  faults: FileFaults;
  chance: Chance;
  error: number;
  /** Calls and writes so far. */
  calls: number;
  writes: number;
  /** The power is off. */
  off: boolean;

  constructor(files: FileSystem, faults: FileFaults) {
    super(files);
    this.faults = faults;
    this.chance = new Chance(faults.seed ? faults.seed : 1);
    this.error = faults.error ? faults.error : IO;
    this.calls = 0;
    this.writes = 0;
    this.off = false;
  }

  /** Counts a call; true: it fails. */
  strikes(): boolean {
    this.calls++;
    if (this.off || this.calls === this.faults.failAt) return true;
    return this.faults.failOneIn ? this.chance.below(this.faults.failOneIn) === 0 : false;
  }

  override open(path: string, offset: number, entry: Entry, done: Done<File>): void {
    if (this.strikes()) return done(this.error, NO_FILE);
    this.inner.open(path, offset, entry, done);
  }

  override read(file: File, into: Uint8Array | null, done: ReadDone): void {
    if (this.strikes()) return done(this.error, "", 0);
    this.inner.read(file, into, done);
  }

  override close(file: File, done: Done<void>): void {
    const fails = this.strikes();
    if (this.off) return done(this.error, undefined);
    this.inner.close(file, (error) => done(fails ? this.error : error, undefined));
  }

  override create(path: string, how: Create, done: Done<File>): void {
    if (this.strikes()) return done(this.error, NO_FILE);
    this.inner.create(path, how, done);
  }

  override write(file: File, chunk: Chunk, length: number, done: Done<void>): void {
    this.writes++;
    if (!this.off && this.writes === this.faults.cutAt) return this.cutPower(file, chunk, length, done);
    if (this.strikes()) return done(this.error, undefined);
    this.inner.write(file, chunk, length, done);
  }

  override commit(file: File, done: Done<void>): void {
    const fails = this.strikes();
    if (this.off) return done(this.error, undefined);
    if (fails) this.inner.discard(file, false, () => done(this.error, undefined));
    else this.inner.commit(file, done);
  }

  override discard(file: File, keep: boolean, done: Done<void>): void {
    const fails = this.strikes();
    if (this.off) return done(this.error, undefined);
    this.inner.discard(file, keep, (error) => done(fails ? this.error : error, undefined));
  }

  override list(path: string, done: Done<Cursor>): void {
    if (this.strikes()) return done(this.error, new FaultyCursor(this, null));
    this.inner.list(path, (error, cursor) => done(error, error === 0 ? new FaultyCursor(this, cursor) : cursor));
  }

  override stat(path: string, owner: string, entry: Entry, done: Done<Entry>): void {
    if (this.strikes()) return done(this.error, entry);
    this.inner.stat(path, owner, entry, done);
  }

  override setFacts(path: string, facts: Facts, done: Done<Facts>): void {
    if (this.strikes()) return done(this.error, facts);
    this.inner.setFacts(path, facts, done);
  }

  override rename(from: string, to: string, done: Done<void>): void {
    if (this.strikes()) return done(this.error, undefined);
    this.inner.rename(from, to, done);
  }

  override remove(path: string, done: Done<void>): void {
    if (this.strikes()) return done(this.error, undefined);
    this.inner.remove(path, done);
  }

  override mkdir(path: string, done: Done<void>): void {
    if (this.strikes()) return done(this.error, undefined);
    this.inner.mkdir(path, done);
  }

  override rmdir(path: string, done: Done<void>): void {
    if (this.strikes()) return done(this.error, undefined);
    this.inner.rmdir(path, done);
  }

  override space(path: string, done: Done<number>): void {
    if (this.strikes()) return done(this.error, 0);
    WrappedFiles.prototype.space.call(this, path, done);
  }

  /** Half of the write reaches the disk. */
  cutPower(file: File, chunk: Chunk, length: number, done: Done<void>): void {
    const half = (length - (length % 2)) / 2;
    this.calls++;
    this.off = true;
    this.inner.write(file, cut(chunk, 0, half), half, () => done(this.error, undefined));
  }
}

/** Its calls count too. */
class FaultyCursor implements Cursor {
  files: FaultyFiles;
  inner: Cursor | null;

  constructor(files: FaultyFiles, inner: Cursor | null) {
    this.files = files;
    this.inner = inner;
  }

  next(entry: Entry, done: Done<boolean>): void {
    if (this.files.strikes() || this.inner === null) return done(this.files.error, false);
    this.inner.next(entry, done);
  }

  close(done: Done<void>): void {
    const fails = this.files.strikes();
    if (this.files.off || this.inner === null) return done(this.files.error, undefined);
    this.inner.close((error) => done(fails ? this.files.error : error, undefined));
  }
}
