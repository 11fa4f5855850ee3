// Runs `picoftp` as a user does: a process of its own, on loopback, in a folder of its own, on each runtime.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { commandLine, missing, PROGRAMS, root } from "../runtime.ts";

/** How the command can be started. */
export type Way = "node" | "deno" | "bun" | "compiled";

/** What docs/cli.md lists. */
const PERMISSIONS = [
  "--allow-net",
  "--allow-read",
  "--allow-write",
  "--allow-env=PICOFTP_PASSWORD,NETRC,HOME",
  "--allow-sys=homedir",
];
const FILE = path.join(tmpdir(), `picoftp-compiled-${process.pid}${process.platform === "win32" ? ".exe" : ""}`);

/** The program and the arguments before those of the command. */
export const COMMANDS: Record<Way, string[]> = {
  node: commandLine("node", "cli/main", []),
  deno: commandLine("deno", "cli/main", PERMISSIONS),
  bun: commandLine("bun", "cli/main", []),
  compiled: [FILE],
};

/** All ways. */
export const WAYS: Way[] = ["node", "deno", "bun", "compiled"];

/** For `describe`: skipped where the runtime is missing. */
export function needs(way: Way): { skip: string | false } {
  return { skip: missing(way === "compiled" ? "bun" : way) || false };
}

/** Makes the command one file with its runtime inside, where that is the way. */
export function compile(way: Way): void {
  if (way !== "compiled") return;
  const { status, stderr } = spawnSync(PROGRAMS.bun, ["build", "--compile", path.join(root, "cli", "main.ts"), "--outfile", FILE]);
  if (status !== 0) throw new Error(`Cannot compile the command: ${stderr}`);
}

/** Takes it away again. */
export function tidy(way: Way): void {
  if (way === "compiled") rmSync(FILE, { force: true });
}

/** What a run came to. */
export interface Result {
  code: number | null;
  out: string;
  err: string;
}

/** How a run is set up. */
export interface Setup {
  env?: Record<string, string>;
  cwd?: string;
  input?: string | Uint8Array;
  /** Default: Node. */
  way?: Way;
  /** Called with the process once it runs. */
  started?: (child: ChildProcess) => void;
}

/** One run, to its end. */
export function picoftp(args: string[], setup: Setup = {}): Promise<Result> {
  const [program, ...before] = COMMANDS[setup.way ?? "node"];
  const child = spawn(program, [...before, ...args], { cwd: setup.cwd, env: { ...environment(), ...setup.env } });
  setup.started?.(child);
  return finish(child, setup.input);
}

/** Collects what a process says, until it ends. */
export function finish(child: ChildProcess, input?: string | Uint8Array): Promise<Result> {
  const result: Result = { code: null, out: "", err: "" };
  child.stdout?.setEncoding("latin1").on("data", (text) => result.out += text);
  child.stderr?.setEncoding("utf8").on("data", (text) => result.err += text);
  child.stdin?.on("error", () => {});
  child.stdin?.end(input);
  return new Promise((resolve) => child.on("close", (code) => resolve({ ...result, code })));
}

/** `picoftp serve`, and its end. */
export class Served {
  readonly child: ChildProcess;
  readonly output: Promise<Result>;
  /** Its lines so far. */
  lines: string[] = [];

  private constructor(child: ChildProcess) {
    this.child = child;
    this.output = finish(child);
  }

  /** Resolves when `lines` lines are there. */
  static async start(args: string[], env: Record<string, string> = {}, lines = 2, way: Way = "node"): Promise<Served> {
    const [program, ...before] = COMMANDS[way];
    const child = spawn(program, [...before, "serve", ...args], {
      env: { ...environment(), ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const served = new Served(child);
    let text = "";
    await new Promise<void>((resolve, reject) => {
      child.stdout?.on("data", (chunk) => {
        text += chunk;
        served.lines = text.split("\n").slice(0, -1);
        if (served.lines.length >= lines) resolve();
      });
      served.output.then(({ code, err }) => reject(new Error(`serve ended with ${code}: ${err}`)));
    });
    return served;
  }

  get port(): number {
    return Number(/:(\d+)\/$/.exec(this.lines[0])?.[1]);
  }

  /** The server's URL with a user in it. */
  url(path: string, user = "ana:pw"): string {
    return `ftp://${user === "" ? "" : `${user}@`}127.0.0.1:${this.port}/${path}`;
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<Result> {
    this.child.kill(signal);
    return await this.output;
  }
}

/** A folder that is gone after the test. */
export class Folder {
  readonly path: string = mkdtempSync(path.join(tmpdir(), "picoftp-cli-"));

  at(...names: string[]): string {
    return path.join(this.path, ...names);
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** No password and no netrc of whoever runs the tests. */
function environment(): Record<string, string> {
  const { PICOFTP_PASSWORD: _password, NETRC: _netrc, ...rest } = process.env;
  return { ...rest as Record<string, string>, NETRC: "/nonexistent", NO_COLOR: "1" };
}
