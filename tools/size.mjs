// What the bundles for a device cost, against their budgets in bench/size.json: `npm run size`; --write keeps the figures.
//
// A budget is a ratchet just above what there is; the goal is what the design wants, and is only shown.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundle, cost, ROOT, write } from "./espruino/bundle.mjs";
import { BUNDLES } from "./espruino/presets.mjs";

const FILE = join(ROOT, "bench/size.json");
const KEYS = ["bytes", "functions", "parameters", "variables", "dispatch"];

const kept = JSON.parse(readFileSync(FILE, "utf8"));
let over = 0;
console.log(["bundle".padEnd(20), ...KEYS.map((key) => key.padStart(24))].join(""));
for (const name of Object.keys(BUNDLES)) {
  const made = await bundle(name);
  write(made);
  const now = cost(made);
  const entry = kept.bundles[name] ??= {};
  const cells = KEYS.map((key) => {
    const budget = entry.budget?.[key];
    const goal = entry.goal?.[key];
    if (budget !== undefined && now[key] > budget) over++;
    const mark = budget === undefined ? "" : ` ${now[key] > budget ? "OVER" : "of"} ${budget}`;
    return `${now[key]}${mark}${goal === undefined ? "" : ` (${goal})`}`.padStart(24);
  });
  console.log([name.padEnd(20), ...cells].join(""));
  entry.now = Object.fromEntries(KEYS.map((key) => [key, now[key]]));
}
console.log("figure of budget (goal of the design); variables are estimated, see tools/espruino/count.mjs");
if (process.argv.includes("--write")) writeFileSync(FILE, JSON.stringify(kept, null, 2) + "\n");
if (over > 0) console.log(`${over} over budget`);
process.exitCode = over > 0 ? 1 : 0;
