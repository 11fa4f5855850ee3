// Whether a server's certificate comes from an authority that a client has named.
//
// Deno could check that itself, but it never resumes a session of a client with authorities of its own, and servers that want
// the session of the control connection on data connections would refuse. So node:tls is not told of them, and the
// certificate is checked here: it must be signed by one of them, or be one of them, without anything in between.

import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { checkServerIdentity } from "node:tls";
import type { TLSSocket } from "node:tls";
import type { Pem } from "../tlsoptions.ts";

/** "Extended key usage", and two of its values: for servers, for anything. */
const USAGE = Buffer.from("0603551d25", "hex");
const SERVERS = Buffer.from("06082b06010505070301", "hex");
const ANYTHING = Buffer.from("0604551d2500", "hex");
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** "" or the code of the problem. */
export function judge(socket: TLSSocket, ca: Pem, name: string): string {
  const peer = socket.getPeerCertificate();
  if (!peer || !peer.raw) return "UNABLE_TO_GET_ISSUER_CERT";
  const certificate = new X509Certificate(peer.raw);
  const now = Date.now();
  if (now < Date.parse(certificate.validFrom)) return "CERT_NOT_YET_VALID";
  if (now > Date.parse(certificate.validTo)) return "CERT_HAS_EXPIRED";
  if (!forServers(peer.raw)) return "INVALID_PURPOSE";
  const anchors = parse(ca);
  if (!anchors.some((anchor) => vouches(anchor, certificate, now))) {
    return certificate.checkIssued(certificate) ? "DEPTH_ZERO_SELF_SIGNED_CERT" : "UNABLE_TO_VERIFY_LEAF_SIGNATURE";
  }
  return name === "" || isFor(certificate, socket, name) ? "" : "ERR_TLS_CERT_ALTNAME_INVALID";
}

function vouches(anchor: X509Certificate, certificate: X509Certificate, now: number): boolean {
  if (anchor.fingerprint256 === certificate.fingerprint256) return true;
  if (!anchor.ca || now > Date.parse(anchor.validTo)) return false;
  return certificate.checkIssued(anchor) && certificate.verify(anchor.publicKey);
}

function isFor(certificate: X509Certificate, socket: TLSSocket, name: string): boolean {
  if (isIP(name) !== 0) return certificate.checkIP(name) !== undefined;
  return checkServerIdentity(name, socket.getPeerCertificate()) === undefined;
}

/** A certificate that does not say what it is for is for anything. */
function forServers(raw: Buffer): boolean {
  return !raw.includes(USAGE) || raw.includes(SERVERS) || raw.includes(ANYTHING);
}

/** Several may be in one text. */
function parse(ca: Pem): X509Certificate[] {
  const found: X509Certificate[] = [];
  for (const one of Array.isArray(ca) ? ca : [ca]) {
    const text = typeof one === "string" ? one : Buffer.from(one).toString("latin1");
    for (const pem of text.match(CERTIFICATE) ?? []) found.push(new X509Certificate(pem));
  }
  return found;
}
