// A child process of the matrix: lines in and out, what it holds by the system's books, and whether it ends by itself.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Command } from "./runtimes.ts";

/** Nobody says nothing for so long, in milliseconds. */
const SILENCE = 120000;
/** A process that has nothing to do any more ends within this. */
const LAST = 15000;

/** The system's books of sockets. */
const TABLES = ["tcp", "tcp6"];
/** Where a line of them has the socket's number. */
const INODE = 9;

/** What a process has open. */
export interface Open {
  /** Of TCP. */
  sockets: number;
  /** Files in the folder that was asked for. */
  files: number;
}

/** One child. */
export class Child {
  private readonly process: ChildProcess;
  private readonly answers: AsyncIterator<string>;
  private readonly exit: Promise<unknown>;
  private errors = "";

  constructor([program, ...args]: Command) {
    const env = { ...process.env, DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" };
    this.process = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"], env });
    this.exit = once(this.process, "exit").catch(() => {});
    this.process.stdin?.on("error", () => {});
    this.process.stderr?.on("data", (data) => this.errors = (this.errors + data).slice(-4000));
    this.answers = createInterface({ input: this.process.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  }

  /** Says a line. */
  say(line: string): void {
    this.process.stdin?.write(`${line}\n`);
  }

  /** The next line as a value. Throws where none comes in `patience` milliseconds; the child is dead then. */
  async hear<T>(patience: number = SILENCE): Promise<T> {
    const timer = setTimeout(() => this.kill(`\nkilled: nothing was heard for ${patience / 1000} s`), patience);
    try {
      const { value, done } = await this.answers.next();
      if (!done) return JSON.parse(value) as T;
    } finally {
      clearTimeout(timer);
    }
    await this.exit;
    throw new Error(`The child is gone (${this.process.signalCode ?? this.process.exitCode})${this.errors}`);
  }

  /** What it has open, sockets and files in a folder; null where the system does not tell. */
  open(folder: string): Open | null {
    const books = `/proc/${this.process.pid}/fd`;
    if (!existsSync(books)) return null;
    const targets = readdirSync(books).map((name) => target(`${books}/${name}`));
    // Runtimes have other sockets for themselves.
    const tcp = new Set(TABLES.flatMap((table) => inodes(`/proc/${this.process.pid}/net/${table}`)));
    return {
      sockets: targets.filter((each) => tcp.has(each)).length,
      files: targets.filter((each) => each.startsWith(folder)).length,
    };
  }

  /** Ends its input, after which it has to end by itself: "" or what it did instead. */
  async end(): Promise<string> {
    this.process.stdin?.end();
    let late = "";
    const timer = setTimeout(() => {
      late = `it was still there ${LAST / 1000} s after its end\n${threads(this.process.pid)}`;
      this.kill("");
    }, LAST);
    await this.exit;
    clearTimeout(timer);
    if (late !== "") return late + this.errors;
    return this.process.exitCode === 0 ? "" : `it ended with ${this.process.signalCode ?? this.process.exitCode}: ${this.errors}`;
  }

  kill(reason: string): void {
    this.errors += reason;
    this.process.kill("SIGKILL");
  }
}

/** What its threads wait for, as far as the system tells. */
function threads(pid: number | undefined): string {
  const folder = `/proc/${pid}/task`;
  if (!existsSync(folder)) return "";
  const said = (thread: string, file: string): string => {
    try {
      return readFileSync(`${folder}/${thread}/${file}`, "utf8").trim();
    } catch {
      return "?";
    }
  };
  return readdirSync(folder).map((each) => `${said(each, "comm")} ${said(each, "wchan")} ${said(each, "syscall").split(" ")[0]}`).join(
    ", ",
  );
}

function target(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return "";
  }
}

/** As the links of descriptors name them. */
function inodes(table: string): string[] {
  if (!existsSync(table)) return [];
  return readFileSync(table, "utf8").split("\n").map((line) => `socket:[${line.trim().split(/\s+/)[INODE]}]`);
}
