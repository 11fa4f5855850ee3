// What Espruino gives, as types: sockets, files on a card, Storage. Nothing of this file is left in a bundle.

import type { Carried } from "../../core/ports.ts";

/** Whoever hears of a socket's or a listener's events; `heard` in conn.ts finds him here. */
export interface Listening {
  hear(what: unknown): void;
}

/** A socket of `net` or `tls`. */
export interface Socket {
  ours: Listening;
  /** Bytes that were written and not sent yet; the name is the same on all boards. */
  dSnd?: string;
  /** It is closed, or closes. */
  cls?: boolean;
  /** What carries bytes between the socket and a file, and how many it reads at once. */
  carried?: Carried;
  file?: DiskFile;
  chunk: number;
  removeAllListeners(event: string): void;
  /** The handlers are called later, in their turn. */
  emit(event: string, what: unknown): void;
  on<T>(event: string, handler: (this: Socket, what: T) => void): void;
  write(text: string): boolean;
  end(): void;
}

/** What `createServer` answers. */
export interface SocketServer {
  ours: Listening;
  listen(port: number): void;
  close(): void;
}

/** Where to connect to; `tls` takes a key and a certificate. */
export interface SocketTarget {
  host: string;
  port: number;
  key?: string;
  cert?: string;
}

/** The modules `net` and `tls`. */
export interface Sockets {
  connect(target: SocketTarget, heard: (this: { ours: Listening }, what: unknown) => void): Socket;
  createServer(heard: (this: { ours: Listening }, what: unknown) => void): SocketServer;
}

/** What `statSync` answers. */
export interface Stat {
  size: number;
  dir: boolean;
  mtime?: Date;
}

/** An open file: `E.openFile` answers one, and storage.ts has its like for Storage. */
export interface DiskFile {
  /** undefined at the end. */
  read(length: number): string | undefined;
  /** Bytes that were written. */
  write(text: string): number;
  seek(offset: number): void;
  /** Storage answers an error number; a card nothing. */
  close(): number | undefined | void;
  /** Storage: what `write` failed with. */
  failed?: number;
  /** Bytes to read at once. */
  chunk?: number;
}

/** The module `fs`. */
export interface Card {
  statSync(place: string): Stat | undefined;
  /** undefined where there is no such folder. */
  readdirSync(place: string): string[] | undefined;
  unlinkSync(place: string): void;
  mkdirSync(place: string): void;
}

/** The module `Storage`: files in flash memory. */
export interface Flash {
  read(name: string, offset?: number, length?: number): string | undefined;
  write(name: string, text: string, offset?: number, size?: number): boolean;
  erase(name: string): void;
  list(pattern?: undefined, filter?: { sf: boolean }): string[];
  getFree(): number;
  compact(): void;
}
