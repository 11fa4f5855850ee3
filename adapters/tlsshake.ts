// A handshake by node:tls on a stream, in either role: what was asked for is carried out, and what came of it is checked.

import { isIP } from "node:net";
import type { Server } from "node:net";
import type { Duplex } from "node:stream";
import { connect, TLSSocket } from "node:tls";
import type { ConnectionOptions, PeerCertificate, TLSSocketOptions } from "node:tls";
import { TLS_SERVER } from "../core/ports.ts";
import type { Tls, TlsFacts } from "../core/ports.ts";
import { clientContext, demand, NODE, ServerContext } from "./tlscontext.ts";
import type { TlsMemory, TlsWays } from "./tlscontext.ts";
import { fingerprintOf, TlsError } from "./tlsoptions.ts";
import type { TlsCertificate, TlsSettings } from "./tlsoptions.ts";
import { bare } from "./tlssession.ts";
import { ticketed } from "./tlstickets.ts";
import { explainCode } from "./tlswords.ts";

/** A problem that has no name. */
const UNTRUSTED = "UNTRUSTED";

/** What a TLSSocket has inside. */
interface TlsInside {
  /** From now on errors are 'error' events, as they are for a client. */
  _releaseControl?: () => boolean;
  _handle?: { verifyError?: () => (Error & { code?: string }) | null | undefined };
}

/** Who has asked for a handshake. What fails within TLS itself is an 'error' of the socket. */
export interface Shaker {
  shaken(facts: TlsFacts): void;
  /** The handshake is done, and the other side may believe that all is well: only a reset tells it otherwise. */
  rejected(error: TlsError): void;
  /** On Node: a server's ticket goes out with the call of `release`, and nothing goes out before that. */
  ticket?(release: () => void): void;
}

/** Begins. `memory` is the control connection's. Throws where the settings make no sense. */
export function shake(stream: Duplex, tls: Tls, memory: TlsMemory, ways: TlsWays, done: Shaker): TLSSocket {
  const settings = tls.identity as TlsSettings | null;
  if (settings !== null) demand(settings, ways);
  return tls.role === TLS_SERVER ? asServer(stream, tls, memory, done) : asClient(stream, tls, memory, ways, done);
}

function asClient(stream: Duplex, tls: Tls, memory: TlsMemory, ways: TlsWays, done: Shaker): TLSSocket {
  const settings = tls.identity as TlsSettings | null;
  const options: ConnectionOptions = {
    socket: stream,
    secureContext: clientContext(settings, memory.groups, ways),
    // That is for `verdict` to do.
    rejectUnauthorized: false,
    // A name that is an address is checked, but not asked for.
    host: tls.name,
    servername: isIP(tls.name) === 0 ? tls.name : "",
  };
  if (tls.name === "") options.checkServerIdentity = (): undefined => undefined;
  const session = memory.newest();
  if (session !== undefined) options.session = ways === NODE ? bare(session) : session;
  const socket = connect(options);
  if (tls.owner === null) memory.socket = socket;
  let accepted = false;
  socket.once("secureConnect", (): void => {
    const shown = ways === NODE && tls.owner !== null && socket.isSessionReused() ? memory.certificate : null;
    const problem = shown !== null
      ? shown.problem
      : ways.judge && settings?.ca
      ? ways.judge(socket, settings.ca, tls.name)
      : codeOf(socket);
    const facts = conclude(socket, tls, problem, shown, done);
    accepted = facts !== null;
    if (facts !== null && tls.owner === null && ways === NODE) memory.learn(socket, facts.certificate);
  });
  // Of a server that was rejected nothing is kept: in a session that is resumed its name is not checked again.
  socket.on("session", (session): void => {
    if (accepted) memory.session = session;
  });
  return socket;
}

function asServer(stream: Duplex, tls: Tls, memory: TlsMemory, done: Shaker): TLSSocket {
  const settings = tls.identity as TlsSettings | null;
  if (settings === null) throw new TlsError("A server needs a certificate", "");
  const context = memory.context ?? new ServerContext(settings);
  memory.context = context;
  const sessions = done.ticket === undefined
    ? context.sessions
    : ticketed(context.sessions, () => socket, (release): void => done.ticket?.(release));
  const options: TLSSocketOptions = {
    isServer: true,
    secureContext: context.secure,
    server: sessions as Server,
    requestCert: tls.verify || settings.requestCert === true,
    rejectUnauthorized: tls.verify,
  };
  if (settings.names) options.SNICallback = (name, answer): void => answer(null, context.named(name));
  const socket: TLSSocket = new TLSSocket(stream, options);
  (socket as TlsInside)._releaseControl?.();
  socket.once("secure", (): unknown => conclude(socket, tls, options.requestCert ? problemOf(socket) : "", null, done));
  return socket;
}

/** "": the server's certificate was verified. */
function codeOf(socket: TLSSocket): string {
  const error = socket.authorizationError as Error & { code?: string } | string | undefined;
  if (socket.authorized) return "";
  return typeof error === "object" && error !== null ? error.code ?? UNTRUSTED : error || UNTRUSTED;
}

/** "": the client's certificate was verified. A server's socket tells that inside only; Bun's tells it as a client's does. */
function problemOf(socket: TLSSocket): string {
  const inside = (socket as TlsInside)._handle;
  if (typeof inside?.verifyError !== "function") return codeOf(socket);
  const error = inside.verifyError();
  return error ? error.code ?? UNTRUSTED : "";
}

/** null: it was rejected. `shown`: the certificate of a server that need not show it again. */
function conclude(socket: TLSSocket, tls: Tls, problem: string, shown: TlsCertificate | null, done: Shaker): Facts | null {
  if (socket.destroyed) return null;
  const facts = new Facts(socket, tls, problem, shown);
  const error = verdict(facts, tls, problem);
  if (error !== null) {
    done.rejected(error);
    return null;
  }
  done.shaken(facts);
  return facts;
}

function verdict(facts: TlsFacts, tls: Tls, problem: string): TlsError | null {
  if (tls.verify && problem !== "") return explainCode(problem, tls.name);
  if (tls.requireReuse && !facts.reused) return new TlsError("The session of the control connection was not reused", "NOT_REUSED");
  // A session is kept only of a server that was accepted, and Node has forgotten its certificate.
  const accepted = facts.reused && tls.owner !== null && facts.fingerprint === "";
  if (tls.pin === "" || accepted || fingerprintOf(tls.pin) === facts.fingerprint) return null;
  return new TlsError(`The certificate's fingerprint is ${facts.fingerprint || "missing"}, not the pinned one`, "PIN");
}

/** What a handshake came to; a certificate costs more time than all the rest, so a data connection's is looked at only when asked for. */
class Facts implements TlsFacts {
  readonly protocol: string;
  readonly cipher: string;
  readonly reused: boolean;
  readonly name: string;
  private readonly socket: TLSSocket;
  private readonly problem: string;
  private seen: TlsCertificate | null | undefined;

  constructor(socket: TLSSocket, tls: Tls, problem: string, shown: TlsCertificate | null) {
    const cipher = socket.getCipher();
    this.protocol = socket.getProtocol() ?? "";
    this.cipher = cipher.standardName ?? cipher.name;
    this.reused = socket.isSessionReused();
    this.name = tls.role === TLS_SERVER ? nameOf(socket) : tls.name;
    this.socket = socket;
    this.problem = problem;
    this.seen = shown ?? undefined;
    if (tls.owner === null) this.look();
  }

  get fingerprint(): string {
    return this.look()?.fingerprint ?? "";
  }

  get certificate(): TlsCertificate | null {
    return this.look();
  }

  private look(): TlsCertificate | null {
    if (this.seen === undefined) this.seen = certificateOf(this.socket.getPeerCertificate(), this.problem);
    return this.seen;
  }
}

/** What the client has asked for. */
function nameOf(socket: TLSSocket): string {
  const { servername } = socket as { servername?: string | false | null };
  return servername || "";
}

function certificateOf(peer: PeerCertificate | null, problem: string): TlsCertificate | null {
  if (!peer || !peer.fingerprint256) return null;
  return {
    subject: text(peer.subject?.CN),
    issuer: text(peer.issuer?.CN),
    names: peer.subjectaltname ?? "",
    validFrom: peer.valid_from,
    validTo: peer.valid_to,
    fingerprint: peer.fingerprint256,
    verified: problem === "",
    problem,
  };
}

function text(name: string | string[] | undefined): string {
  return Array.isArray(name) ? name.join(", ") : name ?? "";
}
