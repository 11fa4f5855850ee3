// What a line of a listing turned out to be, for the parsers of MLSD and LIST alike.

import { UNKNOWN } from "../ports.ts";
import type { Entry } from "../ports.ts";

/** A blank line or a headline; the entry says nothing. */
export const SKIPPED = 0;
/** The entry is filled. */
export const LISTED = 1;
/** The listed folder itself: "." or cdir. */
export const SELF = 2;
/** The folder above: ".." or pdir. */
export const PARENT = 3;
/** In no format known here: the entry's name is the whole line, its type is UNKNOWN. */
export const UNREADABLE = 4;

/** Nothing is known but the name. */
export function clearEntry(entry: Entry, name: string): void {
  entry.name = name;
  entry.type = UNKNOWN;
  entry.size = -1;
  entry.modified = -1;
  entry.mode = -1;
  entry.owner = "";
  entry.group = "";
  entry.unique = "";
  entry.target = "";
  entry.perm = "";
}

/** SELF and PARENT by the name, else LISTED; without a name the line was not understood. */
export function listed(entry: Entry, line: string): number {
  if (entry.name === ".") return SELF;
  if (entry.name === "..") return PARENT;
  if (entry.name !== "") return LISTED;
  clearEntry(entry, line);
  return UNREADABLE;
}
