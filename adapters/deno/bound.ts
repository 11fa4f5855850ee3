// A dial from a local address, which Deno's own connect does not take: a connection of node:net, with TLS as Deno's own have it.

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
  private lent = false;

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
    this.kept = null;
    this.inner.resume();
  }

  finish(): void {
    this.finished = true;
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
    if (this.target.tls) this.implicit(this.target.tls);
    else this.tellOpened();
  }

  data(chunk: Chunk, length: number): boolean {
    const clear = this.text && this.layer === null;
    return this.give(clear ? (chunk as Buffer).toString("latin1", 0, length) : chunk, length);
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

  protected dropRead(): boolean {
    return false;
  }

  protected sends(): boolean {
    return this.lent;
  }
}
