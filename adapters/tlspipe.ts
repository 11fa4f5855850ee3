// What node:tls takes for its connection, where that is one of Deno's or Bun's (tlslayer.ts): a Duplex.

import { Duplex } from "node:stream";

/** What is given to TLS at once: so much more is decrypted, at most, after the handler has kept a chunk. */
export const SLICE = 65536;

/** The end of a write. */
export type Callback = (error?: Error | null) => void;

/** What is under the pipe. */
export interface Carrier {
  /** Ciphertext goes out. */
  carry(bytes: Uint8Array, done: Callback): void;
  /** TLS has room for more. */
  drink(): void;
  /** Our last byte is out. */
  stop(): void;
}

const IGNORED: Callback = () => undefined;

/** The connection as node:tls wants it. */
export class Pipe extends Duplex {
  private readonly layer: Carrier;

  constructor(layer: Carrier) {
    super({ allowHalfOpen: true, highWaterMark: SLICE });
    // Who hears of it is the TLS on top.
    this.on("error", (): void => undefined);
    this.layer = layer;
  }

  /** Where both sides have ended, Deno destroys this before it writes its notice of the end. */
  override write(bytes: unknown, ...rest: unknown[]): boolean {
    if (!this.destroyed) return super.write(bytes, ...rest as [Callback]);
    const done = rest.at(-1);
    this.layer.carry(bytes as Uint8Array, typeof done === "function" ? done as Callback : IGNORED);
    return true;
  }

  override _read(): void {
    this.layer.drink();
  }

  override _write(bytes: Uint8Array, _encoding: string, done: Callback): void {
    this.layer.carry(bytes, done);
  }

  override _writev(all: { chunk: Uint8Array }[], done: Callback): void {
    this.layer.carry(all.length === 1 ? all[0].chunk : Buffer.concat(all.map((one) => one.chunk)), done);
  }

  override _final(done: Callback): void {
    this.layer.stop();
    done();
  }

  /** Where both sides have ended, TLS may be gone before `_final`, and its last words come after that. */
  override _destroy(_error: Error | null, done: Callback): void {
    setImmediate((): void => this.layer.stop());
    done();
  }
}
