// An FTP session on bare sockets, which can be broken off at any moment: for tests of what a server does then.

import { createConnection, createServer, type Server, type Socket } from "node:net";
import { PASSWORD, USER } from "../peers/peer.ts";

/** A generator of numbers from 0 to 1; the same seed, the same numbers (Mulberry32). */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = state + 0x6d2b79f5 >>> 0;
    let mixed = Math.imul(state ^ state >>> 15, state | 1);
    mixed ^= mixed + Math.imul(mixed ^ mixed >>> 7, mixed | 61);
    return ((mixed ^ mixed >>> 14) >>> 0) / 4294967296;
  };
}

/** A socket that is connected. */
export function dial(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host: "127.0.0.1", port, noDelay: true });
    socket.once("connect", () => resolve(socket));
    socket.once("error", reject);
    socket.on("error", () => {});
  });
}

/** A control connection. */
export class Raw {
  readonly socket: Socket;
  private text = "";
  private wake: (() => void) | null = null;
  private over = false;
  /** The conversation. */
  readonly heard: string[] = [];
  /** Of PORT. */
  private listener: Server | null = null;
  private came: Promise<Socket> | null = null;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => {
      this.text += text;
      this.wake?.();
    });
    socket.once("close", () => {
      this.over = true;
      this.listener?.close();
      this.wake?.();
    });
  }

  /** Connects; the greeting is left to `reply`. */
  static async open(port: number): Promise<Raw> {
    return new Raw(await dial(port));
  }

  /** The next whole reply. Rejects where the connection ends first, and after ten seconds. */
  async reply(): Promise<string> {
    const end = Date.now() + 10000;
    const timer = setTimeout(() => this.wake?.(), 10010);
    try {
      return await this.next(end);
    } finally {
      clearTimeout(timer);
    }
  }

  private async next(end: number): Promise<string> {
    for (;;) {
      const found = /^(?:(\d{3})-[^]*?^\1 [^\n]*\n|\d{3} [^\n]*\n)/m.exec(this.text);
      if (found !== null && found.index === 0) {
        this.text = this.text.slice(found[0].length);
        this.heard.push(found[0].slice(0, 60).trim());
        return found[0];
      }
      if (Date.now() >= end) throw new Error(`No reply: ${this.heard.slice(-12).join(" / ")}`);
      if (this.over) throw new Error(`The connection ended, with "${this.text}" unread`);
      await new Promise<void>((resolve) => this.wake = resolve);
    }
  }

  /** Sends a line and waits for the reply. */
  ask(line: string): Promise<string> {
    this.heard.push("> " + line);
    this.socket.write(line + "\r\n");
    return this.reply();
  }

  /** Greeting, USER, PASS, TYPE I. */
  async login(): Promise<void> {
    await this.reply();
    await this.ask(`USER ${USER}`);
    const reply = await this.ask(`PASS ${PASSWORD}`);
    if (!reply.startsWith("230")) throw new Error(reply);
    await this.ask("TYPE I");
  }

  /** A data connection by EPSV. */
  async passive(): Promise<Socket> {
    const reply = await this.ask("EPSV");
    const port = /\|\|\|(\d+)\|/.exec(reply)?.[1];
    if (port === undefined) throw new Error(reply);
    return await dial(Number(port));
  }

  /** Listens and says PORT; `arrived` has the connection. */
  async active(): Promise<void> {
    const listener = createServer({ noDelay: true });
    this.listener?.close();
    this.listener = listener;
    this.came = new Promise((resolve) =>
      listener.once("connection", (socket: Socket) => {
        socket.on("error", () => {});
        listener.close();
        resolve(socket);
      })
    );
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", () => resolve()));
    const address = listener.address();
    const port = address !== null && typeof address !== "string" ? address.port : 0;
    await this.ask(`PORT 127,0,0,1,${port >> 8},${port & 255}`);
  }

  arrived(): Promise<Socket> {
    return within(this.came as Promise<Socket>, () => `No data connection: ${this.heard.slice(-12).join(" / ")}`);
  }

  /** Ends it: in order, at once, or with a reset. */
  cut(how: number): void {
    if (how < 0.33) this.socket.end();
    else if (how < 0.66) this.socket.destroy();
    else this.socket.resetAndDestroy();
    this.listener?.close();
    // One that only half closed would stay for ever.
    setTimeout(() => this.socket.destroy(), 500).unref();
  }
}

/** Rejects after ten seconds. */
export async function within<T>(promise: Promise<T>, what: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => timer = setTimeout(() => reject(new Error(what())), 10000));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** All that comes on a data connection, or what came before it broke. */
export async function drain(socket: Socket): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of socket) chunks.push(chunk);
  } catch { /* it broke */ }
  return Buffer.concat(chunks);
}
