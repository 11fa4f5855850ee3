// The client is gone after every single event of every transcript of the server: nothing may stay.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { cutScript } from "../transcripts/server-runner.ts";
import type { Way } from "../transcripts/server-runner.ts";
import { parseScript } from "../transcripts/server-script.ts";

let root = path.dirname(fileURLToPath(import.meta.url));
while (!existsSync(path.join(root, "package.json"))) root = path.dirname(root);
const folder = path.join(root, "test/transcripts/server");

const WAYS: Way[] = [
  { split: 0, lend: false, later: true, used: false },
  { split: 0, lend: true, later: false, used: true },
];
/** From here on only every third event, to the end of a script or to MOST. */
const CLOSELY = 100;
const MOST = 400;

for (const file of readdirSync(folder).sort()) {
  if (!file.endsWith(".ftp")) continue;
  test(file.slice(0, -4), () => {
    const script = parseScript(file, readFileSync(path.join(folder, file), "latin1"));
    for (const way of WAYS) {
      let events = 1;
      while (events < MOST && cutScript(script, way, events)) events += events < CLOSELY ? 1 : 3;
    }
  });
}
