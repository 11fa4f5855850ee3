// TLS on the client (RFC 4217): AUTH before the login, PBSZ and PROT after it, CCC, and the handshakes of both connections.
//
// Invariant: without `OPPORTUNISTIC` no USER is sent before the control connection is secure. `hidden` is what PROT has set.

import { CAN_CLEAR, CAN_STARTTLS, CAN_TLS, REPLY, TIMEOUT, TLS, TLS_CLIENT } from "../ports.ts";
import type { Conn, ConnHandler, Target, Tls, TlsFacts } from "../ports.ts";
import { classOf, FINAL, MORE, OK } from "../dialog.ts";
import type { Step } from "../dialog.ts";
import { Handshake } from "../tls.ts";
import type { HandshakeOwner } from "../tls.ts";
import type { Reply } from "../wire/reply.ts";
import type { Client } from "./client.ts";
import { STARTTLS } from "./features.ts";
import { LATE } from "./learned.ts";

/** `mode`: AUTH, and an error before the login where the server refuses it. */
export const EXPLICIT = 0;
/** `mode`: TLS from the first byte. */
export const IMPLICIT = 1;
/** `mode`: AUTH, and clear text where the server refuses it. */
export const OPPORTUNISTIC = 2;

/** How a client secures its connections. Times are milliseconds, 0 turns a limit off. */
export interface ClientTls {
  /** EXPLICIT, IMPLICIT or OPPORTUNISTIC. */
  mode: number;
  /** The name that the server's certificate must be for; "": any. */
  name: string;
  /** The server's certificate must be trusted. */
  verify: boolean;
  /** The SHA-256 fingerprint that the server's certificate must have; "": any. */
  pin: string;
  /** Our certificate and other settings, as the adapter wants them. */
  identity: unknown;
  /** PROT C: data connections in clear. */
  clearData: boolean;
  /** CCC: the control connection in clear after the login. */
  ccc: boolean;
  /** For a handshake, on control and data connections; of an implicit one on the control connection `connectTimeout` is the limit. */
  handshakeTimeout: number;
}

/** The given options, completed by the defaults. */
export function clientTls(options: Partial<ClientTls>): ClientTls {
  return Object.assign({
    mode: EXPLICIT,
    name: "",
    verify: true,
    pin: "",
    identity: null,
    clearData: false,
    ccc: false,
    handshakeTimeout: 10000,
  }, options);
}

/** The TLS of a client: its control connection's side. */
export class SecureLink implements HandshakeOwner {
  client: Client;
  options: ClientTls;
  control!: Handshake;
  data: SecureData;
  /** Data connections are secure. */
  hidden = false;
  /** Of the last handshakes; null: there was none. */
  facts: TlsFacts | null = null;
  /** Why the last handshake failed after the dial, as the runtime says it; TIMEOUT where it took too long. */
  cause: unknown = undefined;

  constructor(client: Client, options: ClientTls) {
    this.client = client;
    this.options = options;
    if (STARTTLS) this.control = new Handshake(this);
    this.data = new SecureData(this);
  }

  /** Before the dial; false: the runtime cannot do what is wanted. */
  prepare(target: Target): boolean {
    const client = this.client;
    const implicit = !STARTTLS || this.options.mode === IMPLICIT;
    let needs = implicit ? CAN_TLS : CAN_STARTTLS;
    if (this.options.ccc) needs = needs | CAN_CLEAR;
    if (STARTTLS ? (client.net.can & needs) !== needs : (client.net.can & CAN_TLS) === 0) return false;
    // Where a connection cannot be secured later, its handshake waits for a server that begins it after the command.
    if (STARTTLS && (client.net.can & CAN_STARTTLS) === 0) client.habits = LATE;
    if (implicit) target.tls = this.wanted(null);
    this.hidden = false;
    this.facts = null;
    this.data.facts = null;
    this.cause = undefined;
    return true;
  }

  /** The control connection is, or was, secure. */
  known(): boolean {
    const conn = this.client.dialog.conn;
    if (conn !== null && conn.tls !== null) this.facts = conn.tls;
    return this.facts !== null;
  }

  /** 234 has come: the script rests until the handshake is done. Whatever came behind it in clear is an attack. */
  start(): void {
    const dialog = this.client.dialog;
    const conn = dialog.conn as Conn;
    dialog.held = true;
    if (dialog.parser.empty()) return this.control.start(conn, this.wanted(null), this.options.handshakeTimeout);
    dialog.parser.clear();
    this.control.await(conn, this.wanted(null), 0);
    this.control.fail(TLS);
  }

  /** What the next handshake shall be; `owner` is the control connection of a data connection. */
  wanted(owner: Conn | null): Tls {
    const options = this.options;
    return {
      role: TLS_CLIENT,
      name: options.name,
      verify: options.verify,
      pin: options.pin,
      identity: options.identity,
      owner: owner,
      requireReuse: false,
    };
  }

  tick(now: number): number {
    const control = this.control.tick(now);
    const data = this.data.shake.tick(now);
    return control < 0 || (data >= 0 && data < control) ? data : control;
  }

  // --- What the handshake of the control connection tells

  wake(): void {
    this.client.wake();
  }

  shaken(conn: Conn): void {
    const dialog = this.client.dialog;
    conn.handler = dialog;
    dialog.parser.clear();
    dialog.go();
  }

  unshaken(error: number): void {
    this.cause = error === TIMEOUT ? TIMEOUT : this.control.cause;
    this.client.dialog.closed(error === TIMEOUT ? TLS : error);
  }

  drained(): void {
    this.client.dialog.drained();
  }
}

/** The TLS of a client's data connections. */
export class SecureData implements HandshakeOwner {
  secure: SecureLink;
  shake!: Handshake;
  facts: TlsFacts | null = null;
  /** What broke the handshake before the transfer had its stream; 0: nothing. */
  lost = 0;

  constructor(secure: SecureLink) {
    this.secure = secure;
    if (STARTTLS) this.shake = new Handshake(this);
  }

  /** For a dial that ends with the handshake. */
  aim(target: Target): void {
    const secure = this.secure;
    const client = secure.client;
    this.lost = 0;
    secure.cause = undefined;
    if (secure.hidden && (!STARTTLS || (client.net.can & CAN_STARTTLS) === 0)) target.tls = secure.wanted(client.dialog.conn);
  }

  /** A connection has come that we have dialled; false: there is no more to do about it. */
  take(conn: Conn): boolean {
    const secure = this.secure;
    const client = secure.client;
    if (!STARTTLS || !secure.hidden || (client.net.can & CAN_STARTTLS) === 0) {
      this.facts = conn.tls;
      return false;
    }
    client.transfer.conn = conn;
    this.shake.start(conn, secure.wanted(client.dialog.conn), secure.options.handshakeTimeout);
    return true;
  }

  /** Who hears of a connection that the server makes. */
  greet(conn: Conn): ConnHandler {
    const secure = this.secure;
    this.lost = 0;
    secure.cause = undefined;
    if (!secure.hidden) return secure.client.transfer;
    this.shake.await(conn, secure.wanted(secure.client.dialog.conn), secure.options.handshakeTimeout);
    return this.shake;
  }

  wake(): void {
    this.secure.client.wake();
  }

  shaken(conn: Conn): void {
    const transfer = this.secure.client.transfer;
    this.facts = conn.tls;
    conn.handler = transfer;
    transfer.opened(conn);
  }

  unshaken(error: number): void {
    const transfer = this.secure.client.transfer;
    const reason = error === TIMEOUT ? TLS : error;
    this.secure.cause = error === TIMEOUT ? TIMEOUT : this.shake.cause;
    if (transfer.file === null) this.lost = reason;
    transfer.closed(reason);
  }

  drained(): void {}
}

/** Twice in a script: AUTH TLS, and AUTH SSL for servers that know no other. */
const AUTH: Step<Client> = {
  line(client: Client): string | null {
    const secure = client.secure;
    if (secure === null || secure.options.mode === IMPLICIT || secure.known()) return null;
    return client.dialog.line === "AUTH TLS" ? "AUTH SSL" : "AUTH TLS";
  },
  expect: FINAL,
  then(client: Client, reply: Reply): void {
    const dialog = client.dialog;
    const secure = client.secure as SecureLink;
    // 334 belongs to other mechanisms, and some servers say it.
    if ((classOf(reply) & (OK | MORE)) !== 0) secure.start();
    else if (dialog.line === "AUTH SSL" && secure.options.mode !== OPPORTUNISTIC) dialog.fail(REPLY);
  },
};

/** The login begins as after the greeting. */
const AFRESH: Step<Client> = {
  line(client: Client): string | null {
    client.dialog.line = "";
    return null;
  },
  expect: OK,
};

/** Some servers want it, though TLS has no blocks to agree on. Who does not know it will say no to PROT, or not. */
const PBSZ: Step<Client> = {
  line: (client: Client): string | null => client.secure !== null && client.secure.known() ? "PBSZ 0" : null,
  expect: FINAL,
};

const PROT: Step<Client> = {
  line(client: Client): string | null {
    const secure = client.secure;
    if (secure === null || !secure.known()) return null;
    return secure.options.clearData ? "PROT C" : "PROT P";
  },
  expect: FINAL,
  then(client: Client, reply: Reply): void {
    const secure = client.secure as SecureLink;
    const fine = classOf(reply) === OK;
    secure.hidden = fine && !secure.options.clearData;
    if (!fine && secure.options.mode !== OPPORTUNISTIC) client.dialog.fail(REPLY);
  },
};

const CCC: Step<Client> = {
  line(client: Client): string | null {
    const secure = client.secure;
    return secure !== null && secure.options.ccc && (client.dialog.conn as Conn).tls !== null ? "CCC" : null;
  },
  expect: OK,
  then(client: Client): void {
    const conn = client.dialog.conn as Conn;
    if (conn.plain) conn.plain();
  },
};

/** Before the login. */
export const BEFORE: Step<Client>[] = STARTTLS ? [AUTH, AUTH, AFRESH] : [];
/** After it. */
export const AFTER: Step<Client>[] = STARTTLS ? [PBSZ, PROT, CCC] : [PBSZ, PROT];
