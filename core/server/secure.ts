// TLS on the server (RFC 4217): what AUTH, PBSZ, PROT and CCC do, and what is refused to whom has not said them.
//
// Invariant: a session's control connection is secure where `conn.tls` is set; its data connections will be where `hidden` is.

import { CAN_CLEAR, CAN_STARTTLS, CAN_TLS, TIMEOUT, TLS, TLS_SERVER } from "../ports.ts";
import type { Conn, ConnHandler, Done, FileSystem, Tls } from "../ports.ts";
import { Handshake } from "../tls.ts";
import type { HandshakeOwner } from "../tls.ts";
import { isIPv4, sameHost } from "../wire/host.ts";
import { decimal } from "../wire/number.ts";
import type { Command } from "./commands.ts";
import type { Login } from "./options.ts";
import { DATA, NEW, READY } from "./phases.ts";
import type { Server } from "./server.ts";
import type { Session } from "./session.ts";

/** `required`: clients may do without TLS. */
export const OFFERED = 0;
/** `required`: nobody logs in without TLS. */
export const FOR_LOGIN = 1;
/** `required`: and nothing is transferred without it. */
export const FOR_DATA = 2;

/** How a server secures its connections. Times are milliseconds, 0 turns a limit off. */
export interface ServerTls {
  /** The certificate, as the adapter wants it; see `renew`. */
  identity: unknown;
  /** TLS from the first byte, without AUTH. */
  implicit: boolean;
  /** OFFERED, FOR_LOGIN or FOR_DATA. */
  required: number;
  /** A data connection must resume the TLS session of its control connection, which proves who opened it. */
  requireReuse: boolean;
  /** A client must show a certificate that is trusted. */
  verify: boolean;
  /** Says at USER whether the client's certificate suffices, without a password: `done` as in `login`; an error asks for the password. */
  certified: ((login: Login, done: Done<FileSystem | null>) => void) | null;
  /** CCC takes the control connection back to clear text, where the runtime can. */
  ccc: boolean;
  /** For a handshake, on control and data connections. */
  handshakeTimeout: number;
}

/** The given options, completed by the defaults. */
export function serverTls(options: Partial<ServerTls>): ServerTls {
  return Object.assign({
    identity: null,
    implicit: false,
    required: OFFERED,
    requireReuse: false,
    verify: false,
    certified: null,
    ccc: false,
    handshakeTimeout: 10000,
  }, options);
}

/** Of a runtime's capabilities, those that a server with these options has. */
export function capable(can: number, options: ServerTls | undefined): number {
  if (options === undefined) return can & ~(CAN_TLS | CAN_STARTTLS | CAN_CLEAR);
  return options.ccc ? can : can & ~CAN_CLEAR;
}

/** Another certificate, for the handshakes from now on. Sessions that are secure stay so. */
export function renew(server: Server, identity: unknown): void {
  if (server.options.tls) server.options.tls.identity = identity;
}

/** The TLS of one session: its control connection's side. */
export class Secure implements HandshakeOwner {
  session: Session;
  options: ServerTls;
  control: Handshake;
  data: DataSide;
  /** PBSZ was sent. */
  sized = false;
  /** PROT P is in force. */
  hidden = false;
  /** What came with HOST, in lower case; "": nothing did. */
  named = "";
  /** CCC was sent: the control connection stays clear. */
  cleared = false;
  /** The connection's packet is being taken in. */
  inside = false;

  constructor(session: Session, options: ServerTls) {
    this.session = session;
    this.options = options;
    this.control = new Handshake(this);
    this.data = new DataSide(this);
  }

  /** For the next client. */
  reset(): void {
    this.cleared = false;
    this.rein();
  }

  /** Back to the level of a new session. An old custom: with implicit TLS data connections are secure from the start. */
  rein(): void {
    this.sized = false;
    this.named = "";
    this.hidden = this.options.implicit;
  }

  /** A new client's connection with implicit TLS: who hears of it first. */
  greet(conn: Conn): ConnHandler {
    this.control.await(conn, this.wanted(null), this.options.handshakeTimeout);
    return this.control;
  }

  /** The server closes: a session that is not there yet goes. */
  stop(): void {
    if (this.session.conn === null) this.control.fail(TLS);
  }

  /** What was taken in has been looked at: shall reading stop? */
  keeps(): boolean {
    this.inside = false;
    return this.session.kept || this.holds();
  }

  /** A command may need that reading is held while its line waits. */
  holds(): boolean {
    const session = this.session;
    const reader = session.reader;
    if (session.moving || session.conn === null) return false;
    if (session.conn.tls === null ? this.cleared : !this.options.ccc) return false;
    return reader.text.indexOf("\n", reader.at) >= 0;
  }

  /** Refuses what needs TLS first (RFC 4217 sections 8 and 9); "": nothing to say against it. */
  refusal(row: Command): string {
    const options = this.options;
    const conn = this.session.conn as Conn;
    if (row.verb === "USER" && options.required >= FOR_LOGIN && conn.tls === null) return "530 Send AUTH TLS first";
    if ((row.when & DATA) === 0) return "";
    if (options.required >= FOR_DATA && !this.hidden) return "521 Send PROT P first";
    return this.data.failed && !this.session.side.arranged() ? this.failure() : "";
  }

  /** What a data connection that could not be secured is called. */
  failure(): string {
    const more = this.options.requireReuse ? ", or does not reuse the TLS session of the control connection" : "";
    return "522 The data connection cannot be secured" + more;
  }

  /** What the next handshake shall be; `owner` is the control connection of a data connection. */
  wanted(owner: Conn | null): Tls {
    const options = this.options;
    return {
      role: TLS_SERVER,
      name: "",
      verify: options.verify,
      pin: "",
      identity: options.identity,
      owner: owner,
      requireReuse: owner !== null && options.requireReuse,
    };
  }

  /** The client's certificate may spare it the password. */
  certified(): boolean {
    const conn = this.session.conn as Conn;
    return this.options.certified !== null && conn.tls !== null && conn.tls.fingerprint !== "";
  }

  tick(now: number): number {
    const control = this.control.tick(now);
    const data = this.data.shake.tick(now);
    return control < 0 || (data >= 0 && data < control) ? data : control;
  }

  // --- What the handshake of the control connection tells

  wake(): void {
    this.session.wake();
  }

  shaken(conn: Conn): void {
    const session = this.session;
    conn.handler = session;
    if (session.conn === null) return session.opened(conn);
    session.working = false;
    session.since = -1;
    session.wake();
    session.advance();
  }

  unshaken(_error: number): void {
    this.session.working = false;
    this.session.closed();
  }

  drained(): void {
    this.session.drained();
  }
}

/** The TLS of a session's data connections. */
export class DataSide implements HandshakeOwner {
  secure: Secure;
  shake: Handshake;
  /** The last one could not be secured, and no transfer has heard of it. */
  failed = false;
  /** An upload whose end nothing but the end of the connection tells. */

  constructor(secure: Secure) {
    this.secure = secure;
    this.shake = new Handshake(this);
  }

  /** Who hears of a new data connection first. */
  greet(conn: Conn): ConnHandler {
    const secure = this.secure;
    const session = secure.session;
    if (!secure.hidden) return session.side.transfer;
    this.shake.await(conn, secure.wanted(session.conn), secure.options.handshakeTimeout);
    return this.shake;
  }

  wake(): void {
    this.secure.session.wake();
  }

  shaken(conn: Conn): void {
    const transfer = this.secure.session.side.transfer;
    conn.handler = transfer;
    transfer.opened(conn);
  }

  /** Whatever broke a handshake: the data connection could not be secured. One that never opened did not come. */
  unshaken(error: number): void {
    const transfer = this.secure.session.side.transfer;
    this.failed = transfer.file === null;
    transfer.closed(this.shake.shaking || error === TIMEOUT ? TLS : error);
  }

  drained(): void {}
}

/** AUTH (RFC 4217 section 4): 234, and the handshake. What was sent behind it in clear is thrown away. */
export function auth(s: Session, mechanism: string): void {
  const secure = s.secure as Secure;
  const conn = s.conn as Conn;
  const wanted = mechanism.toUpperCase();
  const hidden = wanted === "SSL" || wanted === "TLS-P";
  if (conn.tls !== null) return s.reply(503, "The connection is secure already");
  if (secure.cleared) return s.reply(534, "Not after CCC");
  if (!hidden && wanted !== "TLS" && wanted !== "TLS-C") return s.reply(504, "Only TLS");
  if (!s.kept && !secure.inside) return s.reply(431, "Send AUTH again, with nothing before it");
  s.rein();
  s.reader.clear();
  s.telnet = null;
  secure.sized = false;
  secure.hidden = hidden;
  s.say("234 Begin the handshake\r\n");
  secure.control.start(conn, secure.wanted(null), secure.options.handshakeTimeout);
}

/** PBSZ (RFC 4217 section 9): TLS has no blocks to agree on. */
export function pbsz(s: Session, argument: string): void {
  if ((s.conn as Conn).tls === null) return s.reply(503, "Send AUTH TLS first");
  if (decimal(argument.trim(), 4294967295) < 0) return s.reply(501, "Syntax: PBSZ <size>");
  (s.secure as Secure).sized = true;
  s.reply(200, "PBSZ=0");
}

/** PROT (RFC 4217 section 9): data connections in clear or secure. */
export function prot(s: Session, argument: string): void {
  const secure = s.secure as Secure;
  const level = argument.trim().toUpperCase();
  if ((s.conn as Conn).tls === null) return s.reply(503, "Send AUTH TLS first");
  if (!secure.sized) return s.reply(503, "Send PBSZ 0 first");
  if (level === "S" || level === "E") return s.reply(536, "Only C and P");
  if (level !== "C" && level !== "P") return s.reply(504, "Only C and P");
  const hidden = level === "P";
  if (!hidden && secure.options.required >= FOR_DATA) return s.reply(534, "Data connections must be secure");
  // What was arranged for the other level serves nobody.
  if (hidden !== secure.hidden) s.side.clear();
  secure.hidden = hidden;
  s.reply(200, hidden ? "Data connections are secure" : "Data connections are clear");
}

/** HOST (RFC 7151 section 3): the name by which a client knows the server. What was asked for in the handshake (SNI) must be the same. */
export function host(s: Session, argument: string): void {
  const conn = s.conn as Conn;
  const named = argument.trim().toLowerCase();
  const literal = named.charAt(0) === "[" && named.endsWith("]") ? named.substring(1, named.length - 1) : isIPv4(named) ? named : "";
  if (s.phase !== NEW) return s.reply(503, "HOST comes before USER");
  if (literal === "" && (named === "" || named.indexOf(":") >= 0 || named.indexOf(" ") >= 0)) return s.reply(501, "Syntax: HOST <name>");
  if (literal !== "" && !sameHost(literal, conn.local.host)) return s.reply(504, "Not an address of this server");
  const asked = conn.tls === null ? "" : conn.tls.name.toLowerCase();
  if (asked !== "" && asked !== named) return s.reply(504, "The handshake asked for another name");
  (s.secure as Secure).named = named;
  s.reply(220, s.server.options.greeting);
}

/** CCC (RFC 4217 section 12.3): the control connection goes back to clear text, for a firewall that reads it. */
export function ccc(s: Session): void {
  const secure = s.secure as Secure;
  const conn = s.conn as Conn;
  if (conn.tls === null || !conn.plain) return s.reply(533, "The connection is not secure");
  if (!s.kept && !secure.inside) return s.reply(431, "Send CCC again, with nothing before it");
  secure.cleared = true;
  s.reader.clear();
  s.reply(200, "Clear text from now on");
  conn.plain();
}

/** USER where the certificate may suffice: 232, or 331 as ever. */
export function certify(s: Session): void {
  const certified = (s.secure as Secure).options.certified as (login: Login, done: Done<FileSystem | null>) => void;
  certified(
    s.loginFacts(),
    s.ask((error: number, files: FileSystem | null): void => {
      if (error !== 0) return s.reply(331, "Send the password");
      if (files) s.files = files;
      s.phase = READY;
      s.fails = 0;
      s.since = -1;
      s.wake();
      s.reply(232, "Logged in by certificate");
    }),
  );
}
