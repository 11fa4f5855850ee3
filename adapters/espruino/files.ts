// Files on a device: on a card or in flash memory, as disk.ts finds them. Neither has a rename.
//
// Invariant: beside the file "a" there may be "a.~", its part, and "a.!", its mark:
// - neither: "a" is what was committed.
// - a part: "a" is what was committed; the part is an upload that is not complete.
// - a mark: "a" is an upload that is not complete, of a name that was free. It does not show.
// - both: the part is complete and counts; "a" is being written anew from it.
// A commit sets a mark or takes one away: there is nothing between the old file and the new one.

import { BAD_NAME, BAD_OFFSET, BUSY, DENIED, EXISTS, IO, NO_SPACE, NOT_DIR, NOT_EMPTY, NOT_FILE, NOT_FOUND } from "../../core/ports.ts";
import {
  CAN_APPEND,
  CAN_COMPACT,
  CAN_DIRS,
  CAN_HASH,
  CAN_SEEK,
  CAN_TIMES,
  CAN_WRITE,
  OWN_CHUNKS,
  RAW_NAMES,
  TOO_LONG,
  UNSUPPORTED,
} from "../../core/ports.ts";
import { DIR, Entry, FILE } from "../../core/ports.ts";
import type { Chunk, Create, Cursor, Done, File, ReadDone } from "../../core/ports.ts";
import { Names } from "./cursor.ts";
import { isCard, makeFolder, namesIn, openAt, removeAt, roomLeft, statAt } from "./disk.ts";
import { copy, IN_PLACE, MARK, NEW, OLD, ours, PART, READ } from "./parts.ts";
import type { OpenFile } from "./parts.ts";
import type { DiskFile } from "./runtime.ts";

declare function require(name: string): unknown;
declare function setTimeout<A, B>(call: (one: A, other: B) => void, delay: number, one?: A, other?: B): number;

/** Storage, with a "/" in front of its names of 28 bytes. */
const LONGEST_IN_STORAGE = 29;
/** A card; the name has a zero at its end. */
const LONGEST_ON_CARD = 62;
/** What a file in Storage takes beside its bytes, with its mark. */
const HEADERS = 80;

/** What comes with an error. */
const NO_FILE: File = {};

/** Nobody waits for it. */
function nothing(): void {}

/** Storage is compact. */
function moved(files: DeviceFiles, done: Done<void>): void {
  files.moving = false;
  done(0, undefined);
}

/** Files of one folder and below. What it does it does at once, but for the copying at the end of a commit. */
export class DeviceFiles {
  can: number;
  /** CARD; or Storage: bytes of an upload of unknown size that may gather in memory. */
  disk: number;
  root: string;
  chunk: number;
  /** Characters of a name with its folders and a "/" in front. */
  longest: number;
  /** What is open. */
  opened: OpenFile[];
  /** Storage will be compacted in a moment: nothing is opened. */
  moving: boolean;

  constructor(disk: number, root: string, chunk: number) {
    this.can = CAN_WRITE | CAN_SEEK | CAN_DIRS | CAN_HASH | OWN_CHUNKS | RAW_NAMES | (isCard(disk) ? CAN_APPEND | CAN_TIMES : CAN_COMPACT);
    this.disk = disk;
    this.root = root;
    this.chunk = chunk;
    this.longest = isCard(disk) ? LONGEST_ON_CARD : LONGEST_IN_STORAGE;
    this.opened = [];
    this.moving = false;
  }

  open(path: string, offset: number, entry: Entry, done: Done<File>): void {
    const place = this.root + path;
    const other = this.other(place, READ);
    let error = this.look(path, entry);
    if (error === 0 && entry.type !== FILE) error = NOT_FILE;
    if (error === 0 && offset > entry.size) error = BAD_OFFSET;
    if (error === 0 && (this.moving || (other !== undefined && (other.kind === IN_PLACE || other.to !== undefined)))) error = BUSY;
    if (error !== 0) return done(error, NO_FILE);
    let file = NO_FILE;
    try {
      file = this.start(place, this.size(place + MARK) < 0 ? "" : PART, "r", READ, -1);
      if (offset > 0) (file as OpenFile).seek(offset);
    } catch (_) {
      error = IO;
    }
    done(error, file);
  }

  read(file: File, _into: Uint8Array | null, done: ReadDone): void {
    const text = (file as OpenFile).read(this.chunk);
    if (text === undefined) done(0, "", 0);
    else done(0, text, text.length);
  }

  close(file: File, done: Done<void>): void {
    (file as OpenFile).close();
    this.letGo(file as OpenFile);
    done(0, undefined);
  }

  create(path: string, how: Create, done: Done<File>): void {
    const place = this.root + path;
    const entry = new Entry();
    const missing = this.look(path, entry);
    const marked = this.size(place + MARK) >= 0;
    const part = missing === 0 ? this.size(place + PART) : marked ? entry.size : -1;
    let offset = how.offset;
    let kind = missing === 0 ? OLD : NEW;
    let error = missing === NOT_FOUND ? 0 : missing;
    // Such bytes are in names that a power cut left.
    if (ours(path) || (!isCard(this.disk) && path.indexOf("\xFF") >= 0)) error = BAD_NAME;
    else if (place.length + PART.length > this.longest) error = TOO_LONG;
    else if (missing === 0 && entry.type !== FILE) error = NOT_FILE;
    else if (missing === 0 && how.exclusive) error = EXISTS;
    else if (this.moving || this.other(place, IN_PLACE) !== undefined) error = BUSY;
    // A part is complete, and could not be copied.
    else if (missing === 0 && marked) error = NO_SPACE;
    if (missing === 0 && (how.append || (offset > 0 && offset !== part))) kind = IN_PLACE;
    if (how.append) offset = kind === IN_PLACE ? entry.size : part < 0 ? 0 : part;
    if (error === 0 && offset > 0 && offset !== part && (kind !== IN_PLACE || offset > entry.size)) error = BAD_OFFSET;
    if (error === 0 && !isCard(this.disk)) {
      if (offset > 0) error = UNSUPPORTED;
      else if (roomLeft() < (how.size + HEADERS) * (kind === OLD ? 2 : 1)) error = NO_SPACE;
    }
    if (error !== 0) return done(error, NO_FILE);
    try {
      if (kind === NEW && !marked) this.mark(place);
      const file = this.start(place, kind === OLD ? PART : "", kind === IN_PLACE ? "r+" : offset > 0 ? "a" : "w", kind, how.size);
      if (kind === IN_PLACE) file.seek(offset);
      done(0, file);
    } catch (_) {
      done(this.why(place), NO_FILE);
    }
  }

  write(file: File, chunk: Chunk, length: number, done: Done<void>): void {
    const to = file as OpenFile;
    let error = 0;
    try {
      if (to.write(chunk as string) !== length) error = to.failed ? to.failed : NO_SPACE;
    } catch (_) {
      error = IO;
    }
    done(error, undefined);
  }

  commit(file: File, done: Done<void>): void {
    const part = file as OpenFile;
    const place = part.place;
    let error = 0;
    this.letGo(part);
    try {
      const end = part.close();
      if (end) error = end;
      else if (part.kind === NEW) this.drop(place + MARK);
      else if (part.kind === OLD) {
        if (this.other(place, READ) !== undefined) error = BUSY;
        else if (!isCard(this.disk) && roomLeft() < this.size(place + PART) + HEADERS) error = NO_SPACE;
        else {
          this.mark(place);
          return this.finish(place, false, done);
        }
      }
    } catch (_) {
      error = IO;
    }
    done(error, undefined);
  }

  discard(file: File, keep: boolean, done: Done<void>): void {
    const part = file as OpenFile;
    const card = isCard(this.disk);
    this.letGo(part);
    try {
      if (card) part.close();
      if ((!keep || !card) && part.kind === NEW) this.clear(part.place);
      if ((!keep || !card) && part.kind === OLD) this.drop(part.place + PART);
    } catch (_) {
      // It does not show.
    }
    done(0, undefined);
  }

  list(path: string, done: Done<Cursor>): void {
    const entry = new Entry();
    const error = this.look(path, entry);
    const folder = error === 0 && entry.type === DIR;
    const names = folder ? namesIn(this.disk, this.root + path) : undefined;
    done(error !== 0 ? error : folder ? 0 : NOT_DIR, new Names(this, path === "/" ? path : path + "/", names === undefined ? [] : names));
  }

  stat(path: string, owner: string, entry: Entry, done: Done<Entry>): void {
    const error = this.look(path, entry);
    // Of a part only a card knows how far it is.
    done(error === NOT_FOUND && owner !== "" && entry.size >= 0 && isCard(this.disk) ? 0 : error, entry);
  }

  remove(path: string, done: Done<void>): void {
    const place = this.root + path;
    const entry = new Entry();
    let error = this.look(path, entry);
    if (error === 0 && entry.type !== FILE) error = NOT_FILE;
    if (error === 0 && this.other(place, READ) !== undefined) error = BUSY;
    try {
      if (error === 0) this.clear(place);
    } catch (_) {
      error = DENIED;
    }
    done(error, undefined);
  }

  mkdir(path: string, done: Done<void>): void {
    const place = this.root + path;
    let error = this.look(path, new Entry());
    if (error === 0) error = EXISTS;
    try {
      if (error === NOT_FOUND) {
        error = isCard(this.disk) ? 0 : UNSUPPORTED;
        if (error === 0) makeFolder(place);
      }
    } catch (_) {
      error = this.why(place);
    }
    done(error, undefined);
  }

  rmdir(path: string, done: Done<void>): void {
    const place = this.root + path;
    const entry = new Entry();
    let error = this.look(path, entry);
    if (path === "/") error = DENIED;
    if (error === 0 && entry.type !== DIR) error = NOT_DIR;
    const names = error === 0 ? namesIn(this.disk, place) as string[] : [];
    for (let i = 0; i < names.length && error === 0; i++) {
      const name = names[i];
      if (name !== "." && name !== ".." && !ours(name) && this.look(path + "/" + name, entry) === 0) error = NOT_EMPTY;
    }
    try {
      // What is left of uploads goes too.
      for (let i = 0; i < names.length && error === 0; i++) {
        if (names[i] !== "." && names[i] !== "..") this.drop(place + "/" + names[i]);
      }
      if (error === 0) removeAt(this.disk, place);
    } catch (_) {
      error = IO;
    }
    done(error, undefined);
  }

  /** Storage only. From a timer, so that no code of ours runs while code is moved. */
  compact(done: Done<void>): void {
    if (this.moving || this.opened.length > 0) return done(BUSY, undefined);
    this.moving = true;
    setTimeout((require("Storage") as { compact(): void }).compact, 1);
    setTimeout(moved, 20, this, done);
  }

  // --- Helpers

  /** Fills `entry`, also of a file that does not show; where a power cut came into a commit, it is finished. */
  look(path: string, entry: Entry): number {
    const place = this.root + path;
    let error = 0;
    entry.name = path.substring(path.lastIndexOf("/") + 1);
    entry.type = DIR;
    entry.size = -1;
    entry.modified = -1;
    if (path === "/") return 0;
    if (place.length > this.longest) return TOO_LONG;
    let stat = statAt(this.disk, place);
    if (this.size(place + MARK) >= 0) {
      if (this.size(place + PART) < 0) error = NOT_FOUND;
      else {
        if (this.other(place, READ) === undefined) this.finish(place, true, nothing);
        stat = statAt(this.disk, this.size(place + PART) < 0 ? place : place + PART);
      }
    }
    if (stat === undefined) return NOT_FOUND;
    if (stat.dir) return error;
    entry.type = FILE;
    entry.size = stat.size;
    if (stat.mtime !== undefined) entry.modified = stat.mtime.getTime();
    return error;
  }

  /** Bytes of what is there under that name, of a folder too; -1: nothing is. */
  size(place: string): number {
    const stat = place.length > this.longest ? undefined : statAt(this.disk, place);
    return stat === undefined ? -1 : stat.size;
  }

  drop(place: string): void {
    if (this.size(place) >= 0) removeAt(this.disk, place);
  }

  /** Part, file and mark, in the order in which none of them can come back. */
  clear(place: string): void {
    this.drop(place + PART);
    this.drop(place);
    this.drop(place + MARK);
  }

  mark(place: string): void {
    this.drop(place + (this.size(place) < 0 ? PART : MARK));
    const mark = openAt(this.disk, place + MARK, "w", 1) as DiskFile;
    mark.write("!");
    mark.close();
  }

  /** Somebody else has it open, who does at least `kind` with it. */
  other(place: string, kind: number): OpenFile | undefined {
    return this.opened.find((file: OpenFile): boolean => file.place === place && file.kind >= kind);
  }

  /** Opens a file; throws. */
  start(place: string, part: string, mode: string, kind: number, size: number): OpenFile {
    const file = openAt(this.disk, place + part, mode, size) as OpenFile;
    file.files = this;
    file.place = place;
    file.kind = kind;
    file.chunk = this.chunk;
    this.opened.push(file);
    return file;
  }

  /** A complete part becomes the file. */
  finish(place: string, all: boolean, done: Done<void>): void {
    try {
      const to = openAt(this.disk, place, "w", this.size(place + PART));
      const from = this.start(place, PART, "r", OLD, -1);
      from.to = to;
      from.done = done;
      copy(from, all);
    } catch (_) {
      done(IO, undefined);
    }
  }

  letGo(file: OpenFile): void {
    this.opened.splice(this.opened.indexOf(file), 1);
  }

  /** Why a file cannot be created: its folder tells. */
  why(place: string): number {
    const folder = place.substring(0, place.lastIndexOf("/"));
    const stat = folder === "" ? undefined : statAt(this.disk, folder);
    if (folder === "") return UNSUPPORTED;
    return stat === undefined ? NOT_FOUND : stat.dir ? IO : NOT_DIR;
  }
}
