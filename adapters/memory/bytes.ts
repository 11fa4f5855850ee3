// Byte strings to Uint8Array and back, one byte per character, for the memory adapters and their tests.

import type { Chunk } from "../../core/ports.ts";

/** `length` bytes of a chunk from `at` on, as a byte string. */
export function textOf(chunk: Chunk, at: number, length: number): string {
  if (typeof chunk === "string") return at === 0 && length === chunk.length ? chunk : chunk.substring(at, at + length);
  let text = "";
  for (let i = at; i < at + length; i++) text += String.fromCharCode(chunk[i]);
  return text;
}

/** Writes `length` bytes of a chunk from `at` on into `into` at `to`. */
export function copyBytes(chunk: Chunk, at: number, length: number, into: Uint8Array, to: number): void {
  if (typeof chunk !== "string") {
    into.set(chunk.subarray(at, at + length), to);
    return;
  }
  for (let i = 0; i < length; i++) into[to + i] = chunk.charCodeAt(at + i);
}

/** A new Uint8Array with the bytes of a byte string. */
export function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  copyBytes(text, 0, text.length, bytes, 0);
  return bytes;
}

/** A chunk of its own, of the same kind, with `length` bytes from `at` on. */
export function copyOf(chunk: Chunk, at: number, length: number): Chunk {
  if (typeof chunk === "string") return textOf(chunk, at, length);
  const bytes = new Uint8Array(length);
  copyBytes(chunk, at, length, bytes, 0);
  return bytes;
}

/** A number that changes when one of the first `length` bytes does; 0 for a string, which cannot change. */
export function sumOf(chunk: Chunk, length: number): number {
  if (typeof chunk === "string") return 0;
  let sum = 1;
  for (let i = 0; i < length; i++) sum = (sum * 31 + chunk[i]) % 1000003;
  return sum;
}
