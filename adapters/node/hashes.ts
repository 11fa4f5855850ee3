// Hashes that files are compared by, on node:crypto; CRC32 by a table of our own, which older Nodes do not have.

import { createHash } from "node:crypto";
import type { Chunk, Hash } from "../../core/ports.ts";

const NAMES: { [name: string]: string } = { "MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-512": "sha512" };

/** Whether there is such a hash. */
export function isHash(name: string): boolean {
  return name === "CRC32" || Object.hasOwn(NAMES, name);
}

/** A new hash: "MD5", "SHA-1", "SHA-256", "SHA-512" or "CRC32"; hexadecimal digits come out, in lower case. */
export function hashOf(name: string): Hash {
  if (name === "CRC32") return new Crc32();
  const hash = createHash(NAMES[name]);
  return {
    add(chunk: Chunk, length: number): void {
      hash.update(bytes(chunk).subarray(0, length));
    },
    done: (): string => hash.digest("hex"),
  };
}

const TABLE = new Uint32Array(256).map((_zero, i) => {
  for (let bit = 0; bit < 8; bit++) i = i & 1 ? (i >>> 1) ^ 0xedb88320 : i >>> 1;
  return i;
});

/** The CRC of IEEE 802.3, as in zip files and XCRC. */
class Crc32 implements Hash {
  private crc = 0xffffffff;

  add(chunk: Chunk, length: number): void {
    const from = bytes(chunk);
    let crc = this.crc;
    for (let i = 0; i < length; i++) crc = TABLE[(crc ^ from[i]) & 255] ^ (crc >>> 8);
    this.crc = crc;
  }

  done(): string {
    return ((this.crc ^ 0xffffffff) >>> 0).toString(16).padStart(8, "0");
  }
}

function bytes(chunk: Chunk): Uint8Array {
  return typeof chunk === "string" ? Buffer.from(chunk, "latin1") : chunk;
}
