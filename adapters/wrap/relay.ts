// A Net round another Net that passes everything on: a wrapper changes only the calls and events that it is about.

import type { Acceptor, Address, Chunk, Conn, ConnHandler, Listener, Net, Target, Ticker, Tls, TlsFacts } from "../../core/ports.ts";

/** A connection towards the core, a handler towards the runtime. */
export class Relay implements Conn, ConnHandler {
  inner!: Conn;
  handler!: ConnHandler;

  get local(): Address {
    return this.inner.local;
  }

  get remote(): Address {
    return this.inner.remote;
  }

  get tls(): TlsFacts | null {
    return this.inner.tls;
  }

  get cause(): unknown {
    return this.inner.cause;
  }

  send(chunk: Chunk, length: number): boolean {
    return this.inner.send(chunk, length);
  }

  resume(): void {
    this.inner.resume();
  }

  end(): void {
    this.inner.end();
  }

  abort(): void {
    this.inner.abort();
  }

  secure(tls: Tls): void {
    this.inner.secure(innerTls(tls));
  }

  plain(): void {
    if (this.inner.plain) this.inner.plain();
  }

  opened(conn: Conn): void {
    this.inner = conn;
    this.handler.opened(this);
  }

  data(chunk: Chunk, length: number): boolean {
    return this.handler.data(chunk, length);
  }

  drained(): void {
    this.handler.drained();
  }

  secured(): void {
    if (this.handler.secured) this.handler.secured();
  }

  ended(): void {
    this.handler.ended();
  }

  closed(error: number): void {
    this.handler.closed(error);
  }
}

/** Puts a Relay, or what `relay` makes, round every connection. */
export class WrappedNet implements Net {
  inner: Net;
  can: number;

  constructor(inner: Net) {
    this.inner = inner;
    this.can = inner.can;
  }

  /** Makes what goes round one connection; its `inner` and `handler` are set later. */
  relay(target: Target, accepted: boolean): Relay {
    return new Relay();
  }

  connect(target: Target, handler: ConnHandler): Conn {
    const relay = this.relay(target, false);
    relay.handler = handler;
    relay.inner = this.inner.connect(innerTarget(target), relay);
    return relay;
  }

  listen(target: Target, acceptor: Acceptor): Listener {
    return this.inner.listen(innerTarget(target), new RelayAcceptor(this, target, acceptor));
  }

  wake(ticker: Ticker): void {
    this.inner.wake(ticker);
  }
}

/** Puts a Relay round what a listener accepts. */
class RelayAcceptor implements Acceptor {
  net: WrappedNet;
  target: Target;
  acceptor: Acceptor;

  constructor(net: WrappedNet, target: Target, acceptor: Acceptor) {
    this.net = net;
    this.target = target;
    this.acceptor = acceptor;
  }

  listening(error: number): void {
    this.acceptor.listening(error);
  }

  accept(conn: Conn): ConnHandler | null {
    const relay = this.net.relay(this.target, true);
    relay.inner = conn;
    const handler = this.acceptor.accept(relay);
    if (handler === null) return null;
    relay.handler = handler;
    return relay;
  }
}

/** `length` bytes of a chunk from `at` on, without copying a Uint8Array. */
export function cut(chunk: Chunk, at: number, length: number): Chunk {
  if (at === 0 && length === chunk.length) return chunk;
  return typeof chunk === "string" ? chunk.substring(at, at + length) : chunk.subarray(at, at + length);
}

/** The runtime knows the connection inside, not the one round it. */
export function innerTls(tls: Tls): Tls {
  if (!(tls.owner instanceof Relay)) return tls;
  const copy: Tls = Object.assign({}, tls);
  copy.owner = tls.owner.inner;
  return copy;
}

function innerTarget(target: Target): Target {
  if (!target.tls || !(target.tls.owner instanceof Relay)) return target;
  const copy: Target = Object.assign({}, target);
  copy.tls = innerTls(target.tls);
  return copy;
}
