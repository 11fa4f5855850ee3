// The part of Deno's API that is used here, so that this folder compiles where Deno's own types are not known.

/** One end of a connection. */
export interface DenoAddr {
  hostname: string;
  port: number;
}

/** A TCP connection. */
export interface DenoTcpConn {
  readonly localAddr: DenoAddr;
  readonly remoteAddr: DenoAddr;
  /** null: the peer will send no more. */
  read(into: Uint8Array): Promise<number | null>;
  /** What was written may be less than all. */
  write(bytes: Uint8Array): Promise<number>;
  /** What is under way fails. */
  close(): void;
  closeWrite(): Promise<void>;
  setNoDelay(on: boolean): void;
  setKeepAlive(on: boolean): void;
}

/** A listening socket. */
export interface DenoTcpListener {
  readonly addr: DenoAddr;
  accept(): Promise<DenoTcpConn>;
  close(): void;
}

/** Where to connect to. */
export interface DenoConnectOptions extends DenoAddr {
  signal: AbortSignal;
}

/** What is in a folder. */
export interface DenoDirEntry {
  name: string;
}

interface DenoApi {
  connect(options: DenoConnectOptions): Promise<DenoTcpConn>;
  listen(options: DenoAddr): DenoTcpListener;
  readDir(path: string): AsyncIterable<DenoDirEntry>;
}

/** Deno. Throws elsewhere. */
export function deno(): DenoApi {
  const api = (globalThis as { Deno?: DenoApi }).Deno;
  if (api === undefined) throw new Error("Cannot use Deno: this is another runtime");
  return api;
}
