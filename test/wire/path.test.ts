// Paths: nothing leads above the root, and what 257 quotes can be read back.

import { test } from "node:test";
import { join, name, oneLine, parent, quote, resolve, unquote } from "../../core/wire/path.ts";
import { assert, assertEquals } from "../assert.ts";
import { BYTES, random, text } from "./random.ts";

/** Folder, argument, path. */
const RESOLVE: [string, string, string][] = [
  ["/", "", "/"],
  ["/", "/", "/"],
  ["/", ".", "/"],
  ["/", "a", "/a"],
  ["/a", "", "/a"],
  ["/a", ".", "/a"],
  ["/a", "b", "/a/b"],
  ["/a/b", "..", "/a"],
  ["/a/b", "../", "/a"],
  ["/a/b", "../c", "/a/c"],
  ["/a/b", "../../..", "/"],
  ["/a/b", "/c", "/c"],
  ["/a", "b/", "/a/b"],
  ["/a", "b//c", "/a/b/c"],
  ["/a", "//b///c//", "/b/c"],
  ["/a", "./b/./c/.", "/a/b/c"],
  ["/a", "b/../c", "/a/c"],
  ["/a", "...", "/a/..."],
  ["/a", "..b", "/a/..b"],
  ["/a", ".b", "/a/.b"],
  ["/a", ". .", "/a/. ."],
  ["/a", " b ", "/a/ b "],
  ["/a", "b c", "/a/b c"],
  ["/a", "\xe9\xff", "/a/\xe9\xff"],
];

test("paths become absolute and normal", () => {
  for (const [cwd, argument, path] of RESOLVE) assertEquals(resolve(cwd, argument), path, JSON.stringify([cwd, argument]));
});

/** Arguments that try to leave the root. */
const ESCAPES: [string, string][] = [
  ["..", "/"],
  ["../..", "/"],
  ["/..", "/"],
  ["/../../etc", "/etc"],
  ["../../../../etc/passwd", "/etc/passwd"],
  ["a/../../../etc", "/etc"],
  ["./../etc", "/etc"],
  [".//..//../etc", "/etc"],
  ["....//....//etc", "/..../..../etc"],
  ["..\\..\\etc", "/..\\..\\etc"],
  ["C:\\etc", "/C:\\etc"],
  ["C:/etc", "/C:/etc"],
  ["~root/.ssh", "/~root/.ssh"],
  ["~", "/~"],
  ["%2e%2e/etc", "/%2e%2e/etc"],
  ["\xc0\xae\xc0\xae/etc", "/\xc0\xae\xc0\xae/etc"],
  ["a\x00/../b", ""],
  ["\x00", ""],
  ["..\x00", ""],
  ["a\x00.txt", ""],
];

test("R2577-08 nothing leads above the root", () => {
  for (const [argument, path] of ESCAPES) assertEquals(resolve("/", argument), path, JSON.stringify(argument));
});

test("R2640-03 CR NUL in an argument is a CR", () => {
  assertEquals(resolve("/", "a\r\x00b"), "/a\rb");
  assertEquals(resolve("/", "a\r\x00\x00b"), "");
  assertEquals(resolve("/", "a\rb"), "/a\rb");
});

test("any bytes: a resolved path is normal, and resolving it again changes nothing", () => {
  const next = random(3);
  for (let round = 0; round < 20000; round++) {
    const path = resolve("/" + text(next, 6, "ab./"), text(next, 16, round % 2 === 0 ? "./ab\\\x00" : BYTES));
    if (path === "") continue;
    assertEquals(path.charAt(0), "/");
    assertEquals(resolve("/x/y", path), path.replaceAll("\r\x00", "\r"));
    for (const part of path.substring(1).split("/")) assert(part !== "." && part !== ".." && (part !== "" || path === "/"));
    assertEquals(resolve(parent(path), name(path)), path);
    assertEquals(path === "/" ? "/" : join(parent(path), name(path)), path);
  }
});

/** Text of a 257, path. */
const UNQUOTE: [string, string][] = [
  ['"/" is the current folder', "/"],
  ['"/a b/c" made', "/a b/c"],
  ['"/a""b" is "current" dir', '/a"b'],
  ['"/a""" is it', '/a"'],
  ['"""/a" is it', '"/a'],
  ['"""" is it', '"'],
  ['"" is it', ""],
  ['"/a"', "/a"],
  ['"/a', "/a"],
  ['"/a""', '/a"'],
  ['Current directory is "/a"', "/a"],
  ['dir: "/a". Next: "/b"', "/a"],
  ['"/a"is it', "/a"],
  ["/a/b is the current folder", "/a/b"],
  ["  /a/b", "/a/b"],
  ["/a", "/a"],
  ["", ""],
  ["   ", ""],
  [" /caf\xc3\xa0", "/caf\xc3\xa0"],
  ["/caf\xc3\xa0 is it", "/caf\xc3\xa0"],
  ['"', ""],
  ['"/\xe9" ok', "/\xe9"],
];

test("R959-08 the path in a 257", () => {
  for (const [line, path] of UNQUOTE) assertEquals(unquote(line), path, line);
});

test("R959-08 quotes are doubled", () => {
  assertEquals(quote("/a"), '"/a"');
  assertEquals(quote('/a"b""'), '"/a""b"""""');
  assertEquals(quote("/a\rb"), '"/a\r\x00b"');
  const next = random(5);
  for (let round = 0; round < 5000; round++) {
    const path = "/" + text(next, 8, '"" ab/');
    assertEquals(unquote(quote(path) + ' is "the" folder'), path);
  }
});

test("parts of paths", () => {
  const table: [string, string, string][] = [
    ["/", "/", ""],
    ["/a", "/", "a"],
    ["/a/b", "/a", "b"],
    ["/a/b c", "/a", "b c"],
    ["a", "/", "a"],
    ["", "/", ""],
  ];
  for (const [path, folder, last] of table) {
    assertEquals(parent(path), folder, path);
    assertEquals(name(path), last, path);
  }
  assertEquals(join("/", "a"), "/a");
  assertEquals(join("/a", "b"), "/a/b");
  assertEquals(join("/a/", "b"), "/a/b");
});

test("a name cannot end a line of a listing", () => {
  assertEquals(oneLine("a\r\n226 b\rc"), "a??226 b?c");
  assertEquals(oneLine("a b"), "a b");
});
