// A listening socket of Bun's: makes a BunConn of everything that comes in.

import { IO } from "../../core/ports.ts";
import type { Address } from "../../core/ports.ts";
import { SILENT } from "../farewell.ts";
import { RuntimeListener } from "../listener.ts";
import { addressOf } from "../node/conn.ts";
import { socketError } from "../node/errors.ts";
import { bun } from "./bun.ts";
import type { BunOwner, BunSocket, BunTcpListener } from "./bun.ts";
import { BunConn, EVENTS } from "./conn.ts";

/** One listener. */
export class BunListener extends RuntimeListener implements BunOwner {
  private raw: BunTcpListener | null = null;

  /** Something came in. */
  open(socket: BunSocket): void {
    const conn = new BunConn(SILENT, this.target);
    socket.data = conn;
    conn.open(socket);
    if (this.closed) conn.abort();
    else this.offer(conn);
  }

  // --- What a socket hears before it is a connection: nothing.

  received(): void {}

  writable(): void {}

  peerEnded(): void {}

  disconnected(): void {}

  protected override bind(hostname: string, port: number): Address {
    const ipv6Only = this.target.family === 6;
    this.raw = bun().listen({ hostname, port, ipv6Only, allowHalfOpen: true, data: this, socket: EVENTS });
    return addressOf(this.raw.hostname, this.raw.port);
  }

  protected override numberOf(error: Error): number {
    return socketError(error, IO);
  }

  protected override begin(): void {}

  protected override release(): void {
    this.raw?.stop(false);
  }
}
