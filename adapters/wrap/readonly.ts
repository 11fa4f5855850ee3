// Files that can be read and not changed.

import { CAN_APPEND, CAN_FACTS, CAN_RENAME, CAN_WRITE, DENIED, WANTS_SIZE } from "../../core/ports.ts";
import type { Chunk, Create, Cursor, Done, Entry, Facts, File, FileSystem } from "../../core/ports.ts";
import { ChangedCursor, NO_FILE, WrappedFiles } from "./files.ts";

const CHANGES = CAN_WRITE | CAN_RENAME | CAN_APPEND | CAN_FACTS | WANTS_SIZE;

/** The same files, with DENIED for every change and no capability of one. */
export function readonly(files: FileSystem): FileSystem {
  return new ReadonlyFiles(files);
}

class ReadonlyFiles extends WrappedFiles {
  constructor(files: FileSystem) {
    super(files);
    this.can = files.can & ~CHANGES;
  }

  override open(path: string, offset: number, entry: Entry, done: Done<File>): void {
    this.inner.open(path, offset, entry, (error, file) => {
      if (error === 0) onlyReading(entry);
      done(error, file);
    });
  }

  override list(path: string, done: Done<Cursor>): void {
    this.inner.list(path, (error, cursor) => done(error, error === 0 ? new ChangedCursor(cursor, onlyReading) : cursor));
  }

  override stat(path: string, owner: string, entry: Entry, done: Done<Entry>): void {
    this.inner.stat(path, "", entry, (error) => {
      if (error === 0) onlyReading(entry);
      done(error, entry);
    });
  }

  override create(path: string, how: Create, done: Done<File>): void {
    done(DENIED, NO_FILE);
  }

  override write(file: File, chunk: Chunk, length: number, done: Done<void>): void {
    done(DENIED, undefined);
  }

  override commit(file: File, done: Done<void>): void {
    done(DENIED, undefined);
  }

  override discard(file: File, keep: boolean, done: Done<void>): void {
    done(DENIED, undefined);
  }

  override setFacts(path: string, facts: Facts, done: Done<Facts>): void {
    done(DENIED, facts);
  }

  override rename(from: string, to: string, done: Done<void>): void {
    done(DENIED, undefined);
  }

  override remove(path: string, done: Done<void>): void {
    done(DENIED, undefined);
  }

  override mkdir(path: string, done: Done<void>): void {
    done(DENIED, undefined);
  }

  override rmdir(path: string, done: Done<void>): void {
    done(DENIED, undefined);
  }
}

/** Of the permission letters (RFC 3659 section 7.5.5), those that change nothing: enter, list, read. */
function onlyReading(entry: Entry): void {
  let perm = "";
  for (let i = 0; i < entry.perm.length; i++) {
    if ("elr".indexOf(entry.perm.charAt(i)) >= 0) perm += entry.perm.charAt(i);
  }
  entry.perm = perm;
}
