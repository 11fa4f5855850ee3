// A listening socket of Deno's: finds a free port, and makes a DenoConn of everything that comes in.

import { lookup } from "node:dns";
import { isIP } from "node:net";
import { clearTimeout, setTimeout } from "node:timers";
import { CANCELLED, IN_USE, IO, UNREACHABLE, UNSUPPORTED } from "../../core/ports.ts";
import type { Acceptor, Address, Listener, Target } from "../../core/ports.ts";
import { farewell, SILENT } from "../farewell.ts";
import type { ReadBuffers } from "../node/buffers.ts";
import { addressOf } from "../node/conn.ts";
import { socketError } from "../node/errors.ts";
import { PortRange } from "../range.ts";
import { DenoConn } from "./conn.ts";
import { deno } from "./deno.ts";
import type { DenoTcpConn, DenoTcpListener } from "./deno.ts";
import { denoError } from "./errors.ts";

/** After an accept that failed, in milliseconds: the process has no descriptor left, perhaps. */
const PAUSE = 50;
/** What a system without IPv6 says to "::". */
const NO_IPV6 = ["EAFNOSUPPORT", "EADDRNOTAVAIL", "EINVAL"];

/** One listener. */
export class DenoListener implements Listener {
  address: Address;
  private readonly target: Target;
  private readonly acceptor: Acceptor;
  private readonly buffers: ReadBuffers;
  private raw: DenoTcpListener | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private told = false;
  private closed = false;
  private readonly took: (raw: DenoTcpConn) => void;
  private readonly failed: () => void;

  constructor(target: Target, acceptor: Acceptor, buffers: ReadBuffers) {
    this.target = target;
    this.acceptor = acceptor;
    this.buffers = buffers;
    this.took = (raw): void => this.accept(raw);
    this.failed = (): void => this.pause();
    const host = target.host !== "" ? target.host : target.family === 4 ? "0.0.0.0" : "::";
    this.address = addressOf(host, target.port);
    if (target.tls) queueMicrotask((): void => this.tell(UNSUPPORTED));
    else if (isIP(host) !== 0) queueMicrotask((): void => this.listen(host));
    else lookup(host, { family: target.family ?? 0 }, (error, found): void => this.resolved(error, found));
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    if (this.timer !== null) clearTimeout(this.timer);
    this.raw?.close();
    if (!this.told) queueMicrotask((): void => this.tell(CANCELLED));
  }

  private resolved(error: Error | null, host: string): void {
    if (error) this.tell(socketError(error, UNREACHABLE));
    else this.listen(host);
  }

  private listen(host: string): void {
    if (this.closed) return;
    const error = this.find(host);
    if (error !== 0) return this.tell(error);
    const { hostname, port } = (this.raw as DenoTcpListener).addr;
    this.address = addressOf(hostname, port);
    this.tell(0);
    this.next();
  }

  /** Takes the first port of the range that is free. */
  private find(host: string): number {
    const ports = new PortRange(this.target);
    let error = IN_USE;
    while (error === IN_USE && ports.left > 0) error = this.take(host, ports.next());
    return error;
  }

  private take(hostname: string, port: number): number {
    try {
      this.raw = deno().listen({ hostname, port });
      return 0;
    } catch (failure) {
      const error = failure as Error & { code?: string };
      const wild = this.target.host === "" && !this.target.family && hostname === "::";
      if (wild && NO_IPV6.includes(error.code ?? "")) return this.take("0.0.0.0", port);
      return denoError(error, IO);
    }
  }

  private tell(error: number): void {
    if (this.told) return;
    this.told = true;
    this.acceptor.listening(error);
  }

  private next(): void {
    if (!this.closed) (this.raw as DenoTcpListener).accept().then(this.took, this.failed);
  }

  private pause(): void {
    if (!this.closed) this.timer = setTimeout((): void => this.next(), PAUSE);
  }

  private accept(raw: DenoTcpConn): void {
    // Deno's "::" takes IPv4 as well.
    const stranger = this.target.family === 6 && addressOf(raw.remoteAddr.hostname, 0).family === 4;
    if (this.closed || stranger) raw.close();
    else this.greet(raw);
    this.next();
  }

  private greet(raw: DenoTcpConn): void {
    const conn = new DenoConn(SILENT, this.target.text === true, this.buffers);
    tune(raw, this.target);
    conn.open(raw);
    const handler = this.acceptor.accept(conn);
    if (handler === null) {
      farewell(conn);
    } else {
      conn.handler = handler;
      conn.tellOpened();
    }
  }
}

/** Sets the options of a socket. The time before the first probe is the system's. */
export function tune(raw: DenoTcpConn, target: Target): void {
  raw.setNoDelay(target.noDelay !== false);
  if (target.keepAlive) raw.setKeepAlive(true);
}
