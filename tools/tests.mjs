// Runs compiled tests: `node tools/tests.mjs [folder or name ...]`. Failures in full, passes counted, skips by their reasons.

import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { run } from "node:test";
import { inspect, stripVTControlCharacters } from "node:util";
import { root } from "./run.mjs";
import { ALONE, runsOn } from "./suites.mjs";

const LIMIT = 300000;
/** Files at once: most of them wait for a peer or a timer. */
const AT_ONCE = 2;
/** What is shown of a failure. */
const LINES = 120;
const COLUMNS = 400;

process.chdir(root);
const asked = process.argv.slice(2);
const files = walk(path.join(".tsc", "test")).filter((file) => {
  return runsOn(sourceOf(file), "node") && (asked.length === 0 || asked.some((each) => file.includes(each)));
});
const alone = files.filter((file) => ALONE.some((each) => sourceOf(file).startsWith(each)));
// Each file runs in a process of its own, which shall end even where a test forgot a socket.
process.execArgv.push("--test-force-exit", "--import", new URL("./linger.mjs", import.meta.url).href);
const sums = { passed: 0, failed: 0, skipped: 0 };
const skips = new Map();
const above = new Map();

await perform(files.filter((file) => !alone.includes(file)), AT_ONCE);
await perform(alone, 1);
for (const [reason, tests] of skips) console.log(`skipped: ${reason} (${tests.length})\n${indent(tests.join("\n"))}`);
console.log(`sums ${JSON.stringify(sums)}`);
process.exit(sums.failed === 0 ? 0 : 1);

async function perform(chosen, concurrency) {
  if (chosen.length === 0) return;
  for await (const event of run({ files: chosen, concurrency, timeout: LIMIT })) hear(event);
}

function hear({ type, data }) {
  if (type === "test:start") above.set(data.nesting, data.name);
  if (type === "test:stdout" && !data.message.startsWith("test:")) process.stdout.write(data.message);
  if (type === "test:stderr") process.stdout.write(data.message);
  if (type === "test:pass" || type === "test:fail") count(type, data);
}

function count(type, data) {
  if (data.skip !== undefined || data.todo !== undefined) {
    const reason = [data.skip, data.todo].find((each) => typeof each === "string" && each !== "") ?? "no reason given";
    sums.skipped++;
    skips.set(reason, [...(skips.get(reason) ?? []), place(data)]);
    return;
  }
  const error = data.details.error;
  // A suite is no test, and fails with its tests, which have been told.
  if (data.details.type === "suite" && (type === "test:pass" || error?.failureType === "subtestsFailed")) return;
  sums[type === "test:pass" ? "passed" : "failed"]++;
  if (type === "test:fail" && error?.failureType !== "subtestsFailed") {
    console.log(`FAILED ${place(data)}\n${indent(readable(describe(error)))}`);
  }
}

function place(data) {
  const file = data.file === undefined ? "" : path.relative(".tsc", data.file).replace(/\.js$/, "");
  const names = [];
  for (let i = 0; i < data.nesting; i++) names.push(above.get(i) ?? "?");
  return [file, ...names, data.name].join(" > ");
}

function describe(error) {
  const cause = error?.cause ?? error;
  if (cause instanceof Error) return cause.stack ?? cause.message;
  return typeof cause === "string" ? cause : inspect(cause, { depth: 6 });
}

/** Lines of a reasonable length, and nothing that controls a terminal: some tests compare megabytes of noise. */
function readable(text) {
  const lines = stripVTControlCharacters(text).split("\n").slice(0, LINES);
  return lines.map((line) => line.slice(0, COLUMNS).replace(/[^\t\x20-\x7e\u00a1-\uffff]/g, "?")).join("\n");
}

function indent(text) {
  return text.split("\n").map((line) => "  " + line).join("\n");
}

function walk(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".test.js"))
    .map((entry) => path.resolve(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

function sourceOf(file) {
  return path.relative(".tsc", file).split(path.sep).join("/").replace(/\.js$/, ".ts");
}
