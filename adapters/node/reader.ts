// A file that is open for reading, with positioned reads into the caller's block.

import * as fs from "node:fs";
import { BAD_OFFSET, IO, NOT_FILE } from "../../core/ports.ts";
import type { Done, Entry, File, ReadDone } from "../../core/ports.ts";
import { describe } from "./describe.ts";
import type { Disk } from "./disk.ts";
import { fileError } from "./errors.ts";
import { split } from "./guard.ts";
import type { Guard } from "./guard.ts";

const { O_NOCTTY, O_NONBLOCK, O_RDONLY } = fs.constants;
/** So that a FIFO does not hang: what is no regular file is closed at once. */
const FLAGS = O_RDONLY | (O_NONBLOCK ?? 0) | (O_NOCTTY ?? 0);
const NO_FILE: File = {};
const NO_BYTES = Buffer.alloc(0);

/** What `open` of NodeFiles hands out. */
export class NodeReader {
  private readonly disk: Disk;
  private readonly fd: number;
  /** What it had when it was opened: a transfer moves that, and asks no more at its end. */
  private readonly size: number;
  private at: number;
  private into: Uint8Array | null = null;
  private readDone: ReadDone | null = null;
  private closeDone: Done<void> | null = null;
  private over = false;
  private readonly finished: (error: Error | null, length: number) => void;

  constructor(disk: Disk, fd: number, at: number, size: number) {
    this.disk = disk;
    this.fd = fd;
    this.size = size;
    this.at = at;
    this.finished = (error, length): void => this.finish(error, length);
  }

  read(into: Uint8Array | null, done: ReadDone): void {
    if (this.over || this.readDone !== null || into === null) return done(IO, NO_BYTES, 0);
    // Files of /proc have no size, and something in them.
    if (this.at === this.size && this.size > 0) return done(0, into, 0);
    this.into = into;
    this.readDone = done;
    this.disk.read(this.fd, into, this.at, this.size, this.finished);
  }

  close(done: Done<void>): void {
    if (this.over) return done(IO, undefined);
    this.over = true;
    if (this.readDone === null) this.shut(done);
    else this.closeDone = done;
  }

  private finish(error: Error | null, length: number): void {
    const done = this.readDone as ReadDone;
    const into = this.into as Uint8Array;
    this.readDone = null;
    this.into = null;
    if (!error) this.at += length;
    done(fileError(error), into, !error ? length : 0);
    if (this.closeDone !== null) this.shut(this.closeDone);
  }

  private shut(done: Done<void>): void {
    this.closeDone = null;
    this.disk.close(this.fd, (error) => done(fileError(error), undefined));
  }
}

/** Opens a regular file inside the root; `entry` is what it was at that moment. */
export function openReader(guard: Guard, path: string, offset: number, entry: Entry, done: Done<File>): void {
  const refused = guard.refuse(path);
  if (refused !== 0) return done(refused, NO_FILE);
  const disk = guard.disk;
  disk.open(guard.native(path), FLAGS, 0, (error, fd) => {
    if (error) return guard.explain(path, fileError(error), (number) => done(number, NO_FILE));
    const give = (problem: number, size: number): void => {
      if (problem === 0) return done(0, new NodeReader(disk, fd, offset, size));
      disk.close(fd, () => done(problem, NO_FILE));
    };
    disk.fstat(fd, (failure, stats) => {
      if (failure) return give(fileError(failure), 0);
      guard.verify(fd, path, stats, (problem) => {
        if (problem !== 0) return give(problem, 0);
        if (!stats.isFile()) return give(NOT_FILE, 0);
        describe(entry, split(path)[1], stats, false);
        give(offset > stats.size ? BAD_OFFSET : 0, stats.size);
      });
    });
  });
}
