// The storage of a MemoryFiles: bytes that grow, and the count of what is used.

import { NO_SPACE } from "../../core/ports.ts";
import type { Chunk } from "../../core/ports.ts";
import { copyBytes } from "./bytes.ts";

/** Bytes that grow by doubling. */
export class Content {
  bytes: Uint8Array;
  size: number;
  /** Who writes into it in place; null: nobody. */
  writer: string | null;
  /** It counts as used space: it belongs to a file or a part. */
  counted: boolean;

  constructor() {
    this.bytes = new Uint8Array(0);
    this.size = 0;
    this.writer = null;
    this.counted = true;
  }

  write(chunk: Chunk, length: number, at: number): void {
    const end = at + length;
    if (end > this.bytes.length) this.grow(end);
    copyBytes(chunk, 0, length, this.bytes, at);
    if (end > this.size) this.size = end;
  }

  grow(least: number): void {
    let length = this.bytes.length < 32 ? 32 : this.bytes.length;
    while (length < least) length *= 2;
    const bytes = new Uint8Array(length);
    bytes.set(this.bytes.subarray(0, this.size), 0);
    this.bytes = bytes;
  }
}

/** How much fits and how much is there, in files and parts. */
export class Disk {
  capacity: number;
  used: number;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.used = 0;
  }

  /** Writes all of it, or nothing where it does not fit. */
  store(content: Content, chunk: Chunk, length: number, at: number): number {
    const more = at + length - content.size;
    if (content.counted && more > 0) {
      if (this.used + more > this.capacity) return NO_SPACE;
      this.used += more;
    }
    content.write(chunk, length, at);
    return 0;
  }

  /** NO_SPACE where `more` bytes would not fit and the `size` of the file is known. */
  roomFor(more: number, size: number): number {
    return size > 0 && this.used + more > this.capacity ? NO_SPACE : 0;
  }

  /** The content belongs to nothing any more. */
  drop(content: Content): void {
    if (content.counted) this.used -= content.size;
    content.counted = false;
  }
}
