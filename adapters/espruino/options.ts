// What a server and a client on a device can be told, and the defaults.

import type { Done, FileSystem } from "../../core/ports.ts";
import type { Login } from "../../core/server/options.ts";

/** Of the sockets. */
export interface NetOptions {
  /** Our address, told in the reply to PASV; where it is absent `require("Wifi").getIP().ip`. */
  address?: string;
  /** 1: the firmware can listen on one port only (AT commands), so there is no PASV and no EPSV. */
  listeners?: number;
  /** PORT is allowed. Peers' addresses are not known here: it connects wherever the client says. */
  active?: boolean;
  /** Bytes that may wait while a login or a delay holds a connection up; what comes beyond ends it. Default 1072. */
  hold?: number;
}

/** Of the files. */
export interface FilesOptions {
  /** "flash": Storage; "sd": the card. Or a file system of your own. Default "flash". */
  files?: string | FileSystem;
  /** The folder of the card that is the server's "/". Default "": the card's own. */
  root?: string;
  /** Storage: an upload whose size nobody told gathers in memory up to so many bytes. Default 1024. */
  gather?: number;
}

/** What a server can be told. Times are milliseconds. */
export interface StartOptions extends NetOptions, FilesOptions {
  user?: string;
  password?: string;
  /** In place of user and password: `done(0, null)` lets in, `done(3)` does not. May answer later. */
  login?: (login: Login, done: Done<FileSystem | null>) => void;
  /** Default 21. */
  port?: number;
  /** The range of ports for PASV and EPSV. Default 50000 to 50009. */
  passiveFirst?: number;
  passiveLast?: number;
  /** Clients at once. Default 1; the sockets may allow less. */
  sessions?: number;
  /** Sockets that the server may use, its listeners included: it takes one, and three for each session. Default 10. */
  sockets?: number;
  /** Bytes that are read from a file and sent at once. Default 512. */
  block?: number;
  /** Without a command. Default 300000. */
  idleTimeout?: number;
}

/** Of TLS, in the bundle `picoftp-client-tls` on firmware that has the module `tls`; elsewhere it is error 22. */
export interface SecureOptions {
  /** "implicit": TLS from the first byte, the only kind that there is. Default false; "implicit" for port 990. */
  tls?: string | boolean;
  /** Has to be false with TLS: the firmware checks no certificate, so somebody on the way can be the server. */
  rejectUnauthorized?: boolean;
  /** Our own key and certificate: names of files, or what is in them, as the module `tls` takes them. */
  key?: string;
  cert?: string;
}

/** What a client can be told. */
export interface ConnectOptions extends NetOptions, FilesOptions, SecureOptions {
  host: string;
  /** Default 21; 990 with TLS. */
  port?: number;
  /** Default "anonymous". */
  user?: string;
  password?: string;
  /** Bytes that are read from a file and sent at once. Default 512. */
  block?: number;
}
