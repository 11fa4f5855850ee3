// What node:tls makes of TlsSettings, and what a control connection remembers for its data connections.

import { EventEmitter } from "node:events";
import { createSecureContext, DEFAULT_ECDH_CURVE } from "node:tls";
import type { SecureContext, SecureContextOptions, TLSSocket } from "node:tls";
import type { Tls } from "../core/ports.ts";
import { TlsError, UNSUPPORTED_OPTION } from "./tlsoptions.ts";
import type { Pem, TlsCertificate, TlsSettings, TlsVersion } from "./tlsoptions.ts";

/** Seconds that a session lives: as long as a control connection may, since it dies with that. */
const LIFETIME = 86400;
/** Sessions kept by id for one control connection, for clients that do not take tickets: every data connection uses the first. */
const SESSIONS = 4;
/** What OpenSSL still has of old things; Bun's BoringSSL has it without being asked. */
const LEGACY = "Bun" in globalThis ? undefined : "DEFAULT@SECLEVEL=0";
const OLD: readonly string[] = ["TLSv1", "TLSv1.1"];
const NONE: TlsSettings = {};

/** How a runtime's node:tls differs from Node's. */
export interface TlsWays {
  /** The runtime. */
  name: string;
  /** What it ignores: options of TlsSettings that have to be refused. */
  lacks: readonly (keyof TlsSettings)[];
  /** What a client takes at most, unless it is told otherwise. */
  clientVersion?: TlsVersion;
  /** Checks a server's certificate against `ca` in the place of node:tls; "" or the code of the problem. */
  judge?: (socket: TLSSocket, ca: Pem, name: string) => string;
}

/** Node itself. */
export const NODE: TlsWays = { name: "Node", lacks: [] };

/** Throws where the settings ask for what this runtime cannot do. */
export function demand(settings: TlsSettings, ways: TlsWays): void {
  for (const option of ways.lacks) {
    if (!asks(settings, option)) continue;
    throw new TlsError(`Cannot use the option "${option}": ${ways.name} ignores it`, UNSUPPORTED_OPTION);
  }
}

/** Tickets are what there is: only their absence is asked for. */
function asks(settings: TlsSettings, option: keyof TlsSettings): boolean {
  if (option === "tickets") return settings.tickets === false;
  if (option === "legacy" && OLD.includes(settings.minVersion ?? "")) return true;
  return Boolean(settings[option]);
}

/** Groups for a key exchange, by the name that OpenSSL tells of the one that a server took: that one first. */
const GROUPS: Record<string, string | undefined> = {
  prime256v1: "P-256:X25519:X448:P-521:P-384",
  secp384r1: "P-384:X25519:P-256:X448:P-521",
  secp521r1: "P-521:X25519:P-256:X448:P-384",
  X448: "X448:X25519:P-256:P-521:P-384",
};

/** What outlives a handshake: the sessions of one control connection, in the role that it has. */
export class TlsMemory {
  /** Of a client: the newest session that it was told of. */
  session: Buffer | null = null;
  /** Of a client: the control connection itself, which has one where nobody was told (TLS 1.3 on Deno and Bun). */
  socket: TLSSocket | null = null;
  /** Of a client: what the control connection's server has shown. On Node a session that is resumed brings none. */
  certificate: TlsCertificate | null = null;
  /** Of a client: the order of groups that spares the next handshake a round trip (HelloRetryRequest); "": the runtime's. */
  groups = "";
  /** Of a server: where sessions can be resumed. */
  context: ServerContext | null = null;

  /** A control connection is secure: its server has this certificate, and will want the same group again. */
  learn(socket: TLSSocket, certificate: TlsCertificate | null): void {
    this.certificate = certificate;
    if (DEFAULT_ECDH_CURVE !== "auto" || typeof socket.getEphemeralKeyInfo !== "function") return;
    const key = socket.getEphemeralKeyInfo() as { name?: string } | null;
    this.groups = GROUPS[key?.name ?? ""] ?? "";
  }

  /** The session to offer. */
  newest(): Buffer | undefined {
    return this.session ?? this.socket?.getSession() ?? undefined;
  }
}

/** A connection that may own the sessions of others. */
export interface Remembering {
  memory: TlsMemory | null;
}

/** Where the sessions for a handshake are: with the owner, or with the connection itself. */
export function memoryFor(tls: Tls, conn: Remembering): TlsMemory {
  const owner = tls.owner as Partial<Remembering> | null;
  if (owner?.memory) return owner.memory;
  if (conn.memory === null) conn.memory = new TlsMemory();
  return conn.memory;
}

/** A server's certificates, and sessions that nobody else knows: one for each control connection. */
export class ServerContext {
  readonly secure: SecureContext;
  /** Takes the place of a tls.Server: TLSSocket asks it for sessions by id. */
  readonly sessions: EventEmitter;
  private readonly settings: TlsSettings;
  private readonly known: Map<string, Buffer> = new Map();
  private others: Map<string, SecureContext> | null = null;

  /** Throws where the settings make no sense. */
  constructor(settings: TlsSettings) {
    this.settings = settings;
    this.secure = createSecureContext(optionsOf(settings, true));
    this.sessions = new EventEmitter();
    this.remember();
  }

  /** The context for a name that a client asks for; undefined: the first one. Throws. */
  named(name: string): SecureContext | undefined {
    const settings = this.find(name);
    if (settings === undefined) return undefined;
    if (this.others === null) this.others = new Map();
    const made = this.others.get(name) ?? createSecureContext(optionsOf({ ...this.settings, ...settings }, true));
    this.others.set(name, made);
    return made;
  }

  private find(name: string): TlsSettings | undefined {
    const names = this.settings.names as Record<string, TlsSettings>;
    const lower = name.toLowerCase();
    if (Object.hasOwn(names, lower)) return names[lower];
    const wild = "*" + lower.slice(lower.indexOf("."));
    return lower.includes(".") && Object.hasOwn(names, wild) ? names[wild] : undefined;
  }

  private remember(): void {
    this.sessions.on("newSession", (id: Buffer, session: Buffer, done: () => void): void => {
      if (this.known.size < SESSIONS) this.known.set(id.toString("latin1"), session);
      done();
    });
    this.sessions.on("resumeSession", (id: Buffer, done: (error: null, session: Buffer | null) => void): void => {
      done(null, this.known.get(id.toString("latin1")) ?? null);
    });
  }
}

const clients: WeakMap<TlsSettings, Map<string, SecureContext>> = new WeakMap();

/** A client's context, made once for each settings object and order of groups. Throws where the settings make no sense. */
export function clientContext(settings: TlsSettings | null, groups: string, ways: TlsWays): SecureContext {
  const key = settings ?? NONE;
  const known = clients.get(key) ?? new Map<string, SecureContext>();
  const made = known.get(groups);
  if (made !== undefined) return made;
  const options = optionsOf(key, false);
  if (groups !== "") options.ecdhCurve = groups;
  if (key.minVersion !== "TLSv1.3") options.maxVersion ??= ways.clientVersion;
  if (ways.judge) delete options.ca;
  const context = createSecureContext(options);
  known.set(groups, context);
  clients.set(key, known);
  return context;
}

function optionsOf(settings: TlsSettings, server: boolean): SecureContextOptions {
  const { cert, key, passphrase, pfx, ca, maxVersion, legacy } = settings;
  const options: SecureContextOptions = { minVersion: settings.minVersion ?? (legacy ? "TLSv1" : "TLSv1.2") };
  const ciphers = settings.ciphers ?? (legacy ? LEGACY : undefined);
  const given = { cert: bytes(cert), key: bytes(key), pfx: bytes(pfx), ca: bytes(ca), passphrase, maxVersion, ciphers };
  for (const [name, value] of Object.entries(given)) if (value !== undefined) Object.assign(options, { [name]: value });
  if (!server) return options;
  options.honorCipherOrder = true;
  options.sessionIdContext = "picoftp";
  options.sessionTimeout = LIFETIME;
  if (settings.tickets === false) options.secureOptions = NO_TICKET;
  return options;
}

/** SSL_OP_NO_TICKET. */
const NO_TICKET = 0x4000;

/** node:tls wants Buffers. */
function bytes<T>(value: T): unknown {
  if (Array.isArray(value)) return value.map(bytes);
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.length) : value;
}
