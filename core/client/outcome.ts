// What an operation comes to, when its script and its transfer have both come far enough.

import { NO_CONNECTION, NOT_FOUND, REPLY, RESET, TLS, UNKNOWN } from "../ports.ts";
import type { Done } from "../ports.ts";
import type { Client } from "./client.ts";
import { SECURITY } from "./features.ts";
import { MLSD } from "./learned.ts";
import { again, seek } from "./list.ts";
import type { Each } from "./list.ts";
import { CHECK } from "./scripts.ts";

/** `parts` of a client, what has come of an operation: its script has ended. */
export const CONTROL = 1;
/** `parts`: all bytes have moved. */
export const MOVED = 2;
/** `parts`: the data connection and the stream are closed. */
export const OVER = 4;

/** Both sides are done: what has it come to? The server's refusal says more than the broken connection that came with it. */
function end(client: Client): void {
  const each = client.each;
  const file = client.file;
  const soft = client.moved === 0 || client.moved === RESET || client.moved === NO_CONNECTION;
  let error = (soft || (SECURITY && client.moved === TLS)) && client.control !== 0 ? client.control : client.moved;
  if (each !== null && client.control === 0 && error !== 0 && soft && client.transfer.bytes === 0) {
    // Some servers break the connection of an empty listing: it is empty if it is so twice.
    if (error === RESET && !client.repeated) return again(client, client.verb, client.path, each, true);
    // And some make none, which a 150 would have promised.
    if (error === RESET || !client.marks) error = 0;
  }
  if (each !== null && error === REPLY && client.dialog.reply !== null) {
    const text = client.dialog.reply.text.toLowerCase();
    if (text.lastIndexOf("no files") >= 0 || text.lastIndexOf("empty") >= 0) error = 0;
  }
  // An upload that is all sent has arrived if the server says so.
  if (client.source !== null && client.control === 0 && (client.parts & MOVED) !== 0) error = 0;
  if (client.verb === "MLSD" && error === REPLY && (client.off & MLSD) !== 0) {
    return again(client, "LIST", client.path, each as Each, false);
  }
  if (client.value === client.entry && error === 0 && client.entry.type === UNKNOWN) {
    if (each === null) return seek(client);
    error = NOT_FOUND;
  }
  const done = client.done as Done<unknown>;
  if (client.connecting && error === 0) client.live = true;
  client.connecting = false;
  client.done = null;
  client.source = null;
  client.sink = null;
  client.file = null;
  client.each = null;
  done(error, file !== null && each === null ? client.transfer.bytes : client.value);
}

/** An operation goes on where both sides have come far enough. */
export function join(client: Client): void {
  const transfer = client.transfer;
  if (client.done === null || (client.parts & CONTROL) === 0) return;
  if (client.dialer.conn !== null) return client.dialer.cancel();
  if (client.file === null || (client.parts & OVER) !== 0) {
    if (!client.closing || client.dialog.conn === null) end(client);
    return;
  }
  if (client.control !== 0) return client.fail(client.control);
  if (client.each !== null || client.sink === null || (client.parts & MOVED) === 0) return;
  if ((client.hint < 0 || client.hint > client.offset + transfer.bytes) && client.wantsSize()) {
    // The 150 promised more, or nothing.
    client.parts -= CONTROL;
    client.sent = false;
    client.dialog.limit = client.options.replyTimeout;
    return client.dialog.run(CHECK);
  }
  if (client.total >= 0) transfer.expected = client.total - client.offset;
  transfer.deferred = false;
  transfer.abort(0);
}
