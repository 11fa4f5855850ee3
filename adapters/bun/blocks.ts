// The memory that Bun's connections receive into, and who holds it: a connection until its handler is done, and a file that writes
// it behind (disk.ts). Whoever lets go last gives a block back.
//
// Bun hands over memory of its own with every event, fresh each time. Filling that costs more than the read itself, so a connection
// with much to read reads into blocks by itself (`readInto`).

import * as fs from "node:fs";

/** Bytes of a block. */
export const SIZE = 262144;
/** Blocks that are kept for the next reads. */
const SPARE = 16;

interface Block {
  readonly bytes: Buffer;
  holders: number;
}

const free: Block[] = [];
/** What each chunk lies in; null: in memory of Bun's, which nobody uses again. */
const places: WeakMap<Uint8Array, Block | null> = new WeakMap();

/** Nobody changes these bytes any more, or uses their memory again. */
export function markFresh(bytes: Uint8Array): void {
  places.set(bytes, null);
}

/**
 * What a socket has at once, in a block that its caller holds; null: nothing, which may be the end of it. Throws what the system says.
 * `fd` has to be a descriptor that does not wait.
 */
export function readInto(fd: number): Buffer | null {
  const block = free.pop() ?? { bytes: Buffer.allocUnsafeSlow(SIZE), holders: 0 };
  let length = 0;
  try {
    length = fs.readSync(fd, block.bytes, 0, SIZE, null);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
  } finally {
    if (length === 0) give(block);
  }
  if (length === 0) return null;
  const chunk = length === SIZE ? block.bytes : block.bytes.subarray(0, length);
  block.holders = 1;
  places.set(chunk, block);
  return chunk;
}

/** Holds a chunk, so that it stays as it is until `release`; false: that is not for us to say. */
export function hold(chunk: Uint8Array): boolean {
  const block = places.get(chunk);
  if (block) block.holders++;
  return block !== undefined;
}

/** Lets go of a chunk. */
export function release(chunk: Uint8Array): void {
  const block = places.get(chunk);
  if (!block) return;
  block.holders--;
  if (block.holders === 0) give(block);
}

function give(block: Block): void {
  if (free.length < SPARE) free.push(block);
}
