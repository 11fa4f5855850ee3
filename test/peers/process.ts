// Programs of others, run for a test: where they are, a free port, a start that waits, their output, a stop that leaves nothing.

import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, chownSync, constants, existsSync, mkdtempSync, rmSync } from "node:fs";
import { connect as dial, createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";

/** The loopback addresses; a test that needs the second asks `hasIPv6` first. */
export type Loopback = "127.0.0.1" | "::1";

/** The project's folder, from wherever the tests were compiled to. */
export function projectFolder(): string {
  let folder: string = import.meta.dirname;
  while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
  return folder;
}

/** The full path of a program; "" where there is none. */
export function find(name: string): string {
  const folders = (process.env.PATH ?? "").split(delimiter).concat("/usr/local/sbin", "/usr/sbin", "/sbin");
  for (const folder of folders) {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return join(folder, name);
    } catch { /* not in this folder */ }
  }
  return "";
}

/** The path of a server that tools/peers.mjs unpacked, else of one that is installed; "" where there is none. */
export function findServer(name: string, file: string): string {
  const unpacked = join(projectFolder(), ".tmp", "peers", name, file);
  return existsSync(unpacked) ? unpacked : find(file.slice(file.lastIndexOf("/") + 1));
}

/** A new empty folder that anybody may enter; `owner` is its user id. */
export function temporaryFolder(name: string, owner: number): string {
  const folder = mkdtempSync(join(tmpdir(), `picoftp-${name}-`));
  if (process.getuid?.() === 0) chownSync(folder, owner, owner);
  return folder;
}

/** Removes what `temporaryFolder` made. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

/** A port of `host` that nobody listens on. */
export function freePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, host, () => {
      const address = server.address();
      const port = address !== null && typeof address !== "string" ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

let ranges = 0;

/** The next range of 200 passive ports, below those that the kernel hands out, and another in each process. */
export function passiveRange(): { first: number; last: number } {
  const first = 20000 + ((process.pid * 7 + ranges++) % 60) * 200;
  return { first, last: first + 199 };
}

/** Whether this machine has IPv6 on its loopback. */
export async function hasIPv6(): Promise<boolean> {
  return await freePort("::1").then(() => true, () => false);
}

/** A program that runs until it is stopped. */
export class Program {
  child: ChildProcess;
  /** The last of what it wrote. */
  output = "";
  /** -1 while it runs, -2 where a signal ended it. */
  status = -1;
  private name: string;
  private over: Promise<void>;

  constructor(file: string, args: string[]) {
    this.name = file;
    // Few descriptors: proftpd and pam_exec close every possible one for each session, and there may be a million.
    const limited = ["-c", 'ulimit -n 1024; exec "$0" "$@"', file, ...args];
    this.child = spawn("/bin/sh", limited, { stdio: ["ignore", "pipe", "pipe"] });
    const keep = (chunk: Uint8Array): void => {
      this.output = (this.output + chunk).slice(-8000);
    };
    this.child.stdout?.on("data", keep);
    this.child.stderr?.on("data", keep);
    this.over = new Promise((resolve) => {
      this.child.once("error", (error) => {
        this.output += error.message;
        this.status = -2;
        resolve();
      });
      this.child.once("close", (code) => {
        this.status = code ?? -2;
        resolve();
      });
    });
  }

  /** Waits until the server greets on `port` with 220; with implicit TLS, until it listens. */
  async greets(host: string, port: number, implicit: boolean = false): Promise<void> {
    const end = Date.now() + 10000;
    while (Date.now() < end && this.status === -1) {
      if (implicit ? await listens(host, port) : (await greeting(host, port)).startsWith("220")) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await this.stop();
    throw new Error(`Cannot start "${this.name}": ${this.output}`);
  }

  /** Asks it to end, and ends it two seconds later. */
  async stop(): Promise<void> {
    if (this.status === -1) this.child.kill("SIGTERM");
    const timer = setTimeout(() => this.child.kill("SIGKILL"), 2000);
    await this.over;
    clearTimeout(timer);
  }
}

function listens(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = dial({ host, port }, () => resolve(true));
    socket.once("connect", () => socket.destroy());
    socket.once("error", () => resolve(false));
  });
}

function greeting(host: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = dial({ host, port });
    socket.setTimeout(3000, () => socket.destroy());
    socket.once("data", (chunk) => {
      resolve(chunk.toString("latin1"));
      socket.end("QUIT\r\n");
      // Read to the end: a socket that is destroyed with bytes unread resets the server.
      socket.on("data", () => {});
    });
    socket.once("error", () => resolve(""));
    socket.once("close", () => resolve(""));
  });
}
