// The clock of a MemoryNet: it stands still until a test moves it, and calls every ticker at its deadline.

import type { Ticker } from "../../core/ports.ts";
import { TICK } from "./events.ts";
import type { Actor } from "./events.ts";
import type { MemoryNet } from "./net.ts";

/** A ticker that was woken. */
class Alarm implements Actor {
  clock: Clock;
  ticker: Ticker;
  /** When to call it; -1: not. */
  due: number;
  /** It was woken, its TICK is in the queue. */
  woken: boolean;

  constructor(clock: Clock, ticker: Ticker) {
    this.clock = clock;
    this.ticker = ticker;
    this.due = -1;
    this.woken = false;
  }

  happen(): void {
    this.woken = false;
    this.due = -1;
    const next = this.ticker.tick(this.clock.now);
    if (next >= 0) this.due = this.clock.now + (next < 1 ? 1 : next);
  }
}

/** Who is to be called when. */
export class Clock {
  net: MemoryNet;
  now: number;
  alarms: Alarm[];

  constructor(net: MemoryNet) {
    this.net = net;
    this.now = 0;
    this.alarms = [];
  }

  /** The ticker is called when the queue comes to it. */
  wake(ticker: Ticker): void {
    let i = 0;
    while (i < this.alarms.length && this.alarms[i].ticker !== ticker) i++;
    if (i === this.alarms.length) this.alarms.push(new Alarm(this, ticker));
    const alarm = this.alarms[i];
    if (alarm.woken) return;
    alarm.woken = true;
    this.net.push(alarm, TICK, 0);
  }

  /** Goes to the next deadline up to `end` and calls its ticker; false: there was none, and now it is `end`. */
  forward(end: number): boolean {
    const next = this.next();
    if (next === null || next.due > end) {
      this.now = end;
      return false;
    }
    this.now = next.due;
    next.happen();
    return true;
  }

  /** Milliseconds to the earliest deadline; -1: none. */
  deadline(): number {
    const next = this.next();
    return next === null ? -1 : next.due - this.now;
  }

  next(): Alarm | null {
    let next: Alarm | null = null;
    for (let i = 0; i < this.alarms.length; i++) {
      const alarm = this.alarms[i];
      if (alarm.due >= 0 && (next === null || alarm.due < next.due)) next = alarm;
    }
    return next;
  }
}
