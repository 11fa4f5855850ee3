// Random data that is the same at every run.

/** Numbers from 0 up to, not including, `below`. */
export type Random = (below: number) => number;

/** A generator for a seed (a linear congruence modulo 2^32, high bits used). */
export function random(seed: number): Random {
  let state = seed >>> 0;
  return (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 4294967296 * below);
  };
}

/** A string of up to `most` characters of `alphabet`. */
export function text(next: Random, most: number, alphabet: string): string {
  let out = "";
  for (let left = next(most + 1); left > 0; left--) out += alphabet.charAt(next(alphabet.length));
  return out;
}

/** All 256 bytes. */
export const BYTES: string = Array.from({ length: 256 }, (_, i) => String.fromCharCode(i)).join("");
