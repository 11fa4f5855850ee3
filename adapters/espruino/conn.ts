// One socket of Espruino as a connection. It has no pause and no addresses, and cannot tell a cut from an end.
//
// Invariant: `ending` from our `end` or `abort` on; nothing but `closed` is told after it. What comes while the handler
// holds waits in `queue`, and `closed` after it.
//
// A socket of the module `tls` is open before its handshake, and what is sent waits for it. Its peer's good-bye (close_notify) comes
// as an error with a number of its own, so over TLS a cut can be told from an end.

import { SECURITY } from "../../core/client/features.ts";
import { IO, NO_SPACE, REFUSED, RESET, TLS } from "../../core/ports.ts";
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

/** The number of the error with which the peer's good-bye comes (-0x7880 of mbed TLS). */
const CLOSE_NOTIFY = -30848;
/**
 * With TLS the event of data: that of the firmware comes from within its network, which crashes when it is called from there. It is
 * passed on as an event of our own, which waits for its turn.
 */
const CAME = "came";

/** Passes data on. */
function pass(this: Socket, text: string): void {
  this.emit(CAME, text);
}

/**
 * The one function that hears of every event of every socket and listener. What comes with it tells what it is: a text is
 * data, a boolean is the end, the socket itself means connected or drained, and for a listener a new socket. Any other object is the
 * error before an end, which is asked for with TLS only.
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
  socket.removeAllListeners(SECURITY ? CAME : "data");
  socket.removeAllListeners("drain");
  carried.lent = false;
  carried.done(error === NO_SPACE && file.failed ? file.failed : error, "", 0);
}

/** Data, straight into a file: as little as can be is done here, for every chunk. */
function store(this: Socket, text: string): void {
  let written = 0;
  try {
    written = (this.file as DiskFile).write(text);
  } catch (_) {
    // It is full, as far as can be told: a card says no more.
  }
  if (written === text.length) (this.carried as Carried).bytes += written;
  else stop(this, NO_SPACE);
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
  /** TLS: the handshake is done, since something came or went. */
  shaken!: boolean;
  /** TLS: the peer has said good-bye. */
  parted!: boolean;

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
    if (SECURITY) {
      this.shaken = false;
      this.parted = false;
    }
  }

  /** Takes a socket. Handlers come at once: what arrives earlier would be lost, or change its place. */
  take(socket: Socket): void {
    this.socket = socket;
    socket.ours = this;
    if (SECURITY) socket.on("data", pass);
    socket.on(SECURITY ? CAME : "data", heard);
    socket.on("drain", heard);
    socket.on("close", heard);
    if (SECURITY && this.tls !== null) socket.on("error", heard);
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
      if (SECURITY) this.shaken = true;
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
      if (SECURITY && what !== socket) {
        this.parted = (what as { code: number }).code === CLOSE_NOTIFY;
        return;
      }
      // A drain comes after the connection too, where nothing was sent.
      if (this.state === NEW) {
        this.state = UP;
        if (!this.ending) this.handler.opened(this);
      } else if (this.lent && !socket.dSnd) {
        this.lent = false;
        if (SECURITY) this.shaken = true;
        if (!this.ending) this.handler.drained();
      }
      return;
    }
    if (SECURITY && this.tls !== null) {
      if (!this.ending) this.error = this.why(socket, what as boolean);
    } else if (what && !this.ending) this.error = this.state === UP ? RESET : REFUSED;
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
      socket.removeAllListeners(SECURITY ? CAME : "data");
      socket.on(SECURITY ? CAME : "data", store);
      return true;
    }
    socket.removeAllListeners("drain");
    socket.on("drain", load);
    carried.lent = true;
    load.call(socket);
    return true;
  }

  /** TLS: what its end means. */
  why(socket: Socket, bad: boolean): number {
    if (this.parted && !socket.dSnd) return 0;
    // Before the event that tells of the connection, the handshake may be over already.
    if (this.state !== UP && bad) return REFUSED;
    const moved = socket.carried !== undefined && socket.carried.bytes > 0;
    return this.shaken || moved ? RESET : TLS;
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
