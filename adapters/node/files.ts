// The files of Node, below one folder, on the callbacks of node:fs: no streams, no promises, paths as bytes.

import { CAN_APPEND, CAN_DIRS, CAN_FACTS, CAN_HASH, CAN_RENAME, CAN_SEEK, CAN_SPACE, CAN_TIMES, CAN_WRITE } from "../../core/ports.ts";
import { RAW_NAMES } from "../../core/ports.ts";
import type { Chunk, Create, Cursor, Done, Entry, Facts, File, FileSystem, Hash, ReadDone } from "../../core/ports.ts";
import { Creator } from "./creator.ts";
import type { Storage } from "./creator.ts";
import { openCursor } from "./cursor.ts";
import { Disk } from "./disk.ts";
import { setFacts, space, stat } from "./facts.ts";
import { Guard } from "./guard.ts";
import { hashOf, isHash } from "./hashes.ts";
import { makeFolder, remove, removeFolder, rename } from "./names.ts";
import { openReader } from "./reader.ts";
import type { NodeReader } from "./reader.ts";
import type { NodeWriter } from "./writer.ts";

/** How files are stored. */
export interface NodeFilesOptions {
  /** Wait at every commit until the disk has it. Default false: a power cut may lose what was committed last. */
  fsync?: boolean;
  /** What the names of parts start with, in lower case. Such names are hidden. Default ".picoftp-". */
  parts?: string;
  /** Find files through descriptors where the system can (Linux), so that nobody can swap a folder for a link. Default true. */
  descriptors?: boolean;
  /**
   * Never ask the disk anything but through the thread pool: for network file systems that can hang. Default false: small
   * questions are asked at once as long as they are answered within half a millisecond.
   */
  patient?: boolean;
}

const EVERYTHING = CAN_WRITE | CAN_RENAME | CAN_SEEK | CAN_APPEND | CAN_DIRS | CAN_FACTS | CAN_TIMES | CAN_HASH | CAN_SPACE | RAW_NAMES;

/** The folder `root` and what is in it. Links that lead out of it are not followed. */
export class NodeFiles implements FileSystem {
  readonly can: number = EVERYTHING;
  private readonly guard: Guard;
  private readonly storage: Storage;

  /** Throws where `root` is no folder. `disk`: for a runtime that asks in another way. */
  constructor(root: string, options?: NodeFilesOptions, disk?: Disk) {
    const prefix = options?.parts ?? ".picoftp-";
    this.guard = new Guard(root, prefix, options?.descriptors ?? true, disk ?? new Disk(options?.patient ?? false));
    this.storage = { guard: this.guard, prefix, fsync: options?.fsync ?? false };
  }

  open(path: string, offset: number, entry: Entry, done: Done<File>): void {
    openReader(this.guard, path, offset, entry, done);
  }

  read(file: File, into: Uint8Array | null, done: ReadDone): void {
    (file as NodeReader).read(into, done);
  }

  close(file: File, done: Done<void>): void {
    (file as NodeReader).close(done);
  }

  create(path: string, how: Create, done: Done<File>): void {
    new Creator(this.storage, how, done).start(path);
  }

  write(file: File, chunk: Chunk, length: number, done: Done<void>): void {
    (file as NodeWriter).write(chunk, length, done);
  }

  commit(file: File, done: Done<void>): void {
    (file as NodeWriter).commit(done);
  }

  discard(file: File, keep: boolean, done: Done<void>): void {
    (file as NodeWriter).discard(keep, done);
  }

  list(path: string, done: Done<Cursor>): void {
    openCursor(this.guard, path, done);
  }

  stat(path: string, owner: string, entry: Entry, done: Done<Entry>): void {
    stat(this.storage, path, owner, entry, done);
  }

  setFacts(path: string, facts: Facts, done: Done<Facts>): void {
    setFacts(this.guard, path, facts, done);
  }

  rename(from: string, to: string, done: Done<void>): void {
    rename(this.guard, from, to, done);
  }

  remove(path: string, done: Done<void>): void {
    remove(this.guard, path, done);
  }

  mkdir(path: string, done: Done<void>): void {
    makeFolder(this.guard, path, done);
  }

  rmdir(path: string, done: Done<void>): void {
    removeFolder(this.guard, path, done);
  }

  hash(name: string): Hash | null {
    return isHash(name) ? hashOf(name) : null;
  }

  space(path: string, done: Done<number>): void {
    space(this.guard, path, done);
  }
}
