// A Net with a speed limit, in either direction, by a token bucket for each connection or one for all.
//
// Time enters by `tick` only, so a bucket fills when it is empty and a tick comes, not before; the ticks are asked for only then.

import type { Chunk, Net, Target, Ticker } from "../../core/ports.ts";
import { Relay, WrappedNet } from "./relay.ts";

/** Bytes per second; 0 or none: no limit. */
export interface Speeds {
  receive?: number;
  send?: number;
  /** The limit is for all connections together, else for each. */
  together?: boolean;
  /** Control connections too, that is those that carry text. */
  text?: boolean;
  /** Milliseconds of full speed that a bucket holds. Default 100. */
  burst?: number;
}

/** A Net whose connections carry no more than so many bytes per second. */
export function throttle(net: Net, speeds: Speeds): Net {
  return new ThrottledNet(net, speeds);
}

/** Bytes that may still go now; below 0: too many went, and it has to fill first. */
class Bucket {
  /** Bytes per second; 0: no limit. */
  speed: number;
  most: number;
  tokens: number;
  /** When it was filled last; -1: not since it was empty. */
  filled: number;

  constructor(speed: number | undefined, burst: number) {
    this.speed = speed ? speed : 0;
    this.most = (this.speed * burst) / 1000;
    this.tokens = this.most;
    this.filled = -1;
  }

  /** Takes bytes out; true: it is empty now. */
  take(bytes: number): boolean {
    if (this.speed === 0) return false;
    this.tokens -= bytes;
    return this.tokens < 0;
  }

  empty(): boolean {
    return this.speed !== 0 && this.tokens < 0;
  }

  /** Time is `now`: milliseconds until it is not empty any more, 0: it is not. */
  fill(now: number): number {
    if (!this.empty()) return 0;
    if (this.filled >= 0) this.tokens += ((now - this.filled) * this.speed) / 1000;
    this.filled = now;
    if (this.tokens > this.most) this.tokens = this.most;
    if (this.tokens < 0) return Math.ceil((-this.tokens * 1000) / this.speed);
    this.filled = -1;
    return 0;
  }
}

class ThrottledRelay extends Relay {
  net: ThrottledNet;
  receive: Bucket;
  output: Bucket;
  /** What arrived too early; "" and 0: nothing. */
  chunk: Chunk;
  length: number;
  /** A `drained` that is due when the bucket has filled; the loan is ours, not the inner connection's. */
  owed: boolean;
  /** `end` or `abort` was called: no data follows. */
  over: boolean;
  /** The handler is being given a chunk that the inner connection holds for us. */
  giving: boolean;
  /** It is in the net's list. */
  waits: boolean;

  constructor(net: ThrottledNet, receive: Bucket, send: Bucket) {
    super();
    this.net = net;
    this.receive = receive;
    this.output = send;
    this.chunk = "";
    this.length = 0;
    this.owed = false;
    this.over = false;
    this.giving = false;
    this.waits = false;
  }

  override data(chunk: Chunk, length: number): boolean {
    if (!this.receive.empty()) return this.give(chunk, length);
    this.chunk = chunk;
    this.length = length;
    this.net.wait(this);
    return false;
  }

  override resume(): void {
    if (this.length === 0 && !this.giving) this.inner.resume();
  }

  override send(chunk: Chunk, length: number): boolean {
    const free = this.inner.send(chunk, length);
    if (!this.output.take(length)) return free;
    if (free) this.owed = true;
    this.net.wait(this);
    return false;
  }

  override drained(): void {
    if (this.output.empty()) this.owed = true;
    else this.handler.drained();
    if (this.owed) this.net.wait(this);
  }

  override end(): void {
    this.over = true;
    this.inner.end();
  }

  override abort(): void {
    this.over = true;
    this.owed = false;
    this.inner.abort();
  }

  override closed(error: number): void {
    this.over = true;
    this.owed = false;
    this.length = 0;
    this.handler.closed(error);
  }

  give(chunk: Chunk, length: number): boolean {
    if (this.over) return true;
    this.receive.take(length);
    return this.handler.data(chunk, length);
  }

  /** Does what waited for time to pass; milliseconds to wait on, 0: for nothing. */
  pass(now: number): number {
    const toSend = this.output.fill(now);
    const toReceive = this.receive.fill(now);
    if (toReceive === 0 && this.length > 0) this.release();
    if (toSend === 0 && this.owed) {
      this.owed = false;
      this.handler.drained();
    }
    const receiving = this.length > 0 ? toReceive : 0;
    const sending = this.owed ? toSend : 0;
    if (receiving === 0 || sending === 0) return receiving + sending;
    return receiving < sending ? receiving : sending;
  }

  /** Hands over what arrived too early. */
  release(): void {
    const chunk = this.chunk;
    const length = this.length;
    this.chunk = "";
    this.length = 0;
    this.giving = true;
    const taken = this.give(chunk, length);
    this.giving = false;
    if (taken) this.inner.resume();
  }
}

class ThrottledNet extends WrappedNet implements Ticker {
  speeds: Speeds;
  burst: number;
  receive: Bucket;
  send: Bucket;
  waiting: ThrottledRelay[];

  constructor(net: Net, speeds: Speeds) {
    super(net);
    this.speeds = speeds;
    this.burst = speeds.burst ? speeds.burst : 100;
    this.receive = new Bucket(speeds.receive, this.burst);
    this.send = new Bucket(speeds.send, this.burst);
    this.waiting = [];
  }

  override relay(target: Target, accepted: boolean): Relay {
    if (target.text && !this.speeds.text) return new Relay();
    if (this.speeds.together) return new ThrottledRelay(this, this.receive, this.send);
    return new ThrottledRelay(this, new Bucket(this.speeds.receive, this.burst), new Bucket(this.speeds.send, this.burst));
  }

  /** The relay wants to hear when time has passed. */
  wait(relay: ThrottledRelay): void {
    if (relay.waits) return;
    relay.waits = true;
    this.waiting.push(relay);
    this.inner.wake(this);
  }

  tick(now: number): number {
    const waiting = this.waiting;
    let next = -1;
    this.waiting = [];
    for (let i = 0; i < waiting.length; i++) {
      waiting[i].waits = false;
      const wait = waiting[i].pass(now);
      if (wait > 0 && !waiting[i].waits) this.again(waiting[i]);
      if (wait > 0 && (next < 0 || wait < next)) next = wait;
    }
    return next;
  }

  again(relay: ThrottledRelay): void {
    relay.waits = true;
    this.waiting.push(relay);
  }
}
