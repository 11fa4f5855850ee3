// The reply parser: every reply whole, split at every byte, and byte by byte.

import { test } from "node:test";
import { PROTOCOL, TOO_LONG } from "../../core/ports.ts";
import { ReplyParser } from "../../core/wire/reply.ts";
import type { Reply } from "../../core/wire/reply.ts";
import { assert, assertEquals } from "../assert.ts";
import { BYTES, random, text } from "./random.ts";

function ok(code: number, text: string): Reply {
  return { code, text, error: 0 };
}

function parse(packets: string[], limit = 400): Reply[] {
  const parser = new ReplyParser(limit);
  const replies: Reply[] = [];
  for (const packet of packets) {
    parser.push(packet);
    for (let reply = parser.next(); reply !== null; reply = parser.next()) replies.push(reply);
  }
  return replies;
}

/** Name, what the server sends, what the client shall see; an optional limit. */
const TABLE: [string, string, Reply[], number?][] = [
  ["R959-01 one line", "220 Ready\r\n", [ok(220, "Ready")]],
  ["R959-01 a code alone", "220\r\n", [ok(220, "")]],
  ["R959-01 a code and a space", "220 \r\n", [ok(220, "")]],
  ["R959-01 a group ends at its own code and a space", "214-First\r\n second\r\n214 Last\r\n", [ok(214, "First\n second\nLast")]],
  ["R959-01 a group ends at its code alone", "214-First\r\n214\r\n", [ok(214, "First\n")]],
  ["R959-01 inside lines begin with the code and a dash", "211-A\r\n211-B\r\n211 End\r\n", [ok(211, "A\n211-B\nEnd")]],
  ["R959-01 inside lines begin with other codes", "211-A\r\n220 x\r\n221-y\r\n211 End\r\n", [ok(211, "A\n220 x\n221-y\nEnd")]],
  ["R959-01 inside lines begin with more digits", "230-Hi\r\n2300 users\r\n23 more\r\n230 In\r\n", [
    ok(230, "Hi\n2300 users\n23 more\nIn"),
  ]],
  ["R959-01 inside lines are blank", "220-A\r\n\r\n \r\n220 B\r\n", [ok(220, "A\n\n \nB")]],
  ["R959-01 inside lines hold an indented end", "220-A\r\n 220 no\r\n220 B\r\n", [ok(220, "A\n 220 no\nB")]],
  ["R959-01 two dashes", "331--- login ---\r\n331-- more\r\n331 Password\r\n", [ok(331, "-- login ---\n331-- more\nPassword")]],
  ["R959-01 an empty group", "226-\r\n226 \r\n", [ok(226, "\n")]],
  ["R959-01 bare LF", "220-A\nb\n220 C\n331 D\n", [ok(220, "A\nb\nC"), ok(331, "D")]],
  ["R959-01 blank lines before a reply", "\r\n\n  \r\n200 UTF8 set\r\n", [ok(200, "UTF8 set")]],
  ["R959-01 blank lines between replies", "150 Go\r\n\r\n226 Done\r\n", [ok(150, "Go"), ok(226, "Done")]],
  ["R959-01 no space behind the code", "213\t5\r\n220:Hi\r\n21320240229000000\r\n", [
    ok(213, "5"),
    ok(220, ":Hi"),
    ok(213, "20240229000000"),
  ]],
  ["R959-02 any class from 1 to 6", "100 a\r\n699 b\r\n", [ok(100, "a"), ok(699, "b")]],
  ["R959-03 several replies in one packet", "150 Go\r\n226-Done\r\n226 Now\r\n221 Bye\r\n", [
    ok(150, "Go"),
    ok(226, "Done\nNow"),
    ok(221, "Bye"),
  ]],
  ["R959-03 bytes over 127 stay bytes", '257 "/\xc3\xa9\xe9" is it\r\n', [ok(257, '"/\xc3\xa9\xe9" is it')]],
  ["R959-05 the end of the connection in the middle of a line", "421 Closing\r\n22", [ok(421, "Closing")]],
  ["R2640-03 CR NUL is a CR, other NUL are dropped", "2\x0020 a\r\x00b\x00c\r\x00\n", [ok(220, "a\rbc")]],
  ["R959-16 FF FF is a byte of a name", "250 \xff\xffa\r\n", [ok(250, "\xffa")]],
  ["R959-16 Telnet before, inside and after", "\xff\xfb\x0122\xff\xf10 He\xff\xfd\x00llo\xff\xf9\r\n\xff\xfc\x03331 P\r\n", [
    ok(220, "Hello"),
    ok(331, "P"),
  ]],
  ["R1123-11 a line that is no reply", "Hello\r\n220 Ready\r\n", [{ code: 0, text: "Hello", error: PROTOCOL }, ok(220, "Ready")]],
  ["R1123-11 codes that are none", "099 x\r\n22 x\r\n 220 x\r\n700 x\r\n+OK\r\n-12 x\r\n1e3 x\r\n", [
    { code: 0, text: "099 x", error: PROTOCOL },
    { code: 0, text: "22 x", error: PROTOCOL },
    { code: 0, text: " 220 x", error: PROTOCOL },
    { code: 0, text: "700 x", error: PROTOCOL },
    { code: 0, text: "+OK", error: PROTOCOL },
    { code: 0, text: "-12 x", error: PROTOCOL },
    { code: 0, text: "1e3 x", error: PROTOCOL },
  ]],
  ["too long: a line", "220 " + "x".repeat(60) + "\r\n331 Go\r\n", [{ code: 220, text: "", error: TOO_LONG }, ok(331, "Go")], 30],
  ["too long: a line that is no reply", "x".repeat(60) + "\r\n331 Go\r\n", [{ code: 0, text: "xxxx", error: TOO_LONG }, ok(331, "Go")], 30],
  ["too long: a group's first line", "220-" + "x".repeat(60) + "\r\n230 no\r\n220 End\r\n331 Go\r\n", [
    { code: 220, text: "", error: TOO_LONG },
    ok(331, "Go"),
  ], 30],
  ["too long: a line inside a group", "220-A\r\n" + "x".repeat(60) + "\r\nb\r\n220 End\r\n331 Go\r\n", [
    { code: 220, text: "A", error: TOO_LONG },
    ok(331, "Go"),
  ], 30],
  ["too long: a group's last line", "220-A\r\nb\r\n220 " + "x".repeat(60) + "\r\n331 Go\r\n", [
    { code: 220, text: "A\nb", error: TOO_LONG },
    ok(331, "Go"),
  ], 30],
  ["too long: many short lines", "220-A\r\n" + "line\r\n".repeat(20) + "220 End\r\n331 Go\r\n", [
    { code: 220, text: "A\nline\nline\nline\nline\nline", error: TOO_LONG },
    ok(331, "Go"),
  ], 30],
  ["too long: not by one byte", "220 " + "x".repeat(26) + "\r\n331-" + "x".repeat(14) + "\r\n331 " + "y".repeat(15) + "\r\n", [
    ok(220, "x".repeat(26)),
    ok(331, "x".repeat(14) + "\n" + "y".repeat(15)),
  ], 30],
];

for (const [name, bytes, replies, limit] of TABLE) {
  test(name, () => {
    assertEquals(parse([bytes], limit), replies, "whole");
    assertEquals(parse(bytes.split(""), limit), replies, "byte by byte");
    for (let at = 1; at < bytes.length; at++) {
      assertEquals(parse([bytes.substring(0, at), bytes.substring(at)], limit), replies, "split at " + at);
      for (let next = at + 1; next < bytes.length && bytes.length < 40; next++) {
        const packets = [bytes.substring(0, at), bytes.substring(at, next), bytes.substring(next)];
        assertEquals(parse(packets, limit), replies, "split at " + at + " and " + next);
      }
    }
  });
}

test("R1123-12 Telnet options are refused", () => {
  const parser = new ReplyParser(100);
  parser.push("\xff\xfd\x18\xff\xfb\x01220 Hi\r\n");
  assertEquals(parser.telnet?.answer, "\xff\xfc\x18\xff\xfe\x01");
  assertEquals(parser.next(), ok(220, "Hi"));
});

test("R4217-01 what came before TLS is forgotten", () => {
  const parser = new ReplyParser(100);
  parser.push("234 Go\r\n220-inje");
  assertEquals(parser.next(), ok(234, "Go"));
  assertEquals(parser.empty(), false);
  parser.clear();
  assertEquals(parser.empty(), true);
  parser.push("200 Fine\r\n");
  assertEquals(parser.next(), ok(200, "Fine"));
  assertEquals(parser.empty(), true);
});

test("R4217-01 no state is left of what was forgotten", () => {
  const parser = new ReplyParser(20);
  parser.push("220-" + "x".repeat(50) + "\r\n\xff");
  assertEquals(parser.next(), null);
  parser.clear();
  parser.push("\xfa200 Fine\r\n");
  assertEquals(parser.next(), { code: 0, text: "\xfa200 Fine", error: PROTOCOL });
});

test("an open group is not empty", () => {
  const parser = new ReplyParser(100);
  parser.push("220-Hi\r\n");
  assertEquals(parser.next(), null);
  assertEquals(parser.empty(), false);
});

test("any bytes: no error, and the same replies however they are split", () => {
  const next = random(11);
  for (let round = 0; round < 3000; round++) {
    const bytes = text(next, 80, round % 3 === 0 ? BYTES : "2233 -\r\n\n\nab\xff\xfd\x00");
    const whole = parse([bytes], 20);
    const at = next(bytes.length + 1);
    assertEquals(parse([bytes.substring(0, at), bytes.substring(at)], 20), whole, JSON.stringify(bytes) + " at " + at);
    assertEquals(parse(bytes.split(""), 20), whole, JSON.stringify(bytes));
    for (const reply of whole) assert(reply.text.length <= 20);
  }
});

test("a long group in small packets takes linear time", () => {
  const line = "x".repeat(78) + "\r\n";
  const parser = new ReplyParser(10000000);
  const start = performance.now();
  parser.push("214-Help\r\n");
  for (let i = 0; i < 100000; i++) {
    parser.push(line);
    assertEquals(parser.next() === null, true);
  }
  parser.push("214 End\r\n");
  assertEquals(parser.next()?.text.length, 4 + 100000 * 79 + 4);
  assert(performance.now() - start < 3000);
});
