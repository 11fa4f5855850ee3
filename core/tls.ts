// One TLS handshake with a deadline, in either role and for any protocol: it hears a connection's events until it is done.
//
// Invariant: `conn` is set, and we are its handler, until the owner hears of the outcome: one of `shaken` and `unshaken`, once.
// Who replaces the handler before that takes the connection from us, and we hear no more of it.

import { TIMEOUT, TLS, TLS_CLIENT } from "./ports.ts";
import type { Conn, ConnHandler, Tls } from "./ports.ts";

/** For whom a connection is secured. */
export interface HandshakeOwner {
  /** A deadline begins: `tick` is to be called soon. */
  wake(): void;
  /** It is secure: whoever takes it becomes its handler. */
  shaken(conn: Conn): void;
  /** It is closed: TLS, TIMEOUT or what broke it. `cause` says more. */
  unshaken(error: number): void;
  /** What had been lent to the connection before it was secured is free. */
  drained(): void;
}

/** One handshake at a time. */
export class Handshake implements ConnHandler {
  owner: HandshakeOwner;
  conn: Conn | null = null;
  tls: Tls | null = null;
  /** Milliseconds; 0: none. */
  limit = 0;
  /** The handshake is under way; before that the connection was not open. */
  shaking = false;
  error = 0;
  /** Of the last one that failed: what the runtime says. */
  cause: unknown = undefined;
  since = -1;

  constructor(owner: HandshakeOwner) {
    this.owner = owner;
  }

  /** Secures a connection as soon as it is open. */
  await(conn: Conn, tls: Tls, limit: number): void {
    conn.handler = this;
    this.conn = conn;
    this.tls = tls;
    this.limit = limit;
    this.shaking = false;
    this.error = 0;
    this.cause = undefined;
    this.since = -1;
  }

  /** Secures an open connection, where `Conn.secure` may be called. */
  start(conn: Conn, tls: Tls, limit: number): void {
    this.await(conn, tls, limit);
    this.opened(conn);
  }

  /** Milliseconds to the deadline, -1: none. */
  tick(now: number): number {
    if (!this.holds() || !this.shaking || this.limit === 0 || this.error !== 0) return -1;
    if (this.since < 0) this.since = now;
    const left = this.since + this.limit - now;
    if (left > 0) return left;
    this.fail(TIMEOUT);
    return -1;
  }

  /** Calls it off; `unshaken` follows. */
  fail(error: number): void {
    if (!this.holds()) return;
    if (this.error === 0) this.error = error;
    (this.conn as Conn).abort();
  }

  /** The connection is still ours. */
  holds(): boolean {
    if (this.conn !== null && this.conn.handler !== this) this.conn = null;
    return this.conn !== null;
  }

  opened(conn: Conn): void {
    this.shaking = true;
    this.owner.wake();
    conn.secure(this.tls as Tls);
  }

  secured(): void {
    const conn = this.conn as Conn;
    if (this.error !== 0) return;
    this.conn = null;
    this.owner.shaken(conn);
  }

  /** Clear text has no place here: a server drops what it was sent behind its client's wish, a client trusts no such server. */
  data(): boolean {
    if ((this.tls as Tls).role === TLS_CLIENT) this.fail(TLS);
    return true;
  }

  drained(): void {
    this.owner.drained();
  }

  ended(): void {
    this.fail(TLS);
  }

  closed(error: number): void {
    const conn = this.conn as Conn;
    this.conn = null;
    this.cause = conn.cause;
    this.owner.unshaken(this.error !== 0 ? this.error : error !== 0 ? error : TLS);
  }
}
