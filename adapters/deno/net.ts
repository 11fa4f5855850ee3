// The sockets of Deno, on Deno.connect and Deno.listen: dials and listens; conn.ts moves the bytes.

import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { CAN_HALF_CLOSE, CAN_IPV6, CAN_LISTEN, CAN_STARTTLS, CAN_TLS } from "../../core/ports.ts";
import type { Acceptor, Conn, ConnHandler, Listener, Net, Target, Ticker } from "../../core/ports.ts";
import { Clock } from "../clock.ts";
import { refusal } from "../dial.ts";
import { ReadBuffers } from "../node/buffers.ts";
import { NodeNet } from "../node/net.ts";
import { BoundConn } from "./bound.ts";
import { DenoConn } from "./conn.ts";
import { deno } from "./deno.ts";
import type { DenoTcpConn } from "./deno.ts";
import { DenoListener, tune } from "./listener.ts";

/** Sizes of a DenoNet. */
export interface DenoNetOptions {
  /** Bytes that are read at once; a connection with much to read has two such blocks. Default 262144. */
  readBlock?: number;
  /** Blocks that are kept for the next connections. Default 16. */
  spareBlocks?: number;
}

/** TCP as Deno has it, TLS by node:tls on top of that. CAN_CLEAR is not there: TLS may have read ahead. */
export class DenoNet implements Net {
  readonly can: number = CAN_LISTEN | CAN_IPV6 | CAN_HALF_CLOSE | CAN_TLS | CAN_STARTTLS;
  private readonly buffers: ReadBuffers;
  private readonly clock: Clock = new Clock();
  /** Deno's own connect does not take a local address. */
  private readonly bound: NodeNet;

  constructor(options?: DenoNetOptions) {
    const sizes = { readBlock: options?.readBlock ?? 262144, spareBlocks: options?.spareBlocks ?? 16 };
    this.buffers = new ReadBuffers(sizes.readBlock, sizes.spareBlocks);
    this.bound = new NodeNet(sizes);
  }

  connect(target: Target, handler: ConnHandler): Conn {
    if (target.localHost || target.localPort) return new BoundConn(this.bound, target, handler);
    const conn = new DenoConn(handler, target.text === true, this.buffers);
    const error = refusal(target);
    if (error === 0) dial(conn, target);
    else conn.quit(error);
    return conn;
  }

  listen(target: Target, acceptor: Acceptor): Listener {
    return new DenoListener(target, acceptor, this.buffers);
  }

  wake(ticker: Ticker): void {
    this.clock.wake(ticker);
  }
}

function dial(conn: DenoConn, target: Target): void {
  reach(target, conn.signal).then((raw): void => {
    if (!conn.open(raw)) return;
    tune(raw, target);
    if (target.tls) conn.implicit(target.tls);
    else conn.tellOpened();
  }, (error): void => conn.missed(error));
}

/** Without a family the race between the families is Deno's. */
async function reach(target: Target, signal: AbortSignal): Promise<DenoTcpConn> {
  const named = isIP(target.host) === 0 && target.family;
  const found = named ? await lookup(target.host, { family: target.family, all: true }) : [{ address: target.host }];
  let failure: unknown;
  for (const { address } of found) {
    try {
      return await deno().connect({ hostname: address, port: target.port, signal });
    } catch (error) {
      failure = error;
      if (signal.aborted) break;
    }
  }
  throw failure;
}
