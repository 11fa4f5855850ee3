// Builds dist/, what the npm package holds: .js and .d.ts, with .js in their imports, and the files for Espruino.

import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { node, prepare, root, tsc } from "./run.mjs";

const dist = path.join(root, "dist");

await prepare();
rmSync(dist, { recursive: true, force: true });
await tsc("-p", "tools/tsconfig.build.json");
for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  const file = path.join(entry.parentPath ?? entry.path, entry.name);
  // The compiler rewrites what a .js imports, not what a .d.ts does.
  if (file.endsWith(".d.ts")) writeFileSync(file, readFileSync(file, "utf8").replace(/((?:from|import)\s*\(?"\.[^"]*)\.ts"/g, '$1.js"'));
}
const command = path.join(dist, "cli", "main.js");
if (existsSync(command)) chmodSync(command, 0o755);
await node("tools/espruino/bundle.mjs");
