// How a session's data connection comes about: it listens (PASV, EPSV) or is told where to connect (PORT, EPRT).
//
// Invariant: at most one of a listener, an aim and a connection is there; each serves one transfer.

import type { Acceptor, Conn, ConnHandler, Listener } from "../ports.ts";
import { Transfer } from "../transfer.ts";
import { formatHostPort } from "../wire/address.ts";
import { PEERS, SECURITY } from "./features.ts";
import type { Session } from "./session.ts";

/** The data side of one session. */
export class Data implements Acceptor {
  session: Session;
  transfer: Transfer;
  listener: Listener | null = null;
  /** Told in the reply once the listener has its port: 227 or 229. */
  code = 0;
  /** What `listening` said; -1: nothing yet. */
  heard = -1;
  /** Where to connect to; port 0: nowhere. */
  aimHost = "";
  aimPort = 0;
  /** After EPSV ALL nothing but EPSV is taken (RFC 2428 section 4). */
  epsvOnly = false;

  constructor(session: Session) {
    this.session = session;
    this.transfer = new Transfer(session, session.server.options, session.server.pool);
  }

  /** Listens for the client; `session.passive` answers with `code`. */
  listen(code: number): void {
    const session = this.session;
    const options = session.server.options;
    const local = (session.conn as Conn).local;
    this.clear();
    this.code = code;
    this.heard = -1;
    session.pending = true;
    this.listener = session.server.net.listen({
      host: local.host,
      port: options.passiveFirst,
      last: options.passiveLast,
      family: local.family,
    }, this);
    if (this.heard >= 0) this.listening(this.heard);
  }

  /** The listener has its port, or has none: 227 (RFC 959 section 4.1.2) or 229 (RFC 2428 section 3). */
  listening(error: number): void {
    const session = this.session;
    this.heard = error;
    // Too early: `listen` has not returned.
    if (this.listener === null) return;
    const port = error === 0 ? this.listener.address.port : 0;
    session.pending = false;
    if (session.conn === null || error !== 0) this.clear();
    let text = "Entering Extended Passive Mode (|||" + port + "|)";
    if (this.code === 227 && session.conn !== null) {
      const masquerade = session.server.options.masquerade;
      text = "Entering Passive Mode (" + formatHostPort(masquerade === "" ? session.conn.local.host : masquerade, port) + ").";
    }
    session.answer(error, this.code, text);
    session.advance();
  }

  /** Only the control connection's peer, and only once. */
  accept(conn: Conn): ConnHandler | null {
    if ((PEERS && conn.remote.host !== this.session.host) || this.listener === null) return null;
    this.listener.close();
    this.listener = null;
    // It is there from now on, whatever comes before `opened`.
    this.transfer.conn = conn;
    if (SECURITY && this.session.secure !== null) return this.session.secure.data.greet(conn);
    return this.transfer;
  }

  /** There is, or can be, a connection for the next transfer. */
  arranged(): boolean {
    return this.listener !== null || this.aimPort !== 0 || this.transfer.conn !== null;
  }

  /** Connects, where that is ours to do. */
  connect(): void {
    if (this.aimPort === 0) return;
    const session = this.session;
    const local = (session.conn as Conn).local;
    const port = this.aimPort;
    this.aimPort = 0;
    this.transfer.conn = session.server.net.connect({
      host: this.aimHost,
      port: port,
      family: local.family,
      localHost: local.host,
      localPort: session.server.options.activePort,
    }, this.transfer);
    if (SECURITY && session.secure !== null) session.secure.data.greet(this.transfer.conn);
  }

  /** Forgets what was arranged for a transfer that has not begun. */
  clear(): void {
    // One that is not up yet is closed when it is: `listening` comes in any case.
    if (this.heard >= 0) {
      if (this.listener !== null) this.listener.close();
      this.listener = null;
    }
    this.aimPort = 0;
    const transfer = this.transfer;
    if (SECURITY && this.session.secure !== null) this.session.secure.data.failed = false;
    if (transfer.conn === null || transfer.file !== null) return;
    // Somebody else hears of its end, who goes with it, so that the transfer can be used again at once.
    transfer.conn.handler = new Transfer(this.session, this.session.server.options, null);
    transfer.conn.abort();
    transfer.forget();
  }
}
