// From the core's error numbers to the errors that a script sees.

import { BUSY, CANCELLED, NEEDS_ACCOUNT, NO_CONNECTION, NOT_FOUND, PROTOCOL, PROXY } from "../core/ports.ts";
import { REFUSED, REPLY, RESET, TIMEOUT, TLS, UNREACHABLE, UNSUPPORTED } from "../core/ports.ts";
import type { Client as Machine } from "../core/client/client.ts";
import { TO_PROXY } from "../core/client/login.ts";
import { abortReason, ConnectionError, connectionReason, FileError, fileReason, FtpError } from "./errors.ts";
import { decodeName } from "./names.ts";
import type { Encoding } from "./names.ts";

/** What went wrong with an operation on `what`, a path or ""; `refusal`: how a proxy has worded its last no. */
export function failure(
  machine: Machine,
  error: number,
  what: string,
  signal: AbortSignal | undefined,
  encoding: Encoding,
  refusal: string,
): unknown {
  const command = decodeName(machine.lastCommand, encoding);
  const reply = machine.lastReply;
  const cause = machine.secure?.cause ?? (error === TLS || error === UNSUPPORTED ? machine.dialer.why : unresumed(machine, error));
  if (error === CANCELLED) return abortReason(signal);
  if (error === REPLY && reply !== null) {
    const by = machine.verb === TO_PROXY ? "by the proxy" : "";
    return new FtpError(reply.code, command, decodeName(reply.text, encoding), by, cause instanceof Error ? { cause } : undefined);
  }
  if (error === NEEDS_ACCOUNT) return new FtpError(332, command, "The server asks for an account");
  if (error === NOT_FOUND && machine.sink === null) return new FtpError(550, command, `No "${what}" in the listing`);
  if (error === BUSY && machine.sink === null) return new ConnectionError("protocol", "Cannot begin: another operation runs");
  const reason = connectionReason(error);
  if (reason === null) return new FileError(fileReason(error), what);
  if (refusal !== "" && DIALLED.includes(error)) return new ConnectionError(reason, `The proxy refused to connect: ${refusal}`);
  if (error === TLS) return insecure(cause);
  if (error === UNSUPPORTED && machine.secure !== null) {
    const why = cause instanceof Error ? cause.message : "this runtime cannot do the TLS that was asked for";
    return new ConnectionError(reason, `Cannot connect: ${why}`, { cause });
  }
  const last = machine.reason === null ? "" : `: ${machine.reason.code} ${decodeName(machine.reason.text, encoding)}`;
  if (error === TIMEOUT) return new ConnectionError(reason, `Timed out waiting for the ${machine.waitingFor || "server"}${last}`);
  if (error === RESET && !machine.open) return new ConnectionError("closed", `The server closed the connection${last}`);
  return new ConnectionError(
    reason,
    `${SENTENCES[reason] ?? `The connection failed: ${reason}`}${what === "" ? "" : ` ("${what}")`}${last}`,
  );
}

/** Servers that want data connections to resume the TLS session of the control connection say no in these words, which tell nothing. */
const NO_DATA = [425, 522];

/** Why a server may have refused a data connection; undefined: for no reason that is known here. */
function unresumed(machine: Machine, error: number): Error | undefined {
  const facts = machine.secure?.data.facts ?? null;
  if (error !== REPLY || facts === null || facts.reused || !NO_DATA.includes(machine.lastReply?.code ?? 0)) return undefined;
  return new Error(
    `The data connection (${facts.protocol}) did not resume the TLS session of the control connection, which the server may demand`,
  );
}

/** What went wrong with TLS. */
function insecure(cause: unknown): ConnectionError {
  if (cause === TIMEOUT) return new ConnectionError("tls", "Cannot secure the connection: the handshake took too long");
  const why = cause instanceof Error ? cause.message : "the handshake failed";
  return new ConnectionError("tls", `Cannot secure the connection: ${why}`, { cause });
}

/** What went wrong with a local file. */
export function localFailure(error: number, path: string): FileError {
  return new FileError(fileReason(error), path);
}

/** What a dial through a proxy may come to. */
const DIALLED = [PROXY, REFUSED, UNREACHABLE, UNSUPPORTED, PROTOCOL, NO_CONNECTION];

const SENTENCES: { [reason: string]: string } = {
  refused: "Nobody listens there",
  unreachable: "Cannot reach the host",
  "host not found": "Cannot find the host",
  reset: "The connection broke",
  truncated: "Fewer bytes came than the file has",
  protocol: "The server's reply makes no sense",
  "no data connection": "The data connection did not come",
  "too long": "What the server sent is longer than the limit",
};
