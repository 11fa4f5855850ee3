// A Net with faults: breaks, silence, pieces, delays, refusals, the same for the same seed.
//
// An event is an `opened`, `data`, `drained`, `secured` or `ended` that is about to reach a handler; `count` counts them over the
// whole net, so that a test can break every one of them in turn.

import { IN_USE, REFUSED, RESET } from "../../core/ports.ts";
import type { Acceptor, Chunk, Conn, ConnHandler, Listener, Net, Target, Ticker } from "../../core/ports.ts";
import { Chance } from "./chance.ts";
import { cut, Relay, WrappedNet } from "./relay.ts";

/** Which faults; numbers count from 1, 0 or none: never. */
export interface NetFaults {
  seed?: number;
  /** This event does not arrive: its connection breaks. */
  resetAt?: number;
  /** Behind this byte of all that arrives, its connection breaks. */
  resetAtByte?: number;
  /** From this event on its connection is silent: nothing arrives and nothing goes out, until it is aborted. */
  stallAt?: number;
  /** This dial is refused. */
  refuseAt?: number;
  /** This `listen` fails with IN_USE. */
  inUseAt?: number;
  /** Packets arrive in pieces of 1 to so many bytes. */
  split?: number;
  /** Every packet is late by 0 to so many milliseconds. */
  delay?: number;
}

class FaultyRelay extends Relay {
  net: FaultyNet;
  /** What `closed` shall say; 0: what it says. */
  verdict: number;
  broken: boolean;
  silent: boolean;
  /** `end` or `abort` was called: no data follows. */
  over: boolean;
  /** What arrived and is not handed over. */
  chunk: Chunk;
  at: number;
  length: number;
  /** The handler keeps a piece. */
  held: boolean;
  feeding: boolean;
  /** Milliseconds that the packet is late by, 0 when it may be handed over; `due`: when that is, -1 until a tick tells the time. */
  wait: number;
  due: number;

  constructor(net: FaultyNet) {
    super();
    this.net = net;
    this.verdict = 0;
    this.broken = false;
    this.silent = false;
    this.over = false;
    this.chunk = "";
    this.at = 0;
    this.length = 0;
    this.held = false;
    this.feeding = false;
    this.wait = 0;
    this.due = -1;
  }

  /** Counts an event; true: it does not arrive. */
  strikes(): boolean {
    if (this.broken || this.silent) return true;
    this.net.count++;
    if (this.net.count === this.net.faults.stallAt) this.silent = true;
    if (this.net.count === this.net.faults.resetAt) this.fail(RESET);
    return this.broken || this.silent;
  }

  fail(verdict: number): void {
    this.broken = true;
    this.verdict = verdict;
    this.inner.abort();
  }

  override opened(conn: Conn): void {
    this.inner = conn;
    if (!this.strikes()) this.handler.opened(this);
  }

  override drained(): void {
    if (!this.strikes()) this.handler.drained();
  }

  override secured(): void {
    if (!this.strikes() && this.handler.secured) this.handler.secured();
  }

  override ended(): void {
    if (!this.strikes()) this.handler.ended();
  }

  override closed(error: number): void {
    this.broken = true;
    this.due = -1;
    this.wait = 0;
    this.handler.closed(this.verdict === 0 ? error : this.verdict);
  }

  override send(chunk: Chunk, length: number): boolean {
    return this.silent && !this.broken ? false : this.inner.send(chunk, length);
  }

  override end(): void {
    this.over = true;
    if (!this.silent) this.inner.end();
  }

  override abort(): void {
    this.over = true;
    this.inner.abort();
  }

  override data(chunk: Chunk, length: number): boolean {
    const delay = this.net.faults.delay;
    this.chunk = chunk;
    this.at = 0;
    this.length = length;
    this.wait = delay ? this.net.chance.below(delay + 1) : 0;
    if (this.wait === 0) return this.feed();
    this.due = -1;
    this.net.late.push(this);
    this.net.inner.wake(this.net);
    return false;
  }

  override resume(): void {
    if (this.feeding || !this.held) return;
    this.held = false;
    if (this.wait === 0 && this.feed()) this.inner.resume();
  }

  /** Hands over what is there; true: all of it was taken. */
  feed(): boolean {
    this.feeding = true;
    while (this.at < this.length && !(this.held || this.broken || this.silent || this.over)) this.piece();
    this.feeding = false;
    return !this.held;
  }

  piece(): void {
    const faults = this.net.faults;
    if (this.strikes()) return;
    let size = this.length - this.at;
    const most = faults.split ? 1 + this.net.chance.below(faults.split) : size;
    if (most < size) size = most;
    const left = faults.resetAtByte ? faults.resetAtByte - this.net.bytes : size + 1;
    if (left > 0 && left < size) size = left;
    const piece = cut(this.chunk, this.at, size);
    this.at += size;
    this.net.bytes += size;
    this.held = !this.handler.data(piece, size);
    if (size === left) this.fail(RESET);
  }

  /** Time has come to `now`: milliseconds to wait, or -1 when there is nothing to wait for. */
  pass(now: number): number {
    if (this.wait === 0) return -1;
    if (this.due < 0) this.due = now + this.wait;
    if (this.due > now) return this.due - now;
    this.wait = 0;
    if (!this.broken && this.feed()) this.inner.resume();
    return -1;
  }
}

/** A Net round another one, and the numbers of what has happened. */
export class FaultyNet extends WrappedNet implements Ticker {
  faults: NetFaults;
  chance: Chance;
  /** Events, bytes that arrived, dials and listens so far. */
  count: number;
  bytes: number;
  dials: number;
  listens: number;
  late: FaultyRelay[];

  constructor(net: Net, faults: NetFaults) {
    super(net);
    this.faults = faults;
    this.chance = new Chance(faults.seed ? faults.seed : 1);
    this.count = 0;
    this.bytes = 0;
    this.dials = 0;
    this.listens = 0;
    this.late = [];
  }

  override relay(target: Target, accepted: boolean): Relay {
    return new FaultyRelay(this);
  }

  override connect(target: Target, handler: ConnHandler): Conn {
    const relay = WrappedNet.prototype.connect.call(this, target, handler) as FaultyRelay;
    this.dials++;
    if (this.dials === this.faults.refuseAt) relay.fail(REFUSED);
    return relay;
  }

  override listen(target: Target, acceptor: Acceptor): Listener {
    this.listens++;
    if (this.listens !== this.faults.inUseAt) return WrappedNet.prototype.listen.call(this, target, acceptor);
    acceptor.listening(IN_USE);
    return { address: { host: target.host, port: target.port, family: 4 }, close: nothing };
  }

  tick(now: number): number {
    const late = this.late;
    let next = -1;
    this.late = [];
    for (let i = 0; i < late.length; i++) {
      const wait = late[i].pass(now);
      if (wait < 0) continue;
      this.late.push(late[i]);
      if (next < 0 || wait < next) next = wait;
    }
    return next;
  }
}

function nothing(): void {}
