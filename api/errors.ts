// The errors that a script sees: the server said no, the connection failed, or a local file did.

import * as core from "../core/ports.ts";

/** The server answered with an error. */
export class FtpError extends Error {
  /** "FtpError". */
  override name = "FtpError";
  /** The three digits of the reply: 4yz may be tried again, 5yz may not (RFC 959 section 4.2). */
  code: number;
  /** The command that was refused, without secrets. */
  command: string;
  /** The reply's text. */
  reply: string;

  /** From a reply, the command that it answered, and who refused it where that was not the server, such as "by the proxy". */
  constructor(code: number, command: string, reply: string, by = "", options?: { cause?: unknown }) {
    super(`${command.split(" ")[0] || "The server"} was refused${by === "" ? "" : ` ${by}`}: ${code} ${reply}`, options);
    this.code = code;
    this.command = command;
    this.reply = reply;
  }
}

/** Why a connection failed. */
export type ConnectionReason =
  | "refused"
  | "unreachable"
  | "host not found"
  | "address in use"
  | "timeout"
  | "reset"
  | "closed"
  | "no data connection"
  | "truncated"
  | "protocol"
  | "proxy"
  | "different"
  | "tls"
  | "unsupported"
  | "too long";

/** The connection failed, or what came over it made no sense. */
export class ConnectionError extends Error {
  /** "ConnectionError". */
  override name = "ConnectionError";
  /** Why. */
  reason: ConnectionReason;

  /** `cause` may be the error of the runtime. */
  constructor(reason: ConnectionReason, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.reason = reason;
  }
}

/** A local file, or another end of ours, failed. */
export class FileError extends Error {
  /** "FileError". */
  override name = "FileError";
  /** What was wrong: "not found", "exists", "denied", "no space" ... */
  reason: string;
  /** Which file. */
  path: string;

  /** What was wrong with which file. */
  constructor(reason: string, path: string) {
    super(`Cannot use "${path}": ${reason}`);
    this.reason = reason;
    this.path = path;
  }
}

const CONNECTION: { [error: number]: ConnectionReason } = {
  [core.RESET]: "reset",
  [core.REFUSED]: "refused",
  [core.TIMEOUT]: "timeout",
  [core.TLS]: "tls",
  [core.UNREACHABLE]: "unreachable",
  [core.IN_USE]: "address in use",
  [core.NO_HOST]: "host not found",
  [core.UNSUPPORTED]: "unsupported",
  [core.TRUNCATED]: "truncated",
  [core.PROTOCOL]: "protocol",
  [core.PROXY]: "proxy",
  [core.NO_CONNECTION]: "no data connection",
  [core.TOO_LONG]: "too long",
};

const FILE: { [error: number]: string } = {
  [core.NOT_FOUND]: "not found",
  [core.EXISTS]: "exists",
  [core.DENIED]: "denied",
  [core.BUSY]: "busy",
  [core.NO_SPACE]: "no space",
  [core.NOT_EMPTY]: "not empty",
  [core.BAD_OFFSET]: "the offset is beyond the end",
  [core.NEEDS_SIZE]: "the size is needed first",
  [core.IO]: "input or output failed",
  [core.NOT_FILE]: "not a file",
  [core.NOT_DIR]: "not a folder",
  [core.BAD_NAME]: "the name is not allowed",
};

/** The reason of a core error that concerns a connection, or null. */
export function connectionReason(error: number): ConnectionReason | null {
  return CONNECTION[error] ?? null;
}

/** The reason of a core error that concerns a file. */
export function fileReason(error: number): string {
  return FILE[error] ?? `error ${error}`;
}

/** What an aborted operation throws: the signal's reason, or an AbortError. */
export function abortReason(signal: AbortSignal | undefined): unknown {
  return signal?.aborted ? signal.reason : new DOMException("The operation was aborted", "AbortError");
}
