// connect() and serve() as a process of a user's on each runtime: it ends by itself, idles without work, and needs few permissions.

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { assert, assertEquals } from "../assert.ts";
import { commandLine, missing, RUNTIMES } from "../runtime.ts";
import type { Runtime } from "../runtime.ts";

/** Ticks of the processor's clock in a second, of which /proc tells. */
const TICKS = 100;
const WATCHED = 2;
/** Of one processor. */
const BUSY = 0.05;

/** What docs/runtimes.md lists, for one folder. */
function permissions(folder: string): string[] {
  return ["--allow-net=127.0.0.1", `--allow-read=${folder}`, `--allow-write=${folder}`];
}

class Child {
  readonly process: ChildProcess;
  readonly ended: Promise<unknown>;
  out = "";
  err = "";

  constructor(name: Runtime, folder: string, ...args: string[]) {
    const [program, ...before] = commandLine(name, "test/runtimes/child", permissions(folder));
    this.process = spawn(program, [...before, args[0], folder, ...args.slice(1)], { stdio: "pipe" });
    this.process.stdout?.on("data", (text) => this.out += text);
    this.process.stderr?.on("data", (text) => this.err += text);
    this.ended = once(this.process, "close");
  }

  /** The first line that it prints. */
  async line(): Promise<string> {
    while (!this.out.includes("\n") && this.process.exitCode === null) await pause(10);
    assert(this.out.includes("\n"), this.err);
    return this.out.split("\n")[0];
  }

  /** Its exit code; null where it had to be killed. */
  async end(): Promise<number | null> {
    this.process.stdin?.end();
    const timer = setTimeout(() => this.process.kill("SIGKILL"), 20000);
    await this.ended;
    clearTimeout(timer);
    return this.process.exitCode;
  }

  /** Processor time so far, in ticks. */
  ticks(): number {
    const stat = readFileSync(`/proc/${this.process.pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return Number(fields[11]) + Number(fields[12]);
  }
}

for (const name of RUNTIMES) {
  describe(`a process on ${name}`, { skip: missing(name) || false }, () => {
    test("is ended by nothing but close(), and needs no other permissions", { timeout: 60000 }, async () => {
      using folder = place();
      writeFileSync(join(folder.path, "local"), "x".repeat(100000));
      const child = new Child(name, folder.path, "all");
      assertEquals([await child.end(), child.out, child.err], [0, "closed\nended\n", ""]);
      assertEquals(readFileSync(join(folder.path, "back"), "utf8"), "x".repeat(100000));
      assert(!existsSync(join(folder.path, "never")));
    });

    const proc = existsSync("/proc/self/stat") ? false : "there is no /proc";
    test("does not work while client and server are idle", { timeout: 60000, skip: proc }, async (context) => {
      using folder = place();
      const server = new Child(name, folder.path, "serve");
      const client = new Child(name, folder.path, "idle", await server.line());
      const children = [client, server];
      try {
        assertEquals(await client.line(), "idle");
        await pause(1000);
        const before = children.map((child) => child.ticks());
        await pause(WATCHED * 1000);
        const shares = children.map((child, i) => (child.ticks() - before[i]) / TICKS / WATCHED);
        context.diagnostic(`client ${shares[0]}, server ${shares[1]}`);
        assert(Math.max(...shares) < BUSY, `They use ${shares} of a processor`);
      } finally {
        assertEquals(await Promise.all(children.map((child) => child.end())), [0, 0]);
      }
    });
  });
}

/** A folder that is gone after the test. */
function place(): { path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), "picoftp-life-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
