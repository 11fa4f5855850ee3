// Patterns of names: what they mean, and that no pattern takes long.

import { test } from "node:test";
import { assertEquals } from "../assert.ts";
import { isPattern, matches } from "../../core/wire/pattern.ts";

const MEANS: [pattern: string, names: string[]][] = [
  ["*", ["a", "a.txt", "a b", "[", "*", "\xff"]],
  ["*.txt", ["a.txt", "a.b.txt", " .txt"]],
  ["a*", ["a", "ab", "a.txt", "a*"]],
  ["a*c*e", ["ace", "abcde", "acce", "aceace"]],
  ["a**b", ["ab", "a b", "aab"]],
  ["?", ["a", "*", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xe9", "\xff"]],
  ["a?c", ["abc", "a\xc3\xa9c", "a?c"]],
  ["??", ["ab", "\xc3\xa9\xc3\xa9", "\xa9\xa9"]],
  [".*", [".", "..", ".a"]],
  ["*a", ["a", "aa", "ba"]],
  ["[ab]*", ["[ab]", "[ab]c"]],
];
const MEANS_NOT: [pattern: string, names: string[]][] = [
  ["*", [".a", ".."]],
  ["?a", [".a"]],
  ["*.txt", ["a.TXT", "a.txt~", "txt", ".txt"]],
  ["a*c*e", ["ac", "aec", "abcd"]],
  ["?", ["", "ab", "\xc3\xa9a", "\xa9\xa9"]],
  ["a", ["", "b", "aa"]],
  ["*a", ["ab", ""]],
  ["a?", ["a"]],
];

test("what a pattern means", () => {
  for (const [pattern, names] of MEANS) for (const name of names) assertEquals(matches(name, pattern), true, `${pattern}: ${name}`);
  for (const [pattern, names] of MEANS_NOT) for (const name of names) assertEquals(matches(name, pattern), false, `${pattern}: ${name}`);
});

test("what is a pattern", () => {
  for (const name of ["*", "a?", "**", "*".repeat(255)]) assertEquals(isPattern(name), true, name);
  for (const name of ["", "a", "[a]", "{a,b}", "*".repeat(256)]) assertEquals(isPattern(name), false, name);
});

test("the longest pattern over the longest name is compared in some ten thousand steps", () => {
  let steps = 0;
  const counted = (text: string): string => {
    const object = {
      length: text.length,
      charAt: (i: number) => (steps++, text.charAt(i)),
      charCodeAt: (i: number) => (steps++, text.charCodeAt(i)),
    };
    return object as unknown as string;
  };
  assertEquals(matches(counted("a".repeat(255)), counted(`${"*a".repeat(100)}*${"a".repeat(50)}b`)), false);
  assertEquals(steps < 100000, true, `${steps} steps`);
});
