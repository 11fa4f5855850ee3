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
  const own = new X509Certificate(first(cert));
  if (!own.checkPrivateKey(createPrivateKey({ key: first(key), format: "pem", passphrase }))) {
    throw new Error("the key belongs to another certificate");
  }
}

/** The own certificate is the first of a chain. */
function first(pem: Pem): Buffer {
  const one = Array.isArray(pem) ? pem[0] : pem;
  return typeof one === "string" ? Buffer.from(one) : Buffer.from(one.buffer, one.byteOffset, one.length);
}
