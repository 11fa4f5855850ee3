// TLS on top of a connection of Deno's or Bun's: node:tls over a Duplex that is fed by the connection and throttled by not
// reading it.
//
// Nothing pauses the TLSSocket: Deno would lose its end. What is decrypted while the handler keeps a chunk waits here, and
// that is as much as was read of the connection before. Invariant: the handler hears nothing between `quit` and `closed`, and
// `closed` once, after the connection's own.

import type { TLSSocket } from "node:tls";
import { clearTimeout, setImmediate, setTimeout } from "node:timers";
import { CANCELLED, RESET, TLS, TLS_SERVER, UNSUPPORTED } from "../core/ports.ts";
import type { Chunk, ConnHandler, Tls, TlsFacts } from "../core/ports.ts";
import type { SecurableConn } from "./securable.ts";
import { memoryFor } from "./tlscontext.ts";
import { UNSUPPORTED_OPTION } from "./tlsoptions.ts";
import type { TlsError } from "./tlsoptions.ts";
import { Pipe, SLICE } from "./tlspipe.ts";
import type { Callback } from "./tlspipe.ts";
import { shake } from "./tlsshake.ts";
import type { Shaker } from "./tlsshake.ts";
import { explain, tlsFailed } from "./tlswords.ts";

/** So much of a server's tickets is held back, at most. */
const TICKETS = 8192;

/** How long the other side may take to hang up after a handshake that failed, in milliseconds. */
const PATIENCE = 500;

const NOTHING = new Uint8Array(0);
const IGNORED: Callback = () => undefined;

/** Hears the events of the connection under it, and tells the handler of those above. */
export class TlsLayer implements ConnHandler, Shaker {
  private readonly conn: SecurableConn;
  private readonly wanted: Tls;
  /** `opened` waits for the handshake. */
  private readonly unopened: boolean;
  private pipe: Pipe | null = null;
  /** What came before TLS could begin. */
  private early: Buffer | null = null;
  private socket: TLSSocket | null = null;
  private shaking = true;
  private error = 0;
  /** `end` was called; `quit` was called or it broke; `closed` was told. */
  private finished = false;
  private over = false;
  private gone = false;
  /** The handler's chunk is not out yet; what is carried by the connection. */
  private lent = false;
  private encrypted = false;
  private carried: Callback | null = null;
  /** A server of TLS 1.3 whose handler has sent nothing yet; and its tickets, which wait for that. */
  private quiet = false;
  private tickets: Buffer[] = [];
  /** The handler keeps a chunk; what waits behind it; and the peer's end, which it has announced by TLS's notice. */
  private holding = true;
  private waiting: Buffer[] = [];
  private endWaits = false;
  private noticed = false;
  private endTold = false;
  /** The connection waits to be read on; it has ended. */
  private thirsty = false;
  private rawEnded = false;
  /** The connection is gone, and that does not matter. */
  private orphan = false;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private readonly written: Callback;
  private readonly emptied: () => void;

  constructor(conn: SecurableConn, tls: Tls, unopened: boolean) {
    this.conn = conn;
    this.wanted = tls;
    this.unopened = unopened;
    this.written = (error): void => this.sent(error);
    this.emptied = (): void => this.settle();
  }

  // --- For the connection

  /** The handshake begins; `holds`: the handler keeps a chunk of before. */
  begin(holds: boolean): void {
    if (this.over || this.finished || this.socket !== null) return;
    // What came early is kept by us, not by the handler.
    this.holding = this.holding && holds && this.early === null;
    try {
      this.pipe = new Pipe(this);
      this.socket = shake(this.pipe, this.wanted, memoryFor(this.wanted, this.conn), this.conn.ways, this);
    } catch (failure) {
      const error = explain(failure, this.wanted.name);
      return this.fail(error.code === UNSUPPORTED_OPTION ? UNSUPPORTED : TLS, error);
    }
    const socket = this.socket;
    if (this.early !== null) this.feed(this.pipe, this.early, this.early.length);
    this.early = null;
    socket.on("data", (bytes: Buffer): void => this.received(bytes));
    socket.on("end", (): void => this.peerEnded());
    socket.on("error", (error: Error): void => this.broke(error));
    // Deno does not end what is under it, and its notice of the end is written later.
    socket.on("finish", (): void => void setImmediate((): void => void this.pipe?.end()));
  }

  send(chunk: Chunk, length: number): boolean {
    const socket = this.socket;
    if (this.orphan) this.quit(RESET);
    if (this.finished || this.over || socket === null || length === 0) return true;
    this.lent = true;
    this.quiet = false;
    if (typeof chunk === "string") socket.write(length === chunk.length ? chunk : chunk.slice(0, length), "latin1", this.written);
    else socket.write(length === chunk.length ? chunk : chunk.subarray(0, length), this.written);
    return false;
  }

  resume(): void {
    if (!this.holding) return;
    this.holding = false;
    this.deliver();
    if (this.holding || this.over) return;
    if (this.endWaits) this.tellEnd();
    this.drink();
  }

  end(): void {
    if (this.finished || this.over) return;
    this.finished = true;
    this.waiting = [];
    this.endWaits = false;
    this.quiet = false;
    if (this.orphan) return void setImmediate((): void => this.close(0));
    if (this.socket === null) return this.conn.finish();
    if (!this.lent) this.socket.end();
    this.drink();
  }

  abort(): void {
    this.quit(CANCELLED);
  }

  /** Breaks it: a reset, or after `end` the rest arrives. */
  quit(error: number): void {
    if (this.over) return;
    if (this.error === 0) this.error = error;
    this.over = true;
    if (this.orphan) setImmediate((): void => this.close(error));
    else this.conn.quit(error);
  }

  // --- What the handshake comes to

  shaken(facts: TlsFacts): void {
    if (this.over) return;
    this.conn.tls = facts;
    this.shaking = false;
    if (this.finished) return;
    this.quiet = this.wanted.role === TLS_SERVER && facts.protocol === "TLSv1.3";
    if (this.unopened) this.conn.handler.opened(this.conn);
    else this.conn.handler.secured?.();
  }

  rejected(error: TlsError): void {
    this.conn.cause = error;
    this.quit(TLS);
  }

  // --- What the connection tells

  opened(): void {}

  data(chunk: Chunk, length: number): boolean {
    if (this.over) return true;
    const bytes = this.conn.bytesOf(chunk as Buffer, length);
    if (this.pipe === null) {
      this.early = bytes;
      return false;
    }
    return this.feed(this.pipe, bytes, length);
  }

  private feed(pipe: Pipe, bytes: Buffer, length: number): boolean {
    for (let at = 0; at < length; at += SLICE) this.thirsty = !pipe.push(bytes.subarray(at, at + SLICE));
    if (this.holding && !this.shaking && !this.finished) this.thirsty = true;
    return !this.thirsty;
  }

  drained(): void {
    if (this.socket === null) return this.cleared();
    const carried = this.carried;
    this.carried = null;
    carried?.();
    this.settle();
  }

  /** What it has brought last is still on its way through TLS. */
  ended(): void {
    setImmediate((): void => {
      this.rawEnded = true;
      if (!this.gone) this.pipe?.push(null);
    });
  }

  closed(error: number): void {
    setImmediate((): void => this.lost(error));
  }

  /** What was sent in clear is out. */
  private cleared(): void {
    this.conn.handler.drained();
    this.conn.beginTls();
  }

  // --- What TLS tells

  private received(bytes: Buffer): void {
    if (this.finished || this.over) return;
    this.waiting.push(bytes);
    this.deliver();
  }

  private deliver(): void {
    while (!this.holding && !this.over && !this.finished) {
      const bytes = this.waiting.shift();
      if (bytes === undefined) return;
      const chunk = this.conn.text ? bytes.toString("latin1") : bytes;
      if (!this.conn.handler.data(chunk, chunk.length)) this.holding = true;
    }
  }

  private peerEnded(): void {
    if (this.over) return;
    this.noticed = !this.rawEnded;
    if (this.shaking) return this.fail(TLS, explain({ code: "ECONNRESET" }, ""));
    if (this.finished) return;
    this.endWaits = true;
    if (!this.holding) this.tellEnd();
  }

  private tellEnd(): void {
    this.endWaits = false;
    if (this.finished || this.over) return;
    this.endTold = true;
    this.conn.handler.ended();
  }

  private sent(error: Error | null | undefined): void {
    if (error || this.over || !this.lent) return;
    this.encrypted = true;
    this.settle();
  }

  /** Bun says that a chunk is written when it is encrypted: it is out when the pipe is empty. */
  private settle(): void {
    if (!this.encrypted || this.over || (this.pipe as Pipe).writableLength > 0) return;
    this.encrypted = false;
    this.lent = false;
    if (this.finished) this.socket?.end();
    this.conn.handler.drained();
  }

  private broke(error: Error): void {
    if (this.over) return;
    // After both ends nothing can be lost any more: a peer that is gone does not hear our notice.
    if (this.finished && !this.lent && this.endTold) return;
    if (tlsFailed(error, this.shaking)) this.fail(TLS, explain(error, this.wanted.name));
    else this.fail(RESET, undefined);
  }

  /** In order: an alert may be on its way. */
  fail(error: number, cause: unknown): void {
    if (this.over) return;
    this.conn.cause = cause;
    if (this.error === 0) this.error = error;
    this.over = true;
    this.bring();
    this.timer = setTimeout((): void => this.conn.quit(error), PATIENCE);
    this.conn.finish();
  }

  // --- For the pipe

  /** Ciphertext goes out. */
  carry(bytes: Uint8Array, done: Callback): void {
    if (this.quiet && this.keeps(bytes)) return done();
    const all = this.tickets.length === 0 ? bytes : Buffer.concat([...this.tickets, bytes]);
    this.tickets = [];
    if (!this.conn.put(all, all.length)) return void (this.carried = done);
    done();
    if (this.lent) process.nextTick(this.emptied);
  }

  /**
   * Whoever only sends may have hung up by the time that tickets come: they would be answered by a reset, and what is on its
   * way would be lost. So they wait for the first bytes of the handler's, or for its end.
   */
  private keeps(bytes: Uint8Array): boolean {
    const length = this.tickets.reduce((sum, one) => sum + one.length, bytes.length);
    if (length > TICKETS) return false;
    this.tickets.push(Buffer.from(bytes));
    return true;
  }

  /** Nothing comes any more with which they could go: Bun answers the other side's notice at once, and that was kept with them. */
  private bring(): void {
    this.quiet = false;
    if (this.tickets.length > 0 && this.carried === null) this.carry(NOTHING, IGNORED);
  }

  /** TLS has room for more. */
  drink(): void {
    if (!this.thirsty || (this.holding && !this.shaking && !this.finished)) return;
    this.thirsty = false;
    this.conn.take();
  }

  /** Our last byte is out. */
  stop(): void {
    this.bring();
    this.conn.finish();
  }

  // --- The end of it

  /** Whoever has given notice may reset what it likes: all that it has sent is here, and the handler may take its time. */
  private lost(error: number): void {
    const whole = (this.noticed || (this.finished && this.endTold)) && !this.lent;
    if (whole && !this.over && !this.finished) this.orphan = true;
    else this.close(whole && !this.over ? 0 : error);
  }

  private close(error: number): void {
    if (this.gone) return;
    this.gone = true;
    this.over = true;
    this.waiting = [];
    if (this.timer !== null) clearTimeout(this.timer);
    this.socket?.destroy();
    this.conn.handler.closed(this.error !== 0 ? this.error : error);
  }
}
