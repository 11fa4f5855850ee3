// Decides what an upload writes into: a new part, the part that was kept, or the file itself; and opens that.

import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { BAD_OFFSET, BUSY, DENIED, EXISTS, IO, NOT_FILE } from "../../core/ports.ts";
import type { Create, Done, File } from "../../core/ports.ts";
import { writable } from "./describe.ts";
import { fileError } from "./errors.ts";
import { split } from "./guard.ts";
import type { Guard, Spot } from "./guard.ts";
import { isWritten, Lock } from "./locks.ts";
import { NodeWriter } from "./writer.ts";

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = fs.constants;
/** An existing file, and nothing else. */
const OLD = O_WRONLY | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0);
const NEW = O_WRONLY | O_CREAT | O_EXCL | (O_NOFOLLOW ?? 0);
const NO_FILE: File = {};

/** What a Creator needs to know of its NodeFiles. */
export interface Storage {
  guard: Guard;
  prefix: string;
  fsync: boolean;
}

/** The name of the part that `owner` has of a file: in the same folder, the same after a restart, and of bounded length. */
export function partName(prefix: string, owner: string, name: string): string {
  return `${prefix}${createHash("sha256").update(`${owner}\0${name}`).digest("hex").slice(0, 32)}.part`;
}

/** One call of `create`. */
export class Creator {
  private readonly storage: Storage;
  private readonly how: Create;
  private readonly done: Done<File>;
  private path = "";
  private name = "";
  private part = "";
  /** A link is followed once; the real path that it leads to has none. */
  private followed = false;
  private folder: Spot | null = null;
  private lock: Lock | null = null;
  private old: fs.Stats | null = null;
  private retried = false;

  constructor(storage: Storage, how: Create, done: Done<File>) {
    this.storage = storage;
    this.how = { offset: how.offset, size: how.size, append: how.append, exclusive: how.exclusive, owner: how.owner };
    this.done = done;
  }

  start(path: string): void {
    const refused = this.storage.guard.refuse(path);
    if (refused !== 0) return this.fail(refused);
    if (path === "/") return this.fail(NOT_FILE);
    this.path = path;
    const [folder, name] = split(path);
    this.name = name;
    this.part = partName(this.storage.prefix, this.how.owner, name);
    this.storage.guard.find(folder, true, (error, spot) => {
      if (error !== 0) return this.fail(error);
      this.folder = spot;
      this.storage.guard.disk.lstat(spot.child(name), (failure, stats) => this.seen(failure, stats));
    });
  }

  private seen(error: NodeJS.ErrnoException | null, stats: fs.Stats): void {
    const how = this.how;
    if (error && error.code !== "ENOENT") return this.fail(fileError(error));
    this.old = !error ? stats : null;
    if (this.old !== null && how.exclusive) return this.fail(EXISTS);
    if (this.old !== null && stats.isSymbolicLink()) return this.follow();
    if (this.old !== null && !stats.isFile()) return this.fail(NOT_FILE);
    const target = `${this.spot.real}/${this.name}`;
    if (how.exclusive && isWritten(target)) return this.fail(EXISTS);
    this.lock = Lock.take(target, how.owner);
    if (this.lock === null) return this.fail(BUSY);
    if (this.old !== null && how.append) return this.openOld(stats.size);
    if (how.append || how.offset > 0) this.storage.guard.disk.lstat(this.spot.child(this.part), (none, part) => this.seenPart(none, part));
    else this.permit();
  }

  private follow(): void {
    if (this.followed) return this.fail(DENIED);
    this.followed = true;
    const guard = this.storage.guard;
    guard.find(this.path, false, (error, spot) => {
      if (error !== 0) return this.fail(error);
      spot.leave();
      this.spot.leave();
      this.folder = null;
      this.start(guard.virtual(spot.real));
    });
  }

  private seenPart(none: Error | null, part: fs.Stats): void {
    const how = this.how;
    const size = !none && part.isFile() ? part.size : -1;
    const offset = how.append ? Math.max(size, 0) : how.offset;
    if (offset > 0 && offset === size) return this.openPart(size);
    if (offset === 0) return this.permit();
    if (this.old === null || offset > this.old.size) return this.fail(BAD_OFFSET);
    this.openOld(offset);
  }

  /** A file that we may not write may not be replaced either. */
  private permit(): void {
    if (this.old === null || writable(this.old)) return this.openNew();
    fs.access(this.spot.child(this.name), fs.constants.W_OK, (error) => {
      if (error) return this.fail(fileError(error));
      this.openNew();
    });
  }

  private openNew(): void {
    const part = this.spot.child(this.part);
    this.storage.guard.disk.open(part, NEW, 0o666, (error, fd) => {
      if (!error) return this.give(fd, this.part, 0);
      if (error.code !== "EEXIST" || this.retried) return this.fail(fileError(error));
      this.retried = true;
      fs.unlink(part, (failure) => {
        if (failure && failure.code !== "ENOENT") return this.fail(fileError(failure));
        this.openNew();
      });
    });
  }

  private openPart(size: number): void {
    fs.open(this.spot.child(this.part), OLD, (error, fd) => {
      if (error) return this.fail(error.code === "ENOENT" ? BAD_OFFSET : fileError(error));
      this.check(fd, (stats) => this.give(fd, this.part, stats.size === size && stats.nlink === 1 ? size : -1));
    });
  }

  private openOld(offset: number): void {
    if (this.lock === null || !this.lock.takeInPlace()) return this.fail(BUSY);
    fs.open(this.spot.child(this.name), this.how.append ? OLD | O_APPEND : OLD, (error, fd) => {
      if (error) return this.fail(fileError(error));
      this.check(fd, (stats) => this.give(fd, "", this.how.append ? stats.size : offset <= stats.size ? offset : -1));
    });
  }

  private check(fd: number, then: (stats: fs.Stats) => void): void {
    fs.fstat(fd, (error, stats) => {
      if (!error && stats.isFile()) return then(stats);
      fs.close(fd, () => this.fail(!error ? NOT_FILE : fileError(error)));
    });
  }

  /** -1 as offset: the file is no longer what it was a moment ago. */
  private give(fd: number, part: string, offset: number): void {
    if (offset < 0) return fs.close(fd, () => this.fail(BAD_OFFSET));
    const lock = this.lock as Lock;
    this.done(0, new NodeWriter(this.storage, this.spot, lock, fd, this.name, part, offset, this.how.exclusive, this.old));
  }

  private fail(error: number): void {
    this.lock?.release();
    this.folder?.leave();
    this.done(error === 0 ? IO : error, NO_FILE);
  }

  private get spot(): Spot {
    return this.folder as Spot;
  }
}
