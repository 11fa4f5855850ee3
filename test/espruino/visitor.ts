// A client on bare sockets that lists, stores and fetches, and whose lines may all be cut after so many bytes, sent or received.

import { createConnection, type Socket } from "node:net";

/** Thrown when the bytes are used up. */
export class Cut extends Error {}

/** What became of a visit. */
export interface Visit {
  /** Bytes that went over all connections. */
  bytes: number;
  /** The lines were cut. */
  cut: boolean;
  /** Bytes of the upload that were sent, and whether the server said 226. */
  sent: number;
  stored: boolean;
}

const PATIENCE = 20000;

/** The connections of one visit. */
class Visitor {
  readonly visit: Visit = { bytes: 0, cut: false, sent: 0, stored: false };
  private readonly port: number;
  private readonly most: number;
  private readonly how: number;
  private readonly sockets: Socket[] = [];
  private control: Socket | null = null;
  private text = "";
  private wake: () => void = () => undefined;

  /** Cut after `most` bytes; `how`, 0 to 1: by an end, by closing, or by a reset. */
  constructor(port: number, most: number, how: number) {
    this.port = port;
    this.most = most;
    this.how = how;
  }

  async greet(): Promise<string> {
    this.control = await this.dial(this.port);
    this.control.setEncoding("latin1").on("data", (text: string) => {
      this.text += text;
      this.wake();
    });
    return await this.reply();
  }

  /** Sends a line; the reply, which must have that code. */
  async ask(line: string, code: string): Promise<string> {
    this.write(this.control!, Buffer.from(line + "\r\n", "latin1"));
    const reply = await this.reply();
    if (!reply.startsWith(code)) throw new Error(`${line}: ${reply}`);
    return reply;
  }

  /** A command with a data connection; all that comes on it. `data` is sent. */
  async transfer(line: string, data: Uint8Array | null): Promise<Uint8Array> {
    const port = /\|\|\|(\d+)\|/.exec(await this.ask("EPSV", "229"))![1];
    const socket = await this.dial(parseInt(port, 10));
    const chunks: Uint8Array[] = [];
    socket.on("data", (bytes: Uint8Array) => chunks.push(bytes));
    const over = new Promise((resolve) => socket.once("close", resolve));
    await this.ask(line, "150");
    if (data !== null) {
      this.visit.sent = Math.max(0, Math.min(data.length, this.most - this.visit.bytes));
      this.write(socket, data);
      socket.end();
    }
    await this.soon(over, line);
    const reply = await this.reply();
    if (!reply.startsWith("226")) throw new Error(`${line}: ${reply}`);
    return Buffer.concat(chunks);
  }

  /** What is left is closed in order. */
  end(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  private async dial(port: number): Promise<Socket> {
    this.check();
    const socket = createConnection({ host: "127.0.0.1", port, noDelay: true });
    this.sockets.push(socket);
    socket.on("error", () => undefined).on("data", (bytes) => this.spend(bytes.length)).on("close", () => this.wake());
    await this.soon(new Promise((resolve) => socket.once("connect", resolve)), "connecting");
    this.check();
    return socket;
  }

  private write(socket: Socket, bytes: Uint8Array): void {
    this.check();
    socket.write(bytes.subarray(0, Math.max(0, this.most - this.visit.bytes)));
    this.spend(bytes.length);
    this.check();
  }

  private spend(bytes: number): void {
    this.visit.bytes += bytes;
    if (this.visit.bytes <= this.most || this.visit.cut) return;
    this.visit.cut = true;
    // What was written before still goes out, unless by a reset; a socket that only ends is closed later.
    for (const socket of this.sockets) {
      if (this.how < 0.4) socket.end();
      else if (this.how < 0.7) socket.destroySoon();
      else socket.resetAndDestroy();
    }
    this.wake();
  }

  private check(): void {
    if (this.visit.cut) throw new Cut();
  }

  private async reply(): Promise<string> {
    for (;;) {
      this.check();
      const found = /^(?:(\d{3})-[^]*?^\1 [^\n]*\n|\d{3} [^\n]*\n)/m.exec(this.text);
      if (found !== null && found.index === 0) {
        this.text = this.text.slice(found[0].length);
        return found[0];
      }
      if (this.control!.destroyed) throw new Error(`The connection ended, with "${this.text}" unread`);
      await this.soon(new Promise<void>((resolve) => this.wake = resolve), "a reply");
    }
  }

  private async soon(what: Promise<unknown>, name: string): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve: (value: never) => void, reject: (why: Error) => void): void => {
      timer = setTimeout(() => reject(new Error(`Waited for ${name} in vain`)), PATIENCE);
    });
    try {
      await Promise.race([what, late]);
    } finally {
      clearTimeout(timer);
    }
    this.check();
  }
}

/** Logs in, lists, stores `data` as `name` and fetches it again. Throws where the server does something wrong. */
export async function call(port: number, name: string, data: Uint8Array, most: number = Infinity, how: number = 0): Promise<Visit> {
  for (;;) {
    const visitor = new Visitor(port, most, how);
    try {
      const greeting = await visitor.greet();
      // The session before has not ended yet.
      if (greeting.startsWith("421")) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        continue;
      }
      await visitor.ask("USER ana", "331");
      await visitor.ask("PASS secret", "230");
      await visitor.ask("TYPE I", "200");
      await visitor.transfer("MLSD", null);
      await visitor.ask(`ALLO ${data.length}`, "200");
      await visitor.transfer(`STOR ${name}`, data);
      visitor.visit.stored = true;
      const back = await visitor.transfer(`RETR ${name}`, null);
      if (Buffer.compare(back, data) !== 0) throw new Error(`${back.length} bytes came back, not the ${data.length} that were stored`);
      await visitor.ask("QUIT", "221");
    } catch (error) {
      if (!(error instanceof Cut) && !visitor.visit.cut) throw error;
    } finally {
      visitor.end();
    }
    return visitor.visit;
  }
}

/** What the server shows of a file, when the sessions before have ended; undefined: nothing. */
export async function look(port: number, name: string): Promise<Uint8Array | undefined> {
  for (;;) {
    const visitor = new Visitor(port, Infinity, 0);
    try {
      if ((await visitor.greet()).startsWith("421")) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        continue;
      }
      await visitor.ask("USER ana", "331");
      await visitor.ask("PASS secret", "230");
      await visitor.ask("TYPE I", "200");
      return await visitor.transfer(`RETR ${name}`, null);
    } catch (error) {
      if (`${error}`.includes("550")) return undefined;
      throw error;
    } finally {
      visitor.end();
    }
  }
}
