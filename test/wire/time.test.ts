// Dates: MDTM's form and that of `ls`, against the runtime's calendar.

import { test } from "node:test";
import { formatTime, listDate, parseTime, utc } from "../../core/wire/time.ts";
import { assert, assertEquals } from "../assert.ts";
import { BYTES, random, text } from "./random.ts";

const PARSE: [string, string][] = [
  ["19700101000000", "1970-01-01T00:00:00.000Z"],
  ["20241121001105", "2024-11-21T00:11:05.000Z"],
  ["20241121001105.1", "2024-11-21T00:11:05.100Z"],
  ["20241121001105.12", "2024-11-21T00:11:05.120Z"],
  ["20241121001105.123", "2024-11-21T00:11:05.123Z"],
  ["20241121001105.123999", "2024-11-21T00:11:05.123Z"],
  ["20240229235959", "2024-02-29T23:59:59.000Z"],
  ["20000229000000", "2000-02-29T00:00:00.000Z"],
  ["20241231235960", "2025-01-01T00:00:00.000Z"],
  ["99991231235959", "9999-12-31T23:59:59.000Z"],
  ["19100112010203", "2000-01-01T00:00:00.000Z"],
  ["191001231235959", "2000-12-31T23:59:59.000Z"],
  ["191241121001105", "2024-11-21T00:11:05.000Z"],
  ["191240229001105.5", "2024-02-29T00:11:05.500Z"],
  ["20230229000000", ""],
  ["21000229000000", ""],
  ["20240230000000", ""],
  ["20240431000000", ""],
  ["20240001000000", ""],
  ["20241301000000", ""],
  ["20240100000000", ""],
  ["20240132000000", ""],
  ["20240101240000", ""],
  ["20240101006000", ""],
  ["20240101000061", ""],
  ["19691231235959", ""],
  ["00000101000000", ""],
  ["191240230001105", ""],
  ["192240101001105", ""],
  ["20241121001105.", ""],
  ["20241121001105.1a", ""],
  ["20241121001105.1.2", ""],
  ["20241121001105.-1", ""],
  ["2024112100110", ""],
  ["2024112100110555", ""],
  ["20241121 01105", ""],
  ["+0241121001105", ""],
  ["2024-11-21", ""],
  [" 20241121001105", ""],
  ["20241121001105 ", ""],
  ["20241121001105Z", ""],
  [".5", ""],
  ["", ""],
];

test("R3659-01 MF-01 dates of MDTM and MFMT", () => {
  for (const [line, iso] of PARSE) {
    // The 14 digits "1910..." are the year 1910, which is before 1970.
    const expected = iso === "" || line === "19100112010203" ? -1 : Date.parse(iso);
    assertEquals(parseTime(line), expected, line);
  }
});

test("R3659-01 no precision that is not there", () => {
  assertEquals(formatTime(Date.parse("2024-11-21T00:11:05.000Z")), "20241121001105");
  assertEquals(formatTime(Date.parse("2024-11-21T00:11:05.120Z")), "20241121001105.120");
  assertEquals(formatTime(Date.parse("2024-11-21T00:11:05.000Z") + 0.75), "20241121001105");
  assertEquals(formatTime(0), "19700101000000");
  assertEquals(formatTime(253402300799999), "99991231235959.999");
  for (const ms of [-1, -1000, 253402300800000, NaN, Infinity, -Infinity, 1e300]) assertEquals(formatTime(ms), "", "" + ms);
});

test("the calendar is the runtime's, leap years included", () => {
  const lengths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  for (const year of [1, 4, 100, 1900, 1968, 1970, 1972, 1999, 2000, 2001, 2024, 2025, 2100, 2400, 9999]) {
    for (let month = 1; month < 13; month++) {
      for (let day = 0; day < 34; day++) {
        const date = new Date(0);
        date.setUTCFullYear(year, month - 1, day);
        date.setUTCHours(5, 6, 7);
        const real = day > 0 && day <= lengths[month - 1] && date.getUTCDate() === day;
        const ms = utc(year, month, day, 5, 6, 7);
        if (real) assertEquals(ms, date.getTime(), year + "-" + month + "-" + day);
        else assert(Number.isNaN(ms), year + "-" + month + "-" + day);
      }
    }
  }
});

test("a date survives the way there and back", () => {
  const next = random(9);
  for (let round = 0; round < 20000; round++) {
    const ms = next(253402300) * 1000 + (round % 2 === 0 ? 0 : next(1000));
    assertEquals(parseTime(formatTime(ms)), ms);
    assertEquals(formatTime(ms).substring(0, 14), new Date(ms).toISOString().replace(/[-:T]/g, "").substring(0, 14));
  }
});

test("any bytes are no date, and no error", () => {
  const next = random(13);
  for (let round = 0; round < 20000; round++) {
    const line = text(next, 18, round % 2 === 0 ? "0123456789." : BYTES);
    const ms = parseTime(line);
    assert(ms === -1 || ms >= 0, line);
  }
});

const NOW = Date.parse("2025-01-15T12:00:00Z");

const LIST_DATES: [string, string][] = [
  ["2024-11-21T00:11:05Z", "Nov 21 00:11"],
  ["2025-01-15T12:00:00Z", "Jan 15 12:00"],
  ["2025-01-05T09:08:59Z", "Jan  5 09:08"],
  ["2024-07-17T12:00:00Z", "Jul 17 12:00"],
  ["2024-07-16T00:00:00Z", "Jul 16  2024"],
  ["2025-01-15T12:01:00Z", "Jan 15  2025"],
  ["2026-06-01T12:00:00Z", "Jun  1  2026"],
  ["2020-02-29T23:59:59Z", "Feb 29  2020"],
  ["1999-12-31T23:59:59Z", "Dec 31  1999"],
];

test("dates of ls: the clock for half a year, then the year", () => {
  for (const [iso, expected] of LIST_DATES) assertEquals(listDate(Date.parse(iso), NOW), expected, iso);
  assertEquals(listDate(0, 0), "Jan  1 00:00");
  assertEquals(listDate(253402300799999, NOW), "Dec 31  9999");
  for (const ms of [-1, NaN, 1e300, 253402300800000]) assertEquals(listDate(ms, NOW), "Jan  1  1970", "" + ms);
});
