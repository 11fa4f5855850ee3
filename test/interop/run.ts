// A client program run to its end, with a limit in time and its output shown when it fails.

import { spawn } from "node:child_process";
import { assert } from "../assert.ts";

/** How a program ended. */
export interface Result {
  /** Its exit status; -1: stopped by us. */
  code: number;
  out: string;
  err: string;
}

/** How to run it. */
export interface How {
  /** Its home: a folder without anybody's settings. */
  home: string;
  cwd?: string;
  /** What it reads from its standard input. */
  input?: string;
  env?: Record<string, string>;
  /** Milliseconds; default 30000. */
  limit?: number;
  /** Stops it then, which is not a failure. */
  killAfter?: number;
}

/** Runs a program, whatever it ends with. */
export function run(program: string, args: string[], how: How): Promise<Result> {
  return new Promise((resolve, reject) => {
    const env: Record<string, string> = { HOME: how.home, LC_ALL: "C.UTF-8", TZ: "UTC", ...how.env };
    // Nothing of this machine: proxies, pagers, colours, somebody's .netrc.
    for (const name of ["PATH", "TMPDIR", "PYENV_ROOT", "LD_LIBRARY_PATH"]) {
      const value = process.env[name];
      if (value !== undefined) env[name] = value;
    }
    const child = spawn(program, args, { cwd: how.cwd ?? how.home, env, stdio: ["pipe", "pipe", "pipe"] });
    const result = { code: -1, out: "", err: "" };
    let stopped = false;
    const stop = (): void => {
      stopped = true;
      child.kill("SIGKILL");
    };
    const timer = setTimeout(() => {
      result.err += `\nstopped after ${how.limit ?? 30000} ms`;
      stop();
    }, how.limit ?? 30000);
    const end = how.killAfter === undefined ? undefined : setTimeout(stop, how.killAfter);
    child.stdout.on("data", (chunk: Uint8Array) => result.out += chunk);
    child.stderr.on("data", (chunk: Uint8Array) => result.err += chunk);
    child.stdin.on("error", () => {});
    child.stdin.end(how.input ?? "");
    child.once("error", reject);
    child.once("close", (code) => {
      clearTimeout(timer);
      clearTimeout(end);
      result.code = stopped ? -1 : code ?? -1;
      resolve(result);
    });
  });
}

/** Fails, and shows all there is, unless the program ended with `code`. */
export function expectCode(result: Result, code: number, log: string): void {
  if (result.code === code) return;
  const shown = [`ended with ${result.code}, not ${code}`, result.out.slice(-4000), result.err.slice(-8000), log.slice(-2000)];
  assert(false, shown.join("\n---\n"));
}
