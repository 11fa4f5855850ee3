// The conformance suite of the matrix: every case, in the order in which one session runs them.

import { ABORTS } from "./cases-aborts.ts";
import { FILES } from "./cases-files.ts";
import { NAMES } from "./cases-names.ts";
import { TLS } from "./cases-tls.ts";
import type { Case } from "./stage.ts";

/** All of them. The last one leaves the server's folder, so it stays the last. */
export const CASES: Case[] = [...TLS, ...FILES, ...NAMES, ...ABORTS];
