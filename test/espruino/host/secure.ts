// A socket of Espruino's module `tls`, in the thread of the real sockets: TLS 1.2 by the key exchanges that Espruino's mbed TLS has. It
// checks no certificate, and says no good-bye (close_notify), but hears the peer's.

// deno-lint-ignore-file no-explicit-any
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { connect } from "node:tls";
import type { TlsKeys } from "./wire.ts";

/** What `recv` answers when the peer has said good-bye (MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY). */
const CLOSE_NOTIFY = -30848;
/** MBEDTLS_KEY_EXCHANGE_RSA and _DHE_RSA of Espruino's config.h. */
const CIPHERS = "AES256-GCM-SHA384:AES128-GCM-SHA256:AES128-SHA256:AES128-SHA:DHE-RSA-AES128-GCM-SHA256";
/** Content type of an alert. */
const ALERT = 21;

/** Carries what TLS makes of it, and looks at the records that come. */
class Tap extends Duplex {
  /** Content type of the last record. */
  type = 0;
  private readonly raw: Socket;
  private header: Buffer = Buffer.alloc(0);
  private left = 0;

  constructor(raw: Socket) {
    super();
    this.raw = raw;
    raw.on("data", (bytes: Buffer) => {
      this.look(bytes);
      if (!this.push(bytes)) raw.pause();
    });
    raw.on("end", () => this.push(null));
  }

  override _read(): void {
    this.raw.resume();
  }

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    if (!this.raw.writable) return done();
    this.raw.write(bytes, () => done());
  }

  private look(bytes: Buffer): void {
    for (let rest = bytes; rest.length > 0;) {
      const skipped = Math.min(this.left, rest.length);
      this.left -= skipped;
      rest = rest.subarray(skipped);
      const wanted = 5 - this.header.length;
      if (this.left > 0 || rest.length === 0) return;
      this.header = Buffer.concat([this.header, rest.subarray(0, wanted)]);
      rest = rest.subarray(wanted);
      if (this.header.length < 5) return;
      this.type = this.header[0];
      this.left = this.header.readUInt16BE(3);
      this.header = Buffer.alloc(0);
    }
  }
}

/** Begins a handshake on a socket that is connected. What answers is used like a socket; `tell` hears of its events. */
export function secure(raw: Socket, keys: TlsKeys, tell: (message: object) => void): Socket {
  const tap = new Tap(raw);
  const { key, cert } = keys;
  const socket = connect({ socket: tap, key, cert, ciphers: CIPHERS, maxVersion: "TLSv1.2", rejectUnauthorized: false });
  let shaken = false;
  raw.setNoDelay(true);
  raw.on("error", () => tell({ event: "broken" }));
  raw.on("close", () => tell({ event: "broken" }));
  socket.on("secureConnect", () => {
    shaken = true;
    tell({ event: "secured" });
  });
  socket.on("data", (bytes) => tell({ event: "data", bytes }));
  socket.on("end", () => shaken && tell({ event: "ended", number: tap.type === ALERT ? CLOSE_NOTIFY : undefined }));
  socket.on("error", (error: any) => {
    if (!shaken) tell({ event: "unsecured", text: error.code ?? "an error" });
    tell({ event: "broken" });
  });
  socket.end = ((done: () => void) => socket.write("", () => raw.end(done))) as any;
  socket.resetAndDestroy = () => {
    raw.resetAndDestroy();
    return socket;
  };
  const destroy = socket.destroy.bind(socket);
  socket.destroy = (error?: Error) => {
    raw.destroy();
    return destroy(error);
  };
  return socket;
}
