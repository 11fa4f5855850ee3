// Every transcript of the client, in every way that must not matter: packets, loans, files that are now or later.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { parseScript, runScript, WAYS } from "./client-runner.ts";

let root = path.dirname(fileURLToPath(import.meta.url));
while (!existsSync(path.join(root, "package.json"))) root = path.dirname(root);
const folder = path.join(root, "test/transcripts/client");
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
