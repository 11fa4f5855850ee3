// The part of Bun's API that is used here, so that this folder compiles where Bun's own types are not known.

/** A TCP connection, as Bun has it. */
export interface BunSocket {
  /** Whom its events are for. */
  data: BunOwner;
  /** Not known where the peer has reset it already. */
  readonly localAddress: string | undefined;
  readonly localPort: number | undefined;
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  /** Its descriptor, -1 once it is closed; not documented. */
  readonly fd?: number;
  /** How many of these bytes the system has taken; -1: the connection is gone. What is missing can be written at `drain`. */
  write(bytes: Uint8Array, offset: number, length: number): number;
  /** Our end of it; what comes is still read. */
  shutdown(): void;
  /** Closes it; what the system has taken is sent. */
  end(): void;
  /** A reset. `close` comes from within. */
  terminate(): void;
  pause(): void;
  resume(): void;
  setNoDelay(on: boolean): void;
  setKeepAlive(on: boolean, delay: number): void;
  /** Changes its handlers. */
  reload(options: { socket: BunHandlers }): void;
}

/** Who hears the events of a socket; for one that was accepted, first the listener. */
export interface BunOwner {
  open(socket: BunSocket): void;
  received(bytes: Buffer): void;
  writable(): void;
  peerEnded(): void;
  disconnected(error: Error | undefined): void;
}

/** The functions that Bun calls; one object for all sockets. */
export interface BunHandlers {
  binaryType: "buffer";
  open(socket: BunSocket): void;
  data(socket: BunSocket, bytes: Buffer): void;
  drain(socket: BunSocket): void;
  end(socket: BunSocket): void;
  close(socket: BunSocket, error?: Error): void;
  error(socket: BunSocket, error: Error): void;
}

/** A listening socket. */
export interface BunTcpListener {
  readonly hostname: string;
  readonly port: number;
  stop(closeConnections: boolean): void;
}

interface BunConnectOptions {
  hostname: string;
  port: number;
  allowHalfOpen: boolean;
  data: BunOwner;
  socket: BunHandlers;
}

interface BunApi {
  connect(options: BunConnectOptions): Promise<BunSocket>;
  listen(options: BunConnectOptions & { ipv6Only: boolean }): BunTcpListener;
}

/** Bun. Throws elsewhere. */
export function bun(): BunApi {
  const api = (globalThis as { Bun?: BunApi }).Bun;
  if (api === undefined) throw new Error("Cannot use Bun: this is another runtime");
  return api;
}
