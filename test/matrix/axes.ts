// The axes of the matrix but for the runtimes: how the data connection is made, where files are, what protects the connections.

import type { ConnectOptions } from "../../adapters/node/mod.ts";

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

/** Where files are: in the memory of both programs, or on the disk on both sides. */
export const STORAGES: string[] = ["memory", "disk"];

/** What protects the connections. */
export const SECURITIES: string[] = ["plain"];

/** One pairing in one way. Runtimes, modes, storages and securities by their names. */
export interface Cell {
  client: string;
  server: string;
  mode: string;
  storage: string;
  security: string;
}

/** Short and unique. */
export function label(cell: Cell): string {
  return `${cell.client} to ${cell.server}, ${cell.mode}, ${cell.storage}, ${cell.security}`;
}
