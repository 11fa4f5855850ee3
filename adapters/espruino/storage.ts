// A file in flash memory (the module `Storage`): its size is known first, its bytes are written once.

import { NEEDS_SIZE, NO_SPACE, TRUNCATED, UNSUPPORTED } from "../../core/ports.ts";
import type { DiskFile, Flash } from "./runtime.ts";

/** The first bytes make the file. Storage would compact itself for want of room, which nobody expects. */
function put(file: FlashFile, text: string): void {
  if (text === "") return;
  if (file.at === 0 && file.flash.getFree() < file.size + 36) file.failed = NO_SPACE;
  else file.flash.write(file.name, text, file.at, file.size);
  file.at += text.length;
}

/** A file in Storage. */
export class FlashFile implements DiskFile {
  flash: Flash;
  name: string;
  /** -1: not known; -2: it is read. */
  size: number;
  /** Bytes that may gather where the size is not known. */
  most: number;
  at: number;
  /** What is not written yet: of a known size up to three bytes. */
  rest: string;
  failed: number;

  constructor(flash: Flash, name: string, size: number, most: number) {
    this.flash = flash;
    this.name = name;
    this.size = size;
    this.most = most;
    this.at = 0;
    this.rest = "";
    this.failed = 0;
  }

  /** Not copied: the text points into the flash memory. */
  read(length: number): string | undefined {
    const text = this.flash.read(this.name, this.at, length);
    if (text === undefined || text === "") return undefined;
    this.at += text.length;
    return text;
  }

  /** In whole words of four bytes. */
  write(text: string): number {
    const length = text.length;
    if (this.size < 0) {
      this.rest += text;
      if (this.rest.length > this.most) this.failed = NEEDS_SIZE;
    } else if (this.at + this.rest.length + length > this.size) this.failed = NO_SPACE;
    else if (this.rest === "" && (length & 3) === 0) put(this, text);
    else {
      const all = this.rest + text;
      const words = all.length & ~3;
      put(this, all.substring(0, words));
      this.rest = all.substring(words);
    }
    return this.failed === 0 ? length : 0;
  }

  seek(offset: number): void {
    this.at = offset;
  }

  close(): number {
    if (this.size === -2) return 0;
    if (this.size < 0) this.size = this.rest.length;
    if (this.size === 0) return UNSUPPORTED;
    if (this.at + this.rest.length < this.size) return TRUNCATED;
    put(this, this.rest);
    return this.failed;
  }
}
