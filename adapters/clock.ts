// Calls tickers at their deadlines, with one timer each that keeps no process alive: the `wake` of every adapter's Net.

import { clearTimeout, setTimeout } from "node:timers";
import type { Ticker } from "../core/ports.ts";

/** A wake is answered after so many milliseconds, all wakes until then by one tick. Below the 100 of `Net.wake`. */
const SOON = 25;
/** What a timer can wait at most. */
const LONGEST = 2147483647;

type Timer = ReturnType<typeof setTimeout>;

/** When a ticker is to be called. */
interface Alarm {
  timer: Timer;
  /** It is due within SOON. */
  soon: boolean;
}

/** The tickers that wait for something. One that answers -1 is forgotten until it is woken again. */
export class Clock {
  alarms: Map<Ticker, Alarm> = new Map();

  /** `ticker.tick` comes within 100 ms; costs nothing where it does anyway. */
  wake(ticker: Ticker): void {
    const alarm = this.alarms.get(ticker);
    if (alarm !== undefined && alarm.soon) return;
    this.arm(ticker, SOON);
  }

  /** It is not called any more, until the next `wake`. */
  stop(ticker: Ticker): void {
    const alarm = this.alarms.get(ticker);
    if (alarm === undefined) return;
    clearTimeout(alarm.timer);
    this.alarms.delete(ticker);
  }

  arm(ticker: Ticker, delay: number): void {
    this.stop(ticker);
    const timer = setTimeout(ring, Math.min(delay, LONGEST), this, ticker);
    timer.unref();
    this.alarms.set(ticker, { timer, soon: delay <= SOON });
  }
}

/** The tick may wake, stop or throw: what it left in the map counts. */
function ring(clock: Clock, ticker: Ticker): void {
  const before = clock.alarms.get(ticker);
  if (before === undefined) return;
  before.soon = false;
  const next = ticker.tick(performance.now());
  const after = clock.alarms.get(ticker);
  if (after === undefined || (after !== before && (next < 0 || next >= SOON))) return;
  if (next < 0) clock.stop(ticker);
  else clock.arm(ticker, next);
}
