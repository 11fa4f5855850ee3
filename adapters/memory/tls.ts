// A pretended TLS for MemoryNet: nothing is encrypted, but the order of events, the loss of clear bytes, the checks of
// names and pins and the reuse of sessions are those of the real one.

import { CAN_STARTTLS, TLS, TLS_CLIENT, TLS_SERVER } from "../../core/ports.ts";
import type { Tls, TlsFacts } from "../../core/ports.ts";
import { HANDSHAKE, OPENED, SECURED } from "./events.ts";
import type { MemoryConn, Segment } from "./conn.ts";

/** `secrecy` of a connection: clear text. */
export const CLEAR = 0;
/** `secrecy` of a connection: a handshake is under way. */
export const SHAKING = 1;
/** `secrecy` of a connection: the handshake is done. */
export const SECURE = 2;

/** What a MemoryNet takes as `Tls.identity` of a server, and of a client that has a certificate. */
export interface MemoryIdentity {
  /** "" matches every name. */
  name: string;
  fingerprint: string;
  /** false: as if no known authority had signed it. */
  trusted: boolean;
}

/** Begins the handshake; clear bytes that wait unread are dropped by a server and fatal to a client. */
export function secure(conn: MemoryConn, tls: Tls): void {
  if ((conn.net.can & CAN_STARTTLS) === 0) throw new Error("Cannot secure: this net has no TLS");
  if (!conn.held && !conn.giving) throw new Error("Cannot secure: reading is not held");
  if (conn.secrecy !== CLEAR) throw new Error("Cannot secure: the connection is secure already");
  conn.wanted = tls;
  conn.secrecy = SHAKING;
  if (tls.role === TLS_CLIENT && hasClear(conn)) return conn.fail(TLS);
  while (hasClear(conn)) conn.consume(conn.inbox[0], conn.inbox[0].end - conn.inbox[0].at);
  conn.net.push(conn, HANDSHAKE, 0);
}

/** Completes the handshake where both sides have begun it and nothing in clear is under way. */
export function handshake(conn: MemoryConn): void {
  const peer = conn.peer;
  if (peer === null || conn.secrecy !== SHAKING || peer.secrecy !== SHAKING) return;
  if (conn.lent !== null || peer.lent !== null) return;
  const client = (conn.wanted as Tls).role === TLS_CLIENT ? conn : peer;
  const server = client === conn ? peer : conn;
  if (hasClear(conn) || hasClear(peer) || !agree(client.wanted as Tls, server.wanted as Tls)) return conn.fail(TLS);
  const both = facts(client.wanted as Tls, server.wanted as Tls);
  done(client, shown(both, (server.wanted as Tls).identity));
  done(server, shown(both, (client.wanted as Tls).identity));
}

/** Whether a segment may be delivered now; clear bytes in the middle of a handshake are fatal. */
export function passes(conn: MemoryConn, segment: Segment): boolean {
  if (conn.secrecy === SHAKING && !segment.secure) conn.fail(TLS);
  return conn.secrecy === (segment.secure ? SECURE : CLEAR);
}

function done(conn: MemoryConn, tls: TlsFacts): void {
  conn.tls = tls;
  conn.secrecy = SECURE;
  conn.net.push(conn, conn.implicit ? OPENED : SECURED, 0);
  conn.wantData();
}

function hasClear(conn: MemoryConn): boolean {
  return conn.inbox.length > 0 && !conn.inbox[0].secure;
}

function facts(client: Tls, server: Tls): TlsFacts {
  return {
    protocol: "TLSv1.3",
    cipher: "TLS_AES_128_GCM_SHA256",
    reused: reuses(client, server),
    name: client.name,
    fingerprint: "",
    certificate: null,
  };
}

/** With the certificate of the peer, where it has one. */
function shown(both: TlsFacts, identity: unknown): TlsFacts {
  const peer = identity ? identity as MemoryIdentity : null;
  return Object.assign({}, both, { fingerprint: peer === null ? "" : peer.fingerprint, certificate: peer });
}

/** The client offers the session of its owner; the server knows it if its own owner is the other end of that. */
function reuses(client: Tls, server: Tls): boolean {
  const offered = client.owner as MemoryConn | null;
  if (offered === null || offered.tls === null) return false;
  return server.owner === null || offered.peer === (server.owner as MemoryConn);
}

function agree(client: Tls, server: Tls): boolean {
  const identity = server.identity as MemoryIdentity | null;
  const card = client.identity as MemoryIdentity | null;
  if (client.role !== TLS_CLIENT || server.role !== TLS_SERVER || !identity) return false;
  if (server.verify && (!card || !card.trusted)) return false;
  if ((client.requireReuse || server.requireReuse) && !reuses(client, server)) return false;
  if (client.pin !== "" && client.pin !== identity.fingerprint) return false;
  if (!client.verify) return true;
  return identity.trusted && (identity.name === "" || client.name === "" || identity.name === client.name);
}
