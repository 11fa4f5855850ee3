// A listening socket of a MemoryNet.

import { CANCELLED } from "../../core/ports.ts";
import type { Acceptor, Address, Listener, Target } from "../../core/ports.ts";
import { familyOf, hostOf, wildcard } from "./address.ts";
import type { Actor } from "./events.ts";
import type { MemoryNet } from "./net.ts";

/** MemoryNet makes it, and knows it as long as it takes connections. */
export class MemoryListener implements Listener, Actor {
  net: MemoryNet;
  target: Target;
  acceptor: Acceptor;
  address: Address;
  /** It listens on every address of this family; 0: of both. -1: on one address. */
  wild: number;
  /** 0 while it listens. */
  error: number;

  constructor(net: MemoryNet, target: Target, acceptor: Acceptor) {
    const every = target.host === "" || target.host === "::" || target.host === "0.0.0.0";
    const family = target.host === "0.0.0.0" ? 4 : target.family;
    const host = every ? wildcard(family, net.can) : hostOf(target.host, family);
    this.net = net;
    this.target = target;
    this.acceptor = acceptor;
    this.address = { host: host, port: target.port, family: familyOf(host) };
    this.wild = !every ? -1 : family ? family : 0;
    this.error = 0;
  }

  /** The queue's turn, or at once with the net's option `early`. */
  happen(): void {
    this.acceptor.listening(this.error);
  }

  close(): void {
    if (this.error !== 0) return;
    this.error = CANCELLED;
    this.net.listeners.splice(this.net.listeners.indexOf(this), 1);
  }

  /** Whether a dial to that address comes here. */
  hears(host: string, port: number): boolean {
    if (port !== this.address.port) return false;
    if (this.wild < 0) return this.address.host === host;
    return this.wild === 0 || this.wild === familyOf(host);
  }

  /** Whether the two cannot both listen. */
  overlaps(other: MemoryListener): boolean {
    if (other.address.port !== this.address.port) return false;
    if (this.wild < 0 && other.wild < 0) return this.address.host === other.address.host;
    return this.reaches() === 0 || other.reaches() === 0 || this.reaches() === other.reaches();
  }

  /** The family of the addresses that it listens on; 0: both. */
  reaches(): number {
    return this.wild < 0 ? this.address.family : this.wild;
  }
}
