// TYPE A: line ends of files (LF) to those of the network (CR LF) and back, in pieces of any size (RFC 959 section 3.1.1.1).
//
// Invariant: between two calls nothing is held but `cr`, the last byte where it was a CR. A block has at least 2 bytes.

import type { Converter } from "../convert.ts";
import type { Chunk } from "../ports.ts";

/** The part of a chunk that a block of `most` bytes can take. */
function part(chunk: Chunk, offset: number, length: number, most: number): Uint8Array {
  const end = Math.min(length, offset + most);
  if (typeof chunk !== "string") return chunk.subarray(offset, end);
  const bytes = new Uint8Array(Math.max(0, end - offset));
  for (let i = 0; i < bytes.length; i++) bytes[i] = chunk.charCodeAt(offset + i);
  return bytes;
}

/** LF becomes CR LF. A CR LF that is there already stays, and so does a lone CR. */
export class ToNetwork implements Converter {
  used = 0;
  /** The last byte was a CR: an LF that follows needs none. */
  cr = false;

  /** From `offset` up to `length`, as much as `into` holds; `used` tells how far it came. */
  convert(chunk: Chunk, offset: number, length: number, into: Uint8Array): number {
    const room = into.length;
    const from = part(chunk, offset, length, room);
    let at = 0;
    let out = 0;
    while (at < from.length && out < room) {
      const lf = from.indexOf(10, at);
      const end = Math.min(lf < 0 ? from.length : lf, at + room - out);
      if (end > at) {
        into.set(from.subarray(at, end), out);
        out += end - at;
        at = end;
        this.cr = from[end - 1] === 13;
      }
      if (at !== lf || out + (this.cr ? 1 : 2) > room) break;
      if (!this.cr) into[out++] = 13;
      into[out++] = 10;
      at++;
      this.cr = false;
    }
    this.used = at;
    return out;
  }

  /** Nothing is carried over. */
  finish(into: Uint8Array): number {
    this.cr = false;
    return 0;
  }

  /** For the next file. */
  reset(): void {
    this.cr = false;
  }
}

/** CR LF becomes LF. A lone CR stays; one at the end of a chunk waits for what follows. */
export class FromNetwork implements Converter {
  used = 0;
  /** A CR was taken and not written. */
  cr = false;

  /** From `offset` up to `length`, as much as `into` holds; `used` tells how far it came. */
  convert(chunk: Chunk, offset: number, length: number, into: Uint8Array): number {
    let out = 0;
    const from = part(chunk, offset, length, into.length - (this.cr ? 1 : 0));
    if (this.cr && from.length > 0) {
      if (from[0] !== 10) into[out++] = 13;
      this.cr = false;
    }
    let at = 0;
    while (at < from.length) {
      const cr = from.indexOf(13, at);
      let end = cr < 0 ? from.length : cr;
      if (cr >= 0 && cr + 1 < from.length && from[cr + 1] !== 10) end++;
      if (end > at) into.set(from.subarray(at, end), out);
      out += end - at;
      at = end;
      if (cr !== end) continue;
      // A CR LF: the LF goes with the next piece.
      at++;
      this.cr = at === from.length;
    }
    this.used = at;
    return out;
  }

  /** Writes a CR that waited. */
  finish(into: Uint8Array): number {
    if (!this.cr) return 0;
    this.cr = false;
    into[0] = 13;
    return 1;
  }

  /** For the next file. */
  reset(): void {
    this.cr = false;
  }
}
