// One socket of Espruino as a connection. It has no pause and no addresses, and cannot tell a cut from an end.
//
// Invariant: `ending` from our `end` or `abort` on; nothing but `closed` is told after it. What comes while the handler
// holds waits in `queue`, and `closed` after it.

import { IO, NO_SPACE, REFUSED, RESET } from "../../core/ports.ts";
import type { Address, Carried, Chunk, Conn, ConnHandler, File, TlsFacts } from "../../core/ports.ts";
import type { DiskFile, Listening, Socket } from "./runtime.ts";

declare const E: { toString(bytes: Uint8Array): string };
declare function setTimeout(call: (conn: SocketConn) => void, delay: number, conn: SocketConn): number;

// `state`: NEW, then UP, then GONE when the socket is closed, then TOLD when the handler knows.
const NEW = 0;
/** `state`: it is open. */
export const UP = 1;
const GONE = 2;
const TOLD = 3;

/**
 * The one function that hears of every event of every socket and listener. What comes with it tells what it is: a text is
 * data, a boolean is the end, the socket itself means connected or drained, and for a listener a new socket.
 */
export function heard(this: { ours: Listening }, what: unknown): void {
  this.ours.hear(what);
}

/** For a timer: `closed` never comes from within a call of ours. */
export function settle(conn: SocketConn): void {
  conn.settle();
}

/** The carrying of bytes is over. */
function stop(socket: Socket, error: number): void {
  const carried = socket.carried as Carried;
  const file = socket.file as DiskFile;
  socket.carried = undefined;
  socket.removeAllListeners("data");
  socket.removeAllListeners("drain");
  carried.lent = false;
  carried.done(error === NO_SPACE && file.failed ? file.failed : error, "", 0);
}

/** Data, straight into a file: as little as can be is done here, for every chunk. */
function store(this: Socket, text: string): void {
  try {
    if ((this.file as DiskFile).write(text) === text.length) (this.carried as Carried).bytes += text.length;
    else stop(this, NO_SPACE);
  } catch (_) {
    stop(this, IO);
  }
}

/** Drained: the next bytes, straight from a file. */
function load(this: Socket): void {
  let text: string | undefined = undefined;
  let error = 0;
  // A drain may be on its way to a socket that is closed by now: its close is heard next.
  if (this.dSnd || this.cls) return;
  try {
    text = (this.file as DiskFile).read(this.chunk);
  } catch (_) {
    error = IO;
  }
  if (text === undefined) return stop(this, error);
  this.write(text);
  (this.carried as Carried).bytes += text.length;
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
  state: number;
  /** A chunk is lent to us. */
  lent: boolean;
  /** The handler holds. */
  held: boolean;
  queue: string;
  ending: boolean;
  /** What `closed` will say. */
  error: number;

  constructor(handler: ConnHandler, local: Address, remote: Address, most: number) {
    this.handler = handler;
    this.local = local;
    this.remote = remote;
    this.tls = null;
    this.most = most;
    this.socket = null;
    this.state = NEW;
    this.lent = false;
    this.held = false;
    this.queue = "";
    this.ending = false;
    this.error = 0;
  }

  /** Takes a socket. Handlers come at once: what arrives earlier would be lost, or change its place. */
  take(socket: Socket): void {
    this.socket = socket;
    socket.ours = this;
    socket.on("data", heard);
    socket.on("drain", heard);
    socket.on("close", heard);
  }

  hear(what: unknown): void {
    const socket = this.socket as Socket;
    if (typeof what === "string") {
      if (this.state === NEW && !this.ending) {
        // It was there with the connection, and comes before the event that tells of it.
        this.state = UP;
        this.handler.opened(this);
      }
      if (this.ending) return;
      // What came before there was a handler was queued for this one.
      if (socket.carried !== undefined) return store.call(socket, what);
      if (!this.held) {
        this.held = !this.handler.data(what, what.length);
        return;
      }
      this.queue += what;
      if (this.queue.length <= this.most) return;
      this.error = RESET;
      return this.abort();
    }
    if (typeof what === "object") {
      // A drain comes after the connection too, where nothing was sent.
      if (this.state === NEW) {
        this.state = UP;
        if (!this.ending) this.handler.opened(this);
      } else if (this.lent && !socket.dSnd) {
        this.lent = false;
        if (!this.ending) this.handler.drained();
      }
      return;
    }
    if (what && !this.ending) this.error = this.state === UP ? RESET : REFUSED;
    this.state = GONE;
    if (socket.carried !== undefined) stop(socket, this.error);
    this.settle();
  }

  send(chunk: Chunk, _length: number): boolean {
    if (this.socket === null || this.ending || this.socket.cls) return true;
    this.socket.write(typeof chunk === "string" ? chunk : E.toString(chunk));
    this.lent = true;
    return false;
  }

  resume(): void {
    if (!this.held) return;
    const queue = this.queue;
    this.held = false;
    this.queue = "";
    if (queue !== "") this.held = !this.handler.data(queue, queue.length);
    if (this.state === GONE) this.settle();
  }

  end(): void {
    if (this.ending) return;
    this.ending = true;
    if (this.state === GONE) setTimeout(settle, 0, this);
    else if (this.socket !== null) this.socket.end();
  }

  /** There is no reset: the peer sees an end. */
  abort(): void {
    const socket = this.socket;
    if (socket !== null && this.state !== TOLD) {
      socket.dSnd = "";
      if (this.ending) socket.end();
    }
    this.end();
  }

  carry(file: File, carried: Carried): boolean {
    const socket = this.socket as Socket;
    // Only what files.ts has opened.
    if ((file as Socket).chunk === undefined) return false;
    socket.carried = carried;
    socket.file = file as DiskFile;
    socket.chunk = (file as Socket).chunk;
    if (carried.source === null) {
      socket.removeAllListeners("data");
      socket.on("data", store);
      return true;
    }
    socket.removeAllListeners("drain");
    socket.on("drain", load);
    carried.lent = true;
    load.call(socket);
    return true;
  }

  /** Tells the end, when the queue is empty. */
  settle(): void {
    if (this.state === TOLD || (this.held && !this.ending)) return;
    this.state = TOLD;
    if (this.error === 0 && !this.ending) this.handler.ended();
    this.handler.closed(this.error);
    this.socket = null;
  }

  /** There is none. */
  secure(): void {}
}
