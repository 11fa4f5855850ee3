// How Bun dials. Bun.connect cannot be called off: a dial to a host that does not answer would keep the process alive for
// minutes. node:net can, and the socket under it is Bun's own: it is taken over as soon as it is up.
//
// That there is such a socket is not documented. Where there is none any more, Bun.connect has to do.

import { Socket } from "node:net";
import { UNREACHABLE } from "../../core/ports.ts";
import type { Target } from "../../core/ports.ts";
import { dialOptions } from "../dial.ts";
import { socketError } from "../node/errors.ts";
import { bun } from "./bun.ts";
import type { BunSocket } from "./bun.ts";
import { EVENTS } from "./conn.ts";
import type { BunConn } from "./conn.ts";

/** What a Socket has inside, where it has it. */
interface SocketInside {
  _handle?: Partial<BunSocket> | null;
}

let taking = true;

/** `conn` hears of it: `open` and `greet`, or `quit`. */
export function dial(conn: BunConn, target: Target): void {
  if (taking) dialByNode(conn, target);
  else dialByBun(conn, target);
}

function dialByNode(conn: BunConn, target: Target): void {
  const socket = new Socket({ allowHalfOpen: true });
  // This keeps `socket` too, as long as there is the connection.
  conn.callOff = (): void => void socket.destroy();
  socket.on("error", (error): void => conn.quit(socketError(error, UNREACHABLE)));
  socket.once("connect", (): void => {
    const inner = (socket as SocketInside)._handle;
    if (typeof inner?.reload === "function" && typeof inner.terminate === "function") return take(conn, inner as BunSocket);
    taking = false;
    socket.destroy();
    dialByBun(conn, target);
  });
  try {
    socket.connect(dialOptions(target));
  } catch (error) {
    conn.quit(socketError(error as Error, UNREACHABLE));
  }
}

/** Before the first byte is read: "connect" comes from within Bun's own event. */
function take(conn: BunConn, socket: BunSocket): void {
  socket.data = conn;
  socket.reload({ socket: EVENTS });
  conn.open(socket);
  conn.greet();
}

function dialByBun(conn: BunConn, target: Target): void {
  conn.callOff = null;
  const options = dialOptions(target);
  bun().connect({ ...options, hostname: target.host, allowHalfOpen: true, data: conn, socket: EVENTS }).then(
    (): void => conn.greet(),
    (error): void => conn.quit(socketError(error, UNREACHABLE)),
  );
}
