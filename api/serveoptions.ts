// What a server can be told, with units and defaults.

import type { FileSystem } from "../core/ports.ts";
import type { Encoding } from "./names.ts";
import type { Runtime } from "./runtime.ts";
import type { ServeTlsOptions, TlsInfo } from "./tls.ts";

/** What a server needs of its runtime besides. */
export interface ServerRuntime extends Runtime {
  /** The same files, for reading only. */
  readonly(files: FileSystem): FileSystem;
  /** Whether two secrets are the same, in a time that does not tell how much of them is. */
  same(secret: string, other: string): boolean;
}

/** What a user who was let in may use. Without anything: the server's files, as the server's options have it. */
export interface Access {
  /** The user's own root folder. It must exist. */
  root?: string;
  /** The user's own files, in the place of a folder. */
  files?: FileSystem;
  /** The user can change nothing. Default: `readOnly` of the server, and true for `anonymous`. The server's true cannot be undone. */
  readOnly?: boolean;
}

/** A user in the server's table. */
export interface User extends Access {
  /** In clear text; it is compared in constant time. An empty one lets nobody in. */
  password: string;
  /** SHA-256 fingerprints of certificates that spare this user the password; see `clientCertificate` of `tls`. */
  certificates?: string[];
}

/** Who wants to come in, or did. */
export interface LoginRequest {
  /** The name after USER. */
  user: string;
  /** What came after PASS. */
  password: string;
  /** What came after ACCT; "" where nothing did. */
  account: string;
  /** The client's address. */
  host: string;
  /** The client's port. */
  port: number;
  /** What the TLS of the control connection came to, with the client's certificate; null: it is clear. */
  tls: TlsInfo | null;
  /** The name of the server that the client has said with HOST (RFC 7151), in lower case; "" where it has not. */
  virtualHost: string;
}

/** false refuses, true lets in, an Access lets in with what it says, "account" asks for ACCT. */
export type LoginAnswer = boolean | Access | "account";

/** What a server can be told. Times are milliseconds, and 0 turns a limit off; sizes are bytes. */
export interface ServeOptions {
  /** The folder that is served. Needed, unless there are `files` or every user has a root. */
  root?: string;
  /** Files to serve in the place of a folder: a MemoryFiles, or a file system of your own. */
  files?: FileSystem;
  /** The address to listen on; "0.0.0.0" or "::" for all of them. Default "127.0.0.1": this machine only. */
  host?: string;
  /** The port to listen on; 0: any free one, see `Server.port`. Default 2121. */
  port?: number;

  /** Users by name. */
  users?: Record<string, User>;
  /** Asked for users that are not in the table. It may take its time. What it throws refuses the login, and goes to `failed`. */
  login?: (request: LoginRequest) => LoginAnswer | Promise<LoginAnswer>;
  /** Hears of the end of each session that was logged in. */
  logout?: (request: LoginRequest) => void;
  /** Lets "anonymous" and "ftp" in with any password: to the root of the server or one of their own, for reading only. Default false. */
  anonymous?: boolean | Access;
  /** Nobody can change anything. Default false. */
  readOnly?: boolean;

  /** The ports for passive transfers, first and last, for a firewall; one is taken at random. Default: 49152 to 65535. */
  passivePorts?: [number, number];
  /** The IPv4 address or host name told in a 227, where the server stands behind NAT. A name is resolved once. Default: the control connection's own address. */
  masquerade?: string;
  /** The port that active transfers come from (RFC 959: 20, which needs a privilege). Default 0: any. */
  activePort?: number;
  /** The first line of a conversation. Default "picoftp ready". */
  greeting?: string;
  /** How user names and passwords are encoded. File names are bytes, and stay what they are. Default "utf-8". */
  encoding?: Encoding;

  /** Control connections at once; one more gets 421. Default 1024. */
  sessions?: number;
  /** Control connections at once from one address. Default 1024. */
  sessionsPerHost?: number;
  /** Wrong passwords before 421. Default 3. */
  attempts?: number;
  /** Milliseconds before a wrong password is answered. Default 3000. */
  delay?: number;
  /** The longest command line, in bytes. Default 4096. */
  line?: number;
  /** Bytes of reply text that may wait for a client that does not read. Default 16384. */
  reply?: number;
  /** Bytes that a download reads from a file at once. Default 262144. */
  block?: number;
  /** Blocks of a download; 2 reads ahead. Default 2. */
  blocks?: number;
  /** Blocks kept for the next downloads. Default 16. */
  spare?: number;

  /** Milliseconds from the connection to the login. Default 60000. */
  loginTimeout?: number;
  /** Milliseconds without a command, transfers not counted. Default 300000. */
  idleTimeout?: number;
  /** Milliseconds for the client to read a reply. Default 60000. */
  replyTimeout?: number;
  /** Milliseconds for the data connection to come. Default 30000. */
  dataTimeout?: number;
  /** Milliseconds without a byte moved by the client during a transfer. Default 120000. */
  stallTimeout?: number;
  /** Milliseconds for the client to close a data connection after we have. Default 1000. */
  linger?: number;
  /**
   * An upload without ALLO that took longer than a moment becomes a file up to 100 ms after its end, so that the end of its
   * control connection is heard of first: a client that was killed ends both. Default true.
   */
  confirm?: boolean;

  /** Hears every command and reply, without passwords, and every data connection: for finding faults. */
  trace?: (line: string) => void;
  /** Hears what `login` and `logout` threw. Default: nobody does. */
  failed?: (error: unknown) => void;
  /** A certificate, and how TLS is used. Default false: clear text only. */
  tls?: ServeTlsOptions | false;
}

/** How a server is closed. */
export interface CloseOptions {
  /** Milliseconds that transfers have to come to their end. Default 0: they are broken off. */
  drain?: number;
}
