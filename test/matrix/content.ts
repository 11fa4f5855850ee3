// Bytes that no mistake turns into each other, their checksums, and the assertions of the cases, which run on every runtime.

import { createHash } from "node:crypto";

/** Noise of a length, another for each seed. */
export function bytes(length: number, seed: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(length / 4));
  let state = Math.imul(seed + 1, 2654435761) >>> 0;
  for (let at = 0; at < words.length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    words[at] = state;
  }
  return new Uint8Array(words.buffer, 0, length);
}

/** The SHA-256 of some bytes. */
export function digest(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Throws unless two values are the same as JSON. */
export function same(actual: unknown, expected: unknown, what: string): void {
  const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (is !== should) throw new Error(`${what}: ${is} where ${should} should be`);
}

/** Throws unless two contents are the same. */
export function sameBytes(actual: Uint8Array, expected: Uint8Array, what: string): void {
  same(actual.length, expected.length, `${what}, length`);
  same(digest(actual), digest(expected), `${what}, checksum`);
}

/** Throws unless a promise is rejected; what it was rejected with. */
export async function refused(promise: Promise<unknown>, what: string): Promise<Error & { code?: number }> {
  const error = await promise.then(() => null, (problem) => problem);
  if (error === null) throw new Error(`${what} was done, and should not be`);
  return error;
}
