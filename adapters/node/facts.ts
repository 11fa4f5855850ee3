// What is known of files and what can be set: stat, setFacts, space.

import * as fs from "node:fs";
import { NOT_FOUND } from "../../core/ports.ts";
import type { Done, Entry, Facts } from "../../core/ports.ts";
import { partName } from "./creator.ts";
import type { Storage } from "./creator.ts";
import { changeable, describe } from "./describe.ts";
import { fileError } from "./errors.ts";
import { split } from "./guard.ts";
import type { Guard, Spot } from "./guard.ts";

/** Half a microsecond and more: times go to the system as seconds in floating point, and are cut off there. */
const ROUND = 0.000001;
/** What SITE CHMOD may change: not the bits that make a program run as somebody else. */
const MODE = 0o777;

/** Of a path, links followed; where there is nothing, of `owner`'s part of it. */
export function stat(storage: Storage, path: string, owner: string, entry: Entry, done: Done<Entry>): void {
  const guard = storage.guard;
  const refused = guard.refuse(path);
  if (refused !== 0) return done(refused, entry);
  const [folder, name] = split(path);
  guard.find(path, false, (error, spot) => {
    if (error === NOT_FOUND && owner !== "") return statPart(storage, folder, name, owner, entry, done);
    if (error !== 0) return done(error, entry);
    spot.stat(guard.disk, (failure, stats) => {
      spot.leave();
      if (failure) return done(fileError(failure), entry);
      if (path === "/") return tell(entry, "", stats, false, done);
      guard.disk.stat(guard.native(folder), (none, parent) => tell(entry, name, stats, !none && changeable(parent), done));
    });
  });
}

function tell(entry: Entry, name: string, stats: fs.Stats, changeable: boolean, done: Done<Entry>): void {
  describe(entry, name, stats, changeable);
  done(0, entry);
}

function statPart(storage: Storage, folder: string, name: string, owner: string, entry: Entry, done: Done<Entry>): void {
  storage.guard.find(folder, true, (error, spot) => {
    if (error !== 0) return done(NOT_FOUND, entry);
    storage.guard.disk.lstat(spot.child(partName(storage.prefix, owner, name)), (none, stats) => {
      spot.leave();
      if (none || !stats.isFile()) return done(NOT_FOUND, entry);
      tell(entry, name, stats, true, done);
    });
  });
}

/** Sets what is not -1, in this order: modified, mode; `created` cannot be set. */
export function setFacts(guard: Guard, path: string, wish: Facts, done: Done<Facts>): void {
  const facts = { modified: wish.modified, created: -1, mode: wish.mode };
  const refused = guard.refuse(path);
  if (refused !== 0) return done(refused, facts);
  guard.find(path, false, (error, spot) => {
    if (error !== 0) return done(error, facts);
    const leave = (failure: Error | null): void => {
      spot.leave();
      done(fileError(failure), facts);
    };
    spot.stat(guard.disk, (failure, before) => {
      if (failure) return leave(failure);
      setTime(spot, before, facts.modified, (problem) => {
        if (problem) return leave(problem);
        setMode(spot, before, facts.mode, (trouble) => {
          if (trouble) return leave(trouble);
          spot.stat(guard.disk, (mishap, after) => {
            if (mishap) return leave(mishap);
            if (facts.modified !== -1) facts.modified = Math.floor(after.mtimeMs);
            if (facts.mode !== -1) facts.mode = after.mode & 0o7777;
            leave(null);
          });
        });
      });
    });
  });
}

function setTime(spot: Spot, before: fs.Stats, modified: number, next: (error: Error | null) => void): void {
  if (modified === -1) return next(null);
  fs.utimes(spot.self, before.atimeMs / 1000, modified / 1000 + ROUND, next);
}

function setMode(spot: Spot, before: fs.Stats, mode: number, next: (error: Error | null) => void): void {
  if (mode === -1) return next(null);
  fs.chmod(spot.self, (before.mode & 0o7777 & ~MODE) | (mode & MODE), next);
}

/** Free bytes where that path is. */
export function space(guard: Guard, path: string, done: Done<number>): void {
  const refused = guard.refuse(path);
  if (refused !== 0) return done(refused, -1);
  guard.find(path, false, (error, spot) => {
    if (error !== 0) return done(error, -1);
    fs.statfs(spot.self, (failure, facts) => {
      spot.leave();
      done(fileError(failure), !failure ? facts.bavail * facts.bsize : -1);
    });
  });
}
