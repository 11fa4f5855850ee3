// A dial from a local address, which Deno's own connect does not take: a connection of node:net, with TLS as Deno's own have it.

import { CANCELLED } from "../../core/ports.ts";
import type { Address, Chunk, Conn, ConnHandler, Net, Target } from "../../core/ports.ts";
import { SecurableConn } from "../securable.ts";
import type { TlsWays } from "../tlscontext.ts";
import { WAYS } from "./ways.ts";

/** Passes on what a connection of another Net does. */
export class BoundConn extends SecurableConn implements ConnHandler {
  readonly ways: TlsWays = WAYS;
  private readonly target: Target;
  private readonly inner: Conn;
  private error = 0;
  private giving = false;
  private kept = false;
  private lent = false;
  private over = false;

  constructor(net: Net, target: Target, handler: ConnHandler) {
    super(handler, target.text === true);
    this.target = target;
    this.inner = net.connect({ ...target, tls: null, text: false }, this);
  }

  get local(): Address {
    return this.inner.local;
  }

  get remote(): Address {
    return this.inner.remote;
  }

  put(chunk: Chunk, length: number): boolean {
    this.lent = !this.inner.send(chunk, length);
    return !this.lent;
  }

  take(): void {
    this.kept = false;
    this.inner.resume();
  }

  finish(): void {
    this.over = true;
    this.inner.end();
  }

  quit(error: number): void {
    if (this.error === 0) this.error = error;
    this.over = true;
    this.inner.abort();
  }

  bytesOf(chunk: Buffer, length: number): Buffer {
    return Buffer.from(chunk.subarray(0, length));
  }

  // --- What the connection tells

  opened(): void {
    if (this.target.tls) return this.implicit(this.target.tls);
    this.giving = true;
    this.handler.opened(this);
    this.giving = false;
  }

  data(chunk: Chunk, length: number): boolean {
    const clear = this.text && this.layer === null;
    this.giving = true;
    this.kept = !this.events.data(clear ? (chunk as Buffer).toString("latin1", 0, length) : chunk, length);
    this.giving = false;
    return !this.kept;
  }

  drained(): void {
    this.lent = false;
    this.events.drained();
  }

  ended(): void {
    this.events.ended();
  }

  closed(error: number): void {
    this.over = true;
    this.events.closed(this.error !== 0 ? this.error : error);
  }

  protected cancel(): void {
    this.quit(CANCELLED);
  }

  protected dropRead(): boolean {
    return false;
  }

  protected state(): { over: boolean; holds: boolean; kept: boolean; lent: boolean } {
    return { over: this.over, holds: this.kept || this.giving, kept: this.kept, lent: this.lent };
  }
}
