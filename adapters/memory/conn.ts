// One end of a connection inside a MemoryNet: what it has received, what it has lent, and its way to `closed`.
//
// Invariant: the handler hears of something only from within `happen`, which only the net's queue calls (and `resume`, with
// the option `now`). `gone` is set once, right before `closed`; nothing is told after it.

import { CANCELLED, RESET, TLS } from "../../core/ports.ts";
import type { Address, Chunk, Conn, ConnHandler, Tls, TlsFacts } from "../../core/ports.ts";
import { copyBytes, copyOf, sumOf, textOf } from "./bytes.ts";
import { CLOSED, DATA, DIAL, DRAINED, HANDSHAKE, OPENED } from "./events.ts";
import { CLEAR, handshake, passes, secure, SHAKING } from "./tls.ts";
import type { MemoryNet } from "./net.ts";

/** Bytes on their way from one end to the other. */
export interface Segment {
  chunk: Chunk;
  /** Taken up to here; it ends there. */
  at: number;
  end: number;
  /** The checksum of a lent chunk; -1: it is not lent, or not any more. */
  sum: number;
  secure: boolean;
}

const nothing = (): void => {};
const taken = (): boolean => true;
const SILENT: ConnHandler = { opened: nothing, data: taken, drained: nothing, secured: nothing, ended: nothing, closed: nothing };

/** One end of a connection; MemoryNet makes them. */
export class MemoryConn implements Conn {
  net: MemoryNet;
  handler: ConnHandler;
  local: Address;
  remote: Address;
  tls: TlsFacts | null;
  text: boolean;
  /** The other end; null while dialling. */
  peer: MemoryConn | null;
  /** It came by a listener. */
  accepted: boolean;
  /** `opened` was told. */
  up: boolean;
  aborted: boolean;
  /** `end` was called. */
  finished: boolean;
  /** The peer has ended; `endTold`: and the handler knows. */
  peerFinished: boolean;
  endTold: boolean;
  /** Nobody listens here: accepted with null. */
  mute: boolean;
  gone: boolean;
  /** The handler keeps a chunk; it is being given one. */
  held: boolean;
  giving: boolean;
  /** Received and not delivered. */
  inbox: Segment[];
  unread: number;
  /** The chunk that the handler has lent to us. */
  lent: Segment | null;
  /** A DATA, a DRAINED event waits in the queue. */
  dataWaits: boolean;
  drainWaits: boolean;
  closing: boolean;
  block: Uint8Array;
  /** CLEAR, SHAKING or SECURE. */
  secrecy: number;
  wanted: Tls | null;
  implicit: boolean;

  constructor(net: MemoryNet, handler: ConnHandler | null, local: Address, remote: Address, text: boolean) {
    this.net = net;
    this.handler = handler === null ? SILENT : handler;
    this.local = local;
    this.remote = remote;
    this.text = text;
    this.tls = null;
    this.peer = null;
    this.accepted = false;
    this.up = false;
    this.aborted = false;
    this.finished = false;
    this.peerFinished = false;
    this.endTold = false;
    this.mute = false;
    this.gone = false;
    this.held = false;
    this.giving = false;
    this.inbox = [];
    this.unread = 0;
    this.lent = null;
    this.dataWaits = false;
    this.drainWaits = false;
    this.closing = false;
    this.block = new Uint8Array(0);
    this.secrecy = CLEAR;
    this.wanted = null;
    this.implicit = false;
  }

  send(chunk: Chunk, length: number): boolean {
    const peer = this.peer;
    if (this.aborted || this.finished || this.gone) return true;
    if (peer === null || (!this.up && !this.accepted)) throw new Error("Cannot send: the connection is not open");
    if (this.lent !== null) throw new Error("Cannot send: the last chunk is still lent");
    if (chunk.length < length) throw new Error(`Cannot send ${length} bytes of a chunk of ${chunk.length}`);
    if (length === 0 || peer.gone || peer.aborted) return true;
    const lend = this.net.lend || peer.unread + length > this.net.window;
    const segment: Segment = {
      chunk: lend ? chunk : copyOf(chunk, 0, length),
      at: 0,
      end: length,
      sum: lend && this.net.scribble ? sumOf(chunk, length) : -1,
      secure: this.secrecy !== CLEAR,
    };
    peer.inbox.push(segment);
    peer.unread += length;
    peer.wantData();
    if (!lend) return true;
    this.lent = segment;
    this.wantDrained();
    return false;
  }

  resume(): void {
    if (!this.held) return;
    this.held = false;
    this.scribble();
    if (this.gone || this.aborted) return;
    if (this.net.early) this.deliver();
    this.wantData();
  }

  end(): void {
    if (!this.up && !this.accepted) return this.abort();
    if (this.finished || this.aborted || this.gone) return;
    this.finished = true;
    const peer = this.peer as MemoryConn;
    peer.peerFinished = true;
    peer.wantData();
    this.wantData();
    peer.tryClose();
    this.tryClose();
  }

  abort(): void {
    if (this.aborted || this.gone) return;
    this.aborted = true;
    if (this.peer !== null) this.net.push(this.peer, CLOSED, RESET);
    this.net.push(this, CLOSED, CANCELLED);
  }

  secure(tls: Tls): void {
    secure(this, tls);
  }

  plain(): void {
    this.secrecy = CLEAR;
    this.tls = null;
    this.wantData();
  }

  // --- What follows is the net's side.

  /** The queue's turn. */
  happen(what: number, error: number): void {
    if (what === DATA) this.dataWaits = false;
    if (what === DRAINED) this.drainWaits = false;
    if (this.gone) return;
    if (what === CLOSED) return this.close(error);
    if (this.aborted) return;
    if (what === DIAL) return this.net.dialled(this, error);
    if (what === OPENED) return this.open();
    if (what === DATA) return this.deliver();
    if (what === DRAINED) return this.drain();
    if (what === HANDSHAKE) return handshake(this);
    if (this.handler.secured) this.handler.secured();
    this.wantData();
  }

  open(): void {
    if (this.up) return;
    this.up = true;
    this.giving = true;
    this.handler.opened(this);
    this.giving = false;
    this.wantData();
  }

  /** Hands one packet over, or the end. */
  deliver(): void {
    if (this.finished) return this.dropInput();
    if (this.held) return;
    const segment = this.inbox[0];
    if (segment === undefined) return this.tellEnd();
    if (!passes(this, segment) || !this.up) return;
    let length = segment.end - segment.at;
    if (length > this.net.packet) length = this.net.packet;
    const chunk = this.text ? textOf(segment.chunk, segment.at, length) : this.fill(segment, length);
    this.consume(segment, length);
    this.giving = true;
    this.held = !this.handler.data(chunk, length);
    this.giving = false;
    if (!this.held) this.scribble();
    this.wantData();
  }

  tellEnd(): void {
    if (!this.peerFinished || this.endTold) return;
    this.endTold = true;
    if (this.secrecy === SHAKING) return this.fail(TLS);
    this.handler.ended();
  }

  /** After `end` nobody wants the input. */
  dropInput(): void {
    while (this.inbox.length > 0) this.consume(this.inbox[0], this.inbox[0].end - this.inbox[0].at);
    this.tryClose();
  }

  consume(segment: Segment, length: number): void {
    segment.at += length;
    this.unread -= length;
    if (segment.at === segment.end) this.inbox.shift();
    if (this.peer !== null) this.peer.wantDrained();
  }

  /** The lent chunk is free when the peer has taken it or has room for the rest. */
  drain(): void {
    const segment = this.lent;
    if (segment === null) return;
    const left = segment.end - segment.at;
    if (left > 0 && (this.peer as MemoryConn).unread > this.net.window) return;
    check(segment);
    segment.chunk = copyOf(segment.chunk, segment.at, left);
    segment.end = left;
    segment.at = 0;
    segment.sum = -1;
    this.lent = null;
    this.tryClose();
    this.handler.drained();
    if (this.secrecy === SHAKING) this.net.push(this, HANDSHAKE, 0);
  }

  close(error: number): void {
    this.gone = true;
    if (this.lent !== null) check(this.lent);
    if (this.lent !== null) this.lent.end = this.lent.at;
    this.lent = null;
    this.inbox = [];
    this.unread = 0;
    this.net.forget(this);
    if (this.peer !== null && !this.peer.gone) this.peer.wantDrained();
    this.handler.closed(error);
  }

  /** Breaks both ends with one error. */
  fail(error: number): void {
    if (this.peer !== null) this.net.push(this.peer, CLOSED, error);
    this.net.push(this, CLOSED, error);
  }

  /** `closed(0)` is due when both sides have ended and nothing is lent. */
  tryClose(): void {
    if (this.closing || this.lent !== null || !this.finished || !(this.peerFinished || this.mute)) return;
    this.closing = true;
    this.net.push(this, CLOSED, 0);
  }

  wantData(): void {
    if (this.dataWaits || this.gone || this.aborted || (this.held && !this.finished)) return;
    if (!this.up && !this.finished && this.secrecy !== SHAKING) return;
    if (this.inbox.length === 0 && (!this.peerFinished || this.endTold || this.finished)) return;
    this.dataWaits = true;
    this.net.push(this, DATA, 0);
  }

  wantDrained(): void {
    if (this.drainWaits || this.lent === null) return;
    this.drainWaits = true;
    this.net.push(this, DRAINED, 0);
  }

  /** Copies a packet into the fixed read buffer, which is often longer than the packet. */
  fill(segment: Segment, length: number): Uint8Array {
    let size = 64;
    while (size < length) size *= 2;
    if (this.block.length < size) this.block = new Uint8Array(size);
    copyBytes(segment.chunk, segment.at, length, this.block, 0);
    return this.block;
  }

  /** The loan of the read buffer has ended: who still looks into it shall see it. */
  scribble(): void {
    if (this.net.scribble) this.block.fill(0xdd);
  }
}

/** A lent chunk must not change. */
function check(segment: Segment): void {
  if (segment.sum === -1 || segment.sum === sumOf(segment.chunk, segment.end)) return;
  throw new Error("Cannot deliver: a chunk was changed while it was lent to the connection");
}
