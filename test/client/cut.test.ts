// Every transcript of the client, cut short after every step in every way: no operation hangs, nothing is left.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { CUTS, cutScript, parseScript, WAYS } from "../transcripts/client-runner.ts";

let root = path.dirname(fileURLToPath(import.meta.url));
while (!existsSync(path.join(root, "package.json"))) root = path.dirname(root);
const folder = path.join(root, "test/transcripts/client");
const wanted = process.env.TRANSCRIPT ?? "";

for (const cut of CUTS) {
  test("cut by " + cut, () => {
    const failures: Error[] = [];
    let runs = 0;
    for (const file of readdirSync(folder).sort()) {
      if (!file.endsWith(".ftp") || !file.includes(wanted)) continue;
      const script = parseScript(file, readFileSync(path.join(folder, file), "latin1"));
      for (let steps = 0; steps < script.steps.length; steps++) {
        // A way each in turn; over all files and steps every one has its turn many times.
        const way = WAYS[runs++ % WAYS.length];
        try {
          cutScript(script, way, steps, cut);
        } catch (error) {
          failures.push(error as Error);
        }
      }
    }
    if (failures.length > 0) throw new Error(`${failures.length} of ${runs} failed, the first:\n${failures[0].message}`);
  });
}
