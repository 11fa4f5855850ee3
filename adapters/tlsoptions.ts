// What `Tls.identity` and `TlsFacts.certificate` are on Node, Deno and Bun, in both roles.

/** PEM text, or the bytes of a file; several where it takes several. */
export type Pem = string | Uint8Array | (string | Uint8Array)[];

/** Versions that can be named; the first two are only had with `legacy`. */
export type TlsVersion = "TLSv1" | "TLSv1.1" | "TLSv1.2" | "TLSv1.3";

/**
 * Certificates and how they are used: `Tls.identity` of a client or of a server; null is a client without any wishes.
 *
 * What is made of it is kept for as long as the object lives, so use one object for many connections, do not change it, and
 * take a new one for a new certificate. A server makes a context of its own for each control connection (`Tls.owner` is
 * null), so that only the sessions of that connection can be reused on its data connections; handshakes that were begun with
 * an older object go on with that.
 *
 * What a runtime cannot do ends the connection with UNSUPPORTED and a `Conn.cause` that says what; nothing is ignored.
 */
export interface TlsSettings {
  /** Our certificate and what lies between it and its authority. A server needs this and `key`, or `pfx`. */
  cert?: Pem;
  /** Its private key. */
  key?: Pem;
  /** For a key or a `pfx` that is encrypted. */
  passphrase?: string;
  /** Certificate and key in one (PKCS #12). */
  pfx?: Uint8Array;
  /** Authorities to trust, in the place of the runtime's own. */
  ca?: Pem;
  /** Cipher suites, as OpenSSL writes them. Default: the runtime's. */
  ciphers?: string;
  /** Default "TLSv1.2". */
  minVersion?: TlsVersion;
  /** Default: the newest. */
  maxVersion?: TlsVersion;
  /** TLS 1.0 and old cipher suites too, for old devices. Default false. */
  legacy?: boolean;
  /** Server: asks for a certificate. It need not come, and need not be trusted, unless `Tls.verify` is true. Default false. */
  requestCert?: boolean;
  /** Server: other certificates by the name that the client asks for (SNI); names in lower case. */
  names?: Record<string, TlsSettings>;
  /** Server: sessions are resumed by ticket too, not only by id (TLS 1.2). Default true. */
  tickets?: boolean;
}

/** `TlsFacts.certificate`: the peer's. null where it has shown none; after a session was resumed too, where a runtime forgets. */
export interface TlsCertificate {
  /** Common name of whom it is for. */
  subject: string;
  /** Common name of who signed it. */
  issuer: string;
  /** "DNS:ftp.example.com, IP Address:192.0.2.1" */
  names: string;
  /** As text, such as "Nov 21 03:00:00 2026 GMT". */
  validFrom: string;
  validTo: string;
  /** SHA-256 in upper-case hex with colons. */
  fingerprint: string;
  /** Signed by a trusted authority, valid now, and for the name that was asked for. */
  verified: boolean;
  /** Why it is not, as the runtime says it: "DEPTH_ZERO_SELF_SIGNED_CERT" ... */
  problem: string;
}

/** `Conn.cause` where TLS failed: `message` in plain words, `code` the runtime's, `cause` the runtime's own error. */
export class TlsError extends Error {
  /** "TlsError". */
  override name = "TlsError";
  /** "DEPTH_ZERO_SELF_SIGNED_CERT", "ERR_TLS_CERT_ALTNAME_INVALID", "ERR_SSL_WRONG_VERSION_NUMBER", "PIN" ...; "" where none is known. */
  code: string;

  /** What was wrong, in plain words. */
  constructor(message: string, code: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** `code` of a TlsError: a runtime cannot do what an option asks for. */
export const UNSUPPORTED_OPTION = "UNSUPPORTED";

/** A fingerprint as TlsFacts has it: "ab12..." and "AB:12:..." become "AB:12:..."; "" where it is no SHA-256. */
export function fingerprintOf(text: string): string {
  const hex = text.replace(/^sha256[:/]/i, "").replace(/[:\s]/g, "").toUpperCase();
  if (!/^[0-9A-F]{64}$/.test(hex)) return "";
  return (hex.match(/../g) as string[]).join(":");
}
