// What a MemoryFiles hands out: files that are read, files that are written, and folders that are listed.

import { BAD_OFFSET, BUSY, DIR, EXISTS, NOT_FILE } from "../../core/ports.ts";
import type { Chunk, Create, Cursor, Done, Entry, ReadDone } from "../../core/ports.ts";
import { bytesOf, copyBytes, sumOf, textOf } from "./bytes.ts";
import type { MemoryFiles } from "./files.ts";
import { Part } from "./tree.ts";
import type { Content } from "./disk.ts";
import type { MemoryNode } from "./tree.ts";

const UNUSED = bytesOf("this block is being read into");

/** A file that is open for reading. */
export class Reader {
  files: MemoryFiles;
  content: Content;
  at: number;
  busy: boolean;
  over: boolean;
  /** With OWN_CHUNKS: the chunk that is handed out, overwritten at the next read. */
  scratch: Uint8Array | null;

  constructor(files: MemoryFiles, content: Content, at: number) {
    this.files = files;
    this.content = content;
    this.at = at;
    this.busy = false;
    this.over = false;
    this.scratch = null;
  }

  /** One read at a time; the block is looked at only until `done`. */
  read(into: Uint8Array | null, done: ReadDone): void {
    if (this.busy || this.over) throw new Error(this.over ? "Cannot read: the file is closed" : "Cannot read: a read is outstanding");
    this.busy = true;
    const own = this.files.ownChunks !== "" || into === null;
    const block = own ? null : into;
    if (block !== null && this.files.later) block.set(UNUSED.subarray(0, block.length), 0);
    const sum = block === null || !this.files.later ? 0 : sumOf(block, block.length);
    this.files.finish(() => {
      if (block !== null && sum !== 0 && sumOf(block, block.length) !== sum) {
        throw new Error("Cannot read: the block was used while the read was outstanding");
      }
      const room = block === null ? this.files.block : block.length;
      const left = this.content.size - this.at;
      const length = left < room ? left : room;
      const chunk = block === null ? this.own(length) : block;
      if (block !== null) copyBytes(this.content.bytes, this.at, length, block, 0);
      this.at += length;
      this.busy = false;
      done(0, chunk, length);
    });
  }

  own(length: number): Chunk {
    if (this.scratch !== null) this.scratch.fill(0xdd);
    if (this.files.ownChunks === "text") return textOf(this.content.bytes, this.at, length);
    if (this.scratch === null) this.scratch = new Uint8Array(this.files.block);
    copyBytes(this.content.bytes, this.at, length, this.scratch, 0);
    return this.scratch;
  }
}

/** A file that is open for writing: a part, or a committed file in place. */
export class Writer {
  files: MemoryFiles;
  folder: MemoryNode;
  name: string;
  content: Content;
  /** null: it writes in place. */
  part: Part | null;
  node: MemoryNode | null;
  at: number;
  exclusive: boolean;
  busy: boolean;
  over: boolean;
  /** The first write that failed. */
  error: number;

  constructor(files: MemoryFiles, folder: MemoryNode, name: string, content: Content, at: number) {
    this.files = files;
    this.folder = folder;
    this.name = name;
    this.content = content;
    this.part = null;
    this.node = null;
    this.at = at;
    this.exclusive = false;
    this.busy = false;
    this.over = false;
    this.error = 0;
  }

  /** One write at a time; the chunk is looked at only until `done`, and must not change before. */
  write(chunk: Chunk, length: number, done: Done<void>): void {
    if (this.busy || this.over) throw new Error(this.over ? "Cannot write: the file is closed" : "Cannot write: a write is outstanding");
    this.busy = true;
    const sum = this.files.later ? sumOf(chunk, length) : 0;
    this.files.finish(() => {
      if (sum !== 0 && sumOf(chunk, length) !== sum) {
        throw new Error("Cannot write: the chunk was changed while the write was outstanding");
      }
      if (this.error === 0) this.error = this.files.tree.disk.store(this.content, chunk, length, this.at);
      if (this.error === 0) this.at += length;
      if (this.part !== null) this.part.modified = this.files.clock();
      if (this.node !== null) this.node.modified = this.files.clock();
      this.busy = false;
      done(this.error, undefined);
    });
  }

  /** What was written becomes the file; the number of an error, after which the part stays. */
  commit(): number {
    this.release();
    if (this.error !== 0 || this.part === null) return this.error;
    const old = this.folder.child(this.name);
    if (old !== undefined && old.type === DIR) return NOT_FILE;
    if (old !== undefined && this.exclusive) return EXISTS;
    this.forget(this.part);
    this.files.tree.place(this.folder, this.name, this.content);
    return 0;
  }

  discard(keep: boolean): void {
    this.release();
    if (this.part === null || (keep && this.content.size > 0)) return;
    this.forget(this.part);
    this.files.tree.disk.drop(this.content);
  }

  release(): void {
    this.content.writer = null;
    if (this.part !== null) this.part.busy = false;
  }

  forget(part: Part): void {
    this.folder.parts.splice(this.folder.parts.indexOf(part), 1);
  }
}

/** Chooses between a new part, an old part and the file itself; a number is the error. */
export function writer(files: MemoryFiles, folder: MemoryNode, name: string, how: Create): Writer | number {
  const node = folder.child(name);
  const part = folder.part(name, how.owner);
  if (node !== undefined && how.exclusive) return EXISTS;
  if (how.exclusive && folder.busy(name)) return EXISTS;
  if (part !== null && part.busy) return BUSY;
  if (node !== undefined && node.content.writer === how.owner) return BUSY;
  if (node !== undefined && how.append) return inPlace(files, node, how, node.content.size);
  const offset = how.append && part !== null ? part.content.size : how.append ? 0 : how.offset;
  if (offset === 0) return newPart(files, folder, name, how, part);
  if (part !== null && offset === part.content.size) return intoPart(files, folder, part, how);
  if (node === undefined || offset > node.content.size) return BAD_OFFSET;
  return inPlace(files, node, how, offset);
}

function inPlace(files: MemoryFiles, node: MemoryNode, how: Create, offset: number): Writer | number {
  if (node.content.writer !== null) return BUSY;
  const error = files.tree.disk.roomFor(offset + how.size - node.content.size, how.size);
  if (error !== 0) return error;
  const file = new Writer(files, node.parent as MemoryNode, node.name, node.content, offset);
  file.node = node;
  node.content.writer = how.owner;
  return file;
}

function newPart(files: MemoryFiles, folder: MemoryNode, name: string, how: Create, old: Part | null): Writer | number {
  const error = files.tree.disk.roomFor(how.size - (old === null ? 0 : old.content.size), how.size);
  if (error !== 0) return error;
  if (old !== null) files.tree.disk.drop(old.content);
  if (old !== null) folder.parts.splice(folder.parts.indexOf(old), 1);
  const part = new Part(name, how.owner, files.clock());
  folder.parts.push(part);
  return start(files, folder, part, how);
}

function intoPart(files: MemoryFiles, folder: MemoryNode, part: Part, how: Create): Writer | number {
  const error = files.tree.disk.roomFor(how.size, how.size);
  return error !== 0 ? error : start(files, folder, part, how);
}

function start(files: MemoryFiles, folder: MemoryNode, part: Part, how: Create): Writer {
  const file = new Writer(files, folder, part.name, part.content, part.content.size);
  file.part = part;
  file.exclusive = how.exclusive;
  part.busy = true;
  return file;
}

/** A folder that is being listed: the names that were there when it was opened, less those that went since. */
export class MemoryCursor implements Cursor {
  files: MemoryFiles;
  folder: MemoryNode;
  names: string[];
  at: number;
  busy: boolean;
  over: boolean;

  constructor(files: MemoryFiles, folder: MemoryNode) {
    this.files = files;
    this.folder = folder;
    this.names = folder.names();
    this.at = 0;
    this.busy = false;
    this.over = false;
  }

  next(entry: Entry, done: Done<boolean>): void {
    if (this.busy || this.over) throw new Error(this.over ? "Cannot list: the cursor is closed" : "Cannot list: a next is outstanding");
    this.busy = true;
    this.files.finish(() => {
      const node = this.find();
      if (node !== null) node.describe(entry);
      this.busy = false;
      done(0, node !== null);
    });
  }

  close(done: Done<void>): void {
    if (this.over) throw new Error("Cannot close: the cursor is closed");
    this.over = true;
    this.files.finish(() => {
      this.files.handles--;
      done(0, undefined);
    });
  }

  find(): MemoryNode | null {
    while (this.at < this.names.length) {
      const node = this.folder.child(this.names[this.at]);
      this.at++;
      if (node !== undefined) return node;
    }
    return null;
  }
}
