// Reads a line of LIST that begins with Unix permissions, in the many ways that servers fill the columns behind them.

import { DIR, FILE, LINK, OTHER } from "../ports.ts";
import type { Entry } from "../ports.ts";
import { readDate } from "./listdate.ts";
import type { Words } from "./listdate.ts";
import { decimal, MOST } from "./number.ts";

/** `sizeOf` a word that stands for "not told". */
const NOT_TOLD = -1;
/** `sizeOf` a word that is no size. */
const NO_SIZE = -2;

/** The bits of "rwxr-sr-T", nine letters; -1 where one does not belong there. */
function modeOf(letters: string): number {
  let mode = 0;
  for (let i = 0; i < 9; i++) {
    const letter = letters.charAt(i);
    const bit = 1 << (8 - i);
    const special = i % 3 === 2 ? 2048 >> ((i - 2) / 3) : 0;
    const plain = letter === "rwx".charAt(i % 3);
    const both = special > 0 && (letter === "s" || letter === "t");
    const alone = special > 0 && (letter === "S" || letter === "T" || letter === "l" || letter === "L");
    if (!plain && !both && !alone && letter !== "-") return -1;
    if (plain || both) mode += bit;
    if (both || alone) mode += special;
  }
  return mode;
}

/** Bytes of "1234", "1,234", "33.5k", "12M"; NOT_TOLD for "-", NO_SIZE for anything else. */
function sizeOf(word: string): number {
  if (word === "-") return NOT_TOLD;
  const whole = decimal(word, MOST);
  if (whole >= 0) return whole;
  if (word.endsWith(",") || word.startsWith(",")) return NO_SIZE;
  let text = word.toLowerCase();
  if (text.endsWith("b")) text = text.substring(0, text.length - 1);
  if (text.endsWith("i")) text = text.substring(0, text.length - 1);
  const power = "kmgt".indexOf(text.charAt(text.length - 1)) + 1;
  if (text === "" || power === 0) {
    const plain = decimal(text.replaceAll(",", ""), MOST);
    return plain < 0 ? NO_SIZE : plain;
  }
  const parts = text.substring(0, text.length - 1).split(".");
  const number = decimal(parts[0], 99999);
  const fraction = parts.length === 2 ? decimal(parts[1], 999) : 0;
  if (parts.length > 2 || number < 0 || fraction < 0) return NO_SIZE;
  let unit = 1;
  for (let i = 0; i < power; i++) unit *= 1024;
  return Math.round((number + (parts.length === 2 ? parseFloat("0." + parts[1]) : 0)) * unit);
}

/** Where the digits at the end of a word begin. */
function tail(word: string): number {
  let at = word.length;
  while (at > 0 && word.charCodeAt(at - 1) >= 48 && word.charCodeAt(at - 1) <= 57) at--;
  return at;
}

/** What stands between the permissions and the size: a count of links, an owner, perhaps of several words, a group. */
function readOwners(words: Words, start: number, end: number, entry: Entry): void {
  let at = start;
  if (words.at(at).length === 1 && "+.@".indexOf(words.at(at)) >= 0) at++;
  if (words.at(at) === "folder") {
    // NetPresenz tells a folder's number of entries.
    entry.size = -1;
    return;
  }
  const count = decimal(words.at(at), MOST);
  if (at < end && count >= 0) {
    // NetPresenz tells the sizes of both forks and their sum.
    const fork = decimal(words.at(at + 1), MOST);
    if (end - at === 2 && fork > 0 && count + fork === entry.size) return;
    at++;
  }
  if (end - at > 1) entry.group = words.at(--end);
  entry.owner = words.list.slice(at, end).join(" ");
}

/** Splits "name -> target". The size of a link is the length of its target, which decides where " -> " is in a name too. */
function readLink(entry: Entry): void {
  const arrow = " -> ";
  let at = entry.name.length - entry.size - arrow.length;
  if (entry.size < 1 || entry.name.substring(at, at + 4) !== arrow) at = entry.name.indexOf(arrow);
  if (at < 0 || entry.name.substring(at, at + 4) !== arrow) return;
  entry.target = entry.name.substring(at + 4);
  entry.name = entry.name.substring(0, at);
}

/** Fills the entry from the words around the date at word `at`; false: there is no date, or no size before it. */
function readAround(words: Words, start: number, at: number, now: number, entry: Entry, glued: boolean): boolean {
  const word = words.at(at - 1);
  const device = entry.type === OTHER && word.indexOf(",") > 0;
  let size = glued || device ? NO_SIZE : sizeOf(word);
  if (size === NO_SIZE && !glued && !device) return false;
  const cut = glued ? tail(word) : 0;
  if (glued && (cut === 0 || cut === word.length)) return false;
  const used = readDate(words, at, now);
  if (used === 0) return false;
  let end = at - 1;
  if (glued) {
    size = decimal(word.substring(cut), MOST);
    words.list[end] = word.substring(0, cut);
    end++;
  } else if (entry.type === OTHER && words.at(end - 1).endsWith(",")) {
    size = NOT_TOLD;
    end--;
  }
  entry.size = device ? NOT_TOLD : size;
  entry.modified = words.time;
  entry.name = words.after(at + used - 1);
  readOwners(words, start, end, entry);
  return true;
}

/** Finds date and size. Most servers have the date in the sixth column; then whatever comes first. */
function readColumns(words: Words, start: number, now: number, entry: Entry): boolean {
  if (readAround(words, start, start + 4, now, entry, false)) return true;
  const count = words.list.length;
  for (let at = start + 1; at < count; at++) if (readAround(words, start, at, now, entry, false)) return true;
  for (let at = start + 1; at < count; at++) if (readAround(words, start, at, now, entry, true)) return true;
  return false;
}

/** No date at all: the size is the last number of the columns before the name. */
function readDateless(words: Words, start: number, entry: Entry): void {
  for (let at = start + 3; at > start; at--) {
    const size = sizeOf(words.at(at));
    if (size < 0 || words.after(at) === "") continue;
    entry.size = size;
    entry.name = words.after(at);
    return readOwners(words, start, at, entry);
  }
}

/** Fills `entry`; its name stays "" where the line is none of Unix. `now` is for dates without a year. */
export function parseUnix(words: Words, entry: Entry, now: number): void {
  const permissions = words.at(0);
  const type = "-dlbcpsDPnwCM|".indexOf(permissions.charAt(0));
  // NetWare: "d [R----F--]" or "d[R----F--]".
  const rights = permissions.length === 1 ? 1 : 0;
  const netWare = words.at(rights).charAt(1 - rights) === "[" && words.at(rights).endsWith("]");
  const mode = netWare ? -1 : modeOf(permissions.substring(1, 10));
  if (type < 0 || (mode < 0 && !netWare)) return;
  entry.type = type > 2 ? OTHER : [FILE, DIR, LINK][type];
  entry.mode = mode;
  const start = netWare ? rights + 1 : 1;
  if (!readColumns(words, start, now, entry)) readDateless(words, start, entry);
  if (netWare) { while (entry.name.startsWith(" ")) entry.name = entry.name.substring(1); }
  if (entry.type === LINK) readLink(entry);
}
