// Every cell, or case of a cell, that cannot be, with its reason: the only place where one is left out.
//
// A case that is excused runs all the same, and is reported where it passes, unless `never`: then it cannot even be tried.

import type { Cell } from "./axes.ts";

/** Where it holds: each name that is given has to match; none means all. A runtime matches by its name or its family. */
export interface Skip {
  client?: string;
  server?: string;
  mode?: string;
  storage?: string;
  security?: string;
  /** The case's name as it stands in its table. */
  case?: string;
  reason: string;
  never?: boolean;
}

const NOT_UTF8 = "Deno opens no file whose name is not UTF-8 under that name, so its server refuses such names (553)";

const SHARED =
  "Deno keeps the sessions of TLS by the server's name for its whole process, so that those of other connections are in the way";
const RESUMES = "resumes its session on data connections";

/** All of them. */
export const SKIPS: Skip[] = [
  {
    server: "deno",
    storage: "disk",
    case: "moves to 8-bit names",
    reason: NOT_UTF8,
  },
  {
    server: "deno",
    storage: "disk",
    case: "8-bit names",
    reason: NOT_UTF8,
  },
  { client: "deno", case: RESUMES, reason: SHARED, never: true },
];

/** The skip that holds for a case of a cell; null: it has to pass. `families` says which family each runtime is of. */
export function excuse(cell: Cell, name: string, families: Map<string, string>): Skip | null {
  const client = [cell.client, families.get(cell.client)];
  const server = [cell.server, families.get(cell.server)];
  return SKIPS.find((skip) =>
    (skip.client === undefined || client.includes(skip.client)) &&
    (skip.server === undefined || server.includes(skip.server)) &&
    (skip.mode === undefined || skip.mode === cell.mode) &&
    (skip.storage === undefined || skip.storage === cell.storage) &&
    (skip.security === undefined || skip.security === cell.security) &&
    (skip.case === undefined || skip.case === name)
  ) ?? null;
}
