// Certificates for tests, made by the openssl command: an authority, a server that it has signed, a client, and strangers.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHash, X509Certificate } from "node:crypto";

/** A certificate and its key, in PEM. */
export interface Identity {
  cert: string;
  key: string;
  /** SHA-256 in upper-case hex with colons. */
  fingerprint: string;
}

/** What tests need. */
export interface Certificates {
  /** The authority's certificate. */
  ca: string;
  /** For "localhost", "*.sessions.example" and 127.0.0.1, signed by the authority. */
  server: Identity;
  /** For "ftp.example", signed by the authority. */
  other: Identity;
  /** Signed by the authority, for a client. */
  client: Identity;
  /** For "localhost", signed by itself. */
  self: Identity;
}

let made: Certificates | null | undefined;
let old: Identity | null = null;

/** The certificates, made once in a process; null where there is no openssl command. */
export function certificates(): Certificates | null {
  if (made === undefined) made = make();
  return made;
}

/** Why tests that need them are skipped; false: they are not. */
export function noCertificates(): string | false {
  return certificates() === null ? "there is no openssl command" : false;
}

/** For "localhost" and 127.0.0.1, with an RSA key, signed by itself: for who knows no other keys. Only where there are certificates. */
export function rsaIdentity(): Identity {
  if (old !== null) return old;
  const folder = mkdtempSync(join(tmpdir(), "picoftp-certificates-"));
  try {
    const key = ["-newkey", "rsa:2048", "-nodes", "-keyout", "rsa.key"];
    const names = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
    openssl(folder, "req", "-x509", ...key, "-subj", "/CN=localhost", "-days", "30", ...names, "-out", "rsa.pem");
    return old = identity(folder, "rsa");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function make(): Certificates | null {
  const folder = mkdtempSync(join(tmpdir(), "picoftp-certificates-"));
  try {
    return makeIn(folder);
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return null;
    throw error;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function makeIn(folder: string): Certificates {
  openssl(folder, "version");
  selfSigned(folder, "ca", "Test authority", "basicConstraints=critical,CA:TRUE");
  const names = "subjectAltName=DNS:localhost,IP:127.0.0.1,DNS:*.sessions.example";
  selfSigned(folder, "self", "localhost", names);
  signed(folder, "server", "localhost", names);
  signed(folder, "other", "ftp.example", "subjectAltName=DNS:ftp.example");
  signed(folder, "client", "ana", "extendedKeyUsage=clientAuth");
  const read = (name: string): Identity => identity(folder, name);
  return { ca: read("ca").cert, server: read("server"), other: read("other"), client: read("client"), self: read("self") };
}

function selfSigned(folder: string, name: string, subject: string, extension: string): void {
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", `${name}.key`];
  openssl(folder, "req", "-x509", ...key, "-subj", `/CN=${subject}`, "-days", "30", "-addext", extension, "-out", `${name}.pem`);
}

function signed(folder: string, name: string, subject: string, extension: string): void {
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", `${name}.key`];
  openssl(folder, "req", "-new", ...key, "-subj", `/CN=${subject}`, "-out", `${name}.csr`);
  writeFileSync(join(folder, `${name}.ext`), extension);
  const authority = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"];
  openssl(folder, "x509", "-req", "-in", `${name}.csr`, ...authority, "-days", "30", "-extfile", `${name}.ext`, "-out", `${name}.pem`);
}

function openssl(folder: string, ...args: string[]): void {
  execFileSync("openssl", args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
}

function identity(folder: string, name: string): Identity {
  const cert = readFileSync(join(folder, `${name}.pem`), "utf8");
  const digest = createHash("sha256").update(new X509Certificate(cert).raw).digest("hex").toUpperCase();
  return { cert, key: readFileSync(join(folder, `${name}.key`), "utf8"), fingerprint: (digest.match(/../g) as string[]).join(":") };
}
