// Dials a target with a deadline, one address family after the other, and hands the connection over.
//
// Invariant: `next` hears one of `opened` and `closed`, once for each dial. A proxy is dialled for like anybody else, and hands
// on in the same way when it is through.

import { CANCELLED, TIMEOUT, TLS } from "./ports.ts";
import type { Conn, ConnHandler, Net, Target, Ticker } from "./ports.ts";

/** Who a connection is dialled for. */
export interface Dialled {
  /** Here it is: whoever takes it becomes its handler. */
  opened(conn: Conn): void;
  /** It did not come. */
  closed(error: number): void;
}

/** One dial at a time. */
export class Dialer implements ConnHandler {
  net: Net;
  /** Whose `tick` calls ours. */
  ticker: Ticker;
  next: Dialled;
  target: Target;
  /** Families in the order of preference: 4, 6; 0 leaves it to the runtime. */
  families: number[];
  at = 0;
  /** Milliseconds for each family; 0: none. */
  limit = 0;
  conn: Conn | null = null;
  error = 0;
  /** Why the last dial failed, as the runtime says it. */
  why: unknown = undefined;
  since = -1;

  constructor(net: Net, ticker: Ticker) {
    this.net = net;
    this.ticker = ticker;
    this.next = this;
    this.target = { host: "", port: 0 };
    this.families = [];
  }

  dial(target: Target, families: number[], limit: number, next: Dialled): void {
    this.target = target;
    this.families = families;
    this.limit = limit;
    this.next = next;
    this.at = 0;
    this.start();
  }

  /** Calls it off: `next.closed(CANCELLED)` follows, where something was under way. */
  cancel(): void {
    this.error = CANCELLED;
    if (this.conn !== null) this.conn.abort();
  }

  /** Milliseconds to the deadline, -1: none. */
  tick(now: number): number {
    if (this.conn === null || this.limit === 0 || this.error !== 0) return -1;
    if (this.since < 0) this.since = now;
    const left = this.since + this.limit - now;
    if (left > 0) return left;
    this.error = TIMEOUT;
    this.conn.abort();
    return -1;
  }

  opened(conn: Conn): void {
    if (this.error !== 0) return conn.abort();
    this.conn = null;
    this.next.opened(conn);
  }

  data(): boolean {
    return true;
  }

  drained(): void {}

  secured(): void {}

  ended(): void {}

  closed(error: number): void {
    const reason = this.error === 0 ? error : this.error;
    this.why = (this.conn as Conn).cause;
    this.conn = null;
    this.at++;
    // Another address has the same certificate.
    if (reason === CANCELLED || reason === TLS || this.at >= this.families.length) this.next.closed(reason);
    else this.start();
  }

  start(): void {
    this.error = 0;
    this.since = -1;
    this.target.family = this.families[this.at];
    this.conn = this.net.connect(this.target, this);
    this.net.wake(this.ticker);
  }
}
