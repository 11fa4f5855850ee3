// What the errors of node:net and node:fs are called in core/ports.ts.

import {
  BAD_NAME,
  BUSY,
  DENIED,
  EXISTS,
  IN_USE,
  IO,
  NO_HOST,
  NO_SPACE,
  NOT_EMPTY,
  NOT_FILE,
  NOT_FOUND,
  REFUSED,
  RESET,
  TIMEOUT,
  UNREACHABLE,
  UNSUPPORTED,
} from "../../core/ports.ts";

const SOCKETS: Record<string, number | undefined> = {
  ECONNREFUSED: REFUSED,
  ENOTFOUND: NO_HOST,
  EAI_AGAIN: NO_HOST,
  EAI_FAIL: NO_HOST,
  EAI_NODATA: NO_HOST,
  EAI_NONAME: NO_HOST,
  EAI_ADDRFAMILY: NO_HOST,
  ERR_INVALID_IP_ADDRESS: NO_HOST,
  ENODATA: NO_HOST,
  EHOSTUNREACH: UNREACHABLE,
  ENETUNREACH: UNREACHABLE,
  EHOSTDOWN: UNREACHABLE,
  ENETDOWN: UNREACHABLE,
  EAFNOSUPPORT: UNREACHABLE,
  EINVAL: UNREACHABLE,
  ERR_SOCKET_BAD_PORT: UNREACHABLE,
  ETIMEDOUT: TIMEOUT,
  ERR_SOCKET_CONNECTION_TIMEOUT: TIMEOUT,
  EADDRINUSE: IN_USE,
  EADDRNOTAVAIL: IN_USE,
  ECONNRESET: RESET,
  ECONNABORTED: RESET,
  EPIPE: RESET,
  EACCES: DENIED,
  EPERM: DENIED,
  EMFILE: BUSY,
  ENFILE: BUSY,
};

const FILES: Record<string, number | undefined> = {
  ENOENT: NOT_FOUND,
  ENOTDIR: NOT_FOUND,
  EEXIST: EXISTS,
  EACCES: DENIED,
  EPERM: DENIED,
  EROFS: DENIED,
  ELOOP: DENIED,
  EXDEV: DENIED,
  ETXTBSY: BUSY,
  EBUSY: BUSY,
  EMFILE: BUSY,
  ENFILE: BUSY,
  EAGAIN: BUSY,
  ENOSPC: NO_SPACE,
  EDQUOT: NO_SPACE,
  EFBIG: NO_SPACE,
  ENOTEMPTY: NOT_EMPTY,
  EISDIR: NOT_FILE,
  ENXIO: NOT_FILE,
  ENAMETOOLONG: BAD_NAME,
  EILSEQ: BAD_NAME,
  EINVAL: BAD_NAME,
  ENOTSUP: UNSUPPORTED,
  EOPNOTSUPP: UNSUPPORTED,
  ENOSYS: UNSUPPORTED,
};

/** The number of a socket's error; `other` where the table does not know it. */
export function socketError(error: NodeJS.ErrnoException | null | undefined, other: number): number {
  if (error === null || error === undefined) return 0;
  return SOCKETS[error.code ?? ""] ?? other;
}

/** The number of a file's error, 0 where there is none; IO where the table does not know it. */
export function fileError(error: NodeJS.ErrnoException | null | undefined): number {
  if (error === null || error === undefined) return 0;
  // Deno's own word for what it was not permitted to do.
  if (error.name === "NotCapable") return DENIED;
  return FILES[error.code ?? ""] ?? IO;
}
