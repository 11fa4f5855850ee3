// A reset for a connection of Deno's, whose API can only end one in order.
//
// Half a file would look like a whole one if its sender, called off, ended in order. Deno's own node:net can open a second
// descriptor of the same socket, and set it to be reset when the last one is closed. That is not documented: where it is not
// there any more, a connection that is called off ends as Deno ends it.

import process from "node:process";
import type { DenoTcpConn } from "./deno.ts";

/** The handle under a node:net socket. */
interface Handle {
  openFromRid(resource: number): number;
  reset(): number;
  close(): void;
}

type HandleClass = new (type: number) => Handle;

const SOCKET = 0;
let found: HandleClass | null | undefined;

/** A second descriptor of one connection, for its reset. */
export class Reset {
  private readonly handle: Handle;

  private constructor(handle: Handle) {
    this.handle = handle;
  }

  /** null where there is no such thing, and while a write waits: so it must be made before one does. */
  static of(conn: DenoTcpConn): Reset | null {
    const resource = resourceOf(conn);
    const handle = resource < 0 ? null : makeHandle();
    if (handle === null) return null;
    if (handle.openFromRid(resource) === 0) return new Reset(handle);
    handle.close();
    return null;
  }

  /** When the connection is closed next, that is a reset. */
  arm(): void {
    this.handle.reset();
    this.handle.close();
  }

  /** Lets go of the descriptor. */
  drop(): void {
    this.handle.close();
  }
}

/** Deno's number of a connection; -1: it does not say. */
function resourceOf(conn: DenoTcpConn): number {
  for (const key of Object.getOwnPropertySymbols(conn)) {
    const value = (conn as unknown as Record<symbol, unknown>)[key];
    if (key.description === "Deno.internal.rid" && typeof value === "number") return value;
  }
  return -1;
}

function makeHandle(): Handle | null {
  if (found === undefined) found = findClass();
  return found === null ? null : new found(SOCKET);
}

function findClass(): HandleClass | null {
  try {
    const binding = (process as unknown as { binding(name: string): { TCP: HandleClass } }).binding("tcp_wrap");
    const { openFromRid, reset, close } = binding.TCP.prototype as Partial<Handle>;
    return openFromRid !== undefined && reset !== undefined && close !== undefined ? binding.TCP : null;
  } catch {
    return null;
  }
}
