// Runs the tests' sources on Deno or Bun, each file in a process of its own: `node tools/native.mjs deno|bun [folder or name ...]`.
//
// What ran is counted from the reports that the runtimes write, and a file of which nothing ran has failed.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import path from "node:path";
import { deno, root, run } from "./run.mjs";
import { runsOn } from "./suites.mjs";

const LIMIT = 300000;
/** What is shown of a failure. */
const LINES = 120;
const COLUMNS = 400;

const bun = path.join(root, "node_modules", "bun", "bin", "bun.exe");
const COMMANDS = {
  deno: (file, report) => [
    deno.path,
    ...["test", "--allow-all", "--no-check", "--no-lock", "--quiet", "--node-modules-dir=manual", "--reporter=dot"],
    ...[`--junit-path=${report}`, file],
  ],
  bun: (file, report) => [bun, "test", "--timeout=60000", "--reporter=junit", `--reporter-outfile=${report}`, `./${file}`],
};

process.chdir(root);
const [runtime, ...asked] = process.argv.slice(2);
const folder = mkdtempSync(path.join(tmpdir(), "picoftp-reports-"));
const sums = { passed: 0, failed: 0, skipped: 0 };
const skips = [];
const waiting = walk("test").filter((file) => runsOn(file, runtime) && (asked.length === 0 || asked.some((each) => file.includes(each))));
await Promise.all(Array.from({ length: Math.max(1, Math.min(4, cpus().length)) }, work));
rmSync(folder, { recursive: true, force: true });
if (skips.length > 0) console.log(`skipped on ${runtime} (${skips.length}), the reasons are in the files\n  ${skips.join("\n  ")}`);
console.log(`sums ${JSON.stringify(sums)}`);
process.exit(sums.failed === 0 ? 0 : 1);

async function work() {
  for (;;) {
    const file = waiting.shift();
    if (file === undefined) return;
    await test(file);
  }
}

async function test(file) {
  const report = path.join(folder, `${file.replace(/\W/g, "-")}.xml`);
  const [program, ...args] = COMMANDS[runtime](file, report);
  const { code, text } = await run(program, args, { quiet: true, timeout: LIMIT });
  const cases = read(report);
  const failed = cases.filter((each) => each.failed);
  for (const each of cases) {
    if (each.skipped) skips.push(`${file} > ${each.name}`);
    sums[each.failed ? "failed" : each.skipped ? "skipped" : "passed"]++;
  }
  if (code === 0 && failed.length === 0 && cases.length > 0) return;
  if (failed.length === 0) sums.failed++;
  const why = cases.length === 0 ? "no test ran" : failed.map((each) => each.name).join(", ");
  console.log(`FAILED on ${runtime}: ${file} (exit code ${code}): ${why}\n${shown(text)}`);
}

/** The tests in a report; suites of Deno are not counted, whose names begin those of their tests. */
function read(report) {
  let text;
  try {
    text = readFileSync(report, "utf8");
  } catch {
    return [];
  }
  const cases = [...text.matchAll(/<testcase ([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g)].map(([, head, body = ""]) => {
    const suites = /(?:^| )classname="([^"]*)"/.exec(head)?.[1] ?? "";
    const name = /(?:^| )name="([^"]*)"/.exec(head)?.[1] ?? "";
    const full = runtime === "bun" && suites !== "" ? `${suites} > ${name}` : name;
    return { name: plain(full), failed: /<(failure|error)\b/.test(body), skipped: /<skipped\b/.test(body) };
  });
  const above = new Set(cases.flatMap(({ name }) => [...name.matchAll(/ > /g)].map(({ index }) => name.slice(0, index))));
  return cases.filter(({ name }) => !above.has(name));
}

function plain(text) {
  return text.replace(/&gt;/g, ">").replace(/&lt;/g, "<").replace(/&quot;/g, '"').replace(/&apos;/g, "'").replace(/&amp;/g, "&");
}

/** The end of the text, in lines of a reasonable length. */
function shown(text) {
  const lines = text.split("\n").filter((line) => !/^\(pass\)|^[.,]?$/.test(line)).slice(-LINES);
  return lines.map((line) => `  ${line.slice(0, COLUMNS).replace(/[^\t\x20-\x7e\u00a1-\uffff]/g, "?")}`).join("\n");
}

function walk(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".test.ts"))
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name).split(path.sep).join("/"))
    .sort();
}
