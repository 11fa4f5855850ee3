// What every real server looks like to a test, and the one user that each of them has.

import type { Loopback } from "./process.ts";

/** The user of every peer; it sees only the peer's root. */
export const USER = "ana";
/** Its password. */
export const PASSWORD = "correct horse";
/** The password for servers that keep hashes: SHA-256 crypt. */
export const HASH = "$5$picoftp$FX05C61sGnVDLIfWValP.7kKqmrEPXA8EP2tUpGxA4B";
/** Whom the files belong to where a server runs as root and gives its rights up. */
export const OWNER = 65534;

/** A server of another project. */
export interface Peer {
  name: string;
  /** Why it cannot be started here; "" where it can. */
  missing: string;
  start(host: Loopback, tls?: PeerTls): Promise<Running>;
}

/** How a peer shall use TLS: for logins and data, and as picky about sessions as it is by default, or more. */
export interface PeerTls {
  /** Files in PEM: a certificate, its key, and both in one. */
  cert: string;
  key: string;
  both: string;
  /** TLS from the first byte, and no session need be resumed; the certificate is of RSA. Not pure-ftpd. */
  implicit?: boolean;
}

/** One that listens. */
export interface Running {
  host: Loopback;
  port: number;
  /** The folder that the user sees as "/". */
  root: string;
  /** What the server wrote, for a test that failed. */
  log(): string;
  stop(): Promise<void>;
}
