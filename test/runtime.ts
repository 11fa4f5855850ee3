// Which runtime the tests are on, what it brings along, and how programs of ours are started on each of them.

import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** A runtime that the tests run on. */
export type Runtime = "node" | "deno" | "bun";

/** All of them. */
export const RUNTIMES: Runtime[] = ["node", "deno", "bun"];

/** This one. */
export const runtime: Runtime = "Deno" in globalThis ? "deno" : "Bun" in globalThis ? "bun" : "node";

/** The project's folder, above this file or above what it was compiled to. */
export const root: string = fileURLToPath(new URL("..", import.meta.url)).replace(/[\\/]\.tsc[\\/]$/, "");

type Module = Pick<typeof import("../adapters/node/mod.ts"), "connect" | "serve">;

const MODULES: Record<Runtime, () => Promise<Module>> = {
  node: () => import("../adapters/node/mod.ts"),
  deno: () => import("../adapters/deno/mod.ts"),
  bun: () => import("../adapters/bun/mod.ts"),
};
const own: Module = await MODULES[runtime]();

/** connect() of this runtime's adapter. */
export const connect: Module["connect"] = own.connect;

/** serve() of this runtime's adapter. */
export const serve: Module["serve"] = own.serve;

const windows = process.platform === "win32";

/** Where the program of a runtime is. */
export const PROGRAMS: Record<Runtime, string> = {
  node: runtime === "node" ? process.execPath : "node",
  deno: runtime === "deno" ? process.execPath : join(root, "node_modules", "deno", windows ? "deno.exe" : "deno"),
  bun: runtime === "bun" ? process.execPath : join(root, "node_modules", "bun", "bin", "bun.exe"),
};

/** "" or why a runtime cannot be started. */
export function missing(name: Runtime): string {
  return name === "node" || existsSync(PROGRAMS[name]) ? "" : `${name} is not installed`;
}

/**
 * The command line that starts a program of ours, such as "cli/main", on a runtime; its arguments come after it. Node gets what was
 * compiled, Deno no permission but these, and never asks for more.
 */
export function commandLine(name: Runtime, file: string, permissions: string[]): string[] {
  if (name === "node") return [PROGRAMS.node, join(root, ".tsc", `${file}.js`)];
  if (name === "bun") return [PROGRAMS.bun, "run", join(root, `${file}.ts`)];
  return [PROGRAMS.deno, "run", "--no-check", "--no-config", "--no-prompt", ...permissions, join(root, `${file}.ts`)];
}
