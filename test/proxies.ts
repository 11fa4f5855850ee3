// Small proxies on real sockets, for tests: SOCKS 5, SOCKS 4A, HTTP CONNECT, and FTP proxies that log in to a server behind them.

import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

/** A proxy that runs. */
export interface TestProxy {
  host: string;
  port: number;
  /** Targets that it was asked for, "host:port". */
  asked: string[];
  /** SOCKS 5: every request is answered with this code; 0: as it is. */
  refuse: number;
  /** What an FTP proxy has heard before it was through. */
  heard: string[];
  close(): Promise<void>;
}

/** Who may use a proxy; "" everybody. */
export interface ProxyUser {
  user: string;
  password: string;
}

/** Bytes of a connection on demand. */
class Reader {
  readonly socket: Socket;
  private bytes: Buffer = Buffer.alloc(0);
  private wake: (() => void) | null = null;
  private over = false;
  private readonly listener = (chunk: Buffer): void => {
    this.bytes = Buffer.concat([this.bytes, chunk]);
    this.wake?.();
  };

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", this.listener);
    socket.on("close", () => {
      this.over = true;
      this.wake?.();
    });
  }

  async take(length: number): Promise<Buffer> {
    while (this.bytes.length < length) await this.more();
    const taken = this.bytes.subarray(0, length);
    this.bytes = this.bytes.subarray(length);
    return taken;
  }

  async until(end: string): Promise<string> {
    while (this.bytes.indexOf(end) < 0) await this.more();
    return (await this.take(this.bytes.indexOf(end) + end.length)).toString("latin1");
  }

  /** From now on everything goes there. */
  pipe(other: Socket): void {
    this.socket.removeListener("data", this.listener);
    if (this.bytes.length > 0) other.write(this.bytes);
    this.socket.pipe(other);
  }

  /** From now on everything goes both ways. */
  join(other: Socket): void {
    this.pipe(other);
    other.pipe(this.socket);
  }

  private async more(): Promise<void> {
    if (this.over) throw new Error("the connection has ended");
    await new Promise<void>((resolve) => this.wake = resolve);
  }
}

/** SOCKS 5, with a login where a user is given. */
export function socks5(who: ProxyUser = NOBODY): Promise<TestProxy> {
  return listen(async (reader, proxy) => {
    const socket = reader.socket;
    const [, count] = await reader.take(2);
    const methods = [...await reader.take(count)];
    const wanted = who.user === "" ? 0 : 2;
    if (!methods.includes(wanted)) return void socket.end(Buffer.from([5, 255]));
    socket.write(Buffer.from([5, wanted]));
    if (wanted === 2) {
      const [, length] = await reader.take(2);
      const user = (await reader.take(length)).toString();
      const password = (await reader.take((await reader.take(1))[0])).toString();
      const right = user === who.user && password === who.password;
      socket.write(Buffer.from([1, right ? 0 : 1]));
      if (!right) return void socket.end();
    }
    const [, , , kind] = await reader.take(4);
    const host = kind === 3 ? (await reader.take((await reader.take(1))[0])).toString() : address(await reader.take(kind === 1 ? 4 : 16));
    const port = (await reader.take(2)).readUInt16BE();
    proxy.asked.push(`${host}:${port}`);
    if (proxy.refuse !== 0) return void socket.end(Buffer.from([5, proxy.refuse, 0, 1, 0, 0, 0, 0, 0, 0]));
    const target = await reach(host, port);
    socket.write(Buffer.from([5, target === null ? 5 : 0, 0, 1, 0, 0, 0, 0, 0, 0]));
    if (target === null) socket.end();
    else reader.join(target);
  });
}

/** SOCKS 4 and 4A. */
export function socks4(): Promise<TestProxy> {
  return listen(async (reader, proxy) => {
    const head = await reader.take(8);
    await reader.until("\0");
    const named = head[4] === 0 && head[5] === 0 && head[6] === 0;
    const host = named ? (await reader.until("\0")).slice(0, -1) : address(head.subarray(4));
    const port = head.readUInt16BE(2);
    proxy.asked.push(`${host}:${port}`);
    const target = await reach(host, port);
    reader.socket.write(Buffer.from([0, target === null ? 91 : 90, 0, 0, 0, 0, 0, 0]));
    if (target === null) reader.socket.end();
    else reader.join(target);
  });
}

/** HTTP CONNECT, with Basic authentication where a user is given. */
export function httpConnect(who: ProxyUser = NOBODY): Promise<TestProxy> {
  return listen(async (reader, proxy) => {
    const head = await reader.until("\r\n\r\n");
    const [, host, port] = /^CONNECT \[?([^\]\s]+?)\]?:(\d+) HTTP\/1\.1\r\n/.exec(head) as RegExpExecArray;
    const login = `Proxy-Authorization: Basic ${Buffer.from(`${who.user}:${who.password}`).toString("base64")}\r\n`;
    if (who.user !== "" && !head.includes(login)) return void reader.socket.end("HTTP/1.1 407 Who are you?\r\n\r\n");
    proxy.asked.push(`${host}:${port}`);
    const target = await reach(host, Number(port));
    reader.socket.write(`HTTP/1.1 ${target === null ? "503 Cannot reach it" : "200 Connected"}\r\nVia: test\r\n\r\n`);
    if (target === null) reader.socket.end();
    else reader.join(target);
  });
}

/** An FTP proxy of any kind: it takes USER and PASS for its own user, then whatever names a server, then it is through. */
export function ftpProxy(who: ProxyUser = NOBODY): Promise<TestProxy> {
  return listen(async (reader, proxy) => {
    let known = who.user === "";
    reader.socket.write("220 Proxy\r\n");
    for (;;) {
      const line = (await reader.until("\r\n")).trimEnd();
      proxy.heard.push(line);
      const [, verb, argument = ""] = /^(\S+) ?(.*)$/.exec(line) as RegExpExecArray;
      const [, before, host, port = "21"] = /^(?:(.*)@)?([^@:]+)(?::(\d+))?$/.exec(argument) ?? [];
      const names = verb === "OPEN" || verb === "SITE" || (verb === "USER" && before !== undefined);
      if (!known && verb === "USER" && argument === who.user) reader.socket.write("331 Password of the proxy\r\n");
      else if (!known && verb === "PASS") {
        known = argument === Buffer.from(who.password).toString("latin1");
        reader.socket.write(known ? "230 Now the server\r\n" : "530 Not for you\r\n");
      } else if (!known || !names) reader.socket.write("530 Who are you?\r\n");
      else return await through(reader, proxy, host, Number(port), verb === "USER" ? before : "");
    }
  });
}

async function through(reader: Reader, proxy: TestProxy, host: string, port: number, user: string): Promise<void> {
  proxy.asked.push(`${host}:${port}`);
  const target = await reach(host, port);
  if (target === null) return void reader.socket.write("421 Cannot reach it\r\n");
  const server = new Reader(target);
  const greeting = await server.until("\r\n");
  if (user === "") reader.socket.write(greeting);
  else target.write(`USER ${user}\r\n`);
  server.pipe(reader.socket);
  reader.pipe(target);
}

const NOBODY: ProxyUser = { user: "", password: "" };

async function listen(serve: (reader: Reader, proxy: TestProxy) => Promise<void>): Promise<TestProxy> {
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("error", () => {});
    serve(new Reader(socket), proxy).catch(() => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const proxy: TestProxy = {
    host: "127.0.0.1",
    port: (server.address() as AddressInfo).port,
    asked: [],
    refuse: 0,
    heard: [],
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return proxy;
}

function reach(host: string, port: number): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, allowHalfOpen: true });
    socket.on("connect", () => resolve(socket));
    socket.on("error", () => resolve(null));
  });
}

function address(bytes: Buffer): string {
  if (bytes.length === 4) return [...bytes].join(".");
  return Array.from({ length: 8 }, (_none, i) => bytes.readUInt16BE(i * 2).toString(16)).join(":");
}
