// Telnet commands leave the text, options are refused, wherever the packets are split.

import { test } from "node:test";
import { Telnet, verbStart } from "../../core/wire/telnet.ts";
import { assert, assertEquals } from "../assert.ts";
import { BYTES, random, text } from "./random.ts";

function run(packets: string[]): string[] {
  const telnet = new Telnet();
  let clean = "";
  let answer = "";
  for (const packet of packets) {
    telnet.push(packet);
    clean += telnet.text;
    answer += telnet.answer;
    assert(telnet.held.length < 3);
  }
  return [clean, answer];
}

/** Name, packet, text, answer. */
const TABLE: [string, string, string, string][] = [
  ["nothing to do", "NOOP\r\n", "NOOP\r\n", ""],
  ["nothing", "", "", ""],
  ["R959-16 IP and the synch before ABOR", "\xff\xf4\xff\xf2ABOR\r\n", "ABOR\r\n", ""],
  ["R959-16 the synch has lost its last byte", "\xff\xf4\xffABOR\r\n", "\xffABOR\r\n", ""],
  ["R959-16 the synch has lost its IACs", "\xf2ABOR\r\n", "\xf2ABOR\r\n", ""],
  ["R959-16 FF FF is one FF", "DELE a\xff\xffb\r\n", "DELE a\xffb\r\n", ""],
  ["R959-16 FF FF FF FF is two", "\xff\xff\xff\xff", "\xff\xff", ""],
  ["R959-16 FF FF F4 is no command", "\xff\xff\xf4", "\xff\xf4", ""],
  ["R959-16 a name that does not double its FF", "DELE a\xffb\r\n", "DELE a\xffb\r\n", ""],
  ["R959-16 such a name at the end of the line", "DELE a\xff\r\n", "DELE a\xff\r\n", ""],
  ["commands from F0 to FA go", "a\xff\xf0b\xff\xf1c\xff\xfad\xff\xf9", "abcd", ""],
  ["a byte of EF stays", "a\xff\xefb", "a\xff\xefb", ""],
  ["R1123-12 DO is answered WONT", "a\xff\xfd\x06b", "ab", "\xff\xfc\x06"],
  ["R1123-12 WILL is answered DONT", "a\xff\xfb\x18b", "ab", "\xff\xfe\x18"],
  ["R1123-12 DONT and WONT are not answered", "a\xff\xfe\x06b\xff\xfc\x06c", "abc", ""],
  ["R1123-12 several options", "\xff\xfd\x00\xff\xfb\xffPWD\r\n", "PWD\r\n", "\xff\xfc\x00\xff\xfe\xff"],
];

for (const [name, packet, clean, answer] of TABLE) {
  test(name, () => {
    assertEquals(run([packet]), [clean, answer], "whole");
    assertEquals(run(packet.split("")), [clean, answer], "byte by byte");
    for (let at = 1; at < packet.length; at++) {
      assertEquals(run([packet.substring(0, at), packet.substring(at)]), [clean, answer], "split at " + at);
    }
  });
}

test("a flood of options is not answered without bound", () => {
  const telnet = new Telnet();
  telnet.push("\xff\xfd\x01".repeat(20000));
  assertEquals(telnet.text, "");
  assert(telnet.answer.length < 100);
  telnet.push("\xff\xfd\x01");
  assertEquals(telnet.answer, "\xff\xfc\x01");
});

test("reset forgets what is held", () => {
  const telnet = new Telnet();
  telnet.push("a\xff\xfd");
  assertEquals([telnet.text, telnet.held], ["a", "\xff\xfd"]);
  telnet.reset();
  telnet.push("b");
  assertEquals([telnet.text, telnet.answer], ["b", ""]);
});

test("any bytes: the text is the same however they are split", () => {
  const next = random(17);
  for (let round = 0; round < 5000; round++) {
    const packet = text(next, 24, round % 3 === 0 ? BYTES : "a\xff\xff\xfd\xfb\xf4\xf2\r\n");
    const whole = run([packet])[0];
    const at = next(packet.length + 1);
    assertEquals(run([packet.substring(0, at), packet.substring(at)])[0], whole, JSON.stringify(packet));
    assertEquals(run(packet.split(""))[0], whole, JSON.stringify(packet));
  }
});

test("R959-16 where the verb begins", () => {
  const table: [string, number][] = [
    ["ABOR", 0],
    ["\xf2ABOR", 1],
    ["\xffABOR", 1],
    ["\xff\xf4\xf2ABOR", 3],
    ["\xff", 1],
    ["", 0],
    [" A", 0],
    ["\x7fA", 0],
    ["\x80A", 1],
  ];
  for (const [line, at] of table) assertEquals(verbStart(line), at, JSON.stringify(line));
});
