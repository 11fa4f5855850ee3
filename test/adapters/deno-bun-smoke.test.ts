// connect() and serve() of Node, Deno and Bun, each against each, in processes of their own: 64 MiB up and down.

import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { assert, assertEquals } from "../assert.ts";

const SIZE = 64 * 1048576;
const MODES = ["passive", "active"];
const NAMES = ["node", "deno", "bun"];
const here = !("Deno" in globalThis) && !("Bun" in globalThis);

/** The project's folder, above this file or above what it was compiled to. */
const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\.tsc\/$/, "");
const source = join(root, "test", "adapters", "deno-bun-peer.ts");
const compiled = fileURLToPath(new URL("./deno-bun-peer.js", import.meta.url));

/** How a runtime is started; the arguments of the program come after it. */
const COMMANDS: Record<string, string[]> = {
  node: [process.execPath, compiled],
  deno: [
    join(root, "node_modules", "deno", "deno"),
    ...["run", "--no-check", "--no-config", "--no-prompt", "--allow-net", "--allow-read", "--allow-write", source],
  ],
  bun: [join(root, "node_modules", "bun", "bin", "bun.exe"), "run", source],
};

function start(runtime: string, ...args: string[]): ChildProcess {
  const [program, ...before] = COMMANDS[runtime];
  return spawn(program, [...before, ...args], { stdio: ["pipe", "pipe", "inherit"] });
}

/** The first line that a child prints. */
async function line(child: ChildProcess): Promise<string> {
  let text = "";
  for await (const data of child.stdout as NodeJS.ReadableStream) {
    text += String(data);
    if (text.includes("\n")) break;
  }
  return text.split("\n")[0];
}

/** "" or why a runtime cannot be started. */
function missing(runtime: string): string {
  const [program] = COMMANDS[runtime];
  if (!existsSync(program)) return `${runtime} is not installed`;
  return spawnSync(program, ["--version"]).status === 0 ? "" : `${runtime} does not start`;
}

if (!here) it("each runtime against each", { skip: "runs on Node, which starts the others" }, () => undefined);
if (here) {
  describe("each runtime against each", () => {
    let top = "";

    before(() => {
      top = mkdtempSync(join(tmpdir(), "picoftp-"));
      const bytes = Buffer.alloc(SIZE);
      for (let i = 0; i < SIZE; i += 4) bytes.writeUInt32LE(Math.imul(i, 2654435761) >>> 0, i);
      writeFileSync(join(top, "local"), bytes);
    });
    after(() => rmSync(top, { recursive: true }));

    for (const server of NAMES) {
      for (const client of NAMES) {
        for (const mode of MODES) {
          it(`${client} to ${server}, ${mode}`, { timeout: 60000 }, async (context) => {
            const reason = missing(server) || missing(client);
            if (reason !== "") return context.skip(reason);
            const folder = join(top, `${server}-${client}-${mode}`);
            mkdirSync(folder);
            const serving = start(server, "serve", folder);
            const ended = once(serving, "exit");
            const port = await line(serving);
            const transferring = start(client, "transfer", top, port, mode);
            const told = await line(transferring);
            const [code] = transferring.exitCode === null ? await once(transferring, "exit") : [transferring.exitCode];
            serving.stdin?.end();
            assertEquals(code, 0);
            assert(told.startsWith("{"), told);
            const { up, down } = JSON.parse(told);
            context.diagnostic(`up ${rate(up)}, down ${rate(down)} MiB/s`);
            assertEquals((await ended)[0], 0, "A server that is closed keeps no process alive");
            rmSync(folder, { recursive: true });
          });
        }
      }
    }
  });
}

function rate(milliseconds: number): number {
  return Math.round((SIZE / 1048576 / milliseconds) * 1000);
}
