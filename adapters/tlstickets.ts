// When the tickets of a server (TLS 1.3) go out on Node: not before it sends something itself.
//
// Whoever only sends may have hung up by the time that tickets come: they would be answered by a reset, and what is on its way
// would be lost. lftp uploads like that.

import type { EventEmitter } from "node:events";
import type { TLSSocket } from "node:tls";

/** What a TLSSocket has inside: the end of the handshake is not told while this is true. */
interface Pending {
  _newSessionPending?: boolean;
}

/**
 * `sessions` for one connection. Node sends nothing between 'newSession' and the call that ends it: that is `release`, which
 * is handed over once for each ticket.
 */
export function ticketed(sessions: EventEmitter, socket: () => TLSSocket, keep: (release: () => void) => void): EventEmitter {
  const own = Object.create(sessions) as EventEmitter;
  own.emit = (event: string, ...rest: unknown[]): boolean => {
    const pending = socket() as Pending;
    const waits = event === "newSession" && pending._newSessionPending === true && socket().getProtocol() === "TLSv1.3";
    if (!waits) return sessions.emit(event, ...rest);
    pending._newSessionPending = false;
    keep(rest[2] as () => void);
    return sessions.emit(event, rest[0], rest[1], () => undefined);
  };
  return own;
}
