// The runtimes that are measured: how each is started, and whose raw copy is its anchor.
import { existsSync } from "node:fs";

/** name -> command line before the script, and the raw copy's script; those that are not installed are left out. */
export const RUNTIMES = {
  node: { command: [process.execPath], raw: "node" },
  node24: { command: ["tools/runtimes/node_modules/node24/bin/node"], raw: "node" },
  deno: { command: ["node_modules/deno/deno", "run", "-A", "--no-check", "--node-modules-dir=manual"], raw: "deno" },
  bun: { command: ["node_modules/bun/bin/bun.exe"], raw: "bun" },
};

/** The runtimes that are there. */
export function runtimes() {
  return Object.keys(RUNTIMES).filter((name) => existsSync(RUNTIMES[name].command[0]));
}

/** The program and the arguments that run a script of this folder. */
export function commandOf(name, file, args) {
  const [program, ...flags] = RUNTIMES[name].command;
  return [program, [...flags, `bench/${file}`, ...args]];
}
