// What the tools share: where the project is, and how a program is run.

import { spawn } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { onNode, runtime } from "./host.mjs";

/** The project's folder. */
export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Goes on with Node where the tool was started on another runtime, and installs what is missing. */
export async function prepare() {
  if (runtime !== "node") await onNode(process.argv.slice(1));
  if (!existsSync(path.join(root, "node_modules", "typescript"))) {
    console.log("installing the development tools");
    const flags = ["--no-audit", "--no-fund"];
    const { code } = await run("npm", ["ci", ...flags], { show: true, quiet: true });
    if (code !== 0) await run("npm", ["install", ...flags], { show: true });
  }
  const binary = path.join(root, "node_modules", "deno", process.platform === "win32" ? "deno.exe" : "deno");
  // npm may have been told not to run install scripts; this one only links the binary that is already there.
  if (!existsSync(binary)) await node(path.join("node_modules", "deno", "install.cjs"));
}

/**
 * Runs a program to its end; its text comes back, or is shown; with `errors: false` what it says on standard error comes apart.
 * Throws where it fails, unless told to be quiet.
 */
export function run(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const shell = process.platform === "win32" && program === "npm";
    const env = { ...process.env, NO_COLOR: "1", ...options.env };
    const child = spawn(program, args, {
      cwd: options.cwd ?? root,
      env,
      shell,
      stdio: ["ignore", options.show ? "inherit" : "pipe", options.show ? "inherit" : "pipe"],
    });
    const chunks = [];
    const errors = [];
    child.stdout?.on("data", (chunk) => chunks.push(chunk));
    child.stderr?.on("data", (chunk) => (options.errors === false ? errors : chunks).push(chunk));
    const timer = options.timeout === undefined ? null : setTimeout(() => {
      chunks.push(Buffer.from(`\nstopped after ${options.timeout / 1000} s\n`));
      child.kill("SIGKILL");
    }, options.timeout);
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      const text = Buffer.concat(chunks).toString();
      if (code === 0 || options.quiet) resolve({ code, text, errors: Buffer.concat(errors).toString() });
      else reject(new Error(`${text.trimEnd()}\n${path.basename(program)} ${args.join(" ")} ended with ${code}`));
    });
  });
}

/** Runs a script of ours or of a package. */
export async function node(file, ...args) {
  await run(process.execPath, [file, ...args]);
}

/** Runs the compiler. */
export async function tsc(...args) {
  await node(path.join("node_modules", "typescript", "bin", "tsc"), ...args);
}

/** Runs Deno's tools: format, lint, documentation, publishing. */
export async function deno(...args) {
  await run(deno.path, args);
}
deno.path = path.join(root, "node_modules", "deno", process.platform === "win32" ? "deno.exe" : "deno");

/** When a file or the newest file of some were changed, in milliseconds; 0: never. */
export function changed(...files) {
  return Math.max(0, ...files.filter((file) => existsSync(file)).map((file) => statSync(file).mtimeMs));
}
