// A FileSystem round another one that passes everything on: a wrapper changes only the calls that it is about.

import { UNSUPPORTED } from "../../core/ports.ts";
import type { Chunk, Create, Cursor, Done, Entry, Facts, File, FileSystem, Hash, ReadDone } from "../../core/ports.ts";

/** Passes every call on. */
export class WrappedFiles implements FileSystem {
  inner: FileSystem;
  can: number;

  constructor(inner: FileSystem) {
    this.inner = inner;
    this.can = inner.can;
  }

  open(path: string, offset: number, entry: Entry, done: Done<File>): void {
    this.inner.open(path, offset, entry, done);
  }

  read(file: File, into: Uint8Array | null, done: ReadDone): void {
    this.inner.read(file, into, done);
  }

  close(file: File, done: Done<void>): void {
    this.inner.close(file, done);
  }

  create(path: string, how: Create, done: Done<File>): void {
    this.inner.create(path, how, done);
  }

  write(file: File, chunk: Chunk, length: number, done: Done<void>): void {
    this.inner.write(file, chunk, length, done);
  }

  commit(file: File, done: Done<void>): void {
    this.inner.commit(file, done);
  }

  discard(file: File, keep: boolean, done: Done<void>): void {
    this.inner.discard(file, keep, done);
  }

  list(path: string, done: Done<Cursor>): void {
    this.inner.list(path, done);
  }

  stat(path: string, owner: string, entry: Entry, done: Done<Entry>): void {
    this.inner.stat(path, owner, entry, done);
  }

  setFacts(path: string, facts: Facts, done: Done<Facts>): void {
    this.inner.setFacts(path, facts, done);
  }

  rename(from: string, to: string, done: Done<void>): void {
    this.inner.rename(from, to, done);
  }

  remove(path: string, done: Done<void>): void {
    this.inner.remove(path, done);
  }

  mkdir(path: string, done: Done<void>): void {
    this.inner.mkdir(path, done);
  }

  rmdir(path: string, done: Done<void>): void {
    this.inner.rmdir(path, done);
  }

  hash(name: string): Hash | null {
    return this.inner.hash ? this.inner.hash(name) : null;
  }

  space(path: string, done: Done<number>): void {
    if (this.inner.space) this.inner.space(path, done);
    else done(UNSUPPORTED, 0);
  }
}

/** Stands for a value where there is only an error. */
export const NO_FILE: File = {};

/** A cursor round another one that shows each entry to `change` before anyone else sees it. */
export class ChangedCursor implements Cursor {
  inner: Cursor;
  change: (entry: Entry) => void;
  entry: Entry | null;
  done: Done<boolean> | null;
  filled: Done<boolean>;

  constructor(inner: Cursor, change: (entry: Entry) => void) {
    this.inner = inner;
    this.change = change;
    this.entry = null;
    this.done = null;
    this.filled = (error: number, more: boolean): void => {
      if (error === 0 && more) this.change(this.entry as Entry);
      (this.done as Done<boolean>)(error, more);
    };
  }

  next(entry: Entry, done: Done<boolean>): void {
    this.entry = entry;
    this.done = done;
    this.inner.next(entry, this.filled);
  }

  close(done: Done<void>): void {
    this.inner.close(done);
  }
}
