// One connection on node:net, with exact back-pressure: reading stops as soon as a chunk is kept.
//
// Input comes by `landed` (the runtime reads into a buffer of ours, by `onread`) or by `received` ('data' events). With
// buffers of ours, one chunk may be read ahead while the handler keeps another: `waiting`. Then reading stops.
// TLS is another socket on top of the first (`raw`), and its input comes by 'data' events.
// Invariant: the handler hears nothing between `abort` and `closed`, and `closed` once, from the socket's 'close'.

import type { Socket } from "node:net";
import { CANCELLED, RESET, TLS, TLS_CLIENT, UNREACHABLE } from "../../core/ports.ts";
import type { Address, Chunk, Conn, ConnHandler, Tls, TlsFacts } from "../../core/ports.ts";
import { memoryFor, NODE } from "../tlscontext.ts";
import type { Remembering, TlsMemory } from "../tlscontext.ts";
import { TlsError } from "../tlsoptions.ts";
import { shake } from "../tlsshake.ts";
import type { Shaker } from "../tlsshake.ts";
import { explain, tlsFailed } from "../tlswords.ts";
import type { ReadBuffers } from "./buffers.ts";
import { socketError } from "./errors.ts";
import { isQuiet, watchNotice } from "./notice.ts";

/** What `onread` of a socket wants to be. */
export interface OnRead {
  buffer: () => Buffer;
  callback: (length: number, buffer: Uint8Array) => boolean;
}

const NOTHING = new Uint8Array(0);

/** One end of a TCP connection. */
export class NodeConn implements Conn, Remembering, Shaker {
  handler: ConnHandler;
  tls: TlsFacts | null = null;
  memory: TlsMemory | null = null;
  cause: unknown = undefined;
  /** What was sent and read through: `raw`, or the TLS on top of it. */
  private socket!: Socket;
  private raw!: Socket;
  private readonly buffers: ReadBuffers;
  private readonly text: boolean;
  private here: Address | null = null;
  private there: Address | null = null;
  private error = 0;
  private up = false;
  /** `end` was called, `abort` was called, `closed` was told. */
  private finished = false;
  private aborted = false;
  private gone = false;
  /** A chunk of the handler's is not out yet. */
  private lent = false;
  /** What the handler keeps; what was read meanwhile; the peer's end that has to wait for both. */
  private kept: Chunk | null = null;
  private waiting: Chunk | null = null;
  private waitingLength = 0;
  private endWaits = false;
  private endTold = false;
  private giving = false;
  /** `opened` is being told: no read is under way. */
  private opening = false;
  /** The TLS that was asked for; whether the handshake is yet to be done, and whether `opened` waits for it. */
  private wanted: Tls | null = null;
  private shaking = false;
  private unopened = false;
  /** Nothing was sent by TLS yet; and what lets a server's tickets go, which wait for that. */
  private quiet = true;
  private tickets: (() => void)[] = [];
  /** The last words of the handshake are out. */
  private settled = false;
  /** Whether the peer has said that all was sent. */
  private noticed: () => boolean = () => false;
  /** What the runtime reads into next: `buffers.landing` or one of `blocks`. */
  private next: Buffer;
  private blocks: Buffer[] | null = null;
  private readonly written: (error?: Error | null) => void;

  constructor(handler: ConnHandler, text: boolean, buffers: ReadBuffers) {
    this.handler = handler;
    this.text = text;
    this.buffers = buffers;
    this.next = buffers.landing;
    this.written = (error?: Error | null): void => this.sent(error);
  }

  get local(): Address {
    const socket = this.raw;
    if (this.here === null && socket.localAddress !== undefined) this.here = addressOf(socket.localAddress, socket.localPort);
    return this.here ?? addressOf("", 0);
  }

  get remote(): Address {
    const socket = this.raw;
    if (this.there === null && socket.remoteAddress !== undefined) {
      this.there = addressOf(socket.remoteAddress, socket.remotePort);
    }
    return this.there ?? addressOf("", 0);
  }

  send(chunk: Chunk, length: number): boolean {
    if (this.finished || this.aborted || this.gone || length === 0) return true;
    const socket = this.socket;
    if (this.quiet) this.speak();
    if (typeof chunk === "string") {
      socket.write(length === chunk.length ? chunk : chunk.slice(0, length), "latin1", this.written);
    } else {
      socket.write(length === chunk.length ? chunk : chunk.subarray(0, length), this.written);
    }
    this.lent = socket.writableLength > 0;
    return !this.lent;
  }

  resume(): void {
    const kept = this.kept;
    if (kept === null) return;
    this.kept = null;
    if (this.gone) return this.giveBack(kept);
    if (this.aborted) return;
    const waiting = this.waiting;
    this.waiting = null;
    if (waiting !== null) this.offer(waiting, this.waitingLength);
    if (this.aborted) return;
    if (this.kept === null && this.endWaits) this.tellEnd();
    else if (!this.shaking || this.socket !== this.raw) this.socket.resume();
  }

  end(): void {
    if (this.finished || this.aborted || this.gone) return;
    if (!this.up) return this.abort();
    this.finished = true;
    this.waiting = null;
    this.endWaits = false;
    if (!this.lent) this.leave();
    if (this.kept !== this.next) this.socket.resume();
  }

  abort(): void {
    if (this.aborted || this.gone) return;
    this.aborted = true;
    if (this.error === 0) this.error = CANCELLED;
    this.reset();
  }

  secure(tls: Tls): void {
    if (this.finished || this.aborted || this.gone) return;
    if (this.kept === null && !this.giving) throw new Error("Cannot secure: reading is not held");
    if (this.wanted !== null) throw new Error("Cannot secure: the connection is secure already");
    this.wanted = tls;
    this.shaking = true;
    if (this.dropClear() && tls.role === TLS_CLIENT) return this.failTls(new TlsError("Clear text came where TLS should begin", "CLEAR"));
    if (this.lent) return;
    // The read that may be under way has to end first.
    if (this.opening) this.handshake();
    else process.nextTick((): void => this.handshake());
  }

  // --- For NodeNet

  /** Options of a socket that shall read into our buffers. */
  onread(): OnRead {
    return {
      buffer: (): Buffer => this.next,
      callback: (length: number, buffer: Uint8Array): boolean => this.landed(length, buffer as Buffer),
    };
  }

  /** Its socket; `events`: without `onread`. */
  attach(socket: Socket, events: boolean): void {
    this.raw = socket;
    this.use(socket, events);
  }

  /** TLS before anything else; `opened` waits for it. */
  begin(tls: Tls): void {
    this.wanted = tls;
    this.shaking = true;
    this.unopened = true;
    this.handshake();
  }

  /** It may be sent to: a dial succeeded, or it was accepted. */
  open(): void {
    this.up = true;
  }

  /** Tells the handler so, unless TLS comes first. */
  tellOpened(): void {
    if (this.aborted || this.gone || this.shaking) return;
    // It may be secured at once.
    this.giving = true;
    this.opening = true;
    this.handler.opened(this);
    this.giving = false;
    this.opening = false;
  }

  /** Breaks it with an error of ours. */
  fail(error: number): void {
    if (this.error === 0) this.error = error;
    this.abort();
  }

  // --- TLS

  private handshake(): void {
    if (this.aborted || this.gone || this.finished) return;
    const tls = this.wanted as Tls;
    try {
      const socket = shake(this.raw, tls, memoryFor(tls, this), NODE, this);
      this.raw.removeAllListeners("data");
      this.noticed = watchNotice(socket, this.raw);
      this.use(socket, true);
      if (this.kept !== null) socket.pause();
    } catch (error) {
      this.failTls(explain(error, tls.name));
    }
  }

  shaken(facts: TlsFacts): void {
    if (this.aborted || this.gone) return;
    this.tls = facts;
    this.shaking = false;
    setImmediate((): void => void (this.settled = isQuiet(this.raw)));
    if (this.finished) return;
    if (this.unopened) this.tellOpened();
    else this.handler.secured?.();
  }

  rejected(error: TlsError): void {
    if (this.aborted || this.gone) return;
    this.cause = error;
    this.fail(TLS);
  }

  ticket(release: () => void): void {
    if (this.quiet) this.tickets.push(release);
    else release();
  }

  private speak(): void {
    this.quiet = this.wanted === null;
    if (this.tickets.length > 0) this.settled = false;
    for (const release of this.tickets.splice(0)) release();
  }

  /** In order: an alert may be on its way. */
  private failTls(cause: unknown): void {
    if (this.error === 0) this.error = TLS;
    this.cause = cause;
    this.aborted = true;
    this.socket.destroy();
  }

  /** true: there was something that had been read in clear. */
  private dropClear(): boolean {
    const clear = this.waiting !== null || this.raw.readableLength > 0;
    this.waiting = null;
    while (this.raw.readableLength > 0 && this.raw.read() !== null);
    return clear;
  }

  private use(socket: Socket, events: boolean): void {
    this.socket = socket;
    socket.on("end", (): void => this.peerEnded());
    socket.on("finish", (): void => this.part());
    socket.on("error", (error: Error): void => this.broke(error));
    socket.on("close", (): void => this.close(socket));
    if (events) socket.on("data", (chunk: Buffer): void => this.received(chunk));
  }

  // --- What the socket tells

  /** `length` bytes were read into `buffer`; false: read no more. */
  private landed(length: number, buffer: Buffer): boolean {
    if (this.finished || this.aborted || this.shaking) return true;
    if (this.text) return this.offer(buffer.toString("latin1", 0, length), length) && !this.shaking;
    const chunk = this.claim(length, buffer);
    if (this.kept === null) {
      this.offer(chunk, length);
      return true;
    }
    this.waiting = chunk;
    this.waitingLength = length;
    return false;
  }

  private received(chunk: Buffer): void {
    if (this.finished || this.aborted || this.shaking) return;
    if (!this.offer(this.text ? chunk.toString("latin1") : chunk, chunk.length) || this.shaking) this.socket.pause();
  }

  /** What the handler may keep: a block, and the other one is read into next; or a copy of what landed. */
  private claim(length: number, buffer: Buffer): Buffer {
    if (this.blocks !== null && buffer !== this.buffers.landing) {
      this.next = buffer === this.blocks[0] ? this.blocks[1] : this.blocks[0];
      return buffer;
    }
    if (this.blocks === null && length >= this.buffers.much) {
      this.blocks = [this.buffers.take(), this.buffers.take()];
      this.next = this.blocks[0];
    }
    return Buffer.from(buffer.subarray(0, length));
  }

  /** false: the handler keeps it. */
  private offer(chunk: Chunk, length: number): boolean {
    this.giving = true;
    const taken = this.handler.data(chunk, length);
    this.giving = false;
    if (!taken) this.kept = chunk;
    return taken;
  }

  /**
   * libuv shows a reset that comes with the last bytes as an end, and half a file would look whole. A write of nothing
   * tells the difference: it fails after a reset. A write that is under way will fail by itself. Whoever has sent TLS's
   * notice may reset what it likes.
   */
  private peerEnded(): void {
    if (this.aborted) return;
    if (this.finished) return this.part();
    if (this.shaking && this.socket !== this.raw) return this.failTls(explain({ code: "ECONNRESET" }, ""));
    if (this.lent || this.noticed()) return this.holdEnd();
    this.raw.write(NOTHING, (error?: Error | null): void => {
      if (!error) this.holdEnd();
    });
  }

  private holdEnd(): void {
    this.endWaits = true;
    if (this.kept === null) this.tellEnd();
  }

  private tellEnd(): void {
    this.endWaits = false;
    if (this.finished || this.aborted || this.socket.destroyed) return;
    this.endTold = true;
    this.handler.ended();
  }

  /**
   * The end. Node drops TLS's notice of it (close_notify) where the last words of the handshake are still being written, so an
   * empty file would look cut: a write of nothing waits for them.
   */
  private leave(): void {
    const socket = this.socket;
    if (this.quiet) this.speak();
    if (this.tls === null || this.settled) socket.end();
    else socket.write(NOTHING, (): unknown => socket.end());
  }

  /** Both ends have come, and all is out. Node would say so after one more turn of its loop. */
  private part(): void {
    const socket = this.socket;
    if (!this.finished || this.lent || this.aborted || !socket.readableEnded || !socket.writableFinished) return;
    socket.destroy();
    this.close(socket);
  }

  private sent(error: Error | null | undefined): void {
    const socket = this.socket;
    if (error || !this.lent || this.aborted || socket.destroyed || socket.writableLength > 0) return;
    this.lent = false;
    if (this.finished) socket.end();
    this.handler.drained();
    if (this.shaking && socket === this.raw) this.handshake();
  }

  private broke(error: NodeJS.ErrnoException): void {
    // A reset that fails has no 'close'.
    if (this.aborted) setImmediate((): void => this.close(this.socket));
    // An alert that comes late is only told.
    this.socket.destroy();
    // After both ends nothing can be lost any more: a peer that is gone does not hear our notice.
    if (this.error !== 0 || (this.wanted !== null && this.endTold && this.finished && !this.lent)) return;
    const tls = this.wanted !== null && tlsFailed(error, this.shaking);
    this.error = tls ? TLS : socketError(error, this.up ? RESET : UNREACHABLE);
    if (tls) this.cause = explain(error, (this.wanted as Tls).name);
  }

  private close(socket: Socket): void {
    if (this.gone || socket !== this.socket) return;
    this.gone = true;
    const blocks = this.blocks;
    const kept = this.kept;
    if (blocks !== null) {
      if (blocks[0] !== kept) this.buffers.give(blocks[0]);
      if (blocks[1] !== kept) this.buffers.give(blocks[1]);
    }
    this.waiting = null;
    if (this.error === 0 && !this.finished) this.error = RESET;
    // Of several connections that end at once, the end of a control connection is heard first. Who has sent all knows enough.
    if (this.text || (this.finished && !this.endTold)) this.handler.closed(this.error);
    else setImmediate((): void => this.handler.closed(this.error));
  }

  /** After `closed`, the last block comes back. Without that it is the garbage collector's: a write may still look into it. */
  private giveBack(kept: Chunk): void {
    const blocks = this.blocks;
    if (blocks !== null && (kept === blocks[0] || kept === blocks[1])) this.buffers.give(kept as Buffer);
  }

  /** A reset tells the peer that something is missing. After `end`, once all is out, nothing is: it shall arrive. */
  private reset(): void {
    if (!this.up || (this.finished && !this.lent)) this.socket.destroy();
    else this.raw.resetAndDestroy();
  }
}

/** An Address; an IPv4 address that is mapped into IPv6 is unmapped. */
export function addressOf(host: string, port: number | undefined): Address {
  const plain = host.startsWith("::ffff:") && host.includes(".") ? host.slice(7) : host;
  return { host: plain, port: port ?? 0, family: plain.includes(":") ? 6 : 4 };
}
