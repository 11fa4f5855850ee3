// Numbers that look like chance and are the same for the same seed.

/** A generator (Park and Miller, 16807). */
export class Chance {
  state: number;

  /** Any number; 0 is as good as another. */
  constructor(seed: number) {
    this.state = (seed % 2147483646) + 1;
    this.below(2);
  }

  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    this.state = (this.state * 16807) % 2147483647;
    return this.state % limit;
  }
}
