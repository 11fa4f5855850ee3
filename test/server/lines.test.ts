// LineReader: lines in, whatever the packets are.

import { test } from "node:test";
import { LineReader } from "../../core/lines.ts";
import { assertEquals } from "../assert.ts";

/** All lines of a text that comes in packets of `size`; one over the limit shows as null. */
function lines(text: string, size: number, limit: number): (string | null)[] {
  const reader = new LineReader(limit);
  const found: (string | null)[] = [];
  for (let at = 0; at < text.length; at += size) {
    reader.feed(text.substring(at, at + size));
    for (let line = reader.next(); line !== null; line = reader.next()) found.push(reader.tooLong ? null : line);
    if (reader.unread() > limit + 1) throw new Error("more is kept than the limit allows");
  }
  return found;
}

const CASES: [string, number, (string | null)[]][] = [
  ["a\r\nb\n\r\n\nc\r\r\n", 10, ["a", "b", "", "", "c\r"]],
  ["1234567890\r\n", 10, ["1234567890"]],
  ["1234567890\n", 10, ["1234567890"]],
  ["12345678901\r\n", 10, [null]],
  ["12345678901\nabc\n", 10, [null, "abc"]],
  ["123456789012345678901234567890\r\nabc\r\n123456789012\nx\n", 10, [null, "abc", null, "x"]],
  ["no end", 10, []],
  ["", 10, []],
];

for (const size of [1, 2, 3, 5, 7, 1000]) {
  test(`lines in packets of ${size}`, () => {
    for (const [text, limit, expected] of CASES) assertEquals(lines(text, size, limit), expected, JSON.stringify(text));
  });
}

test("a rest stays over packets", () => {
  const reader = new LineReader(100);
  reader.feed("one\ntw");
  assertEquals(reader.next(), "one");
  assertEquals(reader.next(), null);
  assertEquals(reader.unread(), 2);
  reader.feed("o\nthree\n");
  assertEquals(reader.next(), "two");
  assertEquals(reader.unread(), 6);
  reader.clear();
  assertEquals(reader.next(), null);
  assertEquals(reader.unread(), 0);
});

test("clear forgets that a line was too long", () => {
  const reader = new LineReader(3);
  reader.feed("123456");
  assertEquals(reader.next(), null);
  reader.clear();
  reader.feed("abc\n");
  assertEquals(reader.next(), "abc");
  assertEquals(reader.tooLong, false);
});
