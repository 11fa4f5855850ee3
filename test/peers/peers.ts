// The real servers, and what a test does about one that is not here.

import type { TestContext } from "node:test";
import type { Peer } from "./peer.ts";
import { proftpd } from "./proftpd.ts";
import { pureftpd } from "./pureftpd.ts";
import { pyftpdlib } from "./pyftpdlib.ts";
import { vsftpd } from "./vsftpd.ts";

/** All of them, those that are missing too. */
export function peers(): Peer[] {
  return [vsftpd, proftpd, pureftpd, pyftpdlib];
}

/** True: the test goes on. A peer that is missing is a visible skip, and a failure where CI is set. */
export function present(t: TestContext, missing: string): boolean {
  if (missing === "") return true;
  if (process.env.CI) throw new Error(`A peer is missing: ${missing}`);
  t.skip(missing);
  return false;
}
