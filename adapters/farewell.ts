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

/** What was sent goes out, then it ends, with the peer's consent or without. */
export function farewell(conn: Conn): void {
  const timer = setTimeout((): void => conn.abort(), PATIENCE);
  timer.unref();
  conn.handler = { ...SILENT, closed: (): void => clearTimeout(timer) };
  conn.end();
}
