// What a client can be told.

import type { Net } from "../core/ports.ts";
import type { Encoding } from "./names.ts";
import type { Progress } from "./progress.ts";

/** Options of `connect`. Times are milliseconds, 0 turns a limit off; sizes are bytes. */
export interface ConnectOptions {
  /** Name or address, no URL. */
  host: string;
  /** Default 21. */
  port?: number;
  /** Default "anonymous". "": nobody logs in, and the rest is left to `send`. */
  user?: string;
  /** Default "anonymous@" for an anonymous user, "" for another. */
  password?: string;
  /** For servers that ask for an account (332). */
  account?: string;
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
  /** Sockets of your own, such as wrapped ones. */
  net?: Net;
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
}

/** For downloads into a file. */
export interface DownloadOptions extends TransferOptions {
  /** Goes on with what an earlier download left. */
  resume?: boolean;
}

/** For uploads from a file. */
export interface UploadOptions extends TransferOptions {
  /** Goes on with what the server has of the file. */
  resume?: boolean;
  /** At the end of the file that is there. */
  append?: boolean;
}
