// TLS as a script asks for it, in both roles, and what it came to.

import type { Pem, TlsCertificate, TlsSettings, TlsVersion } from "../adapters/tlsoptions.ts";
import { fingerprintOf, TlsError } from "../adapters/tlsoptions.ts";
import { CAN_CLEAR, CAN_STARTTLS } from "../core/ports.ts";
import type { TlsFacts } from "../core/ports.ts";
import { clientTls, EXPLICIT, IMPLICIT, OPPORTUNISTIC } from "../core/client/secure.ts";
import type { ClientTls } from "../core/client/secure.ts";
import { FOR_DATA, FOR_LOGIN, OFFERED, serverTls } from "../core/server/secure.ts";
import type { ServerTls } from "../core/server/secure.ts";
import { ConnectionError } from "./errors.ts";
import type { LoginAnswer, LoginRequest } from "./serveoptions.ts";

export { TlsError };
export type { Pem, TlsCertificate, TlsVersion };

/** The port of FTP with implicit TLS. */
export const IMPLICIT_PORT = 990;

/** What a client can be told of TLS. What the runtime cannot do is an error at once. */
export interface TlsOptions {
  /**
   * "explicit": AUTH TLS before the login, and an error where the server refuses it. "implicit": TLS from the first byte.
   * "opportunistic": AUTH TLS, and clear text where the server refuses it, which somebody on the way can make it do.
   * Default false; "implicit" for port 990.
   */
  tls?: "explicit" | "implicit" | "opportunistic" | false;
  /** The name that the server's certificate must be for. Default: `host`. */
  servername?: string;
  /** Authorities to trust, in the place of the runtime's own: PEM. */
  ca?: Pem;
  /** The SHA-256 fingerprint of the server's certificate, which then needs no authority, name or date. */
  pin?: string;
  /** false: any certificate is taken, and somebody on the way can read all. Default true; with a `pin` false. */
  rejectUnauthorized?: boolean;
  /** Our own certificate, PEM. */
  cert?: Pem;
  /** Its private key, PEM. */
  key?: Pem;
  /** Certificate and key in one file (PKCS #12). */
  pfx?: Uint8Array;
  /** For an encrypted key or `pfx`. */
  passphrase?: string;
  /** Default "TLSv1.2". */
  minVersion?: TlsVersion;
  /** Default: the newest that the runtime has. */
  maxVersion?: TlsVersion;
  /** Cipher suites as OpenSSL writes them. Default: those of the runtime. */
  ciphers?: string;
  /** TLS 1.0 and old cipher suites too, for old devices; an error where the runtime has them no more. Default false. */
  legacy?: boolean;
  /** "all": the data connections too (PROT P). "control": those are clear (PROT C). Default "all". */
  protect?: "all" | "control";
  /** Back to clear text after the login (CCC), for a firewall that reads along. Default false. */
  ccc?: boolean;
  /** Milliseconds for a handshake. Default 10000. */
  handshakeTimeout?: number;
}

/** A server's certificate. */
export interface Certificate {
  /** The certificate and those between it and its authority, PEM. */
  cert?: Pem;
  /** Its private key, PEM. */
  key?: Pem;
  /** Both in one file (PKCS #12). */
  pfx?: Uint8Array;
  /** For an encrypted key or `pfx`. */
  passphrase?: string;
  /** Other certificates, by the name that a client asks for (SNI). */
  names?: Record<string, Certificate>;
}

/** What a server can be told of TLS. */
export interface ServeTlsOptions extends Certificate {
  /** TLS from the first byte, without AUTH; usual on port 990. Default false. */
  implicit?: boolean;
  /** "login": nobody logs in without TLS. "data": and nothing is transferred without it. Default false: who asks for TLS gets it. */
  required?: false | "login" | "data";
  /** A data connection must resume the TLS session of its control connection, which proves who opened it. Default false. */
  requireReuse?: boolean;
  /** "request": a client may show a certificate. "require": it must, one of an authority in `ca`. Default false. */
  clientCertificate?: false | "request" | "require";
  /** Authorities of clients' certificates, PEM. */
  ca?: Pem;
  /** Asked at USER where the client has shown a certificate that is trusted: who is let in needs no password. It may take its time. */
  certified?: (request: LoginRequest) => LoginAnswer | Promise<LoginAnswer>;
  /** Lets clients take their control connection back to clear text (CCC). Default false. */
  ccc?: boolean;
  /** Default "TLSv1.2". */
  minVersion?: TlsVersion;
  /** Default: the newest that the runtime has. */
  maxVersion?: TlsVersion;
  /** Cipher suites as OpenSSL writes them. Default: those of the runtime. */
  ciphers?: string;
  /** TLS 1.0 and old cipher suites too, for old devices. Default false. */
  legacy?: boolean;
  /** Milliseconds for a handshake. Default 10000. */
  handshakeTimeout?: number;
}

/** What a handshake came to. */
export interface TlsInfo {
  /** "TLSv1.3" ... */
  protocol: string;
  /** "TLS_AES_256_GCM_SHA384" ... */
  cipher: string;
  /** The session of an earlier connection was resumed. */
  reused: boolean;
  /** The name that the client has asked for; "": none. */
  servername: string;
  /** The other side's certificate; null: it has shown none, or the runtime forgot it when the session was resumed. */
  certificate: TlsCertificate | null;
}

/** A client's TLS. */
export interface ClientTlsInfo {
  /** The control connection's, before CCC too. */
  control: TlsInfo;
  /** The last data connection's; null: there was none yet, or it was clear. */
  data: TlsInfo | null;
}

const MODES: Record<string, number> = { explicit: EXPLICIT, implicit: IMPLICIT, opportunistic: OPPORTUNISTIC };
const VERSIONS = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"];
/** Members of TlsSettings that are taken as they are. */
const SETTINGS = ["cert", "key", "pfx", "passphrase", "ca", "ciphers", "minVersion", "maxVersion", "legacy"] as const;

/** Options that would be ignored without TLS, which nobody expects. */
const ONLY = [...SETTINGS, "servername", "pin", "rejectUnauthorized", "protect", "ccc"] as const;

/** Which TLS is meant: an option, or port 990. Throws TypeError. */
export function tlsMode(tls: TlsOptions["tls"], port: number | undefined): TlsOptions["tls"] {
  if (tls === undefined) return port === IMPLICIT_PORT ? "implicit" : false;
  if (tls !== false && !Object.hasOwn(MODES, tls)) {
    throw new TypeError(`Cannot use TLS "${tls}": it must be "explicit", "implicit", "opportunistic" or false`);
  }
  return tls;
}

/** A client's options for the core; undefined: no TLS. Throws where they make no sense. */
export function clientOptions(options: TlsOptions, host: string, port: number | undefined): ClientTls | undefined {
  const mode = tlsMode(options.tls, port);
  const idle = ONLY.find((name) => options[name] !== undefined);
  if (!mode && idle !== undefined) throw new TypeError(`Cannot use "${idle}" without "tls"`);
  if (!mode) return undefined;
  const pin = options.pin === undefined ? "" : fingerprintOf(options.pin);
  if (options.pin !== undefined && pin === "") throw new TypeError(`Cannot use the pin "${options.pin}": it must be a SHA-256 fingerprint`);
  if (options.protect !== undefined && options.protect !== "all" && options.protect !== "control") {
    throw new TypeError(`Cannot protect "${options.protect}": it must be "all" or "control"`);
  }
  const given: Partial<ClientTls> = {
    mode: MODES[mode],
    name: options.servername ?? host,
    verify: options.rejectUnauthorized ?? pin === "",
    pin,
    identity: settingsOf(options),
    clearData: options.protect === "control",
    ccc: options.ccc ?? false,
  };
  if (options.handshakeTimeout !== undefined) given.handshakeTimeout = options.handshakeTimeout;
  return clientTls(given);
}

/** A server's options for the core. Throws where they make no sense, or the runtime cannot. */
export function serverOptions(options: ServeTlsOptions, can: number): ServerTls {
  const { required = false, clientCertificate = false } = options;
  if ((can & CAN_STARTTLS) === 0) throw new ConnectionError("unsupported", "Cannot serve with TLS: this runtime has none");
  if (options.ccc && (can & CAN_CLEAR) === 0) throw new ConnectionError("unsupported", "Cannot offer CCC: this runtime cannot end TLS");
  if (required !== false && required !== "login" && required !== "data") {
    throw new TypeError(`Cannot require TLS for "${required}": it must be "login", "data" or false`);
  }
  if (clientCertificate !== false && clientCertificate !== "request" && clientCertificate !== "require") {
    throw new TypeError(`Cannot "${clientCertificate}" client certificates: it must be "request", "require" or false`);
  }
  const given: Partial<ServerTls> = {
    identity: identityOf(options),
    implicit: options.implicit ?? false,
    required: required === "data" ? FOR_DATA : required === "login" ? FOR_LOGIN : OFFERED,
    requireReuse: options.requireReuse ?? false,
    verify: clientCertificate === "require",
    ccc: options.ccc ?? false,
  };
  if (options.handshakeTimeout !== undefined) given.handshakeTimeout = options.handshakeTimeout;
  return serverTls(given);
}

/** A server's certificate and settings, as the adapters take them. Throws TypeError where there is none. */
export function identityOf(options: ServeTlsOptions): TlsSettings {
  if (options.pfx === undefined && (options.cert === undefined || options.key === undefined)) {
    throw new TypeError('Cannot serve with TLS: "cert" and "key", or a "pfx", are needed');
  }
  const settings = settingsOf(options);
  if (options.clientCertificate) settings.requestCert = true;
  if (options.names === undefined) return settings;
  settings.names = {};
  for (const [name, one] of Object.entries(options.names)) settings.names[name.toLowerCase()] = settingsOf(one);
  return settings;
}

/** What a handshake came to, as a script sees it. */
export function infoOf(facts: TlsFacts): TlsInfo {
  return {
    protocol: facts.protocol,
    cipher: facts.cipher,
    reused: facts.reused,
    servername: facts.name,
    certificate: facts.certificate as TlsCertificate | null,
  };
}

function settingsOf(options: TlsOptions & Certificate): TlsSettings {
  const settings: TlsSettings = {};
  for (const name of SETTINGS) if (options[name] !== undefined) Object.assign(settings, { [name]: options[name] });
  for (const name of ["minVersion", "maxVersion"] as const) {
    const version = options[name];
    if (version === undefined) continue;
    const at = VERSIONS.indexOf(version);
    if (at < 0) throw new TypeError(`Cannot use ${name} "${version}": it must be one of ${VERSIONS.join(", ")}`);
    if (at < 2 && !options.legacy) throw new TypeError(`Cannot use ${name} "${version}" without "legacy"`);
  }
  return settings;
}
