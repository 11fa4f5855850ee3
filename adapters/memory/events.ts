// What a MemoryNet's queue can make happen to one of its parts.

/** A dial reaches its listener, or does not. */
export const DIAL = 1;
/** The handler's `opened` is due. */
export const OPENED = 2;
/** One packet, or the peer's end, is due. */
export const DATA = 3;
/** The lent chunk may be free. */
export const DRAINED = 4;
/** A TLS handshake may be complete. */
export const HANDSHAKE = 5;
/** The handler's `secured` is due. */
export const SECURED = 6;
/** The handler's `closed` is due. */
export const CLOSED = 7;
/** The acceptor's `listening` is due. */
export const LISTENING = 8;
/** A ticker was woken. */
export const TICK = 9;

/** Something that the queue calls when its turn has come. */
export interface Actor {
  happen(what: number, error: number): void;
}

/** One entry of the queue. */
export interface Happening {
  actor: Actor;
  what: number;
  error: number;
}

/** Something with a queue of its own, such as a MemoryFiles. `step` does one thing; false: there was nothing to do. */
export interface Steps {
  step(): boolean;
}
