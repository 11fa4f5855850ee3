// A listening socket on node:net: finds a free port, and makes a NodeConn of everything that comes in.

import { lookup } from "node:dns";
import { randomInt } from "node:crypto";
import { isIP, Server, Socket } from "node:net";
import type { AddressInfo, ServerOpts, SocketConstructorOpts } from "node:net";
import { CANCELLED, IO, UNREACHABLE } from "../../core/ports.ts";
import type { Acceptor, Address, ConnHandler, Listener, Target } from "../../core/ports.ts";
import type { ReadBuffers } from "./buffers.ts";
import { addressOf, NodeConn } from "./conn.ts";
import { socketError } from "./errors.ts";

/** Connections that the kernel holds for us; it rounds up to 512. */
const BACKLOG = 511;
/** How long a connection that nobody wanted may take to read what was sent to it, in milliseconds. */
const FAREWELL = 2000;

/** Who has nothing to say to a connection. */
const SILENT: ConnHandler = {
  opened(): void {},
  data(): boolean {
    return true;
  },
  drained(): void {},
  ended(): void {},
  closed(): void {},
};

/** What a Server has inside, where it has it: the handle that gives us accepted handles before they are sockets. */
interface ServerInside {
  _handle?: { onconnection?: (error: number, handle: object | undefined) => void } | null;
}

/** One listener. */
export class NodeListener implements Listener {
  address: Address;
  private readonly target: Target;
  private readonly acceptor: Acceptor;
  private readonly buffers: ReadBuffers;
  private readonly ownBlocks: boolean;
  private readonly server: Server;
  private host: string;
  /** Ports that were not tried yet, the one to try, and how to come to the next. */
  private left: number;
  private port: number;
  private readonly stride: number;
  private told = false;
  private closed = false;

  constructor(target: Target, acceptor: Acceptor, buffers: ReadBuffers, ownBlocks: boolean) {
    this.target = target;
    this.acceptor = acceptor;
    this.buffers = buffers;
    this.ownBlocks = ownBlocks;
    this.host = target.host !== "" ? target.host : target.family === 4 ? "0.0.0.0" : "::";
    this.address = addressOf(this.host, target.port);
    const ports = portsOf(target);
    this.left = ports;
    this.port = target.port + (ports > 1 ? randomInt(ports) : 0);
    this.stride = strideOf(ports);
    this.server = new Server(optionsOf(target));
    this.server.on("listening", (): void => this.listening());
    this.server.on("error", (error: Error): void => this.failed(error));
    this.server.on("connection", (socket: Socket): void => this.accept(socket, null));
    this.start();
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.server.close();
    if (!this.told) setImmediate((): void => this.tell(CANCELLED));
  }

  private start(): void {
    const family = this.target.family ?? 0;
    if (isIP(this.host) !== 0) this.listen();
    else lookup(this.host, { family }, (error, host): void => this.resolved(error, host));
  }

  private resolved(error: Error | null, host: string): void {
    if (this.closed) return;
    if (error !== null) return this.tell(socketError(error, UNREACHABLE));
    this.host = host;
    this.listen();
  }

  private listen(): void {
    const target = this.target;
    this.left--;
    try {
      this.server.listen({
        host: this.host,
        port: this.port,
        backlog: BACKLOG,
        ipv6Only: target.family === 6,
        // A worker of node:cluster must get the connections of its own passive ports.
        exclusive: target.port === 0 || target.last !== undefined,
      });
    } catch (error) {
      setImmediate((): void => this.tell(socketError(error as Error, UNREACHABLE)));
    }
  }

  private listening(): void {
    if (this.closed) return void this.server.close();
    const info = this.server.address() as AddressInfo;
    this.address = addressOf(info.address, info.port);
    if (this.ownBlocks) this.intercept();
    this.tell(0);
  }

  /** Sockets are made by us, for there is no other way to have `onread` on an accepted one. Not documented: so ask first. */
  private intercept(): void {
    const handle = (this.server as ServerInside)._handle;
    if (!handle || typeof handle.onconnection !== "function") return;
    handle.onconnection = (error: number, accepted: object | undefined): void => {
      if (error === 0 || error === undefined) this.accept(null, accepted as object);
    };
  }

  private failed(error: NodeJS.ErrnoException): void {
    // What comes after `listening` is an accept that failed: the next one may not.
    if (this.told) return;
    if (error.code === "EADDRINUSE" && this.left > 0) return this.again();
    const noIPv6 = error.code === "EAFNOSUPPORT" || error.code === "EADDRNOTAVAIL" || error.code === "EINVAL";
    if (noIPv6 && this.target.host === "" && !this.target.family && this.host === "::") {
      this.host = "0.0.0.0";
      this.left++;
      return this.listen();
    }
    this.tell(socketError(error, IO));
  }

  private again(): void {
    const target = this.target;
    this.port += this.stride;
    if (this.port > (target.last as number)) this.port -= portsOf(target);
    this.listen();
  }

  private tell(error: number): void {
    if (this.told) return;
    this.told = true;
    this.acceptor.listening(error);
  }

  private accept(socket: Socket | null, handle: object | null): void {
    const conn = new NodeConn(SILENT, this.target.text === true, this.buffers);
    const tls = this.target.tls;
    if (handle !== null) {
      const onread = tls ? undefined : conn.onread();
      const options = { handle, allowHalfOpen: true, onread } as SocketConstructorOpts;
      socket = new Socket(options);
      tune(socket, this.target);
    }
    conn.attach(socket as Socket, handle === null && !tls);
    conn.open();
    if (this.closed) return conn.abort();
    if (tls) conn.begin(tls);
    const handler = this.acceptor.accept(conn);
    if (handler === null) return farewell(conn, socket as Socket);
    conn.handler = handler;
    conn.tellOpened();
  }
}

/** What was sent goes out, then it ends, with the peer's consent or without. */
function farewell(conn: NodeConn, socket: Socket): void {
  conn.handler = SILENT;
  conn.end();
  const timer = setTimeout((): void => void socket.resetAndDestroy(), FAREWELL);
  timer.unref();
  socket.once("close", (): void => clearTimeout(timer));
}

function tune(socket: Socket, target: Target): void {
  if (target.noDelay !== false) socket.setNoDelay(true);
  if (target.keepAlive) socket.setKeepAlive(true, Math.max(1000, target.keepAlive));
}

function optionsOf(target: Target): ServerOpts {
  return {
    allowHalfOpen: true,
    noDelay: target.noDelay !== false,
    keepAlive: Boolean(target.keepAlive),
    keepAliveInitialDelay: Math.max(1000, target.keepAlive ?? 0),
  };
}

function portsOf(target: Target): number {
  if (target.port === 0 || target.last === undefined) return 1;
  return Math.max(1, target.last - target.port + 1);
}

/** A step that comes to every port of a range once. */
function strideOf(ports: number): number {
  if (ports < 3) return 1;
  const stride = 1 + randomInt(ports - 1);
  return common(stride, ports) === 1 ? stride : 1;
}

function common(a: number, b: number): number {
  return b === 0 ? a : common(b, a % b);
}
