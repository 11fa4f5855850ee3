// A device's flash memory: bits that can only be cleared, pages that are erased whole, and a power cut at any unit of a write.

/** Thrown through everything when the power goes; nothing of the device runs after it. */
export class PowerCut extends Error {
  constructor() {
    super("The power was cut");
  }
}

/** What is written or erased counts down; at zero the power goes, in the middle of what was being written. */
export class Fuse {
  /** Units left; -1: it never blows. */
  left = -1;
  /** Units used so far, to know where a cut may be. */
  used = 0;
  blown = false;
  /** Called when it blows. */
  blow: () => void = () => undefined;

  /** How many of `units` may still be done; all of them, or the last ones before the cut. */
  burn(units: number): number {
    if (this.blown) throw new PowerCut();
    const done = this.left < 0 ? units : Math.min(units, this.left);
    this.used += done;
    if (this.left >= 0) this.left -= done;
    if (done < units) {
      this.blown = true;
      this.blow();
    }
    return done;
  }
}

/** The memory; it outlives the device's programs. */
export class Flash {
  readonly bytes: Uint8Array;
  readonly page: number;
  /** Bytes that are written at once: a cut falls between two of them. */
  readonly unit: number;
  fuse: Fuse = new Fuse();

  constructor(size: number, page: number, unit: number) {
    this.bytes = new Uint8Array(size).fill(255);
    this.page = page;
    this.unit = unit;
  }

  /** As the hardware does: a bit that is 0 stays 0. */
  write(at: number, from: Uint8Array): void {
    if (at < 0 || at + from.length > this.bytes.length) throw new Error(`Cannot write ${from.length} bytes of flash at ${at}`);
    const units = Math.ceil(from.length / this.unit);
    const done = this.fuse.burn(units);
    const length = Math.min(from.length, done * this.unit);
    for (let i = 0; i < length; i++) this.bytes[at + i] &= from[i];
    if (done < units) throw new PowerCut();
  }

  read(at: number, length: number): Uint8Array {
    return this.bytes.subarray(at, at + length);
  }

  /** A cut leaves half of the page erased. */
  erase(at: number): void {
    const start = at - at % this.page;
    const done = this.fuse.burn(2);
    this.bytes.fill(255, start, start + this.page * done / 2);
    if (done < 2) throw new PowerCut();
  }

  isErased(at: number, length: number): boolean {
    for (let i = at; i < at + length; i++) if (this.bytes[i] !== 255) return false;
    return true;
  }
}
