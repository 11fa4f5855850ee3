// The dates in listings: what servers put between the size and the name, in their order, language and precision.

import { decimal } from "./number.ts";
import { LATEST, utc } from "./time.ts";

const DAY = 86400000;

/** Words of a line looked at: more than any format has before the name. */
const MOST_WORDS = 20;

/** Month names in seven languages; a word is a month where one of these begins with it. Accented ones: see `month`. */
const MONTHS = [
  " january januar janvier enero gennaio janeiro januari",
  " february februar febrero febbraio fevereiro februari",
  " march mars marzo maart mrt mrz maerz",
  " april avril abril aprile",
  " may mai mayo maggio maio mei maj",
  " june juni juin junio giugno junho",
  " july juli juillet julio luglio julho",
  " august aout agosto augustus",
  " september septembre septiembre settembre setembro",
  " october oktober octobre octubre ottobre outubro",
  " november novembre noviembre novembro",
  " december dezember decembre diciembre dicembre dezembro",
];

/** A line cut into words, with the date that `readDate` found. */
export class Words {
  /** The line itself: names are cut from it. */
  line: string;
  list: string[];
  /** Where each word ends. */
  ends: number[];
  /** The date found, milliseconds since 1970 UTC; -1: unknown. */
  time = -1;

  constructor(line: string) {
    const text = line.replaceAll("\t", " ");
    this.line = line;
    this.list = [];
    this.ends = [];
    let at = 0;
    while (this.list.length < MOST_WORDS) {
      while (text.charCodeAt(at) === 32) at++;
      if (at >= text.length) return;
      let end = text.indexOf(" ", at);
      if (end < 0) end = text.length;
      this.list.push(text.substring(at, end));
      this.ends.push(end);
      at = end;
    }
  }

  /** A word, "" past the last. */
  at(index: number): string {
    return index >= 0 && index < this.list.length ? this.list[index] : "";
  }

  /** What follows a word and one space. */
  after(index: number): string {
    return index < this.list.length ? this.line.substring(this.ends[index] + 1) : "";
  }
}

/** The digits that a word begins with; "" where something else than "." "," or a byte over 127 (a CJK mark) follows. */
function leading(word: string): string {
  let end = 0;
  while (end < 5 && word.charCodeAt(end) >= 48 && word.charCodeAt(end) <= 57) end++;
  const rest = word.substring(end);
  return rest === "" || rest === "." || rest === "," || rest.charCodeAt(0) > 127 ? word.substring(0, end) : "";
}

/** A year of four digits, a CJK mark may follow; -1: none. */
function year(word: string): number {
  const value = leading(word);
  return value.length === 4 && value > "1900" && value < "2200" ? decimal(value, 2199) : -1;
}

/** 1 to 12 for a month's name or its abbreviation of at least three letters; 0: none. */
function month(word: string): number {
  let text = word.toLowerCase();
  if (text.endsWith(",")) text = text.substring(0, text.length - 1);
  if (text.endsWith(".")) text = text.substring(0, text.length - 1);
  // An accent is one byte or two of some encoding; only these names have one so early: fevrier, maerz, decembre, aout.
  if (text.charCodeAt(1) > 127) return Math.max(0, "__fm________d".indexOf(text.charAt(0)));
  if (text.charCodeAt(2) > 127) return text.startsWith("ao") ? 8 : 0;
  if (text.length < 3) return 0;
  for (let i = 0; i < 12; i++) if (MONTHS[i].lastIndexOf(" " + text) >= 0) return i + 1;
  return 0;
}

/**
 * Milliseconds from midnight of hh:mm, hh:mm:ss or hh:mm:ss.fraction, 24:00 included, with AM, PM, A or P behind or not;
 * -1: no time of day.
 */
export function clock(word: string): number {
  const colon = word.indexOf(":");
  if (colon < 1 || word.length > 24) return -1;
  let text = word.toUpperCase();
  if (text.endsWith("M")) text = text.substring(0, text.length - 1);
  const half = text.charAt(text.length - 1);
  if (half === "A" || half === "P") text = text.substring(0, text.length - 1);
  else if (text.length !== word.length) return -1;
  const parts = text.split(":");
  let hour = decimal(parts[0], 24);
  const minute = decimal(parts[1], 59);
  const seconds = (parts.length > 2 ? parts[2] : "0").split(".");
  const second = decimal(seconds[0], 60);
  if (parts.length > 3 || parts[1].length !== 2 || hour < 0 || minute < 0 || second < 0) return -1;
  if (half === "A" || half === "P") hour = hour % 12 + (half === "P" ? 12 : 0);
  const fraction = seconds.length < 2 ? 0 : decimal((seconds[1] + "00").substring(0, 3), 999);
  return fraction < 0 ? -1 : ((hour * 60 + minute) * 60 + second) * 1000 + fraction;
}

/** The moment of a day without a year: the last such day that is not later than tomorrow; NaN: there is none. */
function recent(month: number, day: number, time: number, now: number): number {
  const last = parseInt(new Date(now >= 0 && now <= LATEST ? now : 0).toISOString(), 10) + 1;
  for (let year = last; year > last - 10; year--) {
    const moment = utc(year, month, day, 0, 0, 0) + time;
    if (moment <= now + DAY) return moment;
  }
  return NaN;
}

/**
 * Midnight of a day written as numbers, or with a month's name in the middle: 2024-11-21, 21.11.2024, 21-Nov-24. Where
 * two of them could be the month, `monthFirst` decides; NaN: no such day.
 */
export function numericDay(word: string, monthFirst: boolean): number {
  let parts = word.split("-");
  if (parts.length !== 3) parts = word.split("/");
  if (parts.length !== 3) parts = word.split(".");
  if (parts.length !== 3 || word.length > 16) return NaN;
  const first = decimal(parts[0], 2199);
  const middle = decimal(parts[1], 31);
  const last = decimal(parts[2], 2199);
  if (first < 0 || last < 0) return NaN;
  if (parts[0].length === 4) return utc(first, middle, last, 0, 0, 0);
  if (parts[2].length !== 2 && parts[2].length !== 4) return NaN;
  let full = last;
  if (parts[2].length === 2) full += last < 70 ? 2000 : 1900;
  const named = month(parts[1]);
  if (named > 0) return utc(full, named, first, 0, 0, 0);
  if (middle > 12 || (monthFirst && first < 13)) return utc(full, first, middle, 0, 0, 0);
  return utc(full, middle, first, 0, 0, 0);
}

/** Month and day are known; the word at `next` is the time of day or the year. */
function dayOfMonth(words: Words, start: number, next: number, month: number, day: number, now: number): number {
  const text = words.at(next);
  const time = clock(text);
  let used = next + 1 - start;
  let moment = NaN;
  if (time < 0) moment = utc(year(text), month, day, 0, 0, 0);
  else if (text.length > 6 && year(words.at(next + 1)) > 0) {
    moment = utc(year(words.at(next + 1)), month, day, 0, 0, 0) + time;
    used++;
  } else moment = recent(month, day, time, now);
  if (isNaN(moment)) return 0;
  words.time = moment < 0 ? -1 : moment;
  return used;
}

/**
 * Reads the date that begins at word `start`, and leaves it in `words.time`. A date without a year lies in the twelve
 * months before `now`. Answers the number of its words; 0: there is no date.
 */
export function readDate(words: Words, start: number, now: number): number {
  const word = words.at(start);
  const second = words.at(start + 1);
  if (decimal(word.charAt(0), 9) < 0) {
    const named = month(word);
    return named === 0 ? 0 : dayOfMonth(words, start, start + 2, named, decimal(leading(second), 31), now);
  }
  const number = decimal(leading(word), 31);
  if (number >= 0) {
    const named = month(second);
    if (named > 0) return dayOfMonth(words, start, start + 2, named, number, now);
    // A mark behind the number: a month in Chinese, Japanese or Korean; the day may have one too.
    if (word.charCodeAt(word.length - 1) < 128) return 0;
    return dayOfMonth(words, start, start + 2, number, decimal(leading(second), 31), now);
  }
  const pair = word.split("-");
  if (pair.length === 2) return dayOfMonth(words, start, start + 1, decimal(pair[0], 12), decimal(pair[1], 31), now);
  const midnight = numericDay(word, word.indexOf("/") > 0);
  const time = clock(second);
  if (isNaN(midnight)) return 0;
  words.time = Math.max(-1, midnight + Math.max(0, time));
  if (time < 0) return 1;
  const zone = words.at(start + 2);
  const shift = zone.length === 5 && (zone.charAt(0) === "+" || zone.charAt(0) === "-") ? decimal(zone.substring(1), 1400) : -1;
  if (shift < 0) return 2;
  const minutes = Math.floor(shift / 100) * 60 + shift % 100;
  words.time = Math.max(-1, words.time + (zone.charAt(0) === "-" ? minutes : -minutes) * 60000);
  return 3;
}
