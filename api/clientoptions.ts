// What a client can be told.

import type { Net } from "../core/ports.ts";
import type { ConnectionError } from "./errors.ts";
import type { Encoding } from "./names.ts";
import type { Progress } from "./progress.ts";
import type { ProxyOptions } from "./proxy.ts";
import type { TlsOptions } from "./tls.ts";
import type { Algorithm } from "./verify.ts";

/** Options of `connect`, those of TLS among them. Times are milliseconds, 0 turns a limit off; sizes are bytes. */
export interface ConnectOptions extends TlsOptions {
  /** Name or address, no URL. */
  host: string;
  /** Default 21; 990 with implicit TLS. */
  port?: number;
  /** Default "anonymous". "": nobody logs in, and the rest is left to `send`. */
  user?: string;
  /** Default "anonymous@" for an anonymous user, "" for another. */
  password?: string;
  /** For servers that ask for an account (332). */
  account?: string;
  /** A proxy to go through: its options, or a URL such as "socks5://user:password@host:1080". */
  proxy?: ProxyOptions | string;
  /** Which of the hosts behind one address is meant (HOST, RFC 7151): true for the one in `host`, or its name. Default false. */
  virtualHost?: boolean | string;
  /** 4 or 6: only that family; "prefer4", "prefer6": that one first. Default: what the runtime prefers. */
  family?: 4 | 6 | "prefer4" | "prefer6";
  /** "passive": we connect for data (default). "active": the server connects to us. */
  mode?: "passive" | "active";
  /** EPSV before PASV, which some old firewalls do not understand. Default true; IPv6 always takes EPSV. */
  epsv?: boolean;
  /**
   * Whom to trust with the address for data: "control" the server that we are connected to (default), "server" the one in
   * its reply, "auto" the one in its reply unless that cannot be meant for us.
   */
  passiveHost?: "control" | "server" | "auto";
  /** Ports to listen on in active mode, first and last. Default: any. */
  activePorts?: [number, number];
  /** The address told in active mode, where we stand behind NAT. */
  activeHost?: string;
  /** How the server writes names. Default "utf-8"; bytes that are none survive a round trip. */
  encoding?: Encoding;
  /** For TCP to connect, for each address family. Default 20000. */
  connectTimeout?: number;
  /** For a whole reply, however slowly it comes. Default 60000. */
  replyTimeout?: number;
  /** For the data connection to come. Default 20000. */
  dataTimeout?: number;
  /** Without a byte moved by the server during a transfer; our own side may take its time. Default 60000. */
  stallTimeout?: number;
  /** For the server to answer an abort; the connection is closed after that. Default 10000. */
  abortTimeout?: number;
  /** Before the first TCP keep-alive probe. Default 0: none. */
  keepAlive?: number;
  /** Where connections come from, an address of this machine. Default: what the runtime prefers. */
  localHost?: string;
  /** The port that the control connection comes from, or the first and the last of a range of which a free one is taken. Default 0: any. */
  localPort?: number | [number, number];
  /** Small packets are sent at once (no Nagle algorithm). Default true. */
  noDelay?: boolean;
  /** Sends NOOP when no command was sent for so long, until the server refuses that. Default 0: never. */
  noop?: number;
  /** Announces the size of uploads with ALLO, so that the server notices a short one. Default true. */
  allo?: boolean;
  /** Asks for SIZE before a download, so that we notice a short one. Default true. */
  sizes?: boolean;
  /** The longest reply that is kept. Default 65536. */
  replyLimit?: number;
  /** The longest line of a listing. Default 8192. */
  lineLimit?: number;
  /** Entries of a listing that are kept when the connection is wanted for something else. Default 1000000. */
  listLimit?: number;
  /** Bytes that are read from a file at once. Default 262144. */
  block?: number;
  /** Hears every command and reply, without passwords, and every data connection: for finding faults. */
  trace?: (line: string) => void;
  /** Hears that a connection that was logged in is gone: why, or null where `quit` or `close` has ended it. */
  onClose?: (reason: ConnectionError | null) => void;
  /** Sockets of your own, such as wrapped ones. */
  net?: Net;
}

/** Who logs in. */
export interface Credentials {
  /** The user's name. */
  user: string;
  /** Default "anonymous@" for an anonymous user, "" for another. */
  password?: string;
  /** For servers that ask for an account (332). */
  account?: string;
}

/** For every operation. */
export interface OperationOptions {
  /** Aborts the operation; the session stays where the server plays along. */
  signal?: AbortSignal;
}

/** For transfers. */
export interface TransferOptions extends OperationOptions {
  /** Told a few times a second, and at the end. */
  onProgress?: (progress: Progress) => void;
  /** It is text (TYPE A): line ends are LF here and CR LF on the way. Default false: bytes as they are. */
  ascii?: boolean;
}

/**
 * How a file is compared with its copy when it has arrived: true by the best hash that the server has, else by size; "hash" by
 * a hash only, or by that algorithm only; "size" by size.
 */
export type Verify = boolean | "hash" | "size" | Algorithm;

/** For transfers of local files. */
export interface FileOptions extends TransferOptions {
  /** Compares the files afterwards. Default false. */
  verify?: Verify;
  /** Attempts after one that failed for a reason that may pass; they reconnect, and go on where it is safe. Default 0. */
  retries?: number;
  /** Milliseconds before the first of them; twice as many before each further one, up to a minute. Default 1000. */
  retryDelay?: number;
}

/** For downloads into a stream. */
export interface GetOptions extends TransferOptions {
  /** Bytes to skip. */
  offset?: number;
}

/** For uploads from a stream or from memory. */
export interface PutOptions extends TransferOptions {
  /** Where to write in the file that is there. */
  offset?: number;
  /** At its end. */
  append?: boolean;
  /** Bytes that will come, where the source does not tell. */
  size?: number;
  /** Compares the file afterwards with what was sent. Default false. */
  verify?: Verify;
}

/** For downloads into a file. */
export interface DownloadOptions extends FileOptions {
  /** Goes on with what an earlier download left. */
  resume?: boolean;
}

/** For uploads from a file. */
export interface UploadOptions extends FileOptions {
  /** Goes on with what the server has of the file. */
  resume?: boolean;
  /** At the end of the file that is there. */
  append?: boolean;
}
