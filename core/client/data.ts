// How the client's data connection comes about: it dials what 227 or 229 told (passive), or listens and tells (active).
//
// Invariant: `dialog.held` from the dial or the listen to its outcome, unless `late`: then the dial follows the command.
// A connection that opens belongs to the transfer from then on.

import { CANCELLED, NO_CONNECTION, PROTOCOL, REFUSED, REPLY } from "../ports.ts";
import type { Acceptor, Conn, ConnHandler, Listener, Target } from "../ports.ts";
import type { Dialled } from "../dialer.ts";
import { classOf, FINAL, NO, OK } from "../dialog.ts";
import type { Step } from "../dialog.ts";
import { formatHostPort } from "../wire/address.ts";
import { sameHost } from "../wire/host.ts";
import { formatEprt, mustReplace, parseEpsv, parsePasv } from "../wire/passive.ts";
import type { Reply } from "../wire/reply.ts";
import type { Client } from "./client.ts";
import { SECURITY } from "./features.ts";
import { EPSV, LATE } from "./learned.ts";
import { AUTO, PEER } from "./options.ts";

/** Milliseconds between two dials to a server that may not listen yet. */
const AGAIN = 250;

/** Twice in a script: EPSV, and PASV where it failed. IPv6 knows no PASV. Servers are known to mix the replies up. */
export const PASSIVE: Step<Client> = {
  line(client: Client): string | null {
    const data = client.data;
    if (!client.options.passive || data.port > 0) return null;
    data.extended = client.family() === 6 || (client.options.epsv && !data.failed && (client.off & EPSV) === 0);
    return data.extended ? "EPSV" : "PASV";
  },
  expect: FINAL,
  then(client: Client, reply: Reply): void {
    const data = client.data;
    const peer = (client.dialog.conn as Conn).remote;
    const fine = classOf(reply) === OK;
    data.host = peer.host;
    if (fine && reply.code !== 227) data.port = parseEpsv(reply.text);
    const told = fine && data.port === 0 ? parsePasv(reply.text) : null;
    if (told !== null) {
      const how = client.options.passiveHost;
      if (how !== PEER && !(how === AUTO && mustReplace(told.host, peer.host))) data.host = told.host;
      data.port = told.port;
    }
    if (data.port === 0) {
      if (!data.extended || peer.family === 6) client.dialog.fail(fine ? PROTOCOL : REPLY);
      data.failed = true;
      return;
    }
    data.late = (client.habits & LATE) !== 0;
    client.dialog.held = !data.late;
    if (!data.late) data.dial();
  },
};

/** Three times in a script: listens, which sends nothing; PORT; EPRT where that was refused. IPv6 knows no PORT. */
export const ACTIVE: Step<Client> = {
  line(client: Client): string | null {
    const data = client.data;
    const local = (client.dialog.conn as Conn).local;
    if (client.options.passive) return null;
    data.way++;
    if (data.way === 1) {
      data.listen(local.host, local.family);
      return null;
    }
    if (data.listener === null || (data.way === 3 && (local.family === 6 || classOf(client.dialog.reply) === OK))) return null;
    const host = client.options.activeHost === "" ? local.host : client.options.activeHost;
    const port = data.listener.address.port;
    data.extended = data.way === 3 || local.family === 6;
    return data.extended ? "EPRT " + formatEprt(host, port) : "PORT " + formatHostPort(host, port);
  },
  expect: OK | NO,
  then(client: Client, reply: Reply): void {
    if (classOf(reply) === NO && client.data.extended) client.dialog.fail(REPLY);
  },
};

/** The data side of a client. */
export class DataLink implements Dialled, Acceptor {
  client: Client;
  listener: Listener | null = null;
  /** What `listening` said; -1: nothing yet. */
  heard = -1;
  /** Where a passive server listens; port 0: not known. */
  host = "";
  port = 0;
  /** EPSV or EPRT was the last that was sent. */
  extended = false;
  /** EPSV was refused, or the connection to its port. */
  failed = false;
  /** Refused before the command: it is dialled after it. */
  late = false;
  /** How far ACTIVE has come. */
  way = 0;
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
    this.way = 0;
    this.since = -1;
  }

  dial(): void {
    const client = this.client;
    const options = client.options;
    const target: Target = {
      host: this.host,
      port: this.port,
      text: client.each !== null,
      noDelay: options.noDelay,
      localHost: options.localHost,
    };
    if (SECURITY && client.secure !== null) client.secure.data.aim(target);
    client.dialer.dial(target, [client.family()], options.dataTimeout, this);
  }

  opened(conn: Conn): void {
    const client = this.client;
    // PASV works, EPSV did not: refused, or a firewall does not know it.
    if (this.failed) client.off |= EPSV;
    if (this.late) client.habits |= LATE;
    this.late = false;
    if (!SECURITY || client.secure === null || !client.secure.data.take(conn)) {
      conn.handler = client.transfer;
      client.transfer.opened(conn);
    }
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
    if (this.extended && client.family() !== 6) this.port = 0;
    else if (error === REFUSED) this.late = true;
    else return dialog.fail(NO_CONNECTION);
    this.failed = true;
    dialog.go();
  }

  listen(host: string, family: number): void {
    const client = this.client;
    const options = client.options;
    const target = { host: host, port: options.portFirst, last: options.portLast, family: family, text: client.each !== null };
    client.dialog.held = true;
    this.heard = -1;
    this.listener = client.net.listen(target, this);
    if (this.heard >= 0) this.listening(this.heard);
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
    this.client.transfer.conn = conn;
    if (SECURITY && this.client.secure !== null) return this.client.secure.data.greet(conn);
    return this.client.transfer;
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
