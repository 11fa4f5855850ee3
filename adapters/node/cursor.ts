// A folder that is being listed: names come by the batch, and a whole batch is looked at in parallel: one by one is five
// times slower.

import * as fs from "node:fs";
import { IO, LINK, NOT_DIR } from "../../core/ports.ts";
import type { Cursor, Done, Entry } from "../../core/ports.ts";
import { changeable, describe } from "./describe.ts";
import { BATCH, bytesOf } from "./disk.ts";
import type { Folder } from "./disk.ts";
import { fileError } from "./errors.ts";
import type { Guard, Spot } from "./guard.ts";

/** Opens a folder inside the root. */
export function openCursor(guard: Guard, path: string, done: Done<Cursor>): void {
  const refused = guard.refuse(path);
  if (refused !== 0) return done(refused, NO_CURSOR);
  guard.find(path, true, (error, spot) => {
    if (error !== 0) return done(error, NO_CURSOR);
    spot.stat(guard.disk, (failure, stats) => {
      if (failure) return give(spot, fileError(failure), done);
      if (!stats.isDirectory()) return give(spot, NOT_DIR, done);
      guard.disk.opendir(spot.self, (problem, folder) => {
        if (problem) return give(spot, fileError(problem), done);
        done(0, new NodeCursor(guard, spot, folder, path === "/" ? "" : path, changeable(stats)));
      });
    });
  });
}

function give(spot: Spot, error: number, done: Done<Cursor>): void {
  spot.leave();
  done(error, NO_CURSOR);
}

/** What comes with an error. */
const NO_CURSOR: Cursor = {
  next(_entry: Entry, done: Done<boolean>): void {
    done(IO, false);
  },
  close(done: Done<void>): void {
    done(IO, undefined);
  },
};

class NodeCursor implements Cursor {
  private readonly guard: Guard;
  private readonly spot: Spot;
  private readonly folder: Folder;
  private readonly path: string;
  private readonly changeable: boolean;
  private names: string[] = [];
  private stats: (fs.Stats | null)[] = [];
  /** The next of the batch. */
  private at = 0;
  /** Answers that the batch still waits for. */
  private pending = 0;
  private ended = false;
  private error = 0;
  private over = false;
  private entry: Entry | null = null;
  private nextDone: Done<boolean> | null = null;
  private closeDone: Done<void> | null = null;

  constructor(guard: Guard, spot: Spot, folder: Folder, path: string, changeable: boolean) {
    this.guard = guard;
    this.spot = spot;
    this.folder = folder;
    this.path = path;
    this.changeable = changeable;
  }

  next(entry: Entry, done: Done<boolean>): void {
    if (this.over || this.nextDone !== null) return done(IO, false);
    this.entry = entry;
    this.nextDone = done;
    this.deliver();
  }

  close(done: Done<void>): void {
    if (this.over) return done(IO, undefined);
    this.over = true;
    this.closeDone = done;
    if (this.nextDone === null) this.shut();
  }

  /** The next of the batch that still exists, or the next batch, or the end. */
  private deliver(): void {
    while (this.at < this.names.length) {
      const name = this.names[this.at];
      const stats = this.stats[this.at++];
      if (stats === null) continue;
      describe(this.entry as Entry, name, stats, this.changeable);
      if ((this.entry as Entry).type === LINK) return this.followLink(name);
      return this.answer(0, true);
    }
    if (this.ended || this.error !== 0) return this.answer(this.error, false);
    this.names = [];
    this.stats = [];
    this.at = 0;
    this.pending = 1;
    this.folder.read((error, name) => this.named(error, name));
  }

  private named(error: Error | null, name: string): void {
    if (error) this.error = fileError(error);
    if (name === "") this.ended = true;
    else this.look(name);
    if (this.ended || this.error !== 0 || this.names.length === BATCH) return this.looked();
    this.folder.read((problem, next) => this.named(problem, next));
  }

  private look(name: string): void {
    if (this.guard.hides(name)) return;
    const place = this.names.push(name) - 1;
    this.stats.push(null);
    this.pending++;
    this.guard.disk.lstat(this.spot.child(name), (error, stats) => {
      if (!error) this.stats[place] = stats;
      this.looked();
    });
  }

  private looked(): void {
    this.pending--;
    if (this.pending === 0) this.deliver();
  }

  /** Where it leads to, if that is inside. */
  private followLink(name: string): void {
    this.guard.find(`${this.path}/${name}`, false, (error, spot) => {
      if (error !== 0) return this.answer(0, true);
      spot.leave();
      const inside = this.guard.virtual(spot.real);
      fs.readlink(this.spot.child(name), "buffer", (failure, target) => {
        const text = !failure ? bytesOf(target) : "";
        (this.entry as Entry).target = text.startsWith("/") ? inside : text;
        this.answer(0, true);
      });
    });
  }

  private answer(error: number, more: boolean): void {
    const done = this.nextDone as Done<boolean>;
    this.nextDone = null;
    done(error, more);
    if (this.over && this.nextDone === null && this.closeDone !== null) this.shut();
  }

  private shut(): void {
    const done = this.closeDone as Done<void>;
    this.closeDone = null;
    this.folder.close(() => {
      this.spot.leave();
      done(0, undefined);
    });
  }
}
