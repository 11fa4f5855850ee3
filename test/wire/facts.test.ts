// MLSD and MLST lines: written as RFC 3659 has them, read as servers write them.

import { test } from "node:test";
import { DIR, Entry, FILE, LINK, OTHER, UNKNOWN } from "../../core/ports.ts";
import { LISTED, PARENT, SELF, SKIPPED, UNREADABLE } from "../../core/wire/entry.ts";
import { chosen, FACTS, features, formatFacts, selectFacts } from "../../core/wire/facts.ts";
import { parseFacts } from "../../core/wire/parsefacts.ts";
import { assert, assertEquals } from "../assert.ts";
import { BYTES, random, text } from "./random.ts";

const NOVEMBER = Date.parse("2024-11-21T00:11:05Z");

/** What of an entry is known. */
function known(entry: Entry): Partial<Entry> {
  const blank = new Entry();
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(entry)) if (value !== blank[key as keyof Entry]) out[key] = value;
  return out as Partial<Entry>;
}

function entry(fields: Partial<Entry>): Entry {
  return Object.assign(new Entry(), fields);
}

const ALL = entry({
  name: "a b",
  type: FILE,
  size: 12,
  modified: NOVEMBER,
  mode: 0o644,
  owner: "ana",
  group: "staff",
  unique: "8U12",
  perm: "radfw",
});

/** Name, entry, choice, line. */
const FORMAT: [string, Entry, number, string][] = [
  [
    "all facts",
    ALL,
    -1,
    "type=file;size=12;modify=20241121001105;perm=radfw;unique=8U12;UNIX.mode=0644;UNIX.owner=ana;UNIX.group=staff; a b",
  ],
  ["some facts", ALL, 3, "type=file;size=12; a b"],
  ["no facts", ALL, 0, " a b"],
  ["what is unknown is not told", entry({ name: "x" }), -1, " x"],
  ["a size of 0", entry({ name: "x", type: FILE, size: 0 }), -1, "type=file;size=0; x"],
  ["8 GiB", entry({ name: "x", type: FILE, size: 8589934592 }), -1, "type=file;size=8589934592; x"],
  ["a folder has no size", entry({ name: "x", type: DIR, size: 4096 }), -1, "type=dir; x"],
  ["a link", entry({ name: "x", type: LINK, target: "../y" }), -1, "type=OS.unix=slink:../y; x"],
  ["a link to nobody knows where", entry({ name: "x", type: LINK }), -1, "type=OS.unix=symlink; x"],
  ["a link's target with a space", entry({ name: "x", type: LINK, target: "/a b" }), -1, "type=OS.unix=symlink; x"],
  ["a link's target with a semicolon", entry({ name: "x", type: LINK, target: "/a;b" }), -1, "type=OS.unix=symlink; x"],
  ["something else", entry({ name: "x", type: OTHER }), -1, "type=OS.unix=special; x"],
  ["milliseconds", entry({ name: "x", modified: NOVEMBER + 250 }), -1, "modify=20241121001105.250; x"],
  ["mode 7", entry({ name: "x", mode: 7 }), -1, "UNIX.mode=07; x"],
  ["an owner with a space", entry({ name: "x", owner: "Ana B", group: "s" }), -1, "UNIX.group=s; x"],
  ["a name with everything", entry({ name: " ;a=b; c " }), -1, "  ;a=b; c "],
  ["a name with a line end", entry({ name: "a\r\nb", owner: "x\ny" }), -1, "UNIX.owner=x?y; a??b"],
];

test("R3659-07 lines of MLSD", () => {
  for (const [name, given, choice, line] of FORMAT) assertEquals(formatFacts(given, choice, given.name), line, name);
});

test("R3659-07 MLST tells the path", () => {
  assertEquals(formatFacts(ALL, 1, "/a b"), "type=file; /a b");
});

test("R3659-09 FEAT and OPTS MLST", () => {
  assertEquals(features(-1), FACTS.split(";").map((fact) => fact + "*;").join(""));
  assertEquals(features(5), "type*;size;modify*;perm;unique;UNIX.mode;UNIX.owner;UNIX.group;");
  assertEquals(chosen(-1), FACTS + ";");
  assertEquals(chosen(5), "type;modify;");
  assertEquals(chosen(0), "");
  const table: [string, number][] = [
    ["type;size;", 3],
    ["Type;SIZE;", 3],
    ["size;type", 3],
    ["type", 1],
    [";", 0],
    ["", 0],
    [" modify; ", 4],
    ["type;foo;bar=1;", 1],
    ["unix.MODE;", 32],
    ["typesize;", 0],
    ["yp;", 0],
    [FACTS, 255],
    ["type;type;", 1],
    ["type size", 0],
  ];
  for (const [argument, choice] of table) assertEquals(selectFacts(argument), choice, argument);
});

/** Name, line, what it is, what is known. */
const PARSE: [string, string, number, Partial<Entry>][] = [
  ["as the RFC has it", "type=file;size=12;modify=20241121001105;perm=radfw;unique=8U12; a.txt", LISTED, {
    name: "a.txt",
    type: FILE,
    size: 12,
    modified: NOVEMBER,
    perm: "radfw",
    unique: "8U12",
  }],
  ["R3659-10 facts in any case", "TYPE=File;Size=12;MODIFY=20241121001105; a", LISTED, {
    name: "a",
    type: FILE,
    size: 12,
    modified: NOVEMBER,
  }],
  ["R3659-10 the name holds ; and = and spaces", "type=file; a; b=c d", LISTED, { name: "a; b=c d", type: FILE }],
  ["a name with leading and trailing spaces", "type=file;   a  ", LISTED, { name: "  a  ", type: FILE }],
  ["a name that begins with ;", "type=file; ;a", LISTED, { name: ";a", type: FILE }],
  ["a name that begins with =", "type=file; =a", LISTED, { name: "=a", type: FILE }],
  ["a name that looks like facts", "type=file; type=dir; x", LISTED, { name: "type=dir; x", type: FILE }],
  ["a name with a tab", "type=file; a\tb", LISTED, { name: "a\tb", type: FILE }],
  ["the last ; is missing", "type=file;size=12 a b", LISTED, { name: "a b", type: FILE, size: 12 }],
  ["the last ; is missing, and the name has one", "type=file;size=12 a; b", LISTED, { name: "a; b", type: FILE, size: 12 }],
  ["a tab instead of the space", "type=file;size=12;\ta b", LISTED, { name: "a b", type: FILE, size: 12 }],
  ["a tab in the name behind a ;", "type=file;size=12; a;\tb", LISTED, { name: "a;\tb", type: FILE, size: 12 }],
  ["a tab in the name without the last ;", "type=file;size=12 a;\tb", LISTED, { name: "a;\tb", type: FILE, size: 12 }],
  ["a tab in a value", "type=OS.unix=slink:a\tb;size=3; c", LISTED, { name: "c", type: LINK, target: "a\tb", size: 3 }],
  ["a tab and no facts", "\ta b", LISTED, { name: "a b" }],
  ["a link, and a name with ;", "type=OS.unix=slink:/x; a; b", LISTED, { name: "a; b", type: LINK, target: "/x" }],
  ["a link, the last ; missing", "size=3;type=OS.unix=slink:/x a;", LISTED, { name: "a;", type: LINK, target: "/x", size: 3 }],
  ["modes that are none", "UNIX.mode=644x;unix.mode=9; a", LISTED, { name: "a" }],
  ["no facts at all", " a b", LISTED, { name: "a b" }],
  ["empty facts", "type=;size=;modify=;perm=;;unique=; a", LISTED, { name: "a" }],
  ["facts without a value", "type;size;x=1; a", LISTED, { name: "a" }],
  ["unknown facts", "type=file;create=20241121001105;lang=en;media-type=text/plain;x.y=z; a", LISTED, { name: "a", type: FILE }],
  ["facts that make no sense", "type=file;size=12kB;modify=yesterday;UNIX.mode=rwx; a", LISTED, { name: "a", type: FILE }],
  ["a negative size", "size=-5; a", LISTED, { name: "a" }],
  ["8 GiB", "size=8589934592; a", LISTED, { name: "a", size: 8589934592 }],
  ["a size over 2^53", "size=99999999999999999999; a", LISTED, { name: "a" }],
  ["a fraction of a second", "modify=20241121001105.5; a", LISTED, { name: "a", modified: NOVEMBER + 500 }],
  ["the Y2K bug", "modify=191241121001105; a", LISTED, { name: "a", modified: NOVEMBER }],
  ["a folder", "type=dir;sizd=4096; a", LISTED, { name: "a", type: DIR, size: 4096 }],
  ["cdir is flagged", "type=cdir;modify=20241121001105; /home/ana", SELF, { name: "/home/ana", type: DIR, modified: NOVEMBER }],
  ["cdir as .", "Type=cdir; .", SELF, { name: ".", type: DIR }],
  ["pdir is flagged", "type=pdir; ..", PARENT, { name: "..", type: DIR }],
  ["pdir in any case", "TYPE=PDIR; /", PARENT, { name: "/", type: DIR }],
  [". as a plain dir", "type=dir; .", SELF, { name: ".", type: DIR }],
  [".. as a plain dir", "type=dir; ..", PARENT, { name: "..", type: DIR }],
  ["a link", "type=OS.unix=slink:/x/y;size=4; a", LISTED, { name: "a", type: LINK, target: "/x/y", size: 4 }],
  ["a link in any case keeps its target's case", "Type=os.UNIX=SLINK:/X; a", LISTED, { name: "a", type: LINK, target: "/X" }],
  ["a link's target with a space", "type=OS.unix=slink:/x y z;size=4; a b", LISTED, { name: "a b", type: LINK, target: "/x y z", size: 4 }],
  ["a link's target with : and =", "type=OS.unix=slink:x:y=z; a", LISTED, { name: "a", type: LINK, target: "x:y=z" }],
  ["a link without a target", "type=OS.unix=slink:; a", LISTED, { name: "a", type: LINK }],
  ["symlink", "type=OS.unix=symlink; a", LISTED, { name: "a", type: LINK }],
  ["a device", "type=OS.unix=chr-5/1; a", LISTED, { name: "a", type: OTHER }],
  ["a type nobody knows", "type=wormhole; a", LISTED, { name: "a", type: OTHER }],
  ["mode, owner and group", "UNIX.mode=0755;UNIX.owner=ana;UNIX.group=staff; a", LISTED, {
    name: "a",
    mode: 0o755,
    owner: "ana",
    group: "staff",
  }],
  ["names before numbers", "UNIX.ownername=ana;UNIX.owner=1000;unix.group=50;unix.groupname=staff; a", LISTED, {
    name: "a",
    owner: "ana",
    group: "staff",
  }],
  ["a mode with the file's type", "UNIX.mode=0100644; a", LISTED, { name: "a", mode: 0o644 }],
  ["perm in upper case", "perm=ELF; a", LISTED, { name: "a", perm: "elf" }],
  ["an MLST path", "type=file; /a/b c", LISTED, { name: "/a/b c", type: FILE }],
  ["bytes over 127", "type=file; \xe9\xff", LISTED, { name: "\xe9\xff", type: FILE }],
  ["a blank line", "", SKIPPED, {}],
  ["a line of spaces", "   ", SKIPPED, { name: "   " }],
  ["no name", "type=file;size=12;", UNREADABLE, { name: "type=file;size=12;" }],
  ["an empty name", "type=file;size=12; ", UNREADABLE, { name: "type=file;size=12; " }],
  ["a headline", "total 12", UNREADABLE, { name: "total 12" }],
  ["a line of ls", "-rw-r--r-- 1 ana staff 12 Nov 21 00:11 a", UNREADABLE, { name: "-rw-r--r-- 1 ana staff 12 Nov 21 00:11 a" }],
];

for (const [name, line, kind, fields] of PARSE) {
  test("R3659-07 " + name, () => {
    const got = entry({
      name: "old",
      type: OTHER,
      size: 1,
      modified: 1,
      mode: 1,
      owner: "o",
      group: "g",
      unique: "u",
      target: "t",
      perm: "p",
    });
    assertEquals(parseFacts(line, got), kind);
    assertEquals(known(got), fields);
  });
}

test("what is written can be read", () => {
  const next = random(31);
  for (let round = 0; round < 5000; round++) {
    const given = entry({
      name: text(next, 8, "ab ;=.\t\xe9"),
      type: next(5),
      size: next(3) === 0 ? -1 : next(1000000),
      modified: next(3) === 0 ? -1 : next(2000000000) * 1000 + next(2) * next(1000),
      mode: next(3) === 0 ? -1 : next(4096),
      owner: text(next, 3, "ab"),
      group: text(next, 3, "ab"),
      unique: text(next, 3, "ab"),
      perm: text(next, 3, "adrw"),
    });
    if (given.type === LINK) given.target = text(next, 4, "/ab");
    if (given.type === DIR) given.size = -1;
    const line = formatFacts(given, -1, given.name);
    if (given.name === "" || line.trim() === "") continue;
    // A tab is taken for the separator only where a server put it there: behind the facts.
    if (line.startsWith(" ") && given.name.includes("\t")) continue;
    const got = new Entry();
    const kind = parseFacts(line, got);
    assert(kind === LISTED || given.name === "." || given.name === "..", line);
    assertEquals(got, given, line);
  }
});

test("any bytes: no error", () => {
  const next = random(37);
  const got = new Entry();
  for (let round = 0; round < 20000; round++) {
    const line = text(next, 40, round % 2 === 0 ? BYTES : "type=dirslnk;; =.:OSunx12\t");
    const kind = parseFacts(line, got);
    assert(kind === SKIPPED || got.name !== "", JSON.stringify(line));
    if (kind === UNREADABLE) assertEquals([got.name, got.type], [line, UNKNOWN]);
    assert(got.size >= -1 && got.modified >= -1 && got.mode >= -1 && got.mode < 4096);
  }
});
