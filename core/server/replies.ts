// What an error of the ports is called in a reply (RFC 959 section 4.2, RFC 3659, RFC 4217).

// In the order of the error numbers of core/ports.ts, from 1 on.
const REFUSALS = "550 No such file or folder|550 The name is taken|550 Permission denied|450 In use, try again later|" +
  "452 Not enough space|550 The folder is not empty|554 The restart offset is beyond the end|553 The name is too long|" +
  "504 Send ALLO with the size first|451 The storage failed|426 The data connection broke, transfer aborted|" +
  "425 Cannot open the data connection|426 The data connection stalled, transfer aborted|426 Transfer aborted|" +
  "522 The data connection cannot be secured|550 Not a regular file|550 Not a folder|553 The name is not allowed|" +
  "425 No route for the data connection|425 No free port for the data connection|425 Cannot resolve the host|" +
  "504 Not supported here|426 Fewer bytes came than ALLO declared, not stored|332 Account needed|501 Makes no sense here|" +
  "550 Refused|425 The data connection did not come";

/** Code and text for an error number above 0. */
export function refusal(error: number): string {
  const text = REFUSALS.split("|")[error - 1];
  return text === undefined ? "451 Error " + error : text;
}
