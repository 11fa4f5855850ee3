// The ports that a listener may take: those of a range, each once, in an order that nobody can guess.

import { randomInt } from "node:crypto";
import type { Target } from "../core/ports.ts";

/** What is left to try for one listener. */
export class PortRange {
  /** Ports that were not tried yet. */
  left: number;
  private readonly first: number;
  private readonly count: number;
  private readonly stride: number;
  private at: number;

  constructor(target: Target) {
    this.first = target.port;
    this.count = target.port === 0 || target.last === undefined ? 1 : Math.max(1, target.last - target.port + 1);
    this.left = this.count;
    this.at = this.count > 1 ? randomInt(this.count) : 0;
    this.stride = strideOf(this.count);
  }

  /** The next port to try; `left` says whether there is one. */
  next(): number {
    const port = this.first + this.at;
    this.at = (this.at + this.stride) % this.count;
    this.left--;
    return port;
  }
}

/** A step that comes to every port once. */
function strideOf(count: number): number {
  if (count < 3) return 1;
  const stride = 1 + randomInt(count - 1);
  return common(stride, count) === 1 ? stride : 1;
}

function common(a: number, b: number): number {
  return b === 0 ? a : common(b, a % b);
}
