// Flash memory (the module `Storage`) as a disk for files.ts: names in one folder, sizes that are known first, bytes written once.

import { NEEDS_SIZE, NO_SPACE, TRUNCATED, UNSUPPORTED } from "../../core/ports.ts";
import type { Disk, DiskFile, Flash, Stat } from "./runtime.ts";

declare function require(name: string): unknown;
declare const E: { getSizeOf(what: unknown): number };

/** A file in Storage. */
class FlashFile implements DiskFile {
  flash: Flash;
  name: string;
  /** -1: not known; -2: it is read. */
  size: number;
  /** Bytes that may gather where the size is not known. */
  gather: number;
  at: number;
  /** What is not written yet: of a known size up to three bytes. */
  rest: string;
  error: number;

  constructor(flash: Flash, name: string, size: number, gather: number) {
    this.flash = flash;
    this.name = name;
    this.size = size;
    this.gather = gather;
    this.at = 0;
    this.rest = "";
    this.error = 0;
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
      if (this.rest.length > this.gather) this.error = NEEDS_SIZE;
    } else if (this.at + this.rest.length + length > this.size) this.error = NO_SPACE;
    else if (this.rest === "" && (length & 3) === 0) this.put(text);
    else {
      const all = this.rest + text;
      const words = all.length & ~3;
      this.put(all.substring(0, words));
      this.rest = all.substring(words);
    }
    return this.error === 0 ? length : 0;
  }

  seek(offset: number): void {
    this.at = offset;
  }

  close(): number {
    if (this.size === -2) return 0;
    if (this.size < 0) this.size = this.rest.length;
    if (this.size === 0) return UNSUPPORTED;
    if (this.at + this.rest.length < this.size) return TRUNCATED;
    this.put(this.rest);
    return this.error;
  }

  /** The first bytes make the file. Storage would compact itself for want of room, which nobody expects. */
  put(text: string): void {
    if (text === "") return;
    if (this.at === 0 && this.flash.getFree() < this.size + 36) this.error = NO_SPACE;
    else this.flash.write(this.name, text, this.at, this.size);
    this.at += text.length;
  }
}

/** Storage as a disk; `gather`: bytes that an upload of unknown size may have. */
export function storage(gather: number): Disk {
  const flash = require("Storage") as Flash;
  return {
    statSync(place: string): Stat | undefined {
      const name = place.substring(1);
      const text = flash.read(name, 0, 200);
      if (text === undefined) return undefined;
      let size = text.length;
      // Where texts are not copied one can ask for all of it. Elsewhere its end is looked for.
      if (size === 200 && E.getSizeOf(text) < 10) size = (flash.read(name) as string).length;
      else if (size === 200) {
        size = 0;
        for (let step = 8388608; step >= 1; step /= 2) if (flash.read(name, size + step - 1, 1) !== "") size += step;
      }
      return { size: size, dir: false };
    },
    /** A power cut in the middle of a header leaves a name with the bytes 255 of empty flash in it, or one that is there twice. */
    readdirSync(): string[] {
      const all = flash.list(undefined, { sf: false });
      return all.filter((name: string, i: number): boolean => name.indexOf("\xFF") < 0 && all.indexOf(name) === i);
    },
    unlinkSync(place: string): void {
      flash.erase(place.substring(1));
    },
    openFile(place: string, mode: string, size: number): DiskFile {
      return new FlashFile(flash, place.substring(1), mode === "r" ? -2 : size, gather);
    },
    getFree(): number {
      return flash.getFree();
    },
    compact: flash.compact,
  };
}
