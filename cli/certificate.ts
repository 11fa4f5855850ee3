// The certificate of picoftp serve: from files, or made on the spot by the openssl command.

import { execFileSync } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { isIP } from "node:net";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { FileError } from "../adapters/node/mod.ts";
import type { ServeTlsOptions } from "../adapters/node/mod.ts";
import { text, UsageError } from "./command.ts";
import type { Option, Values } from "./command.ts";

/** Days that a certificate made on the spot is good for. */
const DAYS = 397;

/** Options of serve that are about TLS. */
export const SECURING: Option[] = [
  { name: "tls-cert", value: "<file>", text: "Offer TLS with this certificate (PEM)" },
  { name: "tls-key", value: "<file>", text: "Its private key (PEM)" },
  { name: "tls-self-signed", text: "Offer TLS with a certificate made by the openssl command; its fingerprint is printed" },
  { name: "tls-required", text: "Nobody logs in, and nothing is transferred, without TLS" },
  { name: "tls-implicit", text: "TLS from the first byte, without AUTH" },
];

/** A certificate, how it is used, and what identifies it. */
export interface Secured {
  tls: ServeTlsOptions;
  /** SHA-256, for --pin. */
  fingerprint: string;
}

/** What the options say; null: no TLS. Throws UsageError or FileError. */
export function secured(values: Values, host: string): Secured | null {
  const cert = text(values, "tls-cert");
  const key = text(values, "tls-key");
  const self = values["tls-self-signed"] === true;
  const idle = ["tls-required", "tls-implicit"].find((name) => values[name] === true);
  if ((cert === undefined) !== (key === undefined)) {
    throw new UsageError("Cannot use --tls-cert without --tls-key, nor --tls-key without --tls-cert");
  }
  if (self && cert !== undefined) throw new UsageError("Cannot use --tls-self-signed with --tls-cert");
  if (!self && (cert === undefined || key === undefined)) {
    if (idle !== undefined) {
      throw new UsageError(`Cannot use --${idle} without a certificate: --tls-cert and --tls-key, or --tls-self-signed`);
    }
    return null;
  }
  const made = self ? selfSigned(host) : { cert: pem(cert as string), key: pem(key as string) };
  const tls: ServeTlsOptions = { ...made, implicit: values["tls-implicit"] === true, required: values["tls-required"] === true && "data" };
  return { tls, fingerprint: fingerprint(made.cert, cert) };
}

/** A certificate for this machine's names that nobody has signed. */
function selfSigned(host: string): { cert: string; key: string } {
  const folder = mkdtempSync(path.join(tmpdir(), "picoftp-"));
  const [cert, key] = [path.join(folder, "cert.pem"), path.join(folder, "key.pem")];
  const names = [...new Set(["localhost", hostname(), "127.0.0.1", "::1", host])].filter((name) => /^[\w.:-]+$/.test(name));
  const alternatives = names.map((name) => `${isIP(name) === 0 ? "DNS" : "IP"}:${name}`).join(",");
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key];
  const about = ["-subj", `/CN=${hostname().slice(0, 64)}`, "-days", `${DAYS}`, "-addext", `subjectAltName=${alternatives}`];
  try {
    execFileSync("openssl", ["req", "-x509", ...kind, ...about, "-out", cert], { stdio: ["ignore", "ignore", "pipe"] });
    return { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") };
  } catch (error) {
    const missing = (error as { code?: string }).code === "ENOENT";
    const why = missing ? "there is no openssl command here" : `openssl failed: ${lastLine((error as { stderr?: Uint8Array }).stderr)}`;
    throw new UsageError(`Cannot make a certificate: ${why}; give one with --tls-cert and --tls-key`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function lastLine(output: Uint8Array | undefined): string {
  return Buffer.from(output ?? []).toString("utf8").trim().split("\n").at(-1) ?? "";
}

/** The text of a PEM file. */
export function pem(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new FileError((error as { code?: string }).code === "ENOENT" ? "not found" : "it cannot be read", file);
  }
}

function fingerprint(cert: string, file: string | undefined): string {
  try {
    const hex = createHash("sha256").update(new X509Certificate(cert).raw).digest("hex").toUpperCase();
    return (hex.match(/../g) as string[]).join(":");
  } catch {
    throw new UsageError(`Cannot use "${file}": it is no certificate in PEM`);
  }
}
