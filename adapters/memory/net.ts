// Sockets that exist only in memory: deterministic, scriptable, driven by `step`, `run` and `time`. The tests' main stage.
//
// Nothing is told from within connect, listen, send, end or abort: it waits in one queue, first in, first out.

import { CAN_CLEAR, CAN_HALF_CLOSE, CAN_IPV6, CAN_LISTEN, CAN_STARTTLS, CAN_TLS } from "../../core/ports.ts";
import { IN_USE, NO_HOST, REFUSED, UNREACHABLE } from "../../core/ports.ts";
import type { Acceptor, Conn, ConnHandler, Listener, Net, Target, Ticker } from "../../core/ports.ts";
import { familyOf, hostOf, resolves } from "./address.ts";
import { Clock } from "./clock.ts";
import { MemoryConn } from "./conn.ts";
import { CLOSED, DIAL, HANDSHAKE, LISTENING, OPENED } from "./events.ts";
import type { Actor, Happening, Steps } from "./events.ts";
import { MemoryListener } from "./listener.ts";
import { HELD, Rules } from "./rules.ts";
import { SHAKING } from "./tls.ts";

/** How a MemoryNet behaves. */
export interface MemoryNetOptions {
  /** Bytes per delivered packet; 0: as they were sent, up to 65536. */
  split?: number;
  /** `send` always answers false, and `drained` comes later. */
  lend?: boolean;
  /** Unread bytes that the way between two ends holds; what does not fit stays lent. Default 65536. */
  window?: number;
  /** The read buffer is overwritten when its loan ends, and a lent chunk that changes throws. Default true. */
  scribble?: boolean;
  /** What may come early does: `listening` before `listen` returns, the next `data` before `resume` does. */
  early?: boolean;
  /** With the pretended TLS of tls.ts. */
  tls?: boolean;
  /** Default true. */
  ipv6?: boolean;
  /** Events that `run` allows before it throws. Default 100000. */
  limit?: number;
}

/** What is open now; all zero when nothing has leaked. */
export interface OpenCounts {
  conns: number;
  listeners: number;
  /** Chunks that are lent, in either direction. */
  lent: number;
}

/** A Net whose two ends are both in this process. */
export class MemoryNet implements Net {
  can: number;
  packet: number;
  lend: boolean;
  window: number;
  scribble: boolean;
  early: boolean;
  limit: number;
  events: Happening[];
  conns: MemoryConn[];
  listeners: MemoryListener[];
  clock: Clock;
  others: Steps[];
  rules: Rules;
  waiting: MemoryConn[];
  lastPort: number;
  /** The last number of a sequence that looks like chance, and is the same every time. */
  chance: number;

  constructor(options: MemoryNetOptions) {
    this.can = CAN_LISTEN | CAN_HALF_CLOSE;
    if (options.ipv6 !== false) this.can |= CAN_IPV6;
    if (options.tls === true) this.can |= CAN_TLS | CAN_STARTTLS | CAN_CLEAR;
    this.packet = options.split ? options.split : 65536;
    this.lend = options.lend === true;
    this.window = options.window === undefined ? 65536 : options.window;
    this.scribble = options.scribble !== false;
    this.early = options.early === true;
    this.limit = options.limit ? options.limit : 100000;
    this.events = [];
    this.conns = [];
    this.listeners = [];
    this.clock = new Clock(this);
    this.others = [];
    this.rules = new Rules();
    this.waiting = [];
    this.lastPort = 49151;
    this.chance = 1;
  }

  connect(target: Target, handler: ConnHandler): Conn {
    const host = hostOf(target.host, target.family);
    const family = familyOf(host);
    const localHost = target.localHost ? target.localHost : hostOf("", family);
    const local = { host: localHost, port: target.localPort ? target.localPort : this.freePort(), family: family };
    const conn = new MemoryConn(this, handler, local, { host: host, port: target.port, family: family }, target.text === true);
    this.prepare(conn, target);
    const fate = this.rules.fate(target.port, target.host, host);
    this.push(conn, DIAL, fate === 0 && !resolves(target.host) ? NO_HOST : fate);
    return conn;
  }

  listen(target: Target, acceptor: Acceptor): Listener {
    const listener = new MemoryListener(this, target, acceptor);
    const address = listener.address;
    const ports = target.port > 0 && target.last && target.last > target.port ? target.last - target.port + 1 : 1;
    this.chance = (this.chance * 1103 + 12345) % 65536;
    address.port = target.port > 0 ? target.port + (this.chance % ports) : this.freePort();
    for (let i = 1; i < ports && this.taken(listener); i++) address.port = target.port + ((this.chance + i) % ports);
    if (this.taken(listener)) listener.error = IN_USE;
    if (address.family === 6 && (this.can & CAN_IPV6) === 0) listener.error = UNREACHABLE;
    if (listener.error === 0) this.listeners.push(listener);
    if (this.early) listener.happen();
    else this.push(listener, LISTENING, 0);
    return listener;
  }

  wake(ticker: Ticker): void {
    this.clock.wake(ticker);
  }

  // --- For tests

  /** Makes one thing happen; false: all is quiet. The queues of `join` have their turn when our own is empty. */
  step(): boolean {
    const event = this.events.shift();
    if (event !== undefined) {
      event.actor.happen(event.what, event.error);
      return true;
    }
    for (let i = 0; i < this.others.length; i++) {
      if (this.others[i].step()) return true;
    }
    return false;
  }

  /** Goes on until all is quiet; returns the number of events. */
  run(): number {
    let count = 0;
    while (this.step()) {
      count++;
      if (count > this.limit) throw new Error(`Cannot come to rest within ${this.limit} events`);
    }
    return count;
  }

  /** Lets so many milliseconds pass, calling every ticker at its deadline. Returns the number of events. */
  time(milliseconds: number): number {
    const end = this.now + milliseconds;
    let count = this.run();
    while (this.clock.forward(end)) {
      count += 1 + this.run();
      if (count > this.limit) throw new Error(`Cannot come to rest within ${this.limit} events`);
    }
    return count;
  }

  /** Milliseconds of its clock; `time` moves it. */
  get now(): number {
    return this.clock.now;
  }

  /** Milliseconds to the earliest deadline; -1: none. */
  deadline(): number {
    return this.clock.deadline();
  }

  /** What is open now. */
  get open(): OpenCounts {
    let lent = 0;
    for (let i = 0; i < this.conns.length; i++) {
      if (this.conns[i].lent !== null) lent++;
      if (this.conns[i].held) lent++;
    }
    return { conns: this.conns.length, listeners: this.listeners.length, lent: lent };
  }

  /** Another queue, such as a MemoryFiles with `later`, that `step` and `run` work off too. */
  join(other: Steps): void {
    this.others.push(other);
  }

  /** Dials to that port stay unanswered until `release`. A host of "" or none: whatever the host. */
  hold(port: number, host?: string): void {
    this.rules.add(port, host, HELD);
  }

  /** Dials to that port are refused. */
  refuse(port: number, host?: string): void {
    this.rules.add(port, host, REFUSED);
  }

  /** Dials to that port (0: any) fail with that error. */
  fail(error: number, port: number, host?: string): void {
    this.rules.add(port, host, error);
  }

  /** Forgets all rules; the dials that were held go on. */
  release(): void {
    const waiting = this.waiting;
    this.rules.clear();
    this.waiting = [];
    for (let i = 0; i < waiting.length; i++) this.push(waiting[i], DIAL, 0);
  }

  // --- For the actors

  push(actor: Actor, what: number, error: number): void {
    this.events.push({ actor: actor, what: what, error: error });
  }

  /** A dial has come to its end; `error` is what the rules say. */
  dialled(conn: MemoryConn, error: number): void {
    if (error === HELD) {
      this.waiting.push(conn);
      return;
    }
    if (error !== 0) return this.push(conn, CLOSED, error);
    if (conn.remote.family === 6 && (this.can & CAN_IPV6) === 0) return this.push(conn, CLOSED, UNREACHABLE);
    let i = 0;
    while (i < this.listeners.length && !this.listeners[i].hears(conn.remote.host, conn.remote.port)) i++;
    if (i === this.listeners.length) return this.push(conn, CLOSED, REFUSED);
    this.accept(conn, this.listeners[i]);
  }

  forget(conn: MemoryConn): void {
    const at = this.conns.indexOf(conn);
    if (at >= 0) this.conns.splice(at, 1);
    const held = this.waiting.indexOf(conn);
    if (held >= 0) this.waiting.splice(held, 1);
  }

  accept(dialler: MemoryConn, listener: MemoryListener): void {
    const conn = new MemoryConn(this, null, dialler.remote, dialler.local, listener.target.text === true);
    this.prepare(conn, listener.target);
    conn.accepted = true;
    conn.peer = dialler;
    dialler.peer = conn;
    const handler = listener.acceptor.accept(conn);
    if (handler !== null) conn.handler = handler;
    this.push(conn, conn.implicit ? HANDSHAKE : OPENED, 0);
    this.push(dialler, dialler.implicit ? HANDSHAKE : OPENED, 0);
    if (handler !== null) return;
    conn.mute = true;
    conn.end();
  }

  prepare(conn: MemoryConn, target: Target): void {
    this.conns.push(conn);
    if (!target.tls) return;
    conn.implicit = true;
    conn.secrecy = SHAKING;
    conn.wanted = target.tls;
  }

  freePort(): number {
    let taken = true;
    while (taken) {
      this.lastPort = this.lastPort < 65535 ? this.lastPort + 1 : 49152;
      taken = false;
      for (let i = 0; i < this.listeners.length; i++) taken = taken || this.listeners[i].address.port === this.lastPort;
    }
    return this.lastPort;
  }

  taken(listener: MemoryListener): boolean {
    for (let i = 0; i < this.listeners.length; i++) {
      if (this.listeners[i].overlaps(listener)) return true;
    }
    return false;
  }
}
