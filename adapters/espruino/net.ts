// Espruino's sockets: IPv4, listeners on configured ports, one timer.
//
// Invariant: `delay` is what the timer was set to, or NEVER where none runs; `at` is when it was set.

import { SECURITY } from "../../core/client/features.ts";
import { ANYBODY, CAN_LISTEN, CAN_TLS, HIDES_CUTS, IN_USE, NO_HOST, NO_SPACE, REFUSED, TLS, UNSUPPORTED } from "../../core/ports.ts";
import type { Acceptor, Address, Conn, ConnHandler, Listener, Net, Target, Ticker, Tls, TlsFacts } from "../../core/ports.ts";
import { heard, settle, SocketConn, UP } from "./conn.ts";
import type { NetOptions, SecureOptions } from "./options.ts";
import type { Listening, Socket, Sockets, SocketServer, SocketTarget } from "./runtime.ts";

declare const E: { toFlatString(what: unknown): string | undefined };
declare const process: { env: { BOARD: string } };
declare function require(name: string): unknown;
declare function setTimeout<T>(call: (what: T) => void, delay: number, what: T): number;
declare function clearTimeout(timer: number): void;

/** A wake is answered after so many milliseconds. An upload of unknown size waits as long before it becomes a file. */
const SOON = 5;
const NEVER = 1000000000;
/** The firmware tells nothing of a handshake. */
const FACTS: TlsFacts = { protocol: "", cipher: "", reused: false, name: "", fingerprint: "", certificate: null };

/** The firmware has the module `tls`. */
function hasTls(): boolean {
  try {
    require("tls");
    return true;
  } catch (_) {
    return false;
  }
}

/** A text in one piece of memory; undefined where there is no such piece. Names in texts are not shortened. */
function piece(bytes: number): string | undefined {
  return E.toFlatString(JSON.parse('{"data":0,"count":' + bytes + "}"));
}

/**
 * There is room for one more connection of the firmware's TLS among the device's variables: two buffers, and what a handshake
 * takes. Where there is not, the firmware may crash. An ESP32 has other memory for it.
 */
function hasRoom(): boolean {
  if (process.env.BOARD.startsWith("ESP32")) return true;
  const one = piece(16720);
  const two = piece(16720);
  const rest = piece(10240);
  return one !== undefined && two !== undefined && rest !== undefined;
}

/** Adds what the module `tls` is told; an error where it cannot do what is wanted: it checks no certificate. */
function secured(to: SocketTarget, tls: Tls): number {
  const own = tls.identity as SecureOptions;
  to.key = own.key;
  to.cert = own.cert;
  return tls.verify || tls.pin !== "" ? UNSUPPORTED : hasRoom() ? 0 : NO_SPACE;
}

/** A listening socket. */
export class SocketListener implements Listener, Listening {
  /** Ours, with the port of whichever listened last: it is asked for at once. */
  address: Address;
  port: number;
  net: EspruinoNet;
  acceptor: Acceptor;
  server: SocketServer | null;

  constructor(net: EspruinoNet, acceptor: Acceptor) {
    this.net = net;
    this.address = net.local;
    this.port = 0;
    this.acceptor = acceptor;
    this.server = null;
  }

  /** A connection: its handlers are there before this returns, or what comes at once would be lost. */
  hear(what: unknown): void {
    const net = this.net;
    net.local.host = net.ownHost();
    const conn = new SocketConn(this as unknown as ConnHandler, net.local, net.peer, net.hold);
    const dead = (what as Socket).cls;
    conn.state = UP;
    conn.take(what as Socket);
    const handler = this.server === null ? null : this.acceptor.accept(conn);
    if (handler === null) return conn.end();
    conn.handler = handler;
    handler.opened(conn);
    // It ended before it was taken in: its close was told to nobody.
    if (dead) conn.hear(false);
  }

  close(): void {
    if (this.server === null) return;
    this.server.close();
    this.server = null;
    this.net.ports.splice(this.net.ports.indexOf(this.port), 1);
  }

  /** Of a connection that was not taken. */
  closed(): void {}
}

/** Calls the tickers, and sets the timer anew. */
function ring(net: EspruinoNet): void {
  net.pass();
  net.delay = SOON;
  net.soon = NEVER;
  for (let i = 0; i < net.tickers.length; i++) {
    const next = net.tickers[i].tick(net.now);
    if (next >= 0 && next < net.soon) net.soon = next;
  }
  net.delay = NEVER;
  if (net.soon < NEVER) net.arm(net.soon);
}

/** Sockets of the module `net`, or of what a board has in its place. */
export class EspruinoNet implements Net {
  can: number;
  /** Ours, "": ask Wifi. */
  address: string;
  /** Ours, for all connections. */
  local: Address;
  /** What stands for every peer: their addresses are not told. */
  peer: Address;
  hold: number;
  /** Ports that are listened on, and the last one that was taken from a range. */
  ports: number[];
  last: number;
  tickers: Ticker[];
  /** Milliseconds, as far as `pass` has counted. */
  now: number;
  at: number;
  delay: number;
  soon: number;
  timer: number;

  constructor(options: NetOptions) {
    this.can = HIDES_CUTS | (options.listeners === 1 ? 0 : CAN_LISTEN) | (SECURITY && hasTls() ? CAN_TLS : 0);
    this.address = options.address ? options.address : "";
    this.local = { host: this.address, port: 0, family: 4 };
    this.peer = { host: options.active ? ANYBODY : "?", port: 0, family: 4 };
    this.hold = options.hold ? options.hold : 1072;
    this.ports = [];
    this.last = 0;
    this.tickers = [];
    this.now = 0;
    this.at = 0;
    this.delay = NEVER;
    this.soon = NEVER;
    this.timer = 0;
  }

  connect(target: Target, handler: ConnHandler): Conn {
    const conn = new SocketConn(handler, this.local, target as Address, this.hold);
    const to: SocketTarget = { host: target.host, port: target.port };
    let module = "net";
    if (SECURITY && target.tls) {
      module = "tls";
      conn.tls = FACTS;
      conn.error = secured(to, target.tls);
    }
    try {
      if (!SECURITY || conn.error === 0) conn.take((require(module) as Sockets).connect(to, heard));
    } catch (error) {
      const message = (error as Error).message;
      conn.error = message.startsWith("Unable to l") ? NO_HOST : REFUSED;
      if (SECURITY && !message.startsWith("Unable")) conn.error = message.lastIndexOf("memory") >= 0 ? NO_SPACE : TLS;
    }
    if (conn.socket === null) setTimeout(settle, 0, conn);
    return conn;
  }

  /** The next free port of the range. Two listeners on one port are no error here, so those of ours are counted. */
  listen(target: Target, acceptor: Acceptor): Listener {
    const count = target.last && target.last > target.port ? target.last - target.port + 1 : 1;
    const listener = new SocketListener(this, acceptor);
    for (let i = 0; i < count && listener.server === null; i++) {
      if (count > 1) this.last++;
      const port = target.port + (count > 1 ? this.last % count : 0);
      if (this.ports.indexOf(port) < 0) this.bind(listener, port);
    }
    acceptor.listening(listener.server === null ? IN_USE : 0);
    return listener;
  }

  wake(ticker: Ticker): void {
    if (this.tickers.indexOf(ticker) < 0) this.tickers.push(ticker);
    this.arm(SOON);
  }

  // --- Helpers

  bind(listener: SocketListener, port: number): void {
    const server = (require("net") as Sockets).createServer(heard);
    server.ours = listener;
    try {
      server.listen(port);
      listener.server = server;
      listener.port = port;
      this.local.port = port;
      this.ports.push(port);
    } catch (_) {
      // Taken: the next one.
    }
  }

  /** Our address. */
  ownHost(): string {
    if (this.address !== "") return this.address;
    try {
      return (require("Wifi") as { getIP(): { ip: string } }).getIP().ip;
    } catch (_) {
      // A client takes it for the host that it talks to.
      return "0.0.0.0";
    }
  }

  /** The timer rings in so many milliseconds, unless it does sooner. */
  arm(delay: number): void {
    if (delay < this.soon) this.soon = delay;
    if (this.delay <= delay || this.delay <= SOON) return;
    if (this.delay < NEVER) {
      clearTimeout(this.timer);
      this.pass();
    }
    this.at = Date.now();
    this.delay = delay;
    this.timer = setTimeout(ring, delay, this);
  }

  /** Counts the time since the timer was set. The clock may have been set meanwhile: no less than nothing, and no more than planned. */
  pass(): void {
    const passed = Date.now() - this.at;
    this.now += passed < 0 ? 0 : passed > this.delay ? this.delay : passed;
  }
}
