// Tells a sink, line by line, what is asked of a FileSystem and what comes of it.

import type { Chunk, Create, Cursor, Done, Entry, Facts, File, FileSystem, ReadDone } from "../../core/ports.ts";
import { WrappedFiles } from "./files.ts";
import type { Sink } from "./trace.ts";
import { errorWord, printable } from "./words.ts";

/** A FileSystem that tells `sink` what it does: `create "/a" at 0: ok`, `write 512: no space`. */
export function traceFiles(files: FileSystem, sink: Sink): FileSystem {
  return new TracedFiles(files, sink);
}

class TracedFiles extends WrappedFiles {
  sink: Sink;

  constructor(files: FileSystem, sink: Sink) {
    super(files);
    this.sink = sink;
  }

  tell(what: string, error: number): void {
    this.sink(`${what}: ${errorWord(error)}`);
  }

  /** A completion that is told. */
  told<T>(what: string, done: Done<T>): Done<T> {
    return (error, value) => {
      this.tell(what, error);
      done(error, value);
    };
  }

  override open(path: string, offset: number, entry: Entry, done: Done<File>): void {
    this.inner.open(path, offset, entry, this.told(`open ${quote(path)} at ${offset}`, done));
  }

  override read(file: File, into: Uint8Array | null, done: ReadDone): void {
    this.inner.read(file, into, (error, chunk, length) => {
      this.tell(`read ${length}`, error);
      done(error, chunk, length);
    });
  }

  override close(file: File, done: Done<void>): void {
    this.inner.close(file, this.told("close", done));
  }

  override create(path: string, how: Create, done: Done<File>): void {
    const where = how.append ? "at the end" : `at ${how.offset}`;
    const size = how.size < 0 ? "" : `, ${how.size} bytes`;
    this.inner.create(path, how, this.told(`create ${quote(path)} ${where}${size}${how.exclusive ? ", exclusive" : ""}`, done));
  }

  override write(file: File, chunk: Chunk, length: number, done: Done<void>): void {
    this.inner.write(file, chunk, length, this.told(`write ${length}`, done));
  }

  override commit(file: File, done: Done<void>): void {
    this.inner.commit(file, this.told("commit", done));
  }

  override discard(file: File, keep: boolean, done: Done<void>): void {
    this.inner.discard(file, keep, this.told(keep ? "keep the part" : "discard", done));
  }

  override list(path: string, done: Done<Cursor>): void {
    this.inner.list(path, this.told(`list ${quote(path)}`, done));
  }

  override stat(path: string, owner: string, entry: Entry, done: Done<Entry>): void {
    this.inner.stat(path, owner, entry, this.told(`stat ${quote(path)}`, done));
  }

  override setFacts(path: string, facts: Facts, done: Done<Facts>): void {
    const what = `modified ${facts.modified}, created ${facts.created}, mode ${facts.mode}`;
    this.inner.setFacts(path, facts, this.told(`set ${quote(path)} ${what}`, done));
  }

  override rename(from: string, to: string, done: Done<void>): void {
    this.inner.rename(from, to, this.told(`rename ${quote(from)} to ${quote(to)}`, done));
  }

  override remove(path: string, done: Done<void>): void {
    this.inner.remove(path, this.told(`remove ${quote(path)}`, done));
  }

  override mkdir(path: string, done: Done<void>): void {
    this.inner.mkdir(path, this.told(`mkdir ${quote(path)}`, done));
  }

  override rmdir(path: string, done: Done<void>): void {
    this.inner.rmdir(path, this.told(`rmdir ${quote(path)}`, done));
  }

  override space(path: string, done: Done<number>): void {
    WrappedFiles.prototype.space.call(this, path, this.told(`space ${quote(path)}`, done));
  }
}

function quote(path: string): string {
  return '"' + printable(path) + '"';
}
