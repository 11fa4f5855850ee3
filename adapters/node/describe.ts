// From what node:fs knows of a file to an Entry.

import type { Stats } from "node:fs";
import { DIR, FILE, LINK, OTHER } from "../../core/ports.ts";
import type { Entry } from "../../core/ports.ts";

const READ = 4;
const WRITE = 2;
const SEARCH = 1;

/** Who we are: -1 where the system has no such thing or does not tell, and then everything counts as allowed. */
const uid = ask(() => process.geteuid?.(), -1);
const gid = ask(() => process.getegid?.(), -1);
const groups = new Set<number>([gid, ...ask(() => process.getgroups?.(), [])]);

/** Permission letters under READ and WRITE; with `changeable` folders, d and f too. */
const FILE_LETTERS = ["", "", "aw", "aw", "r", "r", "arw", "arw"];
const CHANGEABLE_FILE_LETTERS = ["df", "df", "adfw", "adfw", "dfr", "dfr", "adfrw", "adfrw"];
/** The same for folders, under READ, WRITE and SEARCH. */
const DIR_LETTERS = ["", "e", "", "cemp", "", "el", "", "celmp"];
const CHANGEABLE_DIR_LETTERS = ["df", "def", "df", "cdefmp", "df", "defl", "df", "cdeflmp"];

/** Fills all of `entry`. `changeable`: names in its folder can be changed. */
export function describe(entry: Entry, name: string, stats: Stats, changeable: boolean): void {
  const folder = stats.isDirectory();
  const bits = access(stats);
  const letters = folder ? changeable ? CHANGEABLE_DIR_LETTERS : DIR_LETTERS : changeable ? CHANGEABLE_FILE_LETTERS : FILE_LETTERS;
  entry.name = name;
  entry.type = typeOf(stats);
  entry.size = entry.type === FILE ? stats.size : -1;
  entry.modified = Math.floor(stats.mtimeMs);
  entry.mode = stats.mode & 0o7777;
  entry.owner = uid < 0 ? "" : String(stats.uid);
  entry.group = uid < 0 ? "" : String(stats.gid);
  // Larger numbers are not exact in `stats`, and "the same" would be a guess.
  entry.unique = Number.isSafeInteger(stats.ino) ? `${stats.dev.toString(16)}g${stats.ino.toString(16)}` : "";
  entry.target = "";
  entry.perm = entry.type === FILE || folder ? letters[bits] : "";
}

/** Whether names in a folder can be made and removed. */
export function changeable(folder: Stats): boolean {
  const bits = access(folder);
  return (bits & WRITE) !== 0 && (bits & SEARCH) !== 0;
}

/** Whether the mode says that we may write it. */
export function writable(stats: Stats): boolean {
  return (access(stats) & WRITE) !== 0;
}

/** Whether it is not what a process of ours would make: another owner. */
export function foreign(stats: Stats): boolean {
  return uid >= 0 && (stats.uid !== uid || stats.gid !== gid);
}

function access(stats: Stats): number {
  if (uid <= 0) return READ | WRITE | SEARCH;
  if (stats.uid === uid) return (stats.mode >> 6) & 7;
  return (groups.has(stats.gid) ? stats.mode >> 3 : stats.mode) & 7;
}

function typeOf(stats: Stats): number {
  if (stats.isFile()) return FILE;
  if (stats.isDirectory()) return DIR;
  return stats.isSymbolicLink() ? LINK : OTHER;
}

/** Deno throws where it was not permitted to tell. */
function ask<T>(question: () => T | undefined, otherwise: T): T {
  try {
    return question() ?? otherwise;
  } catch {
    return otherwise;
  }
}
