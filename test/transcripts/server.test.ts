// Every transcript of the server, in every way that must not matter: packets, loans, a file system that is now or later.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runScript, WAYS } from "./server-runner.ts";
import { parseScript } from "./server-script.ts";

let root = path.dirname(fileURLToPath(import.meta.url));
while (!existsSync(path.join(root, "package.json"))) root = path.dirname(root);
const folder = path.join(root, "test/transcripts/server");
const wanted = process.env.TRANSCRIPT ?? "";

for (const file of readdirSync(folder).sort()) {
  if (!file.endsWith(".ftp") || !file.includes(wanted)) continue;
  test(file.slice(0, -4), () => {
    const script = parseScript(file, readFileSync(path.join(folder, file), "latin1"));
    const failures: Error[] = [];
    for (const way of WAYS) {
      try {
        runScript(script, way);
      } catch (error) {
        failures.push(error as Error);
      }
    }
    if (failures.length > 0) throw new Error(`${failures.length} of ${WAYS.length} ways failed, the first:\n${failures[0].message}`);
  });
}
