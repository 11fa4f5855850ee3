// A connection that can be given TLS: what goes through the TLS layer once there is one, and what the connection itself does.

import { TLS, TLS_CLIENT } from "../core/ports.ts";
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
    const state = this.state();
    if (state.over) return;
    if (this.layer !== null) throw new Error("Cannot secure: the connection is secure already");
    if (!state.holds) throw new Error("Cannot secure: reading is not held");
    const clear = this.dropRead();
    const layer = new TlsLayer(this, tls, false);
    this.layer = layer;
    if (clear && tls.role === TLS_CLIENT) return layer.fail(TLS, new TlsError("Clear text came where TLS should begin", "CLEAR"));
    // The event that may be under way has to end first.
    if (!state.lent) process.nextTick((): void => this.beginTls());
  }

  /** TLS before anything else; `opened` waits for it. */
  implicit(tls: Tls): void {
    this.layer = new TlsLayer(this, tls, true);
    this.layer.begin(false);
  }

  // --- For the layer

  /** The clear text is out: the socket is TLS's. */
  beginTls(): void {
    this.layer?.begin(this.state().kept);
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

  protected abstract cancel(): void;
  /** Forgets what was read and not delivered; true: there was something. */
  protected abstract dropRead(): boolean;
  /** `over`: nothing is sent any more; `holds`: reading is held; `kept`: a chunk is; `lent`: a chunk is not out yet. */
  protected abstract state(): { over: boolean; holds: boolean; kept: boolean; lent: boolean };
}
