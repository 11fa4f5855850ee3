// Whether a server's certificates and keys can be used: asked once, before anybody connects. Deno finds out no sooner than at
// the first handshake.

import { createPrivateKey, X509Certificate } from "node:crypto";
import { demand, ServerContext } from "./tlscontext.ts";
import type { TlsWays } from "./tlscontext.ts";
import type { Pem, TlsSettings } from "./tlsoptions.ts";

/** Throws where the runtime cannot, where a certificate or key cannot be read, or one is not the other's. */
export function checkServer(settings: TlsSettings, ways: TlsWays): void {
  demand(settings, ways);
  check(settings);
  for (const name in settings.names) check({ ...settings, ...settings.names[name] });
}

function check(settings: TlsSettings): void {
  const { cert, key, passphrase } = settings;
  new ServerContext(settings);
  // Several keys belong to several certificates, in any order: the runtime has matched them.
  if (cert === undefined || key === undefined || Array.isArray(key) && key.length > 1) return;
  const own = new X509Certificate(block(first(cert), "CERTIFICATE"));
  if (!own.checkPrivateKey(createPrivateKey({ key: block(first(key), "PRIVATE KEY"), format: "pem", passphrase }))) {
    throw new Error("the key belongs to another certificate");
  }
}

/** The own certificate is the first of a chain. */
function first(pem: Pem): Buffer {
  const one = Array.isArray(pem) ? pem[0] : pem;
  return typeof one === "string" ? Buffer.from(one) : Buffer.from(one.buffer, one.byteOffset, one.length);
}

/** The first block whose title ends so: one file may hold the key and the certificate, and Deno looks at the first block only. */
function block(pem: Buffer, title: string): Buffer {
  const text = pem.toString("latin1");
  const begin = new RegExp(`-----BEGIN (?:[A-Z0-9]+ )*${title}-----`).exec(text);
  if (begin === null) return pem;
  const end = text.indexOf("-----END ", begin.index);
  return Buffer.from(end < 0 ? text : text.slice(begin.index, text.indexOf("\n", end) + 1 || undefined), "latin1");
}
