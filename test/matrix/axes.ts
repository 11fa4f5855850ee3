// The axes of the matrix but for the runtimes: how the data connection is made, where files are, what protects the connections.

import type { ConnectOptions, TlsVersion } from "../../adapters/node/mod.ts";

/** A way to make the data connection. */
export interface Mode {
  /** The command that has to show. */
  name: string;
  /** Where the server is: IPv6 knows neither PASV nor PORT, and our client takes EPRT only there. */
  host: string;
  options: Partial<ConnectOptions>;
}

/** All of them. */
export const MODES: Mode[] = [
  { name: "EPSV", host: "127.0.0.1", options: {} },
  { name: "PASV", host: "127.0.0.1", options: { epsv: false } },
  { name: "EPRT", host: "::1", options: { mode: "active" } },
  { name: "PORT", host: "127.0.0.1", options: { mode: "active" } },
];

/** Where files are: in the memory of both programs, or on the disk on both sides. A device has a card or Storage, which is flat. */
export const STORAGES: string[] = ["memory", "disk", "SD", "Storage"];
const DESKTOP = ["memory", "disk"];
const DEVICE = ["memory", "SD", "Storage"];

/** What protects the connections. */
export interface Security {
  name: string;
  /** null: nothing. */
  tls: "explicit" | "implicit" | null;
  version: TlsVersion;
}

/** All of them. */
export const SECURITIES: Security[] = [
  { name: "plain", tls: null, version: "TLSv1.3" },
  { name: "explicit TLS 1.3", tls: "explicit", version: "TLSv1.3" },
  { name: "explicit TLS 1.2", tls: "explicit", version: "TLSv1.2" },
  { name: "implicit TLS 1.3", tls: "implicit", version: "TLSv1.3" },
  { name: "implicit TLS 1.2", tls: "implicit", version: "TLSv1.2" },
];

/** A security by its name. */
export function security(name: string): Security {
  return SECURITIES.find((each) => each.name === name) as Security;
}

/** A column: everything of a cell but the runtimes, by their names. */
export interface Way {
  security: string;
  storage: string;
  mode: string;
}

/** One pairing in one way. */
export interface Cell extends Way {
  client: string;
  server: string;
}

/** All columns. */
export const WAYS: Way[] = SECURITIES.flatMap((security) =>
  STORAGES.flatMap((storage) => MODES.map((mode): Way => ({ security: security.name, storage, mode: mode.name })))
);

/** What a pairing is tested in; `device`: one of the two is one. The gate has TLS with files from a disk by EPSV only. */
export function waysOf(device: boolean, full: boolean): Way[] {
  const storages = device ? DEVICE : DESKTOP;
  const first = storages[1];
  return WAYS.filter((way) => {
    if (!storages.includes(way.storage)) return false;
    if (way.security === "plain") return full || !device || way.storage === first || way.mode === "EPSV";
    if (device) return way.storage === first && way.mode === "EPSV" && (full || way.security !== "implicit TLS 1.2");
    return full || (way.storage === first && way.mode === "EPSV" && way.security !== "implicit TLS 1.2");
  });
}

/** Short and unique. */
export function label(cell: Cell): string {
  return `${cell.client} to ${cell.server}, ${cell.mode}, ${cell.storage}, ${cell.security}`;
}
