// The sockets of Bun: dials and listens; conn.ts moves the bytes.

import { CAN_HALF_CLOSE, CAN_IPV6, CAN_LISTEN, CAN_STARTTLS, CAN_TLS } from "../../core/ports.ts";
import type { Acceptor, Conn, ConnHandler, Listener, Net, Target, Ticker } from "../../core/ports.ts";
import { Clock } from "../clock.ts";
import { refusal } from "../dial.ts";
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
