// How the client's data connection comes about: it dials what 227 or 229 told (passive), or listens and tells (active).
//
// Invariant: `dialog.held` from the dial or the listen to its outcome, unless `late`: then the dial follows the command.
// A connection that opens belongs to the transfer from then on.

import { CANCELLED, NO_CONNECTION, PROTOCOL, REFUSED, REPLY } from "../ports.ts";
import type { Acceptor, Conn, ConnHandler, Listener } from "../ports.ts";
import { classOf, OK } from "../dialog.ts";
import { formatHostPort } from "../wire/address.ts";
import { sameHost } from "../wire/host.ts";
import { formatEprt, mustReplace, parseEpsv, parsePasv } from "../wire/passive.ts";
import type { Reply } from "../wire/reply.ts";
import type { Client } from "./client.ts";
import { AUTO, PEER } from "./options.ts";
import { EPSV } from "./scripts.ts";

/** `habits`: this server listens only after the command (NetX Duo). */
export const LATE = 4;
/** Milliseconds between two dials to a server that may not listen yet. */
const AGAIN = 250;

/** The data side of a client. */
export class Data implements ConnHandler, Acceptor {
  client: Client;
  listener: Listener | null = null;
  /** What `listening` said; -1: nothing yet. */
  heard = -1;
  /** Where a passive server listens; port 0: not known. */
  host = "";
  port = 0;
  /** EPSV was refused, or the connection to its port. */
  failed = false;
  /** Refused before the command: it is dialled after it. */
  late = false;
  since = -1;

  constructor(client: Client) {
    this.client = client;
  }

  /** For the next transfer. */
  clear(): void {
    if (this.listener !== null) this.listener.close();
    this.listener = null;
    this.port = 0;
    this.failed = false;
    this.late = false;
    this.since = -1;
  }

  /** EPSV first, PASV where it failed; IPv6 knows no PASV. null: not this one. */
  passive(verb: string): string | null {
    const client = this.client;
    if (!client.options.passive || this.port > 0) return null;
    const extended = client.family() === 6 || (client.options.epsv && !this.failed && (client.off & EPSV) === 0);
    return extended === (verb === "EPSV") ? verb : null;
  }

  /** The reply to EPSV or PASV; servers are known to mix the two up. */
  answered(reply: Reply): void {
    const client = this.client;
    const peer = (client.dialog.conn as Conn).remote;
    const fine = classOf(reply) === OK;
    this.host = peer.host;
    if (fine && reply.code !== 227) this.port = parseEpsv(reply.text);
    const told = fine && this.port === 0 ? parsePasv(reply.text) : null;
    if (told !== null) {
      const how = client.options.passiveHost;
      if (how !== PEER && !(how === AUTO && mustReplace(told.host, peer.host))) this.host = told.host;
      this.port = told.port;
    }
    if (this.port === 0) {
      this.failed = true;
      if (client.dialog.line === "PASV" || peer.family === 6) client.dialog.fail(fine ? PROTOCOL : REPLY);
      return;
    }
    this.late = (client.habits & LATE) !== 0;
    client.dialog.held = !this.late;
    if (!this.late) this.dial();
  }

  dial(): void {
    const client = this.client;
    const target = { host: this.host, port: this.port, text: client.each !== null, noDelay: true };
    client.dialer.dial(target, [client.family()], client.options.dataTimeout, this);
    client.wake();
  }

  opened(conn: Conn): void {
    const client = this.client;
    // PASV works, EPSV did not: refused, or a firewall does not know it.
    if (this.failed) client.off |= EPSV;
    if (this.late) client.habits |= LATE;
    this.late = false;
    conn.handler = client.transfer;
    client.transfer.opened(conn);
    client.dialog.go();
  }

  /** The dial failed. */
  closed(error: number): void {
    const client = this.client;
    const dialog = client.dialog;
    client.waitingFor = "data connection";
    client.wake();
    if (!dialog.held) return client.join();
    if (error === CANCELLED) return dialog.fail(CANCELLED);
    if (!this.failed && dialog.line === "EPSV" && client.family() !== 6) this.port = 0;
    else if (error === REFUSED) this.late = true;
    else return dialog.fail(NO_CONNECTION);
    this.failed = true;
    dialog.go();
  }

  data(): boolean {
    return true;
  }

  drained(): void {}

  ended(): void {}

  /** A step that sends nothing: active transfers listen before they tell the address. */
  listen(): null {
    const client = this.client;
    const local = (client.dialog.conn as Conn).local;
    if (client.options.passive) return null;
    client.dialog.held = true;
    this.heard = -1;
    this.listener = client.net.listen({
      host: local.host,
      port: client.options.portFirst,
      last: client.options.portLast,
      family: local.family,
      text: client.each !== null,
    }, this);
    if (this.heard >= 0) this.listening(this.heard);
    return null;
  }

  listening(error: number): void {
    const client = this.client;
    this.heard = error;
    if (this.listener === null || !client.dialog.held) return;
    if (client.cancelled) client.dialog.fail(CANCELLED);
    else if (error !== 0) client.dialog.fail(error);
    else client.dialog.go();
  }

  /** The server's own address, and only once. */
  accept(conn: Conn): ConnHandler | null {
    const control = this.client.dialog.conn;
    if (this.listener === null || control === null || !sameHost(conn.remote.host, control.remote.host)) return null;
    this.listener.close();
    this.listener = null;
    return this.client.transfer;
  }

  /** PORT, and EPRT where it was refused or the address is IPv6. null: not this one. */
  active(verb: string): string | null {
    const client = this.client;
    const reply = client.dialog.reply;
    if (this.listener === null) return null;
    const local = (client.dialog.conn as Conn).local;
    const host = client.options.activeHost === "" ? local.host : client.options.activeHost;
    const port = this.listener.address.port;
    if (verb === "PORT") return local.family === 6 ? null : "PORT " + formatHostPort(host, port);
    return local.family !== 6 && classOf(reply) === OK ? null : "EPRT " + formatEprt(host, port);
  }

  /** Milliseconds to the next dial to a server that did not listen yet; -1: none. */
  tick(now: number): number {
    const client = this.client;
    if (!this.late || !client.sent || client.dialer.conn !== null) return -1;
    if (this.since < 0) this.since = now;
    const left = this.since + AGAIN - now;
    if (left > 0) return left;
    this.since = -1;
    this.dial();
    return -1;
  }
}
