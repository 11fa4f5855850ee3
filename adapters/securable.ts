// A connection that can be given TLS: what goes through the TLS layer once there is one, and what the connection itself does.

import { CANCELLED, TLS, TLS_CLIENT } from "../core/ports.ts";
import type { Address, Chunk, Conn, ConnHandler, Tls, TlsFacts } from "../core/ports.ts";
import type { Remembering, TlsMemory, TlsWays } from "./tlscontext.ts";
import { TlsLayer } from "./tlslayer.ts";
import { TlsError } from "./tlsoptions.ts";

/** A connection of a runtime's own sockets. */
export abstract class SecurableConn implements Conn, Remembering {
  handler: ConnHandler;
  tls: TlsFacts | null = null;
  cause: unknown = undefined;
  memory: TlsMemory | null = null;
  readonly text: boolean;
  /** Between the socket and the handler. */
  protected layer: TlsLayer | null = null;
  /** `end` was called; `abort` was called, or it broke. */
  protected finished = false;
  protected over = false;
  /** What the handler keeps, and the peer's end that has to wait for it. */
  protected kept: Chunk | null = null;
  protected endWaits = false;
  /** An event is being told that `secure` may answer. */
  private giving = false;

  constructor(handler: ConnHandler, text: boolean) {
    this.handler = handler;
    this.text = text;
  }

  /** How TLS is there. */
  abstract readonly ways: TlsWays;
  abstract get local(): Address;
  abstract get remote(): Address;

  send(chunk: Chunk, length: number): boolean {
    return this.layer === null ? this.put(chunk, length) : this.layer.send(chunk, length);
  }

  resume(): void {
    if (this.layer === null) this.take();
    else this.layer.resume();
  }

  end(): void {
    if (this.layer === null) this.finish();
    else this.layer.end();
  }

  abort(): void {
    if (this.layer === null) this.cancel();
    else this.layer.abort();
  }

  secure(tls: Tls): void {
    if (this.finished || this.over) return;
    if (this.layer !== null) throw new Error("Cannot secure: the connection is secure already");
    if (this.kept === null && !this.giving) throw new Error("Cannot secure: reading is not held");
    const clear = this.dropRead();
    const layer = new TlsLayer(this, tls, false);
    this.layer = layer;
    if (clear && tls.role === TLS_CLIENT) return layer.fail(TLS, new TlsError("Clear text came where TLS should begin", "CLEAR"));
    // The event that may be under way has to end first.
    if (!this.sends()) process.nextTick((): void => this.beginTls());
  }

  /** TLS before anything else; `opened` waits for it. */
  implicit(tls: Tls): void {
    this.layer = new TlsLayer(this, tls, true);
    this.layer.begin(false);
  }

  /** Tells the handler that it is up. */
  tellOpened(): void {
    if (this.over) return;
    this.giving = true;
    this.handler.opened(this);
    this.giving = false;
  }

  // --- For the layer

  /** The clear text is out: the socket is TLS's. */
  beginTls(): void {
    this.layer?.begin(this.kept !== null);
    this.take();
  }

  /** `send`, `resume`, `end` and `abort` of the socket itself. */
  abstract put(chunk: Chunk, length: number): boolean;
  abstract take(): void;
  abstract finish(): void;
  abstract quit(error: number): void;
  /** A chunk of the socket's that stays what it is. */
  abstract bytesOf(chunk: Buffer, length: number): Buffer;

  /** Who hears of the socket. */
  protected get events(): ConnHandler {
    return this.layer ?? this.handler;
  }

  /** false: the handler keeps it. */
  protected give(chunk: Chunk, length: number): boolean {
    this.giving = true;
    const taken = this.events.data(chunk, length);
    this.giving = false;
    if (!taken) this.kept = chunk;
    return taken;
  }

  /** The peer has ended: the handler hears of it as soon as it keeps nothing. */
  protected holdEnd(): void {
    if (this.finished || this.over) return;
    this.endWaits = true;
    if (this.kept === null) this.tellEnd();
  }

  protected tellEnd(): void {
    this.endWaits = false;
    if (!this.finished && !this.over) this.events.ended();
  }

  protected cancel(): void {
    this.quit(CANCELLED);
  }

  /** A chunk is not out yet. */
  protected abstract sends(): boolean;
  /** Forgets what was read and not delivered; true: there was something. */
  protected abstract dropRead(): boolean;
}
