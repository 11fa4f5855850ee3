// Dates as FTP writes them, to and from milliseconds since 1970-01-01 UTC.

import { decimal, MOST } from "./number.ts";

/** The last millisecond of the year 9999. */
export const LATEST = 253402300799999;

/** Half a year in milliseconds: `ls` shows the clock for what is younger. */
const HALF_YEAR = 15778800000;

/**
 * Milliseconds of a moment in UTC, negative before 1970; NaN where the calendar has no such day or the clock no such
 * time. `month` counts from 1; `second` may be 60.
 */
export function utc(year: number, month: number, day: number, hour: number, minute: number, second: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  if (!(year > 0 && month > 0 && month < 13 && hour < 24 && minute < 60 && second < 61)) return NaN;
  let last = 28 + parseInt("303232332323".charAt(month - 1), 10);
  if (leap && month === 2) last = 29;
  if (!(day >= 1 && day <= last)) return NaN;
  // The year starts in March here, so that a leap day is its last.
  const years = month > 2 ? year : year - 1;
  const months = month > 2 ? month - 3 : month + 9;
  const leaps = Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400);
  const days = 365 * years + leaps + Math.floor((153 * months + 2) / 5) + day - 719469;
  return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000;
}

/**
 * YYYYMMDDHHMMSS[.sss] (RFC 3659 section 2.3) in milliseconds, and the "191" form of servers that took the year 2000 for
 * 19100. -1: no date, or one before 1970, which could not be told from an unknown one.
 */
export function parseTime(text: string): number {
  const dot = text.indexOf(".");
  const whole = dot < 0 ? text : text.substring(0, dot);
  const cut = whole.length - 10;
  if (text.length > 32 || whole.length < 14 || whole.length > 15 || decimal(whole, MOST) < 0) return -1;
  let year = parseInt(whole.substring(0, cut), 10);
  if (cut === 5) year = whole.startsWith("191") ? year - 19000 + 1900 : NaN;
  let time = utc(
    year,
    parseInt(whole.substring(cut, cut + 2), 10),
    parseInt(whole.substring(cut + 2, cut + 4), 10),
    parseInt(whole.substring(cut + 4, cut + 6), 10),
    parseInt(whole.substring(cut + 6, cut + 8), 10),
    parseInt(whole.substring(cut + 8), 10),
  );
  if (dot >= 0) {
    const fraction = text.substring(dot + 1);
    if (decimal(fraction, MOST) < 0) return -1;
    time += parseInt((fraction + "00").substring(0, 3), 10);
  }
  return time >= 0 ? time : -1;
}

/** YYYYMMDDHHMMSS, with ".sss" where the milliseconds are not 0 (RFC 3659 section 2.3); "" outside 1970 to 9999. */
export function formatTime(ms: number): string {
  if (!(ms >= 0 && ms <= LATEST)) return "";
  const text = new Date(Math.floor(ms)).toISOString();
  const time = text.substring(0, 19).replaceAll("-", "").replaceAll(":", "").replace("T", "");
  return text.substring(20, 23) === "000" ? time : time + text.substring(19, 23);
}

/** The date in a line of `ls -l`, in UTC: "Nov 21 00:11" for the half year before `now`, else "Nov 21  2024". */
export function listDate(ms: number, now: number): string {
  const known = ms >= 0 && ms <= LATEST;
  const text = new Date(known ? Math.floor(ms) : 0).toISOString();
  const month = parseInt(text.substring(5, 7), 10) * 3;
  const day = parseInt(text.substring(8, 10), 10);
  const date = "JanFebMarAprMayJunJulAugSepOctNovDec".substring(month - 3, month) + (day < 10 ? "  " : " ") + day;
  if (known && ms <= now && now - ms < HALF_YEAR) return date + " " + text.substring(11, 16);
  return date + "  " + text.substring(0, 4);
}
