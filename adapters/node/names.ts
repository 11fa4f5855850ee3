// What changes names: rename, remove, mkdir, rmdir. All of it happens in folders that were found inside the root.

import * as fs from "node:fs";
import { BUSY, DENIED, EXISTS, NOT_DIR, NOT_EMPTY, NOT_FILE } from "../../core/ports.ts";
import type { Done } from "../../core/ports.ts";
import { fileError } from "./errors.ts";
import { split } from "./guard.ts";
import type { Guard, Spot } from "./guard.ts";
import { isWrittenIn } from "./locks.ts";

type Answer = (error: number) => void;

/** Finds the folder of a path, and leaves it when `act` has answered. */
function within(guard: Guard, path: string, done: Done<void>, act: (spot: Spot, name: string, answer: Answer) => void): void {
  const refused = guard.refuse(path);
  if (refused !== 0) return done(refused, undefined);
  const [folder, name] = split(path);
  guard.find(folder, true, (error, spot) => {
    if (error !== 0) return done(error, undefined);
    act(spot, name, (problem) => {
      spot.leave();
      done(problem, undefined);
    });
  });
}

/** Files over files at once; a folder is in nobody's way. */
export function rename(guard: Guard, from: string, to: string, done: Done<void>): void {
  if (from === "/") return done(DENIED, undefined);
  if (to === "/") return done(EXISTS, undefined);
  within(guard, from, done, (source, name, answer) => {
    within(guard, to, answer, (target, newName, arrived) => {
      const old = source.child(name);
      const wanted = target.child(newName);
      guard.disk.lstat(old, (error, stats) => {
        if (error) return arrived(fileError(error));
        guard.disk.stat(wanted, (none, taken) => {
          if (!none && (taken.isDirectory() || stats.isDirectory())) return arrived(EXISTS);
          guard.disk.rename(old, wanted, (failure) => arrived(failure?.code === "EINVAL" ? DENIED : fileError(failure)));
        });
      });
    });
  });
}

/** A file, or a link wherever it leads to. */
export function remove(guard: Guard, path: string, done: Done<void>): void {
  if (path === "/") return done(NOT_FILE, undefined);
  within(guard, path, done, (spot, name, answer) => {
    const child = spot.child(name);
    // First, because some runtimes' unlink removes an empty folder.
    guard.disk.lstat(child, (error, stats) => {
      if (error) return answer(fileError(error));
      if (stats.isDirectory()) return answer(NOT_FILE);
      guard.disk.unlink(child, (failure) => answer(fileError(failure)));
    });
  });
}

/** A new folder. */
export function makeFolder(guard: Guard, path: string, done: Done<void>): void {
  if (path === "/") return done(EXISTS, undefined);
  within(guard, path, done, (spot, name, answer) => guard.disk.mkdir(spot.child(name), (error) => answer(fileError(error))));
}

/** An empty folder, or one in which only old parts are left. */
export function removeFolder(guard: Guard, path: string, done: Done<void>): void {
  if (path === "/") return done(DENIED, undefined);
  within(guard, path, done, (spot, name, answer) => {
    const child = spot.child(name);
    fs.rmdir(child, (error) => {
      const number = error?.code === "ENOTDIR" ? NOT_DIR : error?.code === "EEXIST" ? NOT_EMPTY : fileError(error);
      if (number !== NOT_EMPTY) return answer(number);
      removeParts(guard, path, (problem) => {
        if (problem !== 0) return answer(problem);
        fs.rmdir(child, (failure) => answer(fileError(failure)));
      });
    });
  });
}

function removeParts(guard: Guard, path: string, answer: Answer): void {
  guard.find(path, true, (error, spot) => {
    if (error !== 0) return answer(error);
    const leave: Answer = (problem) => {
      spot.leave();
      answer(problem);
    };
    onlyParts(guard, spot, (problem, parts) => {
      if (problem !== 0) return leave(problem);
      if (isWrittenIn(spot.real)) return leave(BUSY);
      removeEach(spot, parts, leave);
    });
  });
}

/** The names in a folder; NOT_EMPTY as soon as there is one that is no part. */
function onlyParts(guard: Guard, spot: Spot, done: Done<string[]>): void {
  const parts: string[] = [];
  guard.disk.opendir(spot.self, (error, folder) => {
    if (error) return done(fileError(error), parts);
    const next = (): void => {
      folder.read((failure, name) => {
        if (!failure && guard.hides(name)) {
          parts.push(name);
          return next();
        }
        folder.close(() => done(failure ? fileError(failure) : name !== "" ? NOT_EMPTY : 0, parts));
      });
    };
    next();
  });
}

function removeEach(spot: Spot, parts: string[], answer: Answer): void {
  const part = parts.pop();
  if (part === undefined) return answer(0);
  fs.unlink(spot.child(part), (error) => {
    if (error && error.code !== "ENOENT") return answer(fileError(error));
    removeEach(spot, parts, answer);
  });
}
