// The buffers that sockets read into: one that all connections share for small things, and a few large ones on loan.

/** Bytes that `landing` holds at most. */
const LANDING = 65536;

/**
 * Nobody keeps what lies in `landing`: it is made a string or copied before the next read, so that an idle connection owns
 * no buffer. A connection with much to read takes two blocks.
 */
export class ReadBuffers {
  readonly landing: Buffer;
  /** What fills `landing` so far is a stream, and worth a block. */
  readonly much: number;
  private readonly size: number;
  private readonly spare: number;
  private readonly free: Buffer[] = [];

  /** Blocks of `size` bytes; `spare` of them are kept for the next connection. */
  constructor(size: number, spare: number) {
    this.size = size;
    this.spare = spare;
    this.landing = Buffer.allocUnsafeSlow(Math.min(size, LANDING));
    this.much = this.landing.length / 4;
  }

  /** A block; its owner gives it back, or forgets it where somebody may still look into it. */
  take(): Buffer {
    return this.free.pop() ?? Buffer.allocUnsafeSlow(this.size);
  }

  /** Gives a block back that nobody looks into any more. */
  give(block: Buffer): void {
    if (this.free.length < this.spare) this.free.push(block);
  }
}
