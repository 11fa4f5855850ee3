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

const SMALL_FLASH = "Flash memory is not that large (452, or an error of the device's own)";

/** A device as the server. */
const DEVICE_SERVES: Skip[] = [
  { mode: "EPRT", reason: "Devices have no IPv6, so no EPRT", never: true },
  ...["SD", "Storage"].flatMap((storage) =>
    ["moves to names with spaces and signs", "moves to UTF-8 names", "moves to 8-bit names", "moves a folder", "renames"].map((name) => ({
      storage,
      case: name,
      reason: "Neither a card nor Storage can rename, so the server has no RNFR",
    }))
  ),
  { storage: "SD", case: "times", reason: "The times of a card's files cannot be set" },
  { storage: "Storage", case: "times", reason: "Storage knows no times" },
  { storage: "Storage", case: "0 bytes", reason: "Storage has no empty files (504)" },
  { storage: "Storage", case: "64 MiB", reason: SMALL_FLASH },
  {
    storage: "Storage",
    case: "streams of odd pieces",
    reason: "Storage wants the size of a file first: more than 1024 bytes without ALLO are 504",
  },
  // What comes first is a matter of luck: in Storage it is refused at once, or when the source has broken.
  {
    case: "calls off an upload from a file",
    reason: "A device cannot tell a cut from an end where no size was declared: it may hear of the cut before it hears ABOR",
    never: true,
  },
  { storage: "Storage", case: "appends", reason: "Storage writes each byte once: a file cannot grow" },
  { storage: "Storage", case: "resumes an upload", reason: "Storage writes each byte once: a part cannot be gone on with" },
  { storage: "Storage", case: "folders", reason: "Storage has no folders" },
  { storage: "Storage", case: "8-bit names", reason: "A name with the byte 255 in Storage is what a power cut leaves, and does not show" },
].map((skip) => ({ server: "espruino", ...skip }));

const FILES_ONLY = "The device's client moves whole files of the device: it has no streams, no offsets, no appending";
const NO_SIGNAL = "The device's client has no way to call off a transfer but to close its connection";

/** A device as the client. */
const DEVICE_ASKS: Skip[] = [
  { mode: "EPRT", reason: "Devices have no IPv6, so no EPRT", never: true },
  { mode: "PORT", reason: "The device's client has passive mode only", never: true },
  { mode: "PASV", reason: "The device's client asks for PASV only where EPSV is refused, and our servers do not refuse it", never: true },
  ...["streams of odd pieces", "appends", "resumes a download", "resumes an upload", "leaves a stream"].map((name) => ({
    case: name,
    reason: FILES_ONLY,
  })),
  // Refused for want of a stream to send, which is not what these are about.
  ...["calls off a download", "calls off an upload", "calls off an upload from a file", "goes away in an upload"].map((name) => ({
    case: name,
    reason: NO_SIGNAL,
    never: true,
  })),
  { storage: "Storage", case: "0 bytes", reason: "Storage has no empty files (504)" },
  { storage: "Storage", case: "64 MiB", reason: SMALL_FLASH },
].map((skip) => ({ client: "espruino", ...skip }));

const NO_TLS =
  "Devices have no STARTTLS and no TLS server; their client with implicit TLS checks no certificate, and test/espruino/tls.test.ts has it";

/** What the real interpreters have no room for: the bundle for the matrix, and files of megabytes beside it. */
const NO_ROOM: Skip[] = ["interpreter", "interpreter-small"].flatMap((name) =>
  [
    { storage: "memory", reason: "Files do not fit among a device's variables" },
    { storage: "Storage", reason: "The interpreter's Storage has 256 kB, and each byte is written once: the cases write more" },
  ].flatMap((skip) => [{ client: name, never: true, ...skip }, { server: name, never: true, ...skip }])
);

/** All of them. The first that fits counts. */
export const SKIPS: Skip[] = [
  ...NO_ROOM,
  ...["explicit TLS 1.3", "explicit TLS 1.2", "implicit TLS 1.3", "implicit TLS 1.2"].flatMap((security) => [
    { client: "espruino", security, reason: NO_TLS, never: true },
    { server: "espruino", security, reason: NO_TLS, never: true },
  ]),
  ...DEVICE_ASKS,
  ...DEVICE_SERVES,
  // On a disk in both: the card is that of a client.
  ...["disk", "SD"].flatMap((storage) =>
    ["8-bit names", "moves to 8-bit names"].map((name) => ({ server: "deno", storage, case: name, reason: NOT_UTF8 }))
  ),
  ...["explicit TLS 1.3", "implicit TLS 1.3"].map((security) => ({
    client: "deno",
    server: "node",
    security,
    case: "resumes its session on data connections",
    reason: "Deno uses each ticket once, and Node's server sends two with a new session and none with one that is resumed",
  })),
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
