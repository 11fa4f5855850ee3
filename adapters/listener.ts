// What listening is on every runtime whose listen answers at once: the name is looked up, a free port is found, and one
// answer is given.

import { lookup } from "node:dns";
import { isIP } from "node:net";
import { CANCELLED, IN_USE, UNREACHABLE } from "../core/ports.ts";
import type { Acceptor, Address, Listener, Target } from "../core/ports.ts";
import { farewell } from "./farewell.ts";
import { addressOf } from "./node/conn.ts";
import { socketError } from "./node/errors.ts";
import { PortRange } from "./range.ts";
import type { SecurableConn } from "./securable.ts";

/** What a system without IPv6 says to "::". */
const NO_IPV6 = ["EAFNOSUPPORT", "EADDRNOTAVAIL", "EINVAL"];

/** One listener; a runtime says how an address is bound. */
export abstract class RuntimeListener implements Listener {
  address: Address;
  readonly target: Target;
  readonly acceptor: Acceptor;
  closed = false;
  private told = false;

  constructor(target: Target, acceptor: Acceptor) {
    this.target = target;
    this.acceptor = acceptor;
    const host = target.host !== "" ? target.host : target.family === 4 ? "0.0.0.0" : "::";
    this.address = addressOf(host, target.port);
    if (isIP(host) !== 0) queueMicrotask((): void => this.find(host));
    else lookup(host, { family: target.family ?? 0 }, (error, found): void => this.resolved(error, found));
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.release();
    if (!this.told) queueMicrotask((): void => this.tell(CANCELLED));
  }

  /** Listens there; throws. */
  protected abstract bind(host: string, port: number): Address;
  /** The number of what `bind` has thrown. */
  protected abstract numberOf(error: Error): number;
  /** Begins to take connections. */
  protected abstract begin(): void;
  /** Lets go of the port, where it has one. */
  protected abstract release(): void;

  /** Offers a connection that came in. */
  protected offer(conn: SecurableConn): void {
    const tls = this.target.tls;
    if (tls) conn.implicit(tls);
    const handler = this.acceptor.accept(conn);
    if (handler === null) return farewell(conn);
    conn.handler = handler;
    if (!tls) conn.tellOpened();
  }

  private resolved(error: Error | null, host: string): void {
    if (error) this.tell(socketError(error, UNREACHABLE));
    else this.find(host);
  }

  /** Takes the first port of the range that is free. */
  private find(host: string): void {
    if (this.closed) return;
    const ports = new PortRange(this.target);
    let error = IN_USE;
    while (error === IN_USE && ports.left > 0) error = this.take(host, ports.next());
    this.tell(error);
    if (error === 0 && !this.closed) this.begin();
  }

  private take(host: string, port: number): number {
    try {
      this.address = this.bind(host, port);
      return 0;
    } catch (failure) {
      const error = failure as Error & { code?: string };
      const wild = this.target.host === "" && !this.target.family && host === "::";
      return wild && NO_IPV6.includes(error.code ?? "") ? this.take("0.0.0.0", port) : this.numberOf(error);
    }
  }

  private tell(error: number): void {
    if (this.told) return;
    this.told = true;
    this.acceptor.listening(error);
  }
}
