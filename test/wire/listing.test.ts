// LIST lines: written as `ls -l` does, read in every format known here. The samples are our own.

import { test } from "node:test";
import { DIR, Entry, FILE, LINK, OTHER, UNKNOWN } from "../../core/ports.ts";
import { LISTED, PARENT, SELF, SKIPPED, UNREADABLE } from "../../core/wire/entry.ts";
import { clock, numericDay } from "../../core/wire/listdate.ts";
import { formatUnix } from "../../core/wire/listing.ts";
import { parseList } from "../../core/wire/listparse.ts";
import { assert, assertEquals } from "../assert.ts";
import { BYTES, random, text } from "./random.ts";
import { NOW, SAMPLES } from "./samples.ts";

for (const [name, line, [type, file, size, date, more]] of SAMPLES) {
  test("LIST " + name, () => {
    const entry = new Entry();
    Object.assign(entry, { owner: "old", group: "old", target: "old", unique: "old", perm: "old", mode: 1 });
    assertEquals(parseList(line, entry, NOW), LISTED);
    const modified = date === "" ? -1 : Date.parse(date + "Z");
    assertEquals([entry.type, entry.name, entry.size, entry.modified], [type, file, size, modified]);
    for (const [key, value] of Object.entries(more ?? {})) assertEquals(entry[key as keyof Entry], value as string | number, key);
    assertEquals(entry.perm, "");
  });
}

/** Time of day, seconds; -1: none. */
const CLOCKS: [string, number][] = [
  ["00:00", 0],
  ["0:01", 60],
  ["23:59", 86340],
  ["24:00", 86400],
  ["25:00", -1],
  ["10:60", -1],
  ["10:5", -1],
  ["10:005", -1],
  ["10:", -1],
  [":05", -1],
  ["a:05", -1],
  ["10:b0", -1],
  ["1005", -1],
  ["10:05:06", 36306],
  ["10:05:60", 36360],
  ["10:05:61", -1],
  ["10:05:", -1],
  ["10:05:06:07", -1],
  ["10:05:06.5", 36306.5],
  ["10:05:06.1239", 36306.123],
  ["10:05:06.x", -1],
  ["10:05:06.123456789012345", 36306.123],
  ["10:05:06.1234567890123456", -1],
  ["12:00AM", 0],
  ["12:00pm", 43200],
  ["1:05p", 47100],
  ["11:59PM", 86340],
  ["10:05M", -1],
  ["10:05XM", -1],
  ["", -1],
  ["-1:00", -1],
  ["10:-5", -1],
];

test("LIST times of day", () => {
  for (const [word, seconds] of CLOCKS) assertEquals(clock(word), seconds < 0 ? -1 : Math.round(seconds * 1000), word);
});

/** Day, monthFirst, ISO day; "": none. */
const DAYS: [string, boolean, string][] = [
  ["2024-11-21", true, "2024-11-21"],
  ["2024/11/21", false, "2024-11-21"],
  ["2024.02.30", false, ""],
  ["2023-02-29", true, ""],
  ["03-04-2024", true, "2024-03-04"],
  ["03-04-2024", false, "2024-04-03"],
  ["13-04-2024", true, "2024-04-13"],
  ["12-13-2024", false, "2024-12-13"],
  ["12-12-2024", false, "2024-12-12"],
  ["12-11-2024", true, "2024-12-11"],
  ["11-12-2024", false, "2024-12-11"],
  ["03-04-69", true, "2069-03-04"],
  ["03-04-70", true, "1970-03-04"],
  ["03-04-00", true, "2000-03-04"],
  ["3-4-99", true, "1999-03-04"],
  ["21-Nov-2024", true, "2024-11-21"],
  ["21-Nov-24", false, "2024-11-21"],
  ["21-Foo-24", false, ""],
  ["21-No-24", false, ""],
  ["Nov-21-24", false, ""],
  ["03-04-124", true, ""],
  ["03-04-5", true, ""],
  ["03-04-2200", true, ""],
  ["2200-01-01", true, ""],
  ["2199-01-01", true, "2199-01-01"],
  ["03-04", true, ""],
  ["03-04-20-24", true, ""],
  ["03:04:2024", true, ""],
  ["03-04/2024", true, ""],
  ["00-04-2024", true, ""],
  ["03-00-2024", true, ""],
  ["32-01-2024", false, ""],
  ["13-13-2024", false, ""],
  ["x-01-2024", false, ""],
  ["01-01-x", false, ""],
  ["--", true, ""],
  ["000000003-4-2024", true, "2024-03-04"],
  ["0000000003-4-2024", true, ""],
];

test("LIST days in numbers", () => {
  for (const [word, monthFirst, iso] of DAYS) {
    const day = numericDay(word, monthFirst);
    assertEquals(Number.isNaN(day) ? "" : new Date(day).toISOString().substring(0, 10), iso, word + " " + monthFirst);
  }
});

test("LIST the folder itself and the one above", () => {
  const entry = new Entry();
  assertEquals(parseList("drwxr-xr-x 2 ana staff 4096 Nov 21 00:11 .", entry, NOW), SELF);
  assertEquals(parseList("drwxr-xr-x 2 ana staff 4096 Nov 21 00:11 ..", entry, NOW), PARENT);
  assertEquals(parseList("11-21-24  01:05PM       <DIR>          .", entry, NOW), SELF);
  assertEquals(parseList("11-21-24  01:05PM       <DIR>          ..", entry, NOW), PARENT);
});

test("LIST headlines and blank lines are skipped", () => {
  const entry = new Entry();
  for (const line of ["", "   ", "\t", "total 12", "Total 0", "total 12K", "total  8"]) {
    assertEquals(parseList(line, entry, NOW), SKIPPED, line);
  }
});

test("LIST what is not understood stays visible", () => {
  const entry = new Entry();
  const lines = [
    "total recall.avi",
    "hello",
    "ftpd: cannot open folder",
    "-rw-r--r--",
    "-rw-r--r-- 1 ana staff 12 Nov 21 00:11",
    "drwxr-xr-x 1 ana staff",
    "-rwxrwxqwx 1 ana staff 12 Nov 21 00:11 x",
    "11-21-24",
    "11-21-24 12:11AM",
    "11-21-24 12:11AM <DIR>",
    "13-32-24  12:11AM 12 x",
    "11-21-24  25:11 12 x",
    "11-21-24  12:11AM some name",
    "11-21-24  12:11AM <DIR some",
    "11-21-24  12:11AM -5 x",
    ":1-21-24  12:11AM 12 x",
    "2 files",
    "+r,s12",
    "+r,s12,\t",
    "REPORT.TXT;1   12/34   21-NOV-2024 00:11  [ANA]",
    "d",
    "-",
    "[",
    "+",
  ];
  for (const line of lines) {
    assertEquals(parseList(line, entry, NOW), UNREADABLE, line);
    assertEquals([entry.name, entry.type, entry.size, entry.modified, entry.mode], [line, UNKNOWN, -1, -1, -1], line);
  }
});

/** What for, entry, line. */
const FORMAT: [string, Partial<Entry>, string][] = [
  [
    "a file",
    { name: "a b", type: FILE, size: 1234, modified: Date.parse("2024-11-21T00:11Z"), mode: 0o640, owner: "ana", group: "staff" },
    "-rw-r-----   1 ana      staff            1234 Nov 21 00:11 a b",
  ],
  [
    "a folder",
    { name: "d", type: DIR, size: 4096, modified: Date.parse("2020-03-03T00:11Z"), mode: 0o751, owner: "ana", group: "staff" },
    "drwxr-x--x   1 ana      staff            4096 Mar  3  2020 d",
  ],
  [
    "a link",
    { name: "l", type: LINK, size: 3, modified: Date.parse("2024-11-21T00:11Z"), target: "../x" },
    "lrwxrwxrwx   1 owner    group               3 Nov 21 00:11 l -> ../x",
  ],
  ["a link to nobody knows where", { name: "l", type: LINK, size: 3 }, "lrwxrwxrwx   1 owner    group               3 Jan  1  1970 l"],
  ["nothing known of a file", { name: "f", type: FILE }, "-rw-r--r--   1 owner    group               0 Jan  1  1970 f"],
  ["nothing known of a folder", { name: "f", type: DIR }, "drwxr-xr-x   1 owner    group               0 Jan  1  1970 f"],
  ["nothing known", { name: "f" }, "-rw-r--r--   1 owner    group               0 Jan  1  1970 f"],
  ["something else", { name: "f", type: OTHER, mode: 0o777 }, "srwxrwxrwx   1 owner    group               0 Jan  1  1970 f"],
  [
    "large and long",
    { name: "f", type: FILE, size: 9007199254740991, owner: "administrator", group: "domain-users" },
    "-rw-r--r--   1 administrator domain-users 9007199254740991 Jan  1  1970 f",
  ],
  ["a name with a line end", { name: "a\r\n-rw b", type: FILE }, "-rw-r--r--   1 owner    group               0 Jan  1  1970 a??-rw b"],
];

test("LIST lines as ls writes them", () => {
  for (const [name, fields, line] of FORMAT) assertEquals(formatUnix(Object.assign(new Entry(), fields), NOW), line, name);
});

test("LIST what is written can be read", () => {
  const next = random(41);
  for (let round = 0; round < 10000; round++) {
    const given = Object.assign(new Entry(), {
      name: "n" + text(next, 8, "ab 1:;\xe9"),
      type: 1 + next(4),
      size: next(1000000),
      modified: Math.max(0, NOW - next(2000) * 86400000 + next(1440) * 60000),
      mode: next(512),
      owner: "u" + text(next, 9, "ab1"),
      group: "g" + text(next, 9, "ab1"),
    });
    if (given.type === LINK) Object.assign(given, { target: "t" + text(next, 6, "/ab "), mode: 0o777 });
    const line = formatUnix(given, NOW);
    const got = new Entry();
    assertEquals(parseList(line, got, NOW), LISTED, line);
    const age = NOW - given.modified;
    const exact = age >= 0 && age < 15778800000 ? 60000 : 86400000;
    given.modified -= given.modified % exact;
    assertEquals(got, given, line);
  }
});

test("LIST any bytes: no error, and nothing gets lost", () => {
  const next = random(43);
  const got = new Entry();
  const lines = SAMPLES.map((sample) => sample[1]);
  for (let round = 0; round < 40000; round++) {
    let line = text(next, 60, round % 3 === 0 ? BYTES : "drwx-ls[]+<DIR>,.:/ 0123NovA\t");
    if (round % 3 === 2) {
      const sample = lines[next(lines.length)];
      const at = next(sample.length);
      line = sample.substring(0, at) + BYTES.charAt(next(256)) + sample.substring(at + next(6));
    }
    const kind = parseList(line, got, NOW);
    assert(kind === SKIPPED || got.name !== "", JSON.stringify(line));
    if (kind === UNREADABLE) assertEquals([got.name, got.type], [line, UNKNOWN]);
    assert(got.size >= -1 && got.modified >= -1 && got.mode >= -1 && got.mode < 4096, JSON.stringify(line));
    parseList(line, got, -1);
    for (const now of [NaN, Infinity, 1e300, -1e300]) parseList(line, got, now);
  }
});

test("LIST long lines take linear time", () => {
  const start = performance.now();
  for (const pattern of [" ", "1 ", "a", "-rw-r--r-- ", "1", "Nov ", "\t", ",", "-", ".", "[", "<", "+\t", "d [] "]) {
    for (const prefix of ["", "-rw-r--r-- 1 a b 12 Nov 21 00:11 ", "11-21-24  12:11AM ", "+", "l"]) {
      parseList(prefix + pattern.repeat(100000).substring(0, 100000), new Entry(), NOW);
    }
  }
  assert(performance.now() - start < 3000, "took " + (performance.now() - start) + " ms");
});
