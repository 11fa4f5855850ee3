// What a real server or client cannot do, or we with it, one line each: the only place where a case is left out.

/** A case that a peer is excused from. */
export interface Skip {
  peer: string;
  /** The case's name as it stands in client-suite.ts. */
  name: string;
  reason: string;
}

/** All of them. */
export const SKIPS: Skip[] = [
  { peer: "pure-ftpd", name: "a folder with quotes in its name", reason: "pure-ftpd does not double the quotes in a 257" },
  {
    peer: "pyftpdlib",
    name: "aborts at any moment and goes on",
    reason: "after an ABOR that comes before its data connection is taken up, pyftpdlib sends that file's first block with the next one",
  },
];

/** Why; "" where the case is to be run. */
export function excuse(peer: string, name: string): string {
  return SKIPS.find((skip) => skip.peer === peer && skip.name === name)?.reason ?? "";
}
