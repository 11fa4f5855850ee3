// The server's options and their defaults, sizes first; a device passes its own sizes.

import type { Done, FileSystem, TlsFacts } from "../ports.ts";
import type { ServerTls } from "./secure.ts";

/** Who wants to log in, or did. */
export interface Login {
  user: string;
  password: string;
  /** "" unless ACCT was sent. */
  account: string;
  /** The client's address. */
  host: string;
  port: number;
  /** What the TLS of the control connection came to; null: it is clear. Not set where the server has no TLS. */
  tls?: TlsFacts | null;
  /** What came with HOST, in lower case; "": nothing did. Not set where the server has no TLS. */
  named?: string;
}

/** What a server can be told. Times are milliseconds, 0 turns a limit off; sizes are bytes. */
export interface ServerOptions {
  /** Control connections at once; one more gets 421. */
  sessions: number;
  /** Control connections at once from one address. */
  sessionsPerHost: number;
  /** The longest command line; a longer one is dropped and answered 500. */
  line: number;
  /** The most of reply text that may wait for a client that does not read. */
  reply: number;
  /** What a transfer reads from a file at once. */
  block: number;
  /** Blocks of a transfer; 2 reads ahead. */
  blocks: number;
  /** Blocks kept for the next transfers. */
  spare: number;
  greeting: string;
  /** Says whether a user may come in: `done(0, files)` with the user's own files, or null for the server's; NEEDS_ACCOUNT asks for ACCT; any other error refuses. null: nobody may. */
  login: ((login: Login, done: Done<FileSystem | null>) => void) | null;
  /** Hears of the end of each session that was logged in. */
  logout: ((login: Login) => void) | null;
  /** Wrong passwords before 421. */
  attempts: number;
  /** Before a wrong password is answered. */
  delay: number;
  /** From the connection to the login. */
  loginTimeout: number;
  /** Without a command, transfers not counted (RFC 1123 section 4.1.3.2: at least five minutes). */
  idleTimeout: number;
  /** For the client to read a reply. */
  replyTimeout: number;
  /** For the data connection to come. */
  dataTimeout: number;
  /** Without a byte moved by the client during a transfer. */
  stallTimeout: number;
  /** For the client to close a data connection after we have. */
  linger: number;
  /** Waits for the next tick before an upload that took a while, with no ALLO, becomes a file: its client may have been killed. */
  confirm: boolean;
  /** The address told in a 227, where the server stands behind NAT; "": that of the control connection. */
  masquerade: string;
  /** The range of passive ports; 0: any. */
  passiveFirst: number;
  passiveLast: number;
  /** The port that active data connections come from; 0: any (RFC 959 section 3.2 says 20). */
  activePort: number;
  /** Milliseconds since 1970, for the dates of LIST. */
  clock: () => number;
  /** TLS, where the runtime has it; without: none. */
  tls?: ServerTls;
}

/** The given options, completed by the defaults of a desktop. */
export function complete(options: Partial<ServerOptions>): ServerOptions {
  return Object.assign({
    sessions: 1024,
    sessionsPerHost: 1024,
    line: 4096,
    reply: 16384,
    block: 262144,
    blocks: 2,
    spare: 16,
    greeting: "picoftp ready",
    login: null,
    logout: null,
    attempts: 3,
    delay: 3000,
    loginTimeout: 60000,
    idleTimeout: 300000,
    replyTimeout: 60000,
    dataTimeout: 30000,
    stallTimeout: 120000,
    linger: 1000,
    confirm: false,
    masquerade: "",
    passiveFirst: 0,
    passiveLast: 0,
    activePort: 0,
    clock: Date.now,
  }, options);
}
