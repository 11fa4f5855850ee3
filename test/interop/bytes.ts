// Contents of files, made from a seed, and a short name for them. It needs nothing, so that programs on any runtime can have it.

import { createHash } from "node:crypto";

/** `length` bytes that look random and are the same for the same seed. */
export function bytes(length: number, seed: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(length / 4));
  let state = seed * 2654435761 + 1 >>> 0;
  for (let i = 0; i < words.length; i++) {
    // Mulberry32, one round.
    state = state + 0x6d2b79f5 >>> 0;
    let mixed = Math.imul(state ^ state >>> 15, state | 1);
    mixed ^= mixed + Math.imul(mixed ^ mixed >>> 7, mixed | 61);
    words[i] = mixed ^ mixed >>> 14;
  }
  return new Uint8Array(words.buffer, 0, length);
}

/** A short name for contents. */
export function digest(content: Uint8Array): string {
  return content.length + " " + createHash("sha1").update(content).digest("hex");
}
