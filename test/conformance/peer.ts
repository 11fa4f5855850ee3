// A handler for the contract tests of sockets: records what it hears, checks every byte, and says when the rules are broken.

import { setImmediate } from "node:timers";
import type { Chunk, Conn, ConnHandler } from "../../core/ports.ts";

/** The byte that stands at `position` of every test stream. */
export function byteAt(position: number): number {
  return (position * 31 + (position >>> 8) * 17 + (position >>> 16) * 5) & 255;
}

/** Fills the first `length` bytes with those that stand at `position`. */
export function fill(into: Uint8Array, length: number, position: number): void {
  for (let i = 0; i < length; i++) into[i] = byteAt(position + i);
}

interface Waiter {
  test: () => boolean;
  met: () => void;
}

/** One end of a connection under test. */
export class Peer implements ConnHandler {
  name: string;
  conn!: Conn;
  /** opened, ended, drained, closed 11 ... in the order in which they came; data is counted, not listed. */
  events: string[] = [];
  /** What broke a rule. */
  faults: string[] = [];
  received = 0;
  /** Of `stream`: bytes that were given to the connection. */
  sent = 0;
  text = "";
  pauses = 0;
  /** Keep every chunk for so many milliseconds (0: an immediate); -1: none; -2: until `release`. */
  hold = -1;
  /** Compare what comes with `byteAt`. */
  check = true;
  error = -1;
  /** Calls that must not call back. */
  within = "";
  private kept: Chunk | null = null;
  private keptLength = 0;
  private waiters: Waiter[] = [];
  private lent = false;
  private feed: (() => void) | null = null;

  constructor(name: string) {
    this.name = name;
  }

  opened(conn: Conn): void {
    this.conn = conn;
    this.note("opened");
  }

  data(chunk: Chunk, length: number): boolean {
    if (this.kept !== null) this.faults.push("data while a chunk is kept");
    if (length < 1 || length > chunk.length) this.faults.push(`data of ${length} in ${chunk.length}`);
    if (this.check) this.compare(chunk, length, this.received);
    if (typeof chunk === "string") this.text += chunk.slice(0, length);
    this.received += length;
    const keep = this.hold !== -1;
    if (keep) this.pauses++;
    this.kept = keep ? chunk : null;
    this.keptLength = length;
    this.after("data");
    if (!keep) return true;
    if (this.hold === 0) setImmediate((): void => this.release());
    if (this.hold > 0) setTimeout((): void => this.release(), this.hold);
    return false;
  }

  drained(): void {
    if (!this.lent) this.faults.push("drained without a loan");
    this.lent = false;
    this.note("drained");
    if (this.feed !== null) this.feed();
  }

  secured(): void {
    this.note("secured");
  }

  ended(): void {
    if (this.kept !== null) this.faults.push("ended while a chunk is kept");
    this.note("ended");
  }

  closed(error: number): void {
    this.error = error;
    this.note(`closed ${error}`);
  }

  /** Gives the kept chunk back, after a look whether it is still what it was. */
  release(): void {
    const chunk = this.kept;
    if (chunk === null) return;
    if (this.check) this.compare(chunk, this.keptLength, this.received - this.keptLength);
    this.kept = null;
    this.conn.resume();
  }

  send(chunk: Chunk): boolean {
    this.within = "send";
    const free = this.conn.send(chunk, chunk.length);
    this.within = "";
    this.lent = !free;
    return free;
  }

  end(): void {
    this.within = "end";
    this.conn.end();
    this.within = "";
  }

  abort(): void {
    this.within = "abort";
    this.conn.abort();
    this.within = "";
  }

  /** Sends `total` test bytes out of one buffer, which is spoiled as soon as it comes back; `done` after the last loan. */
  stream(total: number, slices: readonly number[], done: () => void): void {
    const buffer = new Uint8Array(Math.max(...slices));
    let position = 0;
    let turn = 0;
    let looping = false;
    this.feed = (): void => {
      if (looping) return;
      looping = true;
      while (!this.lent && position < total) {
        const length = Math.min(slices[turn++ % slices.length], total - position);
        fill(buffer, length, position);
        position += length;
        this.sent = position;
        this.within = "send";
        this.lent = !this.conn.send(buffer, length);
        this.within = "";
        if (!this.lent) buffer.fill(0xee);
      }
      looping = false;
      if (this.lent || this.feed === null) return;
      buffer.fill(0xdd);
      this.feed = null;
      done();
    };
    this.feed();
  }

  /** Waits until it is so; rejects after `limit` milliseconds, and at once where a rule was broken. */
  until(what: string, test: () => boolean, limit: number = 8000): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const timer = setTimeout((): void => reject(new Error(`${this.name}: no "${what}" after ${this.story()}`)), limit);
      const met = (): void => {
        clearTimeout(timer);
        resolve();
      };
      if (test()) met();
      else this.waiters.push({ test, met });
    });
  }

  /** Waits for `closed`. */
  gone(limit?: number): Promise<void> {
    return this.until("closed", () => this.error !== -1, limit);
  }

  /** Waits for an event. */
  heard(event: string, limit?: number): Promise<void> {
    return this.until(event, () => this.events.includes(event), limit);
  }

  story(): string {
    return `${this.events.join(", ")} (${this.received} bytes) ${this.faults.join("; ")}`;
  }

  private note(event: string): void {
    if (event !== "drained" || this.events.at(-1) !== "drained") this.events.push(event);
    this.after(event);
  }

  private after(event: string): void {
    if (this.within !== "") this.faults.push(`${event} from within ${this.within}`);
    const closed = this.events.findIndex((name) => name.startsWith("closed"));
    if (closed !== -1 && closed !== this.events.length - 1) this.faults.push(`${event} after closed`);
    if (closed !== -1 && event === "data") this.faults.push("data after closed");
    for (const waiter of this.waiters) if (waiter.test()) waiter.met();
  }

  private compare(chunk: Chunk, length: number, position: number): void {
    for (let i = 0; i < length; i++) {
      const byte = typeof chunk === "string" ? chunk.charCodeAt(i) : chunk[i];
      if (byte === byteAt(position + i)) continue;
      this.faults.push(`byte ${position + i} is ${byte}, not ${byteAt(position + i)}`);
      return;
    }
  }
}
