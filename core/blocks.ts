// A bounded pool of read blocks: a transfer takes what it needs when it starts and gives it back when nothing holds it.

/** Blocks of `size` bytes, at most `most` of them, made when first needed; `spare` of them are kept for the next. */
export class Blocks {
  size: number;
  most: number;
  spare: number;
  made = 0;
  free: Uint8Array[];

  constructor(size: number, most: number, spare: number) {
    this.size = size;
    this.most = most;
    this.spare = spare;
    this.free = [];
  }

  /** A block, or null where all are taken. */
  take(): Uint8Array | null {
    const block = this.free.pop();
    if (block !== undefined) return block;
    if (this.made >= this.most) return null;
    this.made++;
    return new Uint8Array(this.size);
  }

  /** Gives a block back. */
  give(block: Uint8Array): void {
    if (this.free.length < this.spare) this.free.push(block);
    else this.made--;
  }
}
