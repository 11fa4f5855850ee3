// Why TLS failed, in plain words.

import { TlsError } from "./tlsoptions.ts";

const SELF = "The certificate is self-signed";
const UNKNOWN = "The certificate was signed by an authority that is not trusted";
const COMMON = "There is no version or cipher suite in common";
const CLEAR = "What came is no TLS";
const CERTIFICATE = "A client certificate is needed";
const REFUSED = "The other side does not accept our certificate";

const WORDS: Record<string, string | undefined> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: SELF,
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN,
  CERT_HAS_EXPIRED: "The certificate has expired",
  CERT_NOT_YET_VALID: "The certificate is not valid yet",
  ERR_SSL_WRONG_VERSION_NUMBER: CLEAR,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: CLEAR,
  ERR_SSL_HTTP_REQUEST: CLEAR,
  ERR_SSL_UNSUPPORTED_PROTOCOL: COMMON,
  ERR_SSL_NO_PROTOCOLS_AVAILABLE: COMMON,
  ERR_SSL_NO_SHARED_CIPHER: COMMON,
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: COMMON,
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: COMMON,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: CERTIFICATE,
  ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE: CERTIFICATE,
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: REFUSED,
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: REFUSED,
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: REFUSED,
  ECONNRESET: "The other side hung up in the middle of the handshake",
};

/** The error of a handshake on behalf of `name`; what is no Error is shown as it is. */
export function explain(error: unknown, name: string): TlsError {
  if (error instanceof TlsError) return error;
  const { code = "", message } = error as { code?: string; message?: string };
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") return new TlsError(`The certificate is not for "${name}"`, code, error);
  return new TlsError(WORDS[code] ?? message ?? String(error), code, error);
}

/** A code of a certificate that was not accepted. */
export function explainCode(code: string, name: string): TlsError {
  return explain({ code, message: `The certificate was not accepted: ${code}` }, name);
}

/** Whether TLS is what failed: in the middle of a handshake all but a plain reset is. */
export function tlsFailed(error: Error & { code?: string; syscall?: string }, shaking: boolean): boolean {
  const code = error.code ?? "";
  if (shaking) return !(error.syscall !== undefined && (code === "ECONNRESET" || code === "EPIPE"));
  return error instanceof TlsError || code.startsWith("ERR_SSL_") || code.startsWith("ERR_TLS_");
}
