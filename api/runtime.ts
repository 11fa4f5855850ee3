// What the api needs of a runtime; each adapter's mod.ts supplies it.

import type { FileSystem, Net } from "../core/ports.ts";

/** The sockets and the files of a runtime. */
export interface Runtime {
  /** Sockets; one for all servers and clients of the process. */
  net: Net;
  /** The files below a local folder. Throws where it is none. */
  files(folder: string): FileSystem;
  /** The folder and the name of a local path, both absolute; the name in the core's byte string. */
  locate(path: string): { folder: string; name: string };
  /** Looks a host name up: an IPv4 address where there is one. */
  resolve(host: string): Promise<string>;
}
