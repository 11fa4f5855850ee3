// How TLS is on Deno.

import type { TlsWays } from "../tlscontext.ts";
import { judge } from "./trust.ts";

/**
 * Deno ignores suites and has nothing old. Tickets of TLS 1.3 serve once, and uploads bring no new ones: a client takes 1.2
 * unless it is told otherwise.
 */
export const WAYS: TlsWays = { name: "Deno", lacks: ["ciphers", "legacy", "tickets"], clientVersion: "TLSv1.2", judge };
