// What a client waits for, and how long: a dial, a handshake, a reply, the 150, data.

import { NO_CONNECTION } from "../ports.ts";
import type { Client } from "./client.ts";
import { SECURITY, STARTTLS } from "./features.ts";
import { SILENT } from "./learned.ts";
import { CONTROL, MOVED, OVER } from "./outcome.ts";

/** The sooner of two deadlines, -1: none. */
function sooner(one: number, other: number): number {
  return one < 0 || (other >= 0 && other < one) ? other : one;
}

/** Milliseconds to the next deadline of a client, -1: none. What has passed its deadline fails. */
export function deadline(client: Client, now: number): number {
  const dialog = client.dialog;
  const transfer = client.transfer;
  const options = client.options;
  const control = (client.parts & CONTROL) !== 0;
  const moving = client.sent && (client.parts & (MOVED | OVER)) === 0;
  let next = sooner(client.dialer.tick(now), transfer.tick(now));
  if (SECURITY && STARTTLS && client.secure !== null) next = sooner(next, client.secure.tick(now));
  // A final reply is not late as long as data moves.
  if (moving && client.begun && (client.marks || transfer.bytes > 0) && !dialog.leaving && !client.aborting) dialog.since = -1;
  else next = sooner(next, dialog.tick(now, options.linger));
  next = sooner(next, client.data.tick(now));
  // The transfer's deadline begins with the first look after the last byte.
  if (moving && options.stallTimeout > 0) next = sooner(next, Math.ceil(options.stallTimeout / 8));
  // For the 150 before an upload; for the data of a listing whose final reply came without a 150.
  let limit = 0;
  if (moving && !control && !client.begun) limit = (client.habits & SILENT) !== 0 ? 1 : options.markTimeout;
  if (moving && control && client.each !== null && !client.marks && transfer.bytes === 0 && transfer.ready === null) {
    limit = options.abortTimeout;
  }
  if (limit === 0 || client.since < 0) client.since = now;
  const left = client.since + limit - now;
  if (limit === 0) client.since = -1;
  else if (left > 0) next = sooner(next, left);
  else if (client.begun) client.fail(NO_CONNECTION);
  else client.begin(0);
  return next;
}
