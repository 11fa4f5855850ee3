// A listening socket of Deno's: makes a DenoConn of everything that comes in.

import { clearTimeout, setTimeout } from "node:timers";
import { IO } from "../../core/ports.ts";
import type { Acceptor, Address, Target } from "../../core/ports.ts";
import { SILENT } from "../farewell.ts";
import { RuntimeListener } from "../listener.ts";
import type { ReadBuffers } from "../node/buffers.ts";
import { addressOf } from "../node/conn.ts";
import { DenoConn } from "./conn.ts";
import { deno } from "./deno.ts";
import type { DenoTcpConn, DenoTcpListener } from "./deno.ts";
import { denoError } from "./errors.ts";

/** Errors of an accept that speak of one connection. */
const RESET_BEFORE = ["ENOTCONN", "ECONNABORTED"];
/** After another accept that failed, in milliseconds: the process has no descriptor left, perhaps. */
const PAUSE = 50;

/** One listener. */
export class DenoListener extends RuntimeListener {
  private readonly buffers: ReadBuffers;
  private raw: DenoTcpListener | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private readonly took: (raw: DenoTcpConn) => void;
  private readonly failed: (error: Error & { code?: string }) => void;

  constructor(target: Target, acceptor: Acceptor, buffers: ReadBuffers) {
    super(target, acceptor);
    this.buffers = buffers;
    this.took = (raw): void => this.accept(raw);
    // Who connects and resets before it was taken keeps nobody waiting.
    this.failed = (error): void => RESET_BEFORE.includes(error.code ?? "") ? this.begin() : this.pause();
  }

  protected override bind(hostname: string, port: number): Address {
    this.raw = deno().listen({ hostname, port });
    return addressOf(this.raw.addr.hostname, this.raw.addr.port);
  }

  protected override numberOf(error: Error): number {
    return denoError(error, IO);
  }

  protected override begin(): void {
    if (!this.closed) (this.raw as DenoTcpListener).accept().then(this.took, this.failed);
  }

  protected override release(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.raw?.close();
  }

  private pause(): void {
    if (!this.closed) this.timer = setTimeout((): void => this.begin(), PAUSE);
  }

  private accept(raw: DenoTcpConn): void {
    // Deno's "::" takes IPv4 as well.
    const stranger = this.target.family === 6 && addressOf(raw.remoteAddr.hostname, 0).family === 4;
    if (this.closed || stranger) raw.close();
    else this.greet(raw);
    this.begin();
  }

  private greet(raw: DenoTcpConn): void {
    const conn = new DenoConn(SILENT, this.target.text === true, this.buffers);
    tune(raw, this.target);
    conn.open(raw);
    this.offer(conn);
  }
}

/** Sets the options of a socket. The time before the first probe is the system's. */
export function tune(raw: DenoTcpConn, target: Target): void {
  raw.setNoDelay(target.noDelay !== false);
  if (target.keepAlive) raw.setKeepAlive(true);
}
