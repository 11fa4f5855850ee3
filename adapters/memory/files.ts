// A file system that exists only in memory, with every capability, answers now or later, and a window for tests to look in.

import { CAN_APPEND, CAN_DIRS, CAN_FACTS, CAN_RENAME, CAN_SEEK, CAN_SPACE, CAN_TIMES, CAN_WRITE } from "../../core/ports.ts";
import { BAD_OFFSET, BUSY, DENIED, EXISTS, NEEDS_SIZE, NOT_DIR, NOT_EMPTY, NOT_FILE } from "../../core/ports.ts";
import { DIR, FILE, LINK, OWN_CHUNKS, RAW_NAMES, WANTS_SIZE } from "../../core/ports.ts";
import type { Chunk, Create, Cursor, Done, Entry, Facts, File, FileSystem, ReadDone } from "../../core/ports.ts";
import { bytesOf, textOf } from "./bytes.ts";
import type { Steps } from "./events.ts";
import { MemoryCursor, Reader, Writer, writer } from "./handles.ts";
import { Content } from "./disk.ts";
import { countParts, MemoryNode, Tree, unlock } from "./tree.ts";

/** How a MemoryFiles behaves. */
export interface MemoryFilesOptions {
  /** Bytes that fit. Default 1 GiB. */
  capacity?: number;
  /** Milliseconds since 1970, for `modified` and `created`. Default: the year 2023 stands still. */
  clock?: () => number;
  /** Completions wait in a queue for `step` or `run`. */
  later?: boolean;
  /** OWN_CHUNKS: what `read` hands over is a string ("text") or a Uint8Array ("bytes") of its own. */
  ownChunks?: "text" | "bytes";
  /** The size of such a chunk. Default 512. */
  block?: number;
}

/** What comes with an error. */
const NO_FILE: File = {};

const EVERYTHING = CAN_WRITE | CAN_RENAME | CAN_SEEK | CAN_APPEND | CAN_DIRS | CAN_FACTS | CAN_TIMES | CAN_SPACE | RAW_NAMES;

/** Files in memory. Misuse of a handle (two reads at once, a chunk that changes while it is lent) throws. */
export class MemoryFiles implements FileSystem, Steps {
  /** May be changed before use, to leave capabilities out. */
  can: number;
  clock: () => number;
  later: boolean;
  ownChunks: string;
  block: number;
  tree: Tree;
  /** Files and cursors that are open; 0 when nothing has leaked. */
  handles: number;
  queue: (() => void)[];

  constructor(options: MemoryFilesOptions) {
    this.ownChunks = options.ownChunks ? options.ownChunks : "";
    this.can = this.ownChunks === "" ? EVERYTHING : EVERYTHING | OWN_CHUNKS;
    this.clock = options.clock ? options.clock : standing;
    this.later = options.later === true;
    this.block = options.block ? options.block : 512;
    this.handles = 0;
    this.queue = [];
    this.tree = new Tree(options.capacity === undefined ? 1073741824 : options.capacity, this.clock);
  }

  open(path: string, offset: number, entry: Entry, done: Done<File>): void {
    this.finish(() => {
      const node = this.tree.find(path, true);
      if (node === null) return done(this.tree.error, NO_FILE);
      if (node.type !== FILE) return done(NOT_FILE, NO_FILE);
      if (offset > node.content.size) return done(BAD_OFFSET, NO_FILE);
      node.describe(entry);
      this.handles++;
      done(0, new Reader(this, node.content, offset));
    });
  }

  read(file: File, into: Uint8Array | null, done: ReadDone): void {
    (file as Reader).read(into, done);
  }

  close(file: File, done: Done<void>): void {
    const reader = file as Reader;
    this.leave(reader);
    this.finish(() => {
      if (reader.scratch !== null) reader.scratch.fill(0xdd);
      this.handles--;
      done(0, undefined);
    });
  }

  create(path: string, how: Create, done: Done<File>): void {
    const wish = { offset: how.offset, size: how.size, append: how.append, exclusive: how.exclusive, owner: how.owner };
    this.finish(() => {
      const node = this.tree.find(path, true);
      const folder = this.tree.parent;
      if (node === null && folder === null) return done(this.tree.error, NO_FILE);
      if (folder === null || (node !== null && node.type !== FILE)) return done(NOT_FILE, NO_FILE);
      if (wish.size < 0 && (this.can & WANTS_SIZE) !== 0) return done(NEEDS_SIZE, NO_FILE);
      const file = writer(this, folder, this.tree.name, wish);
      if (typeof file === "number") return done(file, NO_FILE);
      this.handles++;
      done(0, file);
    });
  }

  write(file: File, chunk: Chunk, length: number, done: Done<void>): void {
    (file as Writer).write(chunk, length, done);
  }

  commit(file: File, done: Done<void>): void {
    const writing = file as Writer;
    this.leave(writing);
    this.finish(() => {
      this.handles--;
      done(writing.commit(), undefined);
    });
  }

  discard(file: File, keep: boolean, done: Done<void>): void {
    const writing = file as Writer;
    this.leave(writing);
    this.finish(() => {
      this.handles--;
      writing.discard(keep);
      done(0, undefined);
    });
  }

  list(path: string, done: Done<Cursor>): void {
    this.finish(() => {
      const node = this.tree.find(path, true);
      const cursor = new MemoryCursor(this, node === null ? this.tree.root : node);
      if (node === null) return done(this.tree.error, cursor);
      if (node.type !== DIR) return done(NOT_DIR, cursor);
      this.handles++;
      done(0, cursor);
    });
  }

  stat(path: string, owner: string, entry: Entry, done: Done<Entry>): void {
    this.finish(() => {
      const node = this.tree.find(path, true);
      if (node !== null) {
        node.describe(entry);
        return done(0, entry);
      }
      const error = this.tree.error;
      const part = this.tree.parent === null || owner === "" ? null : this.tree.parent.part(this.tree.name, owner);
      if (part === null) return done(error, entry);
      const unborn = new MemoryNode(FILE, 0, part.modified);
      unborn.name = part.name;
      unborn.content = part.content;
      unborn.describe(entry);
      entry.unique = "";
      done(0, entry);
    });
  }

  setFacts(path: string, facts: Facts, done: Done<Facts>): void {
    const set = { modified: facts.modified, created: facts.created, mode: facts.mode };
    this.finish(() => {
      const node = this.tree.find(path, true);
      if (node === null) return done(this.tree.error, set);
      if (set.mode >= 0) set.mode &= 4095;
      if (set.modified >= 0) node.modified = set.modified;
      if (set.created >= 0) node.created = set.created;
      if (set.mode >= 0) node.mode = set.mode;
      done(0, set);
    });
  }

  rename(from: string, to: string, done: Done<void>): void {
    this.finish(() => done(this.tree.move(from, to), undefined));
  }

  remove(path: string, done: Done<void>): void {
    this.finish(() => {
      const node = this.tree.find(path, false);
      if (node === null) return done(this.tree.error, undefined);
      if (node.type === DIR) return done(NOT_FILE, undefined);
      this.tree.disk.drop(node.content);
      (this.tree.parent as MemoryNode).drop(this.tree.name);
      done(0, undefined);
    });
  }

  mkdir(path: string, done: Done<void>): void {
    this.finish(() => {
      if (this.tree.find(path, false) !== null) return done(EXISTS, undefined);
      if (this.tree.parent === null) return done(this.tree.error, undefined);
      this.tree.parent.put(this.tree.name, this.tree.node(DIR));
      done(0, undefined);
    });
  }

  rmdir(path: string, done: Done<void>): void {
    this.finish(() => {
      const node = this.tree.find(path, false);
      if (node === null) return done(this.tree.error, undefined);
      if (node.type !== DIR) return done(NOT_DIR, undefined);
      if (node.parent === null) return done(DENIED, undefined);
      if (node.names().length > 0) return done(NOT_EMPTY, undefined);
      if (node.busy("")) return done(BUSY, undefined);
      for (let i = 0; i < node.parts.length; i++) this.tree.disk.drop(node.parts[i].content);
      node.parent.drop(node.name);
      done(0, undefined);
    });
  }

  space(path: string, done: Done<number>): void {
    this.finish(() => {
      const error = this.tree.find(path, true) === null ? this.tree.error : 0;
      done(error, this.tree.disk.capacity - this.tree.disk.used);
    });
  }

  // --- For tests

  /** Makes a file at once, with the folders above it. */
  put(path: string, data: Chunk): void {
    const folder = this.tree.folder(path);
    const content = new Content();
    if (this.tree.disk.store(content, data, data.length, 0) !== 0) throw new Error(`Cannot put "${path}": no space`);
    this.tree.place(folder, path.substring(path.lastIndexOf("/") + 1), content);
  }

  /** What a file holds, as a byte string; null where there is none. */
  text(path: string): string | null {
    const node = this.tree.find(path, true);
    return node === null || node.type !== FILE ? null : textOf(node.content.bytes, 0, node.content.size);
  }

  /** What a file holds; null where there is none. */
  bytes(path: string): Uint8Array | null {
    const text = this.text(path);
    return text === null ? null : bytesOf(text);
  }

  /** Makes a folder at once, with those above it. */
  addDir(path: string): void {
    this.tree.folder(path + "/");
  }

  /** Makes a symbolic link at once. A target with a leading "/" starts at our root. */
  addLink(path: string, target: string): void {
    const link = this.tree.node(LINK);
    link.target = target;
    this.tree.folder(path).put(path.substring(path.lastIndexOf("/") + 1), link);
  }

  /** The number of parts, those being written included. */
  parts(): number {
    return countParts(this.tree.root);
  }

  /** As after a power cut: what is open is forgotten, files and parts stay. */
  restart(): void {
    this.queue = [];
    this.handles = 0;
    unlock(this.tree.root);
  }

  /** Runs the completion that has waited longest; false: none waits. */
  step(): boolean {
    const first = this.queue.shift();
    if (first !== undefined) first();
    return first !== undefined;
  }

  /** Runs completions until none waits; returns their number. */
  run(): number {
    let count = 0;
    while (this.step()) count++;
    return count;
  }

  // --- For the handles

  /** Now, or later. */
  finish(act: () => void): void {
    if (this.later) this.queue.push(act);
    else act();
  }

  /** No second close, commit or discard. */
  leave(file: Reader | Writer): void {
    if (file.over) throw new Error("Cannot close: the file is closed");
    file.over = true;
  }
}

function standing(): number {
  return 1700000000000;
}
