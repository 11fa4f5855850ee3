// The files of Storage as they lie in flash (src/jsflash.c): a header of 32 bytes, then the contents, each file behind the last.

import type { Flash } from "./flash.ts";

/** Bytes of a header: size with flags in the top byte, then the name. */
export const HEADER = 32;
/** Bytes of a name; longer ones are cut without a word. */
export const NAME = 28;
/** Flag of a StorageFile's piece. */
export const STORAGE_FILE = 64;
const ALIGNMENT = 4;
const MOST = 0x00ffffff;

/** A file that was found: `at` is where its contents begin. */
export interface Found {
  at: number;
  size: number;
  flags: number;
  /** All 28 bytes, as `nameOf` makes them; a header that a power cut left half written has others behind the zero. */
  name: string;
  /** Not erased, and no file of the system's own. */
  real: boolean;
  erased: boolean;
}

/** What Storage counts. */
export interface Stats {
  totalBytes: number;
  freeBytes: number;
  fileBytes: number;
  fileCount: number;
  trashBytes: number;
  trashCount: number;
}

/** Name as it is kept: cut, with zeros behind it. */
export function nameOf(name: string): string {
  return shown(name).slice(0, NAME).padEnd(NAME, "\0");
}

/** Name as it is listed: up to the first zero. */
export function shown(name: string): string {
  const end = name.indexOf("\0");
  return end < 0 ? name : name.slice(0, end);
}

/** The files of one flash memory. */
export class FlashFiles {
  readonly flash: Flash;

  constructor(flash: Flash) {
    this.flash = flash;
  }

  find(name: string): Found | null {
    for (const file of this.all()) if (!file.erased && file.name === name) return file;
    return null;
  }

  /** Every file, erased ones too, in the order of their addresses. */
  *all(): Generator<Found> {
    let at = 0;
    let header = this.header(at);
    if (!header) return;
    for (;;) {
      yield header;
      at = align(header.at + header.size);
      if (at + HEADER > this.flash.bytes.length) return;
      header = this.header(at);
      if (header) continue;
      // None here: one may begin with the next page, but not behind an empty one.
      at = this.nextPage(at);
      header = at < 0 ? null : this.header(at);
      if (!header) return;
    }
  }

  /** The first word of the name becomes 0. */
  erase(file: Found): void {
    this.flash.write(file.at - HEADER + 4, new Uint8Array(4));
  }

  /** Room for a file, compacting where that would make some; null: there is none. An older file of this name stays. */
  create(name: string, size: number, flags: number): Found | null {
    const needed = align(size) + HEADER;
    let at = this.room(needed);
    if (at < 0 && this.spare() > needed && this.compact()) at = this.room(needed);
    if (at < 0) return null;
    const header = Buffer.alloc(HEADER);
    header.writeUInt32LE(size + flags * 0x1000000, 0);
    header.write(name, 4, "latin1");
    this.flash.write(at, header);
    return { at: at + HEADER, size, flags, name, real: true, erased: false };
  }

  /** false: there was nothing to win. A cut in here loses files, as it does on a device. */
  compact(): boolean {
    const { flash } = this;
    if (this.stats().trashBytes === 0) return false;
    const packed = new Uint8Array(flash.bytes.length).fill(255);
    let length = 0;
    for (const file of this.all()) {
      if (!file.real) continue;
      const whole = HEADER + align(file.size);
      packed.set(flash.read(file.at - HEADER, whole), length);
      length += whole;
    }
    for (let page = 0; page < flash.bytes.length; page += flash.page) {
      const wanted = packed.subarray(page, page + flash.page);
      if (Buffer.compare(wanted, flash.read(page, flash.page)) === 0) continue;
      flash.erase(page);
      const end = Math.min(flash.page, length - page);
      if (end > 0) flash.write(page, wanted.slice(0, end));
    }
    return true;
  }

  stats(): Stats {
    const total = this.flash.bytes.length;
    const stats = { totalBytes: total, freeBytes: total, fileBytes: 0, fileCount: 0, trashBytes: 0, trashCount: 0 };
    for (const file of this.all()) {
      const whole = align(file.size) + HEADER;
      stats.freeBytes = total - (file.at - HEADER + whole);
      stats[file.erased ? "trashBytes" : "fileBytes"] += whole;
      stats[file.erased ? "trashCount" : "fileCount"]++;
    }
    return stats;
  }

  /** A file's header, or null where none is or it makes no sense. */
  private header(at: number): Found | null {
    const bytes = Buffer.from(this.flash.read(at, HEADER));
    if (bytes.length < HEADER) return null;
    const word = bytes.readUInt32LE(0);
    const size = word & MOST;
    if (word === 0xffffffff || word === 0 || at + HEADER + size > this.flash.bytes.length) return null;
    const flags = word >>> 24;
    const erased = bytes.readUInt32LE(4) === 0;
    const name = bytes.toString("latin1", 4, HEADER);
    return { at: at + HEADER, size, flags, name, erased, real: !erased && (flags === 0 || flags === STORAGE_FILE || flags === 128) };
  }

  private nextPage(at: number): number {
    const next = at - at % this.flash.page + this.flash.page;
    return next >= this.flash.bytes.length ? -1 : next;
  }

  /** Where the first hole of so many bytes begins, or -1. */
  private room(needed: number): number {
    for (const hole of this.holes()) if (hole.length >= needed) return hole.at;
    return -1;
  }

  /** What is free and what would be. */
  private spare(): number {
    let sum = 0;
    for (const hole of this.holes()) sum += hole.length;
    for (const file of this.all()) if (file.erased) sum += file.size;
    return sum;
  }

  /** jsfGetSpaceLeftInPage: behind the last file of a run, up to the next page that begins with a file, or the end. */
  private *holes(): Generator<{ at: number; length: number }> {
    let at = 0;
    while (at >= 0) {
      let header = this.header(at);
      while (header) {
        at = align(header.at + header.size);
        header = at + HEADER > this.flash.bytes.length ? null : this.header(at);
      }
      const next = this.nextPage(at);
      const end = next >= 0 && !this.header(next) ? this.flash.bytes.length : next;
      if (at < this.flash.bytes.length) yield { at, length: (end < 0 ? this.flash.bytes.length : end) - at };
      at = next >= 0 && at < this.flash.bytes.length ? next : -1;
    }
  }
}

function align(length: number): number {
  return length + ALIGNMENT - 1 & ~(ALIGNMENT - 1);
}
