// A file that is open for writing: a part, which `commit` makes the file by renaming it, or the file itself.
//
// Invariant: the descriptor, the lock and the folder are let go of exactly once, at the end of `commit` or `discard`, after
// the outstanding write.

import * as fs from "node:fs";
import { EXISTS, IO } from "../../core/ports.ts";
import type { Chunk, Done } from "../../core/ports.ts";
import { foreign } from "./describe.ts";
import type { Disk } from "./disk.ts";
import { fileError } from "./errors.ts";
import type { Spot } from "./guard.ts";
import type { Lock } from "./locks.ts";

const { O_DIRECTORY, O_RDONLY } = fs.constants;
/** Errors of a storage that has no hard links. */
const NO_LINKS = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"];

/** What `create` of NodeFiles hands out. */
export class NodeWriter {
  private readonly fsync: boolean;
  private readonly disk: Disk;
  private readonly folder: Spot;
  private readonly lock: Lock;
  private readonly fd: number;
  private readonly name: string;
  /** "": it writes in place. */
  private readonly part: string;
  private readonly exclusive: boolean;
  /** What is to be replaced. */
  private readonly old: fs.Stats | null;
  private at: number;
  /** The first that failed; nothing is committed after it. */
  private error = 0;
  private over = false;
  private bytes: Uint8Array | null = null;
  private from = 0;
  private to = 0;
  private writeDone: Done<void> | null = null;
  private ending: (() => void) | null = null;
  private readonly written: (error: Error | null, length: number) => void;

  constructor(
    storage: { fsync: boolean; guard: { disk: Disk } },
    folder: Spot,
    lock: Lock,
    fd: number,
    name: string,
    part: string,
    at: number,
    exclusive: boolean,
    old: fs.Stats | null,
  ) {
    this.fsync = storage.fsync;
    this.disk = storage.guard.disk;
    this.folder = folder;
    this.lock = lock;
    this.fd = fd;
    this.name = name;
    this.part = part;
    this.at = at;
    this.exclusive = exclusive;
    this.old = old;
    this.written = (error, length): void => this.wrote(error, length);
  }

  write(chunk: Chunk, length: number, done: Done<void>): void {
    if (this.over || this.writeDone !== null) return done(IO, undefined);
    if (this.error !== 0 || length === 0) return done(this.error, undefined);
    this.bytes = typeof chunk === "string" ? Buffer.from(chunk.slice(0, length), "latin1") : chunk;
    this.from = 0;
    this.to = length;
    this.writeDone = done;
    this.disk.write(this.fd, this.bytes, 0, length, this.at, this.written);
  }

  commit(done: Done<void>): void {
    this.end(done, () => this.flush(done));
  }

  discard(keep: boolean, done: Done<void>): void {
    this.end(done, () => {
      const drop = this.part !== "" && !(keep && this.at > 0);
      this.disk.close(this.fd, (error) => {
        if (!drop) return this.finish(error, done);
        this.disk.unlink(this.folder.child(this.part), (failure) => this.finish(failure, done));
      });
    });
  }

  private wrote(error: Error | null, length: number): void {
    if (!error) {
      this.from += length;
      this.at += length;
      if (this.from < this.to && length > 0) {
        return this.disk.write(this.fd, this.bytes as Uint8Array, this.from, this.to, this.at, this.written);
      }
    }
    this.error = !error && this.from < this.to ? IO : fileError(error);
    const done = this.writeDone as Done<void>;
    this.writeDone = null;
    this.bytes = null;
    done(this.error, undefined);
    if (this.ending !== null) this.ending();
  }

  /** Once, and after the outstanding write. */
  private end(done: Done<void>, act: () => void): void {
    if (this.over) return done(IO, undefined);
    this.over = true;
    if (this.writeDone === null) return act();
    this.ending = (): void => {
      this.ending = null;
      act();
    };
  }

  // --- The steps of commit; the part stays where one of them fails, but where that is the writing.

  private flush(done: Done<void>): void {
    if (this.error !== 0) return this.disk.close(this.fd, () => this.finish(null, done));
    this.disk.flush(this.fd, this.fsync, (error) => {
      if (error) return this.lose(error, done);
      this.dress(done);
    });
  }

  /** Nobody knows what the part has. */
  private lose(error: Error, done: Done<void>): void {
    const finish = (): void => this.finish(error, done);
    this.disk.close(this.fd, () => {
      if (this.part === "") finish();
      else this.disk.unlink(this.folder.child(this.part), finish);
    });
  }

  /** Owner, as far as we may, and mode of what it replaces. */
  private dress(done: Done<void>): void {
    const old = this.old;
    if (old === null || this.part === "") return this.shut(done);
    const mode = (): void => this.disk.fchmod(this.fd, old.mode & 0o7777, () => this.shut(done));
    if (foreign(old)) fs.fchown(this.fd, old.uid, old.gid, mode);
    else mode();
  }

  private shut(done: Done<void>): void {
    this.disk.close(this.fd, (error) => {
      if (error || this.part === "") return this.finish(error, done);
      const part = this.folder.child(this.part);
      const target = this.folder.child(this.name);
      const placed = (failure: Error | null): void => this.placed(failure, done);
      if (!this.exclusive) return this.disk.rename(part, target, placed);
      fs.link(part, target, (failure) => {
        if (!failure) return fs.unlink(part, placed);
        if (!NO_LINKS.includes(failure.code ?? "")) return placed(failure);
        fs.lstat(target, (none) => {
          if (none) return fs.rename(part, target, placed);
          this.error = EXISTS;
          this.finish(null, done);
        });
      });
    });
  }

  private placed(error: Error | null, done: Done<void>): void {
    if (error || !this.fsync || O_DIRECTORY === undefined) return this.finish(error, done);
    fs.open(this.folder.self, O_RDONLY | O_DIRECTORY, (_error, fd) => {
      if (fd === undefined) return this.finish(null, done);
      fs.fsync(fd, () => fs.close(fd, () => this.finish(null, done)));
    });
  }

  private finish(error: Error | null | undefined, done: Done<void>): void {
    this.lock.release();
    this.folder.leave();
    done(this.error !== 0 ? this.error : fileError(error), undefined);
  }
}
