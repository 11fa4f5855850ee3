// One connection of Bun's: what the system does not take at once is sent when it has room, and reading stops where a chunk
// waits behind one that the handler keeps. A connection of text stops at once.
//
// Bun hands over fresh memory for every event, of up to 512 KiB, in slices. Where an event brings much, the connection reads on by
// itself, into blocks (blocks.ts), until there is little: Bun's events then tell when there is something to read again.
// Invariant: the handler hears nothing between `abort` and `closed`, and `closed` once, never from within a call of its own.

import { setImmediate } from "node:timers";
import { CANCELLED, RESET } from "../../core/ports.ts";
import type { Address, Chunk, ConnHandler, Target } from "../../core/ports.ts";
import { addressOf } from "../node/conn.ts";
import { socketError } from "../node/errors.ts";
import { SecurableConn } from "../securable.ts";
import type { TlsWays } from "../tlscontext.ts";
import type { BunHandlers, BunOwner, BunSocket } from "./bun.ts";
import { markFresh, readInto, release, SIZE } from "./blocks.ts";

/** Bytes of an event, or of a read, behind which there are probably more. */
const MUCH = 65536;
/** Reads in one turn of the loop. */
const TURN = 16;
/** On Windows a socket is no descriptor. */
const READS = process.platform === "linux" || process.platform === "darwin";
const NOWHERE = addressOf("", 0);

/** How Bun's node:tls differs from Node's: it asks for no certificate by name, and keeps no sessions by id. */
export const WAYS: TlsWays = { name: "Bun", lacks: ["names", "tickets"] };

/** The events of all sockets. */
export const EVENTS: BunHandlers = {
  binaryType: "buffer",
  open(socket): void {
    socket.data.open(socket);
  },
  data(socket, bytes): void {
    socket.data.received(bytes);
  },
  drain(socket): void {
    socket.data.writable();
  },
  end(socket): void {
    socket.data.peerEnded();
  },
  close(socket, error): void {
    socket.data.disconnected(error);
  },
  // What one of the above has thrown is nobody's to catch.
  error(_socket, error): void {
    setImmediate((): void => {
      throw error;
    });
  },
};

/** One end of a TCP connection. */
export class BunConn extends SecurableConn implements BunOwner {
  readonly ways: TlsWays = WAYS;
  local: Address = NOWHERE;
  remote: Address = NOWHERE;
  /** Calls off a dial that is under way. */
  callOff: (() => void) | null = null;
  private socket: BunSocket | null = null;
  private readonly target: Target;
  private error = 0;
  /** `closed` was told. */
  private gone = false;
  /** What the system has not taken yet, from where to where. */
  private rest: Uint8Array | null = null;
  private from = 0;
  private to = 0;
  /** What came with what the handler keeps, or all the same. */
  private waiting: Buffer[] = [];
  private paused = false;
  /** There is probably more to read; reads of ours that are left for this turn of the loop, or its end is waited for. */
  private streams = false;
  private left = TURN;
  private rests = false;

  constructor(handler: ConnHandler, target: Target) {
    super(handler, target.text === true);
    this.target = target;
  }

  put(chunk: Chunk, length: number): boolean {
    const socket = this.socket;
    if (this.finished || this.over || socket === null || length === 0) return true;
    const bytes = typeof chunk === "string" ? Buffer.from(chunk, "latin1") : chunk;
    const taken = socket.write(bytes, 0, length);
    if (taken === length) return true;
    if (taken < 0) {
      this.quit(RESET);
      return true;
    }
    this.rest = bytes;
    this.from = taken;
    this.to = length;
    return false;
  }

  take(): void {
    const kept = this.kept;
    if (kept === null) return;
    this.kept = null;
    letGo(kept);
    this.goOn();
  }

  finish(): void {
    if (this.finished || this.over) return;
    if (this.socket === null) return this.cancel();
    this.finished = true;
    this.waiting = [];
    this.endWaits = false;
    if (this.rest === null) this.socket.shutdown();
    this.pause(false);
  }

  bytesOf(chunk: Buffer, length: number): Buffer {
    return length === chunk.length ? chunk : chunk.subarray(0, length);
  }

  // --- For BunNet

  /** A dial came to something. */
  greet(): void {
    if (this.over) return;
    if (this.target.tls) this.implicit(this.target.tls);
    else this.tellOpened();
  }

  /** Breaks it with an error of ours. */
  quit(error: number): void {
    if (this.over) return;
    this.error = error;
    this.leave();
    // Where all is out, what is on its way may arrive.
    if (this.socket !== null && error === CANCELLED && this.finished && this.rest === null) this.socket.end();
    else if (this.socket !== null) this.socket.terminate();
    else if (this.callOff !== null) this.callOff();
  }

  // --- What the socket tells

  /** It is up, or nobody wants it any more. */
  open(socket: BunSocket): void {
    if (this.over) return socket.terminate();
    this.socket = socket;
    this.local = addressOf(socket.localAddress ?? "", socket.localPort);
    this.remote = addressOf(socket.remoteAddress ?? "", socket.remotePort);
    const { noDelay, keepAlive } = this.target;
    socket.setNoDelay(noDelay !== false);
    if (keepAlive) socket.setKeepAlive(true, Math.max(1000, keepAlive));
  }

  received(bytes: Buffer): void {
    if (this.finished || this.over) return;
    for (let at = 0; at < bytes.length; at += SIZE) {
      const chunk = bytes.subarray(at, at + SIZE);
      if (!this.text) markFresh(chunk);
      this.waiting.push(chunk);
    }
    this.streams = bytes.length >= MUCH && READS && !this.text && this.layer === null;
    this.deliver();
  }

  /** Also comes where nothing waits. */
  writable(): void {
    const socket = this.socket;
    if (this.rest === null || this.over || socket === null) return;
    const taken = socket.write(this.rest, this.from, this.to - this.from);
    if (taken < 0) return this.quit(RESET);
    this.from += taken;
    if (this.from < this.to) return;
    this.rest = null;
    if (this.finished) socket.shutdown();
    this.events.drained();
  }

  /** A reset may be told as an end first, and comes at once then. */
  peerEnded(): void {
    setImmediate((): void => this.holdEnd());
  }

  disconnected(error: Error | undefined): void {
    if (this.over) return;
    if (error !== undefined) this.error = socketError(error, RESET);
    else if (!this.finished) this.error = RESET;
    this.leave();
  }

  protected dropRead(): boolean {
    const clear = this.waiting.length > 0;
    this.waiting = [];
    this.streams = false;
    // It is the handler's for good: nobody will say when it is done.
    if (this.kept !== null) this.kept = "";
    return clear;
  }

  protected sends(): boolean {
    return this.rest !== null;
  }

  /** Until something is kept, or nothing is left. */
  private deliver(): void {
    for (let bytes = this.next(); bytes !== undefined; bytes = this.next()) {
      this.hand(this.text && this.layer === null ? bytes.toString("latin1") : bytes);
    }
    while (this.streams && this.left > 0 && this.kept === null && !this.finished && !this.over) this.readOn();
    if (this.finished || this.over) return this.pause(false);
    const more = this.streams || this.waiting.length > 0;
    this.pause(more || (this.text && this.kept !== null));
    if (more && this.kept === null) this.pauseATurn();
  }

  /** Others are to have their turn, which Bun would not see to while one connection brings much. */
  private pauseATurn(): void {
    if (this.rests) return;
    this.rests = true;
    setImmediate((): void => {
      this.rests = false;
      this.left = TURN;
      this.goOn();
    });
  }

  private goOn(): void {
    this.deliver();
    if (this.kept === null && this.endWaits) this.tellEnd();
  }

  private hand(chunk: Chunk): void {
    if (this.give(chunk, chunk.length)) letGo(chunk);
  }

  /** Takes what is there; an end is Bun's to tell. */
  private readOn(): void {
    const fd = this.socket?.fd ?? -1;
    let chunk: Buffer | null = null;
    try {
      if (fd >= 0) chunk = readInto(fd);
    } catch (error) {
      return this.quit(socketError(error as Error, RESET));
    }
    this.left--;
    this.streams = chunk !== null && chunk.length >= MUCH;
    if (chunk !== null) this.hand(chunk);
  }

  private pause(on: boolean): void {
    if (this.paused === on || this.over || this.socket === null) return;
    this.paused = on;
    if (on) this.socket.pause();
    else this.socket.resume();
  }

  private next(): Buffer | undefined {
    return this.kept === null && !this.over ? this.waiting.shift() : undefined;
  }

  /** Of several connections that end at once, the end of a control connection is heard first. */
  private leave(): void {
    this.over = true;
    if (this.text) queueMicrotask((): void => this.close());
    else setImmediate((): void => this.close());
  }

  private close(): void {
    if (this.gone) return;
    this.gone = true;
    this.waiting = [];
    this.events.closed(this.error);
  }
}

function letGo(chunk: Chunk): void {
  if (typeof chunk !== "string") release(chunk);
}
