// The sockets of Bun: dials and listens; conn.ts moves the bytes.

import { isIP } from "node:net";
import { CAN_HALF_CLOSE, CAN_IPV6, CAN_LISTEN, CAN_STARTTLS, CAN_TLS, NO_HOST, UNREACHABLE } from "../../core/ports.ts";
import type { Acceptor, Conn, ConnHandler, Listener, Net, Target, Ticker } from "../../core/ports.ts";
import { Clock } from "../clock.ts";
import { BunConn } from "./conn.ts";
import { dial } from "./dial.ts";
import { BunListener } from "./listener.ts";

/** TCP as Bun has it, TLS by node:tls on top of that. CAN_CLEAR is not there: TLS may have read ahead. */
export class BunNet implements Net {
  readonly can: number = CAN_LISTEN | CAN_IPV6 | CAN_HALF_CLOSE | CAN_TLS | CAN_STARTTLS;
  private readonly clock: Clock = new Clock();

  connect(target: Target, handler: ConnHandler): Conn {
    const conn = new BunConn(handler, target);
    const error = refusal(target);
    if (error === 0) dial(conn, target);
    else conn.quit(error);
    return conn;
  }

  listen(target: Target, acceptor: Acceptor): Listener {
    return new BunListener(target, acceptor);
  }

  wake(ticker: Ticker): void {
    this.clock.wake(ticker);
  }
}

/** Why a dial need not be tried. */
function refusal(target: Target): number {
  const family = isIP(target.host);
  if (family !== 0 && target.family && target.family !== family) return NO_HOST;
  if (target.localHost && isIP(target.localHost) === 0) return NO_HOST;
  return target.port > 0 && target.port < 65536 ? 0 : UNREACHABLE;
}
