// Where a tool was started on Deno or Bun, starts it on Node: the machine's own, or else one that is installed from npm first.
//
// The gate runs tests on Node too, packs with npm and starts every runtime, so that it needs Node wherever it is started.
// `deno run -A tools/host.mjs tools/gate.mjs quick` does what `node tools/gate.mjs quick` does.

import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const HOME = path.join(here, "host");
const BIN = path.join(HOME, "node_modules", ".bin");
/** The oldest Node that runs the tools. */
const OLDEST = [20, 10];
/** How each runtime installs what tools/host/package.json names, beside that file, and without writing anything else. */
const INSTALL = {
  deno: ["install", "--node-modules-dir=manual", "--node-modules-linker=hoisted", "--no-lock"],
  bun: ["install", "--no-save", "--ignore-scripts", "--linker=hoisted"],
};

/** What runs this: "node", "deno" or "bun". */
export const runtime = ["deno", "bun"].find((name) => process.versions[name] !== undefined) ?? "node";

/** Runs a script on Node to its end, and ends as it did. */
export async function onNode([script, ...args]) {
  if (script === undefined) throw new Error("Cannot start a tool: none is named");
  const [node, PATH] = machine() ?? await installed();
  const child = spawn(node, [script, ...args], { stdio: "inherit", env: { ...process.env, PATH } });
  // A Ctrl-C reaches both: the tool decides.
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => signal === "SIGTERM" && child.kill(signal));
  process.exit(await new Promise((resolve) => child.on("close", (code) => resolve(code ?? 1))));
}

/** The machine's own Node, if npm is there too. Bun puts a "node" into the path that is itself. */
function machine() {
  const npm = places().some((folder) => existsSync(path.join(folder, process.platform === "win32" ? "npm.cmd" : "npm")));
  const node = npm && places().map((folder) => path.join(folder, process.platform === "win32" ? "node.exe" : "node")).find(isNode);
  return node ? [node, [path.dirname(node), ...places()].join(path.delimiter)] : undefined;
}

function places() {
  return (process.env.PATH ?? "").split(path.delimiter).filter((folder) => folder !== "");
}

function isNode(program) {
  if (!existsSync(program)) return false;
  const print = "process.versions.bun || process.versions.deno ? '' : process.versions.node";
  const { stdout } = spawnSync(program, ["-p", print], { encoding: "utf8" });
  const [major, minor] = (stdout ?? "").trim().split(".").map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

async function installed() {
  const node = path.join(BIN, "node");
  if (!existsSync(node)) {
    console.log("installing Node and npm below tools/host: this machine has none");
    const { status } = spawnSync(process.execPath, INSTALL[runtime], { cwd: HOME, stdio: "inherit" });
    if (status !== 0 || !isNode(node)) {
      throw new Error(`Cannot install Node for ${process.platform} on ${process.arch}: install Node 20.10 or newer, with npm`);
    }
  }
  return [node, [BIN, ...places()].join(path.delimiter)];
}

if (import.meta.main && runtime !== "node") await onNode(process.argv.slice(2));
