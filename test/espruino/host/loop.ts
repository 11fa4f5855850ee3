// Espruino's idle loop: timers, then the libraries (sockets), then the queue of events, over and over while there is work.

// deno-lint-ignore-file no-explicit-any
import { performance } from "node:perf_hooks";

/** TIMER_MIN_INTERVAL, milliseconds. */
const SHORTEST = 0.1;

interface Timer {
  at: number;
  every: number;
  run: any;
  args: any[];
}

interface Event {
  run: any;
  self: any;
  args: any[];
}

/** What the loop tells its machine. */
export interface Watcher {
  /** Something was thrown that nobody caught, or is worth a test's attention. */
  fault(error: unknown): void;
  /** The libraries' share of a turn; true: something was done. */
  idle(): boolean;
}

/** The loop of one device. */
export class Loop {
  turns = 0;
  private timers = new Map<number, Timer>();
  private events: Event[] = [];
  private next = 1;
  private changed = false;
  private scheduled = false;
  /** A turn that is scheduled, or to come with the next timer. */
  private immediate: NodeJS.Immediate | undefined = undefined;
  private alarm: NodeJS.Timeout | undefined = undefined;
  private last = 0;
  private alive = true;
  private readonly watcher: Watcher;
  private readonly pace: number;

  /** `pace`: milliseconds from one turn to the next, at least; a slow device finds more waiting at each of them. */
  constructor(watcher: Watcher, pace: number) {
    this.watcher = watcher;
    this.pace = pace;
  }

  /** Timers that are set. */
  get waiting(): number {
    return this.timers.size;
  }

  /** Nothing runs any more. */
  stop(): void {
    this.alive = false;
    this.timers.clear();
    this.events = [];
    clearImmediate(this.immediate);
    clearTimeout(this.alarm);
  }

  /** There may be something to do. */
  wake(): void {
    if (!this.alive || this.scheduled) return;
    clearTimeout(this.alarm);
    this.scheduled = true;
    const wait = this.last + this.pace - performance.now();
    if (this.pace > 0 && wait > 0) this.alarm = setTimeout(() => this.turn(), wait);
    else this.immediate = setImmediate(() => this.turn());
  }

  /** `run` is a function or a list of them, as it is now: handlers added later do not hear of this. */
  queue(self: any, run: any, args: any[]): void {
    if (run === undefined || run === null) return;
    this.events.push({ run, self, args });
    this.wake();
  }

  /** Runs a function, or each of a list; what they throw is told and forgotten. */
  execute(self: any, run: any, args: any[]): void {
    if (run === undefined || run === null || !this.alive) return;
    if (typeof run !== "function") {
      for (const each of [...run]) this.execute(self, each, args);
      return;
    }
    try {
      run.apply(self, args);
    } catch (error) {
      this.watcher.fault(error);
    }
  }

  /** The number of a new timer. `every`: it comes again. */
  add(run: any, delay: number, every: boolean, args: any[]): number {
    const wait = !(delay >= SHORTEST) ? SHORTEST : delay;
    const number = this.next++;
    this.timers.set(number, { at: performance.now() + wait, every: every ? wait : 0, run, args });
    this.changed = true;
    this.wake();
    return number;
  }

  clear(number: any): void {
    this.timers.delete(number);
    this.changed = true;
  }

  clearAll(): void {
    this.timers.clear();
    this.changed = true;
  }

  /** false: there is no such timer. */
  change(number: any, delay: number): boolean {
    const timer = this.timers.get(number);
    if (!timer) return false;
    timer.every = Math.max(SHORTEST, delay);
    timer.at = performance.now() + timer.every;
    this.wake();
    return true;
  }

  private turn(): void {
    this.scheduled = false;
    this.last = performance.now();
    this.turns++;
    let busy = this.due(this.last);
    if (this.alive && this.watcher.idle()) busy = true;
    if (this.events.length > 0) busy = true;
    while (this.alive && this.events.length > 0) {
      const event = this.events.shift()!;
      this.execute(event.self, event.run, event.args);
    }
    if (!this.alive) return;
    if (busy) return this.wake();
    // The libraries have heard of something in this turn: the next one is under way.
    if (this.scheduled) return;
    let soonest = Infinity;
    for (const timer of this.timers.values()) soonest = Math.min(soonest, timer.at);
    if (soonest < Infinity) this.alarm = setTimeout(() => this.wake(), Math.max(0, soonest - performance.now()));
  }

  /** Timers in the order they were made; from the first again when one of them changed the timers. */
  private due(now: number): boolean {
    let busy = false;
    do {
      this.changed = false;
      for (const [number, timer] of this.timers) {
        if (timer.at > now) continue;
        busy = true;
        this.execute(undefined, timer.run, timer.args);
        if (!this.alive) return true;
        if (timer.every > 0) timer.at += timer.every;
        else this.timers.delete(number);
        if (this.changed) break;
      }
    } while (this.changed);
    return busy;
  }
}
