// What the errors of Deno's sockets are called in core/ports.ts.

import { CANCELLED, DENIED, NO_HOST } from "../../core/ports.ts";
import { socketError } from "../node/errors.ts";

/** Errors that have a name and no code. */
const NAMES: Record<string, number | undefined> = {
  AbortError: CANCELLED,
  NotCapable: DENIED,
  PermissionDenied: DENIED,
};

/** A name that does not resolve is a bare Error: nothing but its text tells. */
const LOOKUP = /lookup|resolve/i;

/** The number of a socket's error; `other` where nobody knows it. */
export function denoError(error: Error & { code?: string }, other: number): number {
  if (error.code !== undefined) return socketError(error, other);
  return NAMES[error.name] ?? (LOOKUP.test(error.message) ? NO_HOST : other);
}
