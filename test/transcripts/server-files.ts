// A MemoryFiles that can be told to wait or to fail, for the server's transcripts.

import { bytesOf, MemoryFiles, textOf } from "../../adapters/memory/mod.ts";
import { hashOf } from "../../adapters/node/hashes.ts";
import type { Chunk, Create, Cursor, Done, Entry, File, Hash, ReadDone } from "../../core/ports.ts";

/** The next call of that name fails. */
export interface Fault {
  operation: string;
  error: number;
}

/** Files that answer nothing while they are held, and fail where they are told to. */
export class FaultFiles extends MemoryFiles {
  held = false;
  faults: Fault[] = [];

  constructor(later: boolean) {
    super({ later });
  }

  override finish(act: () => void): void {
    if (this.held) this.queue.push(act);
    else super.finish(act);
  }

  override step(): boolean {
    return this.held ? false : super.step();
  }

  override open(path: string, offset: number, entry: Entry, done: Done<File>): void {
    const error = this.fault("open");
    if (error !== 0) this.finish(() => done(error, {}));
    else super.open(path, offset, entry, done);
  }

  override create(path: string, how: Create, done: Done<File>): void {
    const error = this.fault("create");
    if (error !== 0) this.finish(() => done(error, {}));
    else super.create(path, how, done);
  }

  override read(file: File, into: Uint8Array | null, done: ReadDone): void {
    const error = this.fault("read");
    if (error !== 0) this.finish(() => done(error, "", 0));
    else super.read(file, into, done);
  }

  override write(file: File, chunk: Chunk, length: number, done: Done<void>): void {
    const error = this.fault("write");
    if (error !== 0) this.finish(() => done(error, undefined));
    else super.write(file, chunk, length, done);
  }

  override commit(file: File, done: Done<void>): void {
    const error = this.fault("commit");
    if (error !== 0) super.discard(file, true, () => done(error, undefined));
    else super.commit(file, done);
  }

  override close(file: File, done: Done<void>): void {
    const error = this.fault("close");
    super.close(file, () => done(error, undefined));
  }

  override list(path: string, done: Done<Cursor>): void {
    const fault = this.fault("list");
    super.list(fault === 0 ? path : "/none", (error: number, cursor: Cursor): void => {
      if (fault !== 0) return done(fault, cursor);
      const next = cursor.next.bind(cursor);
      cursor.next = (entry: Entry, told: Done<boolean>): void => {
        const fault = this.fault("next");
        if (fault !== 0) this.finish(() => told(fault, false));
        else next(entry, told);
      };
      done(error, cursor);
    });
  }

  /** Nobody asks without CAN_HASH. */
  hash(name: string): Hash | null {
    return name === "SHA-512" ? null : hashOf(name);
  }

  /** An upload that was broken off. */
  addPart(path: string, owner: string, text: string): void {
    const later = this.later;
    this.later = false;
    super.create(path, { offset: 0, size: -1, append: false, exclusive: false, owner }, (error: number, file: File): void => {
      if (error !== 0) throw new Error(`Cannot make a part of "${path}": ${error}`);
      super.write(file, bytesOf(text), text.length, () => super.discard(file, true, () => {}));
    });
    this.later = later;
  }

  setModified(path: string, time: number): void {
    const node = this.tree.find(path, true);
    if (node !== null) node.modified = time;
  }

  /** What is there of an upload; null: nothing. */
  partOf(path: string, owner: string): string | null {
    this.tree.find(path, true);
    const part = this.tree.parent === null ? null : this.tree.parent.part(this.tree.name, owner);
    return part === null ? null : textOf(part.content.bytes, 0, part.content.size);
  }

  isFolder(path: string): boolean {
    const node = this.tree.find(path, true);
    return node !== null && node.type === 2;
  }

  fault(operation: string): number {
    const at = this.faults.findIndex((fault) => fault.operation === operation);
    return at < 0 ? 0 : this.faults.splice(at, 1)[0].error;
  }
}
