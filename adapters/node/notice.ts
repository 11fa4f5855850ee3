// Whether a peer has sent TLS's own notice of its end (close_notify), or its connection has merely ended.
//
// Node shows both as 'end'. But it shows the notice at once, while the connection under it is still read, and an end of the
// connection only when libuv has stopped reading it. That is not documented: where it cannot be asked for, nobody has sent a
// notice.

import type { Socket } from "node:net";

/** The handles of sockets. */
interface Inside {
  _handle?: { reading?: boolean; readStart?: () => number; writeQueueSize?: number } | null;
}

/** Watches TLS on top of `raw`; the answer counts from 'end' on. */
export function watchNotice(socket: Socket, raw: Socket): () => boolean {
  let noticed = false;
  const push = socket.push;
  socket.push = (chunk, encoding): boolean => {
    if (chunk === null) noticed = stillReads(socket as Inside, raw as Inside);
    return push.call(socket, chunk, encoding);
  };
  return (): boolean => noticed;
}

/** Where we have stopped reading ourselves, nothing but a notice can tell of an end. Who reads already cannot start. */
function stillReads(socket: Inside, raw: Inside): boolean {
  const outer = socket._handle;
  const inner = raw._handle;
  if (outer?.reading === undefined || inner?.readStart === undefined) return false;
  return !outer.reading || inner.readStart() !== 0;
}

/** Nothing that was given to the system waits to be written; false where that cannot be asked for either. */
export function isQuiet(raw: Socket): boolean {
  return (raw as Inside)._handle?.writeQueueSize === 0;
}
