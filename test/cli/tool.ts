// Runs `picoftp` as a user does: a process of its own, on loopback, in a folder of its own.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** The compiled command. */
export const MAIN: string = path.join(import.meta.dirname, "../../cli/main.js");

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
  /** Called with the process once it runs. */
  started?: (child: ChildProcess) => void;
}

/** One run, to its end. */
export function picoftp(args: string[], setup: Setup = {}): Promise<Result> {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: setup.cwd, env: { ...environment(), ...setup.env } });
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
  static async start(args: string[], env: Record<string, string> = {}, lines = 2): Promise<Served> {
    const child = spawn(process.execPath, [MAIN, "serve", ...args], {
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
