// TYPE A: the same bytes come out wherever the chunks are cut and whatever the block's size.

import { test } from "node:test";
import type { Converter } from "../../core/convert.ts";
import { FromNetwork, ToNetwork } from "../../core/wire/ascii.ts";
import { assert, assertEquals } from "../assert.ts";
import { random, text } from "./random.ts";

function bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** Converts chunk after chunk through a block of `size` bytes, as a transfer does. Chunks lie inside a larger buffer. */
function run(converter: Converter, chunks: string[], size: number, asText = false): string {
  const block = new Uint8Array(size);
  let out = "";
  for (const chunk of chunks) {
    const source = asText ? "\r\n!" + chunk + "\n\r" : bytes("\r\n!" + chunk + "\n\r");
    let at = 3;
    let idle = 0;
    while (at < 3 + chunk.length) {
      const length = converter.convert(source, at, 3 + chunk.length, block);
      assert(length <= size && converter.used >= 0);
      at += converter.used;
      idle = length === 0 && converter.used === 0 ? idle + 1 : 0;
      assert(idle < 1, "no progress");
      out += String.fromCharCode(...block.subarray(0, length));
    }
    assertEquals(at, 3 + chunk.length);
  }
  for (let length = converter.finish(block); length > 0; length = converter.finish(block)) {
    out += String.fromCharCode(...block.subarray(0, length));
  }
  return out;
}

/** Name, file, network. */
const TO_NETWORK: [string, string, string][] = [
  ["nothing", "", ""],
  ["no line end", "abc", "abc"],
  ["LF becomes CR LF", "a\nbc\n", "a\r\nbc\r\n"],
  ["LF alone", "\n", "\r\n"],
  ["empty lines", "\n\n\n", "\r\n\r\n\r\n"],
  ["a CR LF is not doubled", "a\r\nb\r\n", "a\r\nb\r\n"],
  ["a lone CR survives", "a\rb\r", "a\rb\r"],
  ["CR CR LF", "a\r\r\nb", "a\r\r\nb"],
  ["LF CR", "a\n\rb", "a\r\n\rb"],
  ["LF CR LF", "\n\r\n", "\r\n\r\n"],
  ["all bytes stay bytes", "\x00\xff\x80\n\xff", "\x00\xff\x80\r\n\xff"],
];

/** Name, network, file. */
const FROM_NETWORK: [string, string, string][] = [
  ["nothing", "", ""],
  ["no line end", "abc", "abc"],
  ["CR LF becomes LF", "a\r\nbc\r\n", "a\nbc\n"],
  ["CR LF alone", "\r\n", "\n"],
  ["empty lines", "\r\n\r\n\r\n", "\n\n\n"],
  ["a bare LF stays", "a\nb\n", "a\nb\n"],
  ["a lone CR survives", "a\rb", "a\rb"],
  ["a lone CR at the end survives", "ab\r", "ab\r"],
  ["CR alone", "\r", "\r"],
  ["CR CR LF", "a\r\r\nb", "a\r\nb"],
  ["CR CR CR", "\r\r\r", "\r\r\r"],
  ["LF CR", "a\n\rb", "a\n\rb"],
  ["CR NUL stays", "a\r\x00b", "a\r\x00b"],
  ["all bytes stay bytes", "\x00\xff\x80\r\n\xff", "\x00\xff\x80\n\xff"],
];

const SIZES = [2, 3, 4, 5, 7, 16, 64];

function table(title: string, rows: [string, string, string][], make: () => Converter): void {
  for (const [name, from, to] of rows) {
    test("R959-12 " + title + ": " + name, () => {
      for (const size of SIZES) {
        assertEquals(run(make(), [from], size), to, "whole, block " + size);
        assertEquals(run(make(), [from], size, true), to, "text, block " + size);
        assertEquals(run(make(), from.split(""), size), to, "byte by byte, block " + size);
        for (let at = 1; at < from.length; at++) {
          assertEquals(run(make(), [from.substring(0, at), from.substring(at)], size), to, "split at " + at + ", block " + size);
        }
      }
    });
  }
}

table("to the network", TO_NETWORK, () => new ToNetwork());
table("from the network", FROM_NETWORK, () => new FromNetwork());

/** Cuts a text into pieces of random length. */
function cut(text: string, next: (below: number) => number): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length;) {
    const length = 1 + next(9);
    pieces.push(text.substring(at, at + length));
    at += length;
  }
  return pieces;
}

test("R959-12 random data, random chunks, every block size: as one regular expression would do it", () => {
  const next = random(23);
  for (let round = 0; round < 4000; round++) {
    const data = text(next, 60, "ab\r\n\r\n");
    const size = 2 + next(20);
    const asText = next(2) === 1;
    assertEquals(run(new ToNetwork(), cut(data, next), size, asText), data.replace(/\r?\n/g, "\r\n"), JSON.stringify(data));
    assertEquals(run(new FromNetwork(), cut(data, next), size, asText), data.replace(/\r\n/g, "\n"), JSON.stringify(data));
  }
});

test("R959-12 a text with LF survives the way there and back", () => {
  const next = random(29);
  for (let round = 0; round < 2000; round++) {
    const data = text(next, 80, "abc\n\n");
    const network = run(new ToNetwork(), cut(data, next), 2 + next(10));
    assertEquals(run(new FromNetwork(), cut(network, next), 2 + next(10)), data);
  }
});

test("a converter serves the next file after reset", () => {
  const to = new ToNetwork();
  run(to, ["a\r"], 8);
  to.reset();
  assertEquals(run(to, ["\nb"], 8), "\r\nb");
  const from = new FromNetwork();
  const block = new Uint8Array(8);
  from.convert(bytes("a\r"), 0, 2, block);
  from.reset();
  assertEquals(run(from, ["\nb"], 8), "\nb");
});

test("large chunks take linear time, whatever their line ends", () => {
  const size = 262144;
  const block = new Uint8Array(size);
  const small = new Uint8Array(512);
  const start = performance.now();
  for (const pattern of ["\n", "\r", "\r\n", "a", "a\n", "x".repeat(70) + "\n", "x".repeat(70) + "\r\n"]) {
    const chunk = bytes(pattern.repeat(size).substring(0, size));
    for (const converter of [new ToNetwork(), new FromNetwork()]) {
      for (const into of [block, small]) {
        for (let at = 0; at < size; at += converter.used) converter.convert(chunk, at, size, into);
      }
    }
  }
  assert(performance.now() - start < 5000, "took " + (performance.now() - start) + " ms");
});
