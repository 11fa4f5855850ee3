// How a connection that nobody wanted is seen off.

import { clearTimeout, setTimeout } from "node:timers";
import type { Conn, ConnHandler } from "../core/ports.ts";

/** How long it may take to read what was sent to it, in milliseconds. */
const PATIENCE = 2000;

/** Who has nothing to say to a connection. */
export const SILENT: ConnHandler = {
  opened(): void {},
  data(): boolean {
    return true;
  },
  drained(): void {},
  ended(): void {},
  closed(): void {},
};

/** What was sent goes out, then it ends, with the peer's consent or without: `cut` is how the latter is done. */
export function farewell(conn: Conn, cut: () => void = (): void => conn.abort()): void {
  const timer = setTimeout(cut, PATIENCE);
  timer.unref();
  conn.handler = { ...SILENT, closed: (): void => clearTimeout(timer) };
  conn.end();
}
