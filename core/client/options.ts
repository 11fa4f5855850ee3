// The client's options and their defaults, sizes first; a device passes its own sizes.

import type { Step } from "../dialog.ts";
import type { Client } from "./client.ts";
import type { ClientTls } from "./secure.ts";

/** `passiveHost`: the host in a 227 is ignored, data goes to the control connection's peer. */
export const PEER = 0;
/** `passiveHost`: the host in a 227 is used as it is. */
export const SERVER = 1;
/** `passiveHost`: the host in a 227 is used unless it cannot be meant for us (0.0.0.0, a private address behind NAT). */
export const AUTO = 2;

/** What a client can be told. Times are milliseconds, 0 turns a limit off; sizes are bytes. */
export interface ClientOptions {
  /** The longest line of a listing; a longer one is dropped and shows as an UNKNOWN entry without a name. */
  line: number;
  /** The most of a reply's text that is kept. */
  reply: number;
  /** What an upload reads from its source at once. */
  block: number;
  /** Blocks of an upload; 2 reads ahead. */
  blocks: number;
  /** Blocks kept for the next upload. */
  spare: number;
  host: string;
  port: number;
  /** Address families to dial, in this order: 4, 6; 0 leaves it to the runtime. */
  families: number[];
  /** Where connections come from; "": the runtime chooses. */
  localHost: string;
  /** The port that the control connection comes from; 0: any. */
  localPort: number;
  /** Small packets are sent at once (no Nagle algorithm). */
  noDelay: boolean;
  /** Before the first TCP keep-alive probe on the control connection; 0: none. */
  keepAlive: number;
  /** "": nobody logs in. */
  user: string;
  password: string;
  /** For servers that ask with 332. */
  account: string;
  /** What is said after the connection has come (core/client/login.ts), for proxies and virtual hosts; null: the login. */
  login: Step<Client>[] | null;
  /** For each family. */
  connectTimeout: number;
  /** For a whole reply. */
  replyTimeout: number;
  /** For the data connection to come. */
  dataTimeout: number;
  /** Without a byte moved by the server during a transfer. */
  stallTimeout: number;
  /** For the server to close a connection after we have. */
  linger: number;
  /** For the answer to ABOR, and for the final reply after a data connection broke. */
  abortTimeout: number;
  /** For the 150, before an upload begins without it. */
  markTimeout: number;
  /** We connect for data; false: we listen. May be changed between transfers. */
  passive: boolean;
  /** EPSV before PASV; an IPv6 server gets EPSV in any case. */
  epsv: boolean;
  /** PEER, SERVER or AUTO. */
  passiveHost: number;
  /** The range of ports to listen on; 0: any. */
  portFirst: number;
  portLast: number;
  /** The address told in PORT and EPRT; "": the control connection's own. */
  activeHost: string;
  /** TYPE A: the streams are expected in network form, with CR LF; no sizes are compared. May be changed. */
  ascii: boolean;
  /** Asks SIZE before a download whose size is not known, so that a truncated one is an error. */
  sizes: boolean;
  /** Announces an upload's size with ALLO, where it is known. */
  allo: boolean;
  /** OPTS UTF8 ON, where FEAT has UTF8. */
  utf8: boolean;
  /** Telnet's IP and Synch before ABOR (RFC 959 section 4.1.3). */
  telnet: boolean;
  /** Milliseconds since 1970, for dates without a year in LIST. */
  clock: () => number;
  /** TLS, where the runtime has it; without: none. */
  tls?: ClientTls;
}

/** The given options, completed by the defaults of a desktop. */
export function complete(options: Partial<ClientOptions>): ClientOptions {
  return Object.assign({
    line: 8192,
    reply: 65536,
    block: 262144,
    blocks: 2,
    spare: 2,
    host: "",
    port: 21,
    families: [0],
    localHost: "",
    localPort: 0,
    noDelay: true,
    keepAlive: 0,
    user: "anonymous",
    password: "anonymous@",
    account: "",
    login: null,
    connectTimeout: 20000,
    replyTimeout: 60000,
    dataTimeout: 20000,
    stallTimeout: 60000,
    linger: 2000,
    abortTimeout: 10000,
    markTimeout: 3000,
    passive: true,
    epsv: true,
    passiveHost: PEER,
    portFirst: 0,
    portLast: 0,
    activeHost: "",
    ascii: false,
    sizes: true,
    allo: true,
    utf8: true,
    telnet: false,
    clock: Date.now,
  }, options);
}
