// Espruino's modules `net` and `tls`: libs/network/socketserver.c line by line.
//
// The state of a socket is in the object that the program has (dSnd, cls, clsNow ...), as on a device. Only the handler of "data" is
// called from within the idle turn; all other events are queued with the handlers that they have at that moment.

// deno-lint-ignore-file no-explicit-any
import type { Loop } from "./loop.ts";
import { CLOSED, NO_CONNECTION, type TlsKeys, TOO_MANY, UNSENT, type Wire } from "./wire.ts";

/** How the firmware's network is. */
export interface NetworkOptions {
  /** Bytes of one receive or one send: 536; 268 on ESP8266. */
  chunk: number;
  /** Sockets at once, listeners with them; 0: no limit. */
  sockets: number;
  /** A connect that is refused throws (Linux, ESP32), or comes back as an event (ESP8266). */
  blocking: boolean;
  /** AT firmware: one listener at a time. */
  singleListener: boolean;
}

/** What a test may ask afterwards. */
export interface NetworkFigures {
  /** Bytes copied by sends that did not take all of what was queued: grows with the square of a long queue. */
  copied: number;
  /** The longest queue that there was. */
  longest: number;
  sent: number;
  received: number;
}

const ERRORS = [
  "connection closed",
  "out of memory",
  "timeout",
  "no route",
  "busy",
  "not found",
  "max sockets",
  "unsent data",
  "connection reset",
  "unknown error",
  "no connection",
];
/** ST_TLS. */
const SECURE = 4;
const CRASH = "The network was called from within an event of data, with TLS: the firmware crashes";
/** STREAM_MAX_BUFFER_SIZE. */
const GATHERED = 512;
/** Hidden on a device: data that no handler took. */
const BUFFER = "\xFFbuf";

/** The sockets and servers of one device. `make` creates objects of the device's classes, `warn` prints. */
export class Sockets {
  readonly figures: NetworkFigures = { copied: 0, longest: 0, sent: 0, received: 0 };
  private connections: any[] = [];
  private servers: any[] = [];
  /** Within a handler of "data". */
  private inside = false;
  private readonly wire: Wire;
  private readonly loop: Loop;
  private readonly options: NetworkOptions;
  private readonly make: (kind: "Socket" | "Server") => any;
  private readonly fail: (kind: string, message: string) => never;
  private readonly warn: (message: string, fault: boolean) => void;

  constructor(
    wire: Wire,
    loop: Loop,
    options: NetworkOptions,
    make: (kind: "Socket" | "Server") => any,
    fail: (kind: string, message: string) => never,
    warn: (message: string, fault: boolean) => void,
  ) {
    this.wire = wire;
    this.loop = loop;
    this.options = options;
    this.make = make;
    this.fail = fail;
    this.warn = warn;
  }

  // --- What a program calls

  createServer(callback: any): any {
    if (typeof callback !== "function") {
      this.warn("ERROR: Expecting Callback Function but got " + typeof callback, true);
      return undefined;
    }
    const server = this.make("Server");
    server["#onconnect"] = callback;
    return server;
  }

  listen(server: any, at: any): any {
    server.port = at & 65535;
    if (server.port === 0) this.warn("listen(0): nobody can learn the port", true);
    const full = this.full || (this.options.singleListener && this.servers.length > 0);
    const id = full ? TOO_MANY : this.wire.listen(server.port);
    if (id < 0) {
      server.clsNow = true;
      if (!full) this.warn("ERROR: Socket bind failed", false);
      this.fail("InternalError", "Unable to create socket");
    }
    server.sckt = id + 1;
    this.servers.push(server);
    return server;
  }

  closeServer(server: any): void {
    this.kill(server);
    const i = this.servers.indexOf(server);
    if (i >= 0) this.servers.splice(i, 1);
    else this.warn("WARNING: Server not found!", false);
    this.loop.wake();
  }

  /** `tls`: with the module `tls`. */
  connect(options: any, callback: any, tls: TlsKeys | null = null): any {
    this.look(tls !== null);
    const socket = this.make("Socket");
    socket.type = tls === null ? 0 : SECURE;
    if (callback !== undefined) socket["#onconnect"] = callback;
    this.connections.push(socket);
    socket.opt = options;
    this.loop.wake();
    const host = options.host === undefined ? "127.0.0.1" : String(options.host);
    const id = this.full ? TOO_MANY : this.wire.connect(host, options.port & 65535, this.options.blocking, tls);
    if (id > 0) {
      socket.sckt = id + 1;
      return socket;
    }
    socket.clsNow = true;
    if (id === -6) this.fail("InternalError", "Unable to locate host");
    this.warn("ERROR: Connect failed (err 111)", false);
    return this.fail("InternalError", "Unable to create socket");
  }

  /** `text` is a string already: what is no string was turned into one, "65,66" for an array of two bytes. */
  write(socket: any, text: string): boolean {
    this.look(false);
    if (socket.clsNow || socket.cls) this.fail("Error", "This socket is closed");
    socket.dSnd = (socket.dSnd ?? "") + text;
    this.figures.longest = Math.max(this.figures.longest, socket.dSnd.length);
    this.loop.wake();
    return false;
  }

  end(socket: any): void {
    this.look(false);
    if (!socket.dSnd) socket.clsNow = true;
    socket.cls = true;
    this.loop.wake();
  }

  available(socket: any): number {
    return (socket[BUFFER] ?? "").length;
  }

  read(socket: any, most: any): string {
    const text: string = socket[BUFFER] ?? "";
    const length = most > 0 && most < text.length ? Math.trunc(most) : text.length;
    if (length === text.length) delete socket[BUFFER];
    else hide(socket, text.slice(length));
    return text.slice(0, length);
  }

  /** A handler of "data" was added: what has come before is queued, behind what comes in this very turn. */
  late(socket: any): void {
    const text = socket[BUFFER];
    if (typeof text !== "string") return;
    delete socket[BUFFER];
    this.loop.queue(socket, socket["#ondata"], [text]);
  }

  // --- The idle turn

  /** true: something was done. */
  idle(): boolean {
    let busy = false;
    for (const server of [...this.servers]) {
      if (this.full) break;
      const id = this.wire.accept(server.sckt - 1);
      if (id < 0) continue;
      busy = true;
      const socket = this.make("Socket");
      socket.sckt = id + 1;
      this.connections.push(socket);
      this.fire(server, "connect", [socket]);
    }
    for (const socket of [...this.connections]) if (this.serve(socket)) busy = true;
    return busy;
  }

  private get full(): boolean {
    return this.options.sockets > 0 &&
      this.connections.filter((each) => each.sckt > 0).length + this.servers.length >= this.options.sockets;
  }

  /** socketClientConnectionsIdle, which serves accepted sockets too. */
  private serve(socket: any): boolean {
    let busy = false;
    let error = 0;
    let closing: boolean = socket.clsNow === true;
    const id = (socket.sckt ?? 0) - 1;
    if (id >= 0) {
      if (this.push(socket, false)) busy = true;
      if (!closing) {
        if (socket.dSnd) {
          const result = this.send(socket, id);
          if (result > 0) busy = true;
          if (result < 0) {
            closing = true;
            error = result;
          }
        } else if (socket.cls) closing = true;
        const got = this.wire.recv(id, this.options.chunk);
        if (got === NO_CONNECTION && !socket.conn) {
          // Not connected yet.
        } else if (typeof got === "number") {
          closing = true;
          error = got;
        } else {
          if (!socket.conn) {
            busy = true;
            this.fire(socket, "connect", [socket]);
            socket.conn = true;
            if (!socket.dSnd) this.fire(socket, "drain", [socket]);
          }
          if (got !== "") {
            busy = true;
            this.figures.received += got.length;
            socket.dRcv = (socket.dRcv ?? "") + got;
            this.push(socket, false);
          }
        }
      }
    }
    if (!closing) return busy;
    this.push(socket, true);
    if (socket.dRcv) return busy;
    if (socket.dSnd && error === CLOSED) error = UNSENT;
    this.kill(socket);
    this.connections.splice(this.connections.indexOf(socket), 1);
    const bad = error < 0 && error !== CLOSED;
    if (bad) this.fire(socket, "error", [{ code: error, message: ERRORS[-1 - error] ?? ERRORS[9] }]);
    if (!socket.endd) {
      socket.endd = true;
      this.fire(socket, "end", []);
    }
    this.fire(socket, "close", [bad]);
    return true;
  }

  /** Bytes sent, or an error number. */
  private send(socket: any, id: number): number {
    const taken = this.wire.send(id, socket.dSnd.slice(0, this.options.chunk));
    if (taken <= 0) return taken;
    this.figures.sent += taken;
    const rest = socket.dSnd.length - taken;
    this.figures.copied += rest;
    socket.dSnd = rest > 0 ? socket.dSnd.slice(taken) : "";
    if (rest === 0 && !socket.cls) this.fire(socket, "drain", [socket]);
    return taken;
  }

  /** Hands over what was received, or gathers it while nobody listens. true: something was handed over. */
  private push(socket: any, force: boolean): boolean {
    const text: string = socket.dRcv ?? "";
    if (text === "") return false;
    if (socket["#ondata"] !== undefined) {
      // Emptied first: a device holds the text in a variable of its own meanwhile.
      socket.dRcv = "";
      this.inside = true;
      this.loop.execute(socket, socket["#ondata"], [text]);
      this.inside = false;
      return true;
    }
    const gathered: string = socket[BUFFER] ?? "";
    if (gathered !== "" && gathered.length + text.length > GATHERED) {
      if (!force) {
        this.warn("Data without a handler gathers in memory", true);
        return false;
      }
      this.warn("BUFFER_FULL: data was lost", true);
    }
    hide(socket, gathered === "" ? text : gathered + text.slice(0, Math.max(0, GATHERED - gathered.length)));
    socket.dRcv = "";
    return true;
  }

  /**
   * Both a connect callback and a handler of "connect" end in an interrupt, and neither is called. (A callback without parameters
   * would be called on a device, but as a text: it would see global variables only.)
   */
  private fire(socket: any, event: string, args: any[]): void {
    const run = socket["#on" + event];
    if (run !== undefined && run.broken === true) return this.warn("Execution Interrupted during event processing.", true);
    this.loop.queue(socket, run, args);
  }

  /** Whoever calls the network from within a handler of "data" leaves none to the TLS sockets whose turn comes next: it crashes. */
  private look(tls: boolean): void {
    if (this.inside && (tls || this.connections.some((each) => each.type === SECURE))) this.warn(CRASH, true);
  }

  private kill(object: any): void {
    const id = (object.sckt ?? 0) - 1;
    if (id < 0) return;
    this.wire.close(id);
    delete object.sckt;
    object.conn = false;
    object.cls = true;
  }
}

function hide(socket: any, text: string): void {
  Object.defineProperty(socket, BUFFER, { value: text, writable: true, configurable: true, enumerable: false });
}
