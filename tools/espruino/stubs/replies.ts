// The server's refusals in few bytes: the codes of core/server/replies.ts, and the number of the error instead of words.

import { NEEDS_SIZE } from "../../../core/ports.ts";

/** Three digits for each error number of core/ports.ts, from 1 on. */
const CODES = "550550550450452550554553504451426425426426522550550553425425425504426332501550425";

/** Code and text for an error number above 0. */
export function refusal(error: number): string {
  if (error === NEEDS_SIZE) return "504 Send ALLO with the size first";
  const code = CODES.substring(error * 3 - 3, error * 3);
  return (code === "" ? "451" : code) + " Error " + error;
}
