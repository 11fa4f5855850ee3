// Promises round a FileSystem, for the suite that every file system passes; completions may come now or later.

import { Buffer } from "node:buffer";
import { assert, assertEquals } from "../assert.ts";
import { Entry, OWN_CHUNKS, WANTS_SIZE } from "../../core/ports.ts";
import type { Chunk, Create, Cursor, Done, Facts, File, FileSystem } from "../../core/ports.ts";

/** What `make` hands to the suite: a file system with an empty root, and ways round it. */
export interface Fixture {
  files: FileSystem;
  cleanup(): Promise<void>;
  /** Makes a file behind the file system's back, in folders that exist. The path is a byte string. */
  put(path: string, bytes: Uint8Array): Promise<void>;
  /** What a file holds, seen behind the file system's back; null where there is none. */
  get(path: string): Promise<Uint8Array | null>;
  /** Parts that exist, wherever they are kept. */
  parts?(): Promise<number>;
  /** Makes a symbolic link at `path`: to another path, or with null to something outside the root. */
  makeLink?(path: string, target: string | null): Promise<void>;
  /** Handles that are open; asked at the end of every test, must be 0. */
  handles?(): number;
}

/** An error number of the ports, thrown. */
export class PortError extends Error {
  number: number;

  constructor(number: number) {
    super(`Error number ${number}`);
    this.number = number;
  }
}

/** Asserts that a promise is broken by that error number, or by one of them. */
export async function fails(promise: Promise<unknown>, ...numbers: number[]): Promise<void> {
  let number = 0;
  await promise.catch((error) => {
    if (!(error instanceof PortError)) throw error;
    number = error.number;
  });
  assert(numbers.includes(number), `Expected error number ${numbers.join(" or ")}, but got ${number}`);
}

/** Turns a call with a callback into a promise. Throws where the callback comes twice. */
export function promised<T>(call: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    let calls = 0;
    call((error, value) => {
      calls++;
      if (calls > 1) throw new Error("Cannot call a completion twice");
      if (error !== 0) reject(new PortError(error));
      else resolve(value);
    });
  });
}

/** How a new file is written where nothing else is said. */
export const NEW: Create = { offset: 0, size: -1, append: false, exclusive: false, owner: "ana" };

/** A file system with promises. */
export class Promised {
  files: FileSystem;
  /** The size of the block that `read` reads with. */
  block: number;

  constructor(files: FileSystem, block: number) {
    this.files = files;
    this.block = block;
  }

  open(path: string, offset: number, entry: Entry): Promise<File> {
    return promised((done) => this.files.open(path, offset, entry, done));
  }

  /** One read, as a copy. Without async: its order against other completions shows. */
  readSome(file: File, block: Uint8Array): Promise<Uint8Array> {
    const into = (this.files.can & OWN_CHUNKS) !== 0 ? null : block;
    return promised<Uint8Array>((done) => {
      this.files.read(file, into, (error, chunk, length) => done(error, error === 0 ? copy(chunk, length) : new Uint8Array(0)));
    });
  }

  close(file: File): Promise<void> {
    return promised((done) => this.files.close(file, done));
  }

  /** A file from an offset to its end. */
  async read(path: string, offset: number): Promise<Uint8Array> {
    const file = await this.open(path, offset, new Entry());
    const block = new Uint8Array(this.block);
    const pieces: Uint8Array[] = [];
    for (let piece = await this.readSome(file, block); piece.length > 0; piece = await this.readSome(file, block)) pieces.push(piece);
    await this.close(file);
    return join(pieces);
  }

  /** Where the size is wanted and not known, it says 100. */
  create(path: string, how: Partial<Create>): Promise<File> {
    if ((this.files.can & WANTS_SIZE) !== 0 && (how.size ?? -1) < 0) how = { ...how, size: 100 };
    return promised((done) => this.files.create(path, { ...NEW, ...how }, done));
  }

  write(file: File, chunk: Chunk): Promise<void> {
    return promised((done) => this.files.write(file, chunk, chunk.length, done));
  }

  commit(file: File): Promise<void> {
    return promised((done) => this.files.commit(file, done));
  }

  discard(file: File, keep: boolean): Promise<void> {
    return promised((done) => this.files.discard(file, keep, done));
  }

  /** Creates, writes the chunks and commits. */
  async store(path: string, how: Partial<Create>, ...chunks: Chunk[]): Promise<void> {
    const file = await this.create(path, { size: this.total(chunks), ...how });
    for (const chunk of chunks) await this.write(file, chunk);
    await this.commit(file);
  }

  /** The size, where it is wanted. */
  total(chunks: Chunk[]): number {
    if ((this.files.can & WANTS_SIZE) === 0) return -1;
    return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  }

  /** Creates, writes the chunks and keeps them as a part. */
  async storePart(path: string, how: Partial<Create>, ...chunks: Chunk[]): Promise<void> {
    const file = await this.create(path, { size: this.total(chunks), ...how });
    for (const chunk of chunks) await this.write(file, chunk);
    await this.discard(file, true);
  }

  cursor(path: string): Promise<Cursor> {
    return promised((done) => this.files.list(path, done));
  }

  next(cursor: Cursor, entry: Entry): Promise<boolean> {
    return promised((done) => cursor.next(entry, done));
  }

  closeCursor(cursor: Cursor): Promise<void> {
    return promised((done) => cursor.close(done));
  }

  /** A folder's entries, sorted by name. */
  async list(path: string): Promise<Entry[]> {
    const cursor = await this.cursor(path);
    const entries: Entry[] = [];
    for (let entry = new Entry(); await this.next(cursor, entry); entry = new Entry()) entries.push(entry);
    await this.closeCursor(cursor);
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async names(path: string): Promise<string[]> {
    return (await this.list(path)).map((entry) => entry.name);
  }

  stat(path: string, owner: string): Promise<Entry> {
    return promised((done) => this.files.stat(path, owner, dirty(), done));
  }

  setFacts(path: string, facts: Partial<Facts>): Promise<Facts> {
    return promised((done) => this.files.setFacts(path, { modified: -1, created: -1, mode: -1, ...facts }, done));
  }

  rename(from: string, to: string): Promise<void> {
    return promised((done) => this.files.rename(from, to, done));
  }

  remove(path: string): Promise<void> {
    return promised((done) => this.files.remove(path, done));
  }

  mkdir(path: string): Promise<void> {
    return promised((done) => this.files.mkdir(path, done));
  }

  rmdir(path: string): Promise<void> {
    return promised((done) => this.files.rmdir(path, done));
  }
}

/** An entry that another one has used: whoever fills it must fill all of it. */
export function dirty(): Entry {
  const entry = new Entry();
  entry.name = "left over";
  entry.type = 99;
  entry.size = 99;
  entry.modified = 99;
  entry.mode = 99;
  entry.owner =
    entry.group =
    entry.unique =
    entry.target =
    entry.perm =
      "left over";
  return entry;
}

/** Bytes of a byte string. */
export function bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** A byte string of bytes; null stays null. */
export function text(data: Uint8Array | null): string | null {
  return data === null ? null : Buffer.from(data).toString("latin1");
}

/** The same bytes for the same seed. */
export function noise(length: number, seed: number): Uint8Array {
  const data = new Uint8Array(length);
  let state = seed;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    data[i] = state >>> 24;
  }
  return data;
}

/** Equality of long data, without printing it. */
export function assertSameBytes(actual: Uint8Array | null, expected: Uint8Array): void {
  assertEquals(actual?.length, expected.length);
  assert(Buffer.compare(actual as Uint8Array, expected) === 0, "The bytes differ");
}

function copy(chunk: Chunk, length: number): Uint8Array {
  return typeof chunk === "string" ? bytes(chunk.substring(0, length)) : new Uint8Array(chunk.subarray(0, length));
}

function join(pieces: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(pieces));
}
