// The sockets of Node, on node:net: dials and listens; conn.ts moves the bytes.

import { Socket } from "node:net";
import type { SocketConstructorOpts } from "node:net";
import { CAN_HALF_CLOSE, CAN_IPV6, CAN_LISTEN, CAN_STARTTLS, CAN_TLS, UNREACHABLE } from "../../core/ports.ts";
import type { Acceptor, Conn, ConnHandler, Listener, Net, Target, Ticker } from "../../core/ports.ts";
import { Clock } from "../clock.ts";
import { dialOptions, refusal } from "../dial.ts";
import { ReadBuffers } from "./buffers.ts";
import { NodeConn } from "./conn.ts";
import { socketError } from "./errors.ts";
import { NodeListener } from "./listener.ts";

/** Sizes of a NodeNet. */
export interface NodeNetOptions {
  /** Bytes that are read at once; a connection with much to read has two such blocks. Default 262144. */
  readBlock?: number;
  /** Blocks that are kept for the next connections. Default 16. */
  spareBlocks?: number;
  /** Read into our own blocks, which saves a third of the time. false: by 'data' events. Default true. */
  ownBlocks?: boolean;
}

/** TCP and TLS as Node has them. CAN_CLEAR is not there: a TLSSocket does not give the socket under it back. */
export class NodeNet implements Net {
  readonly can: number = CAN_LISTEN | CAN_IPV6 | CAN_HALF_CLOSE | CAN_TLS | CAN_STARTTLS;
  private readonly buffers: ReadBuffers;
  private readonly ownBlocks: boolean;
  private readonly clock: Clock = new Clock();

  constructor(options?: NodeNetOptions) {
    this.buffers = new ReadBuffers(options?.readBlock ?? 262144, options?.spareBlocks ?? 16);
    this.ownBlocks = options?.ownBlocks ?? true;
  }

  connect(target: Target, handler: ConnHandler): Conn {
    const conn = new NodeConn(handler, target.text === true, this.buffers);
    const options: SocketConstructorOpts & { onread?: unknown } = { allowHalfOpen: true };
    if (this.ownBlocks && !target.tls) options.onread = conn.onread();
    const socket = new Socket(options);
    conn.attach(socket, !this.ownBlocks && !target.tls);
    const error = refusal(target);
    if (error === 0) dial(socket, conn, target);
    else conn.fail(error);
    return conn;
  }

  listen(target: Target, acceptor: Acceptor): Listener {
    return new NodeListener(target, acceptor, this.buffers, this.ownBlocks);
  }

  wake(ticker: Ticker): void {
    this.clock.wake(ticker);
  }
}

function dial(socket: Socket, conn: NodeConn, target: Target): void {
  if (target.noDelay !== false) socket.setNoDelay(true);
  if (target.keepAlive) socket.setKeepAlive(true, Math.max(1000, target.keepAlive));
  socket.once("connect", (): void => {
    conn.open();
    if (target.tls) conn.begin(target.tls);
    else conn.tellOpened();
  });
  try {
    socket.connect(dialOptions(target));
  } catch (error) {
    conn.fail(socketError(error as Error, UNREACHABLE));
  }
}
