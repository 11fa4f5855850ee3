// Real sockets in the shape that Espruino's network drivers have: connect, listen, accept, recv and send that never call back.

// deno-lint-ignore-file no-explicit-any
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";

/** The numbers that Espruino's drivers answer with (libs/network/socketerrors.h). */
export const CLOSED = -1;
/** See CLOSED. */
export const TOO_MANY = -7;
/** See CLOSED. */
export const UNSENT = -8;
/** See CLOSED. */
export const NO_CONNECTION = -11;

/** Bytes that a socket takes in before its peer has to wait. */
const WINDOW = 65536;
/** A blocking connect gives up after that many milliseconds. */
const PATIENCE = 10000;

/** A certificate and its key in PEM, or none. */
export interface TlsKeys {
  key?: string;
  cert?: string;
}

/** One real socket, as the host sees it. */
interface Line {
  received: Uint8Array[];
  length: number;
  /** 0 while it is open, else what `recv` answers after the last byte. */
  over: number;
  /** Reset: nothing can be sent any more. */
  broken: boolean;
  connected: boolean;
  /** TLS: the handshake is not done. */
  shaking: boolean;
  /** TLS: what the handshake failed with; "": it did not, or that was told. */
  failed: string;
  /** Bytes written that the kernel has not taken. */
  inFlight: number;
  paused: boolean;
}

/** The thread that all hosts of a process share. */
let shared: { port: MessagePort; answer: Int32Array; owners: Map<number, Wire> } | null = null;
let numbers = 0;

/** The sockets of one host. `wake` is called when something has come. */
export class Wire {
  private lines = new Map<number, Line>();
  private waiting = new Map<number, number[]>();
  private readonly wake: () => void;
  private readonly sendBuffer: number;
  private readonly tell: (fault: string) => void;

  constructor(wake: () => void, sendBuffer: number, tell: (fault: string) => void) {
    this.wake = wake;
    this.sendBuffer = sendBuffer;
    this.tell = tell;
  }

  /** Hears at once what has come, as a device's idle turn does, which asks the kernel. */
  poll(): void {
    if (!shared) return;
    for (let got = receiveMessageOnPort(shared.port); got !== undefined; got = receiveMessageOnPort(shared.port)) {
      shared.owners.get(got.message.id)?.hear(got.message);
    }
  }

  /** Sockets in use, listening ones with them. */
  get open(): number {
    return this.lines.size + this.waiting.size;
  }

  /** The socket's number, or an error number. With `wait` it is connected when this returns, but for the handshake of `tls`. */
  connect(host: string, at: number, wait: boolean, tls: TlsKeys | null = null): number {
    const id = this.number();
    this.lines.set(id, { ...newLine(wait), shaking: tls !== null });
    const result = this.ask({ what: "connect", id, host, at, wait, tls }, wait);
    if (result > 0) return id;
    this.forget(id);
    return result;
  }

  /** The listener's number, or an error number. Only the loopback address is listened on. */
  listen(at: number): number {
    const id = this.number();
    this.waiting.set(id, []);
    const result = this.ask({ what: "listen", id, at }, true);
    if (result > 0) return id;
    this.waiting.delete(id);
    return result;
  }

  /** The number of a socket that was accepted, or -1. */
  accept(listener: number): number {
    return this.waiting.get(listener)?.shift() ?? -1;
  }

  /** A byte string, "" where nothing is there, or an error number. */
  recv(id: number, most: number): string | number {
    const line = this.lines.get(id);
    if (!line) return CLOSED;
    if (!line.connected) return line.over || NO_CONNECTION;
    if (line.failed !== "") this.failed(line);
    if (line.length === 0) return line.over || "";
    const parts: Uint8Array[] = [];
    let left = most;
    while (left > 0 && line.received.length > 0) {
      const first = line.received[0];
      parts.push(first.subarray(0, left));
      if (first.length > left) line.received[0] = first.subarray(left);
      else line.received.shift();
      left -= Math.min(left, first.length);
    }
    line.length -= most - left;
    if (line.paused && line.length < WINDOW / 2) {
      line.paused = false;
      this.post({ what: "resume", id });
    }
    return Buffer.concat(parts).toString("latin1");
  }

  /** How many bytes were taken, 0 where none can be, or an error number. */
  send(id: number, text: string): number {
    const line = this.lines.get(id);
    if (!line || line.broken) return CLOSED;
    if (!line.connected || line.shaking) return 0;
    const length = Math.min(text.length, this.sendBuffer - line.inFlight);
    if (length <= 0) return 0;
    line.inFlight += length;
    this.post({ what: "write", id, bytes: Buffer.from(text.slice(0, length), "latin1") });
    return length;
  }

  /** Lets go of a socket or a listener. */
  close(id: number): void {
    const line = this.lines.get(id);
    if (line) this.post({ what: "close", id, reset: line.length > 0 || line.broken });
    for (const number of this.waiting.get(id) ?? []) this.close(number);
    if (this.waiting.has(id)) this.ask({ what: "unlisten", id }, true);
    this.waiting.delete(id);
    this.forget(id);
  }

  /** Lets go of all, as a device without power does. */
  stop(): void {
    for (const id of [...this.waiting.keys(), ...this.lines.keys()]) this.close(id);
  }

  /** What the thread tells. */
  hear(message: any): void {
    if (message.event === "accepted") {
      const owners = thread().owners;
      owners.set(message.number, this);
      this.lines.set(message.number, newLine(true));
      const queue = this.waiting.get(message.id);
      if (queue) queue.push(message.number);
      else this.close(message.number);
      return this.wake();
    }
    const line = this.lines.get(message.id);
    if (!line) return;
    if (message.event === "data") {
      line.received.push(message.bytes);
      line.length += message.bytes.length;
      if (line.length > WINDOW && !line.paused) {
        line.paused = true;
        this.post({ what: "pause", id: message.id });
      }
    }
    if (message.event === "sent") line.inFlight -= message.length;
    if (message.event === "connected") line.connected = true;
    if (message.event === "failed") line.over = message.number;
    if (message.event === "secured") line.shaking = false;
    if (message.event === "unsecured") line.failed = message.text;
    if (message.event === "ended" && line.over === 0) line.over = message.number ?? CLOSED;
    if (message.event === "broken") line.broken = true;
    if (line.broken && line.over === 0) line.over = CLOSED;
    this.wake();
  }

  /** The firmware throws it within its idle turn. */
  private failed(line: Line): void {
    const text = line.failed;
    line.failed = "";
    this.tell(`InternalError: mbedtls_ssl_handshake returned ${text}`);
  }

  private number(): number {
    numbers += 2;
    thread().owners.set(numbers, this);
    return numbers;
  }

  private forget(id: number): void {
    this.lines.delete(id);
    shared?.owners.delete(id);
  }

  private post(message: object): void {
    thread().port.postMessage(message);
  }

  private ask(message: object, wait: boolean): number {
    const { port, answer } = thread();
    Atomics.store(answer, 0, 0);
    port.postMessage(message);
    if (!wait) return 1;
    const result = Atomics.wait(answer, 0, 0, PATIENCE);
    return result === "timed-out" ? CLOSED : Atomics.load(answer, 0);
  }
}

function newLine(connected: boolean): Line {
  return { received: [], length: 0, over: 0, broken: false, connected, shaking: false, failed: "", inFlight: 0, paused: false };
}

function thread(): { port: MessagePort; answer: Int32Array; owners: Map<number, Wire> } {
  if (shared) return shared;
  const { port1, port2 } = new MessageChannel();
  const answer = new SharedArrayBuffer(4);
  const worker = new Worker(new URL("./worker.js", import.meta.url), { workerData: { port: port2, answer }, transferList: [port2] });
  const owners = new Map<number, Wire>();
  port1.on("message", (message: any) => owners.get(message.id)?.hear(message));
  port1.unref();
  worker.unref();
  return shared = { port: port1, answer: new Int32Array(answer), owners };
}
