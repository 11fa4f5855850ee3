// The whole gate: `npm test` runs every check and every test, `npm run quick` the first minute of it.
//
// A step that fails counts as one failure and the next ones still run. The last line is "N passed, N failed, N skipped".

import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { deno, node, prepare, root, run, tsc } from "./run.mjs";

const MINUTE = 60000;
const ENTRIES = [
  "adapters/node/mod.ts",
  "adapters/deno/mod.ts",
  "adapters/bun/mod.ts",
  "adapters/memory/mod.ts",
  "adapters/wrap/mod.ts",
  "core/mod.ts",
];
const SUBSET = ["core", "adapters/memory", "adapters/wrap", "adapters/espruino"];

/** In the order they run. A step returns nothing, sums of its own, or why it was skipped. */
const STEPS = [
  { name: "build", quick: true, run: build },
  { name: "format", quick: true, run: () => deno("fmt", "--check") },
  { name: "lint", quick: true, run: () => deno("lint", "--quiet") },
  { name: "subset", quick: true, run: subset },
  { name: "subset types", quick: true, run: () => ifThere("tools/subset/tsconfig.json", (file) => tsc("-p", file)) },
  { name: "size", quick: true, run: () => ifThere("tools/size.mjs", (file) => node(file)) },
  { name: "quick tests on node", quick: true, only: true, run: () => tests("test/wire", "test/transcripts") },
  { name: "quick tests on deno", quick: true, only: true, run: () => summed("tools/native.mjs", "deno", "test/wire", "test/transcripts") },
  { name: "quick tests on bun", quick: true, only: true, run: () => summed("tools/native.mjs", "bun", "test/wire", "test/transcripts") },
  { name: "documentation", run: documentation },
  { name: "slow types", run: () => deno("publish", "--dry-run", "--allow-dirty", "--quiet") },
  { name: "tests on node", run: () => tests() },
  { name: "tests on deno", run: () => summed("tools/native.mjs", "deno") },
  { name: "tests on bun", run: () => summed("tools/native.mjs", "bun") },
  { name: "matrix", run: () => summed("tools/matrix.mjs", "--built") },
  { name: "package", run: () => ifThere("tools/package.mjs", (file) => node(file)) },
];

const quick = process.argv[2] === "quick";
const sums = { passed: 0, failed: 0, skipped: 0 };
process.chdir(root);
await prepare();
for (const step of STEPS) if (quick ? step.quick : !step.only) await perform(step);
console.log(`${sums.passed} passed, ${sums.failed} failed, ${sums.skipped} skipped`);
process.exit(sums.failed === 0 ? 0 : 1);

async function perform(step) {
  const began = performance.now();
  let result;
  let text = "";
  try {
    result = await step.run();
  } catch (error) {
    result = { failed: 1 };
    text = error.message;
  }
  const sum = { passed: 0, failed: 0, skipped: 0, ...(result ?? { passed: 1 }) };
  for (const key of Object.keys(sums)) sums[key] += sum[key];
  const verdict = sum.failed > 0 ? "FAILED" : sum.why !== undefined ? `skipped: ${sum.why}` : "ok";
  const counts = sum.text === undefined ? "" : `, ${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`;
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const output = (sum.text ?? text).trimEnd();
  if (output !== "") console.log(output);
  console.log(`${step.name}: ${verdict}${counts} (${seconds} s)`);
}

function ifThere(file, go) {
  return existsSync(file) ? go(file) : { skipped: 1, why: `${file} is not there yet` };
}

/** Compiles everything to .tsc, and takes away what has no source any more. */
async function build() {
  try {
    await tsc("-p", ".");
  } finally {
    for (const file of walk(".tsc", ".js")) {
      const source = path.relative(".tsc", file).replace(/\.js$/, ".ts");
      if (!existsSync(source)) { for (const end of [".js", ".d.ts"]) rmSync(file.replace(/\.js$/, end), { force: true }); }
    }
  }
}

function subset() {
  const folders = SUBSET.filter((folder) => walk(folder, ".ts").length > 0);
  return ifThere("tools/subset/check.mjs", (file) => node(file, ...folders));
}

/**
 * Every exported symbol has its doc comment and every type that it shows is exported. Members of the core's and the
 * adapters' machines may do without: house style asks for a sentence where the name does not say it.
 */
async function documentation() {
  const entries = ENTRIES.filter((file) => existsSync(file));
  const { text } = await run(deno.path, ["doc", "--lint", ...entries], { quiet: true });
  const faults = text.split(/\n(?=error\[)/).filter((fault) => fault.startsWith("error["));
  const counted = faults.filter((fault) => {
    const [, file, line, column] = /--> .*?((?:core|adapters|api)\/\S+?\.ts):(\d+):(\d+)/.exec(fault) ?? [];
    if (file === undefined) return true;
    if (file.startsWith("api/")) return !/\b(private|protected) /.test(readFileSync(file, "utf8").split("\n")[line - 1]);
    return fault.startsWith("error[missing-jsdoc]") && column === "1";
  });
  if (counted.length > 0) throw new Error(counted.join("\n"));
  if (faults.length === 0 && !/Checked/.test(text)) throw new Error(text);
}

/** All tests, or those under some folders; each file has a process of its own. */
function tests(...folders) {
  return summed("tools/tests.mjs", ...folders);
}

/** A script that ends with a line of sums. */
async function summed(script, ...args) {
  const { text, code } = await run(process.execPath, [script, ...args], { quiet: true, timeout: 12 * MINUTE });
  const [before, line] = text.split(/^sums (?=\{)/m);
  if (line === undefined) throw new Error(`${text}\nThe tests did not come to an end (exit code ${code})`);
  return { ...JSON.parse(line.split("\n")[0]), text: before };
}

function walk(folder, end) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(end))
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
}
