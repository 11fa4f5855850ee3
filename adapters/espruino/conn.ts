// One socket of Espruino as a connection. It has no pause and no addresses, and cannot tell a cut from an end.
//
// Invariant: `ending` from our `end` or `abort` on, nothing but `closed` is told after it. What comes while the handler
// holds waits in `queue`; `gone` says that the socket is closed and `closed` comes as soon as the queue is empty.

import { REFUSED, RESET } from "../../core/ports.ts";
import type { Address, Chunk, Conn, ConnHandler, TlsFacts } from "../../core/ports.ts";
import type { Listening, Socket } from "./runtime.ts";

declare const E: { toString(bytes: Uint8Array): string };
declare function setTimeout(call: (conn: SocketConn) => void, delay: number, conn: SocketConn): number;

/**
 * The one function that hears of every event of every socket and listener: what it is tells the kind of what comes with it
 * (data: a text; close: a boolean; connect and drain: the socket itself; a listener's connection: a new socket).
 */
export function heard(this: { ours: Listening }, what: unknown): void {
  this.ours.hear(what);
}

/** For a timer: `closed` never comes from within a call of ours. */
export function over(conn: SocketConn): void {
  conn.settle();
}

/** A connection. */
export class SocketConn implements Conn, Listening {
  handler: ConnHandler;
  local: Address;
  remote: Address;
  tls: TlsFacts | null;
  /** Bytes that may wait for a handler that holds. */
  most: number;
  socket: Socket | null;
  /** It is open. */
  up: boolean;
  /** A chunk is lent to us. */
  lent: boolean;
  /** The handler holds. */
  held: boolean;
  queue: string;
  ending: boolean;
  gone: boolean;
  /** What `closed` will say. */
  error: number;

  constructor(handler: ConnHandler, local: Address, remote: Address, most: number) {
    this.handler = handler;
    this.local = local;
    this.remote = remote;
    this.tls = null;
    this.most = most;
    this.socket = null;
    this.up = false;
    this.lent = false;
    this.held = false;
    this.queue = "";
    this.ending = false;
    this.gone = false;
    this.error = 0;
  }

  /** Takes a socket. */
  take(socket: Socket): void {
    this.socket = socket;
    socket.ours = this;
    socket.on("data", heard);
    socket.on("drain", heard);
    socket.on("close", heard);
  }

  hear(what: unknown): void {
    if (typeof what === "string") {
      if (this.ending) return;
      if (!this.held) this.held = !this.handler.data(what, what.length);
      else {
        this.queue += what;
        if (this.queue.length > this.most) {
          this.error = RESET;
          this.abort();
        }
      }
    } else if (typeof what === "object") {
      // Connected, or all is sent. There is a drain after the connection too.
      if (!this.up) {
        this.up = true;
        if (!this.ending) this.handler.opened(this);
      } else if (this.lent && !(this.socket as Socket).dSnd) {
        this.lent = false;
        if (!this.ending) this.handler.drained();
      }
    } else {
      this.gone = true;
      if (what && !this.ending) this.error = this.up ? RESET : REFUSED;
      this.settle();
    }
  }

  send(chunk: Chunk, length: number): boolean {
    const socket = this.socket;
    if (socket === null || this.ending) return true;
    socket.write(typeof chunk === "string" ? chunk : E.toString(chunk));
    this.lent = true;
    return false;
  }

  resume(): void {
    if (!this.held) return;
    const queue = this.queue;
    this.held = false;
    this.queue = "";
    if (queue !== "") this.held = !this.handler.data(queue, queue.length);
    if (this.gone) this.settle();
  }

  end(): void {
    if (this.ending) return;
    this.ending = true;
    if (this.socket === null) return;
    if (this.gone) setTimeout(over, 0, this);
    else this.socket.end();
  }

  /** There is no reset: the peer sees an end. */
  abort(): void {
    if (this.socket !== null) this.socket.dSnd = "";
    if (!this.ending) this.end();
    else if (this.socket !== null) this.socket.end();
  }

  /** Tells the end, when the queue is empty. */
  settle(): void {
    if (this.held && !this.ending) return;
    // In this order nobody hears twice, whatever is called meanwhile.
    this.socket = null;
    if (this.error === 0 && !this.ending) this.handler.ended();
    this.handler.closed(this.error);
  }

  /** There is none. */
  secure(): void {}
}
