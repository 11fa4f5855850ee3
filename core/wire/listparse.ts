// Reads a line of LIST into an Entry for a client: finds the format of each line by itself. Unix lines are in listunix.ts.
//
// Dates are taken for UTC: no format tells the server's zone. A client that needs better asks for MLSD or MDTM.

import { DIR, FILE, LINK } from "../ports.ts";
import type { Entry } from "../ports.ts";
import { clearEntry, listed, SKIPPED } from "./entry.ts";
import { clock, numericDay, Words } from "./listdate.ts";
import { parseUnix } from "./listunix.ts";
import { decimal, MOST } from "./number.ts";

/** Columns from "<DIR>" to the name, where the server keeps its columns. */
const DOS_NAME = 15;

/** "+facts", a tab, the name: facts are "/" folder, "r" file, s size, m seconds since 1970, i identity, up mode. */
function parseEplf(line: string, entry: Entry): void {
  const tab = line.indexOf("\t");
  if (tab < 0) return;
  const facts = line.substring(1, tab).split(",");
  entry.name = line.substring(tab + 1);
  for (let i = 0; i < facts.length; i++) {
    const fact = facts[i].charAt(0);
    const value = facts[i].substring(1);
    const number = decimal(value, MOST);
    if (fact === "/") entry.type = DIR;
    else if (fact === "r") entry.type = FILE;
    else if (fact === "s") entry.size = number;
    else if (fact === "m" && number >= 0) entry.modified = number * 1000;
    else if (fact === "i") entry.unique = value;
    else if (fact === "u" && value.charAt(0) === "p" && decimal(value.substring(1), MOST) >= 0) {
      entry.mode = parseInt(value.substring(1), 8) % 4096;
      if (!(entry.mode >= 0)) entry.mode = -1;
    }
  }
}

/** The name behind "<DIR>": at its column, or, where the columns are others, behind all spaces. */
function dosName(line: string, tag: number, end: number): string {
  const gap = line.substring(end, tag + DOS_NAME);
  const rest = line.substring(tag + DOS_NAME);
  if (gap.replaceAll(" ", "") === "" && rest.replaceAll(" ", "") !== "") return rest;
  let at = end;
  while (line.charCodeAt(at) === 32) at++;
  return line.substring(at);
}

/** A date, a time, "<DIR>" or a size, the name: as IIS and the DIR command write it. */
function parseDos(words: Words, entry: Entry): void {
  const line = words.line;
  const half = words.at(2).toUpperCase();
  const apart = half === "AM" || half === "PM";
  const time = clock(apart ? words.at(1) + half : words.at(1));
  const day = numericDay(words.at(0), words.at(0).indexOf(".") < 0);
  const index = apart ? 3 : 2;
  const word = words.at(index);
  if (time < 0 || isNaN(day)) return;
  const modified = Math.max(-1, day + time);
  if (word.startsWith("<") && word.endsWith(">")) {
    const end = words.ends[index];
    const open = line.lastIndexOf(" [");
    entry.type = word === "<DIR>" ? DIR : LINK;
    entry.modified = modified;
    entry.name = dosName(line, end - word.length, end);
    if (entry.type === DIR || open < 0 || !line.endsWith("]")) return;
    entry.name = entry.name.substring(0, entry.name.length - line.length + open);
    entry.target = line.substring(open + 2, line.length - 1);
    return;
  }
  const size = decimal(word.replaceAll(",", "").replaceAll(".", "").replaceAll("'", "").replaceAll("\xa0", ""), MOST);
  if (size < 0) return;
  entry.type = FILE;
  entry.modified = modified;
  entry.size = size;
  entry.name = words.after(index);
}

/**
 * Fills `entry` from a line without its CR LF and answers what the line is: LISTED, SELF ("."), PARENT (".."), SKIPPED (a
 * blank line, "total 12"), UNREADABLE (see entry.ts). Unix in its variants, DOS and IIS, EPLF. `now`, in milliseconds
 * since 1970, is for dates without a year. Names keep their spaces, also leading and trailing ones.
 */
export function parseList(line: string, entry: Entry, now: number): number {
  const first = line.charCodeAt(0);
  const words = new Words(line);
  clearEntry(entry, "");
  if (words.list.length === 0) return SKIPPED;
  if (words.list.length === 2 && words.at(0).toLowerCase() === "total" && decimal(words.at(1).charAt(0), 9) >= 0) return SKIPPED;
  if (first === 43) parseEplf(line, entry);
  else if (first >= 48 && first <= 57) parseDos(words, entry);
  else parseUnix(words, entry, now);
  return listed(entry, line);
}
