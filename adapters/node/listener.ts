// A listening socket on node:net: finds a free port, and makes a NodeConn of everything that comes in.

import { lookup } from "node:dns";
import { isIP, Server, Socket } from "node:net";
import type { AddressInfo, ServerOpts, SocketConstructorOpts } from "node:net";
import { CANCELLED, IO, UNREACHABLE } from "../../core/ports.ts";
import type { Acceptor, Address, Listener, Target } from "../../core/ports.ts";
import { farewell, SILENT } from "../farewell.ts";
import { PortRange } from "../range.ts";
import type { ReadBuffers } from "./buffers.ts";
import { addressOf, NodeConn } from "./conn.ts";
import { socketError } from "./errors.ts";

/** Connections that the kernel holds for us; it rounds up to 512. */
const BACKLOG = 511;
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
  private readonly ports: PortRange;
  /** The one that is tried. */
  private port: number;
  private told = false;
  private closed = false;

  constructor(target: Target, acceptor: Acceptor, buffers: ReadBuffers, ownBlocks: boolean) {
    this.target = target;
    this.acceptor = acceptor;
    this.buffers = buffers;
    this.ownBlocks = ownBlocks;
    this.host = target.host !== "" ? target.host : target.family === 4 ? "0.0.0.0" : "::";
    this.address = addressOf(this.host, target.port);
    this.ports = new PortRange(target);
    this.port = this.ports.next();
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
    if (error.code === "EADDRINUSE" && this.ports.left > 0) {
      this.port = this.ports.next();
      return this.listen();
    }
    const noIPv6 = error.code === "EAFNOSUPPORT" || error.code === "EADDRNOTAVAIL" || error.code === "EINVAL";
    if (noIPv6 && this.target.host === "" && !this.target.family && this.host === "::") {
      this.host = "0.0.0.0";
      return this.listen();
    }
    this.tell(socketError(error, IO));
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
    if (handler === null) return farewell(conn, (): void => void (socket as Socket).resetAndDestroy());
    conn.handler = handler;
    conn.tellOpened();
  }
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
