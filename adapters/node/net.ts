// The sockets of Node, on node:net: dials and listens; conn.ts moves the bytes.

import { isIP, Socket } from "node:net";
import type { SocketConstructorOpts, TcpSocketConnectOpts } from "node:net";
import { CAN_HALF_CLOSE, CAN_IPV6, CAN_LISTEN, CAN_STARTTLS, CAN_TLS, NO_HOST, UNREACHABLE } from "../../core/ports.ts";
import type { Acceptor, Conn, ConnHandler, Listener, Net, Target, Ticker } from "../../core/ports.ts";
import { Clock } from "../clock.ts";
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

/** Why a dial need not be tried. */
function refusal(target: Target): number {
  const family = isIP(target.host);
  if (family !== 0 && target.family && target.family !== family) return NO_HOST;
  if (target.localHost && isIP(target.localHost) === 0) return NO_HOST;
  return target.port > 0 && target.port < 65536 ? 0 : UNREACHABLE;
}

function dial(socket: Socket, conn: NodeConn, target: Target): void {
  const options: TcpSocketConnectOpts = {
    host: target.host,
    port: target.port,
    family: target.family || (target.localHost ? isIP(target.localHost) : 0),
  };
  if (target.localHost) options.localAddress = target.localHost;
  if (target.localPort) options.localPort = target.localPort;
  if (target.noDelay !== false) socket.setNoDelay(true);
  if (target.keepAlive) socket.setKeepAlive(true, Math.max(1000, target.keepAlive));
  socket.once("connect", (): void => {
    conn.open();
    if (target.tls) conn.begin(target.tls);
    else conn.tellOpened();
  });
  try {
    socket.connect(options);
  } catch (error) {
    conn.fail(socketError(error as Error, UNREACHABLE));
  }
}
