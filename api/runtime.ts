// What the api needs of a runtime; each adapter's mod.ts supplies it.

import type { TlsSettings } from "../adapters/tlsoptions.ts";
import type { FileSystem, Hash, Net } from "../core/ports.ts";

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
  /** A Net that tells what goes over it, without passwords. */
  trace(net: Net, tell: (line: string) => void): Net;
  /** A Net through a proxy: "socks5", "socks4" or "http"; byte strings. `refusal` is how it has worded its last no. */
  proxy(net: Net, proxy: { type: string; host: string; port: number; user: string; password: string }): Net & { refusal: string };
  /** Throws an Error that says why where a server cannot use these certificates and settings. */
  checkTls(settings: TlsSettings): void;
  /** "MD5", "SHA-1", "SHA-256", "SHA-512" or "CRC32", in lower-case hexadecimal digits. */
  hash(name: string): Hash;
}
