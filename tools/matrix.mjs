// The matrix: every runtime's client against every runtime's server, in processes of their own, over real sockets.
//
// `node tools/matrix.mjs` runs what the gate runs and compares docs/matrix.md, `--write` writes it, `full` runs the parts below, each
// of which can be asked for alone. `--only deno,bun:node20` (all of Deno's, and one pairing), `--cases names`, `--times 2`, `--trace`,
// `--try deno@2.8.3` (another version among the older ones), `--built` (compiled already), `--from folder` (compiled to there).

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { older } from "./matrix/versions.mjs";
import { root, run, tsc } from "./run.mjs";

const PAGE = path.join(root, "docs", "matrix.md");
const START = "<!-- written by tools/matrix.mjs -->\n";
/** Longer than what the system buffers for a connection, so that a transfer of it can be called off. */
const BIG = 16 * 1048576;
const MANY = { gate: 250, full: 1000 };
const LANES = 4;
/** What the full mode consists of: every way with every case and large files; older and newer versions; the gate's, over and over. */
const PARTS = {
  ways: { wide: true, older: false, times: 1 },
  versions: { wide: false, older: true, times: 1 },
  again: { wide: false, older: false, times: 10 },
};
const GATE = { wide: false, older: false, times: 1 };
/** Not on the page, and run only where `--only` names them: whether they are here depends on the machine. */
const PRIVATE = ["interpreter", "interpreter-small"];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    write: { type: "boolean" },
    built: { type: "boolean" },
    trace: { type: "boolean" },
    from: { type: "string" },
    only: { type: "string" },
    cases: { type: "string" },
    times: { type: "string" },
    try: { type: "string" },
  },
});
const parts = Object.entries(PARTS).filter(([name]) => positionals.includes("full") || positionals.includes(name));
const gate = parts.length === 0;
process.chdir(root);
await install();
if (!values.built && values.from === undefined) await tsc("-p", ".");
const folder = path.join(root, values.from ?? ".tsc", "test", "matrix");
const { runtime, runtimes } = await load("runtimes");
const { CASES } = await load("cases");
const { Matrix } = await load("run");
const table = await load("table");
const made = (await load("../conformance/certificates")).certificates();
const keys = made === null ? null : { ...made.server, ca: made.ca };

const here = runtimes(root).filter(({ name }) => !PRIVATE.includes(name) || named(name));
const all = [...here, ...(parts.some(([, part]) => part.older) ? await older(runtime, values.try?.split(",") ?? []) : [])];
const names = all.map(({ name }) => name);
const pairings = all.flatMap((client) => all.map((server) => [client, server])).filter(wanted);
for (const { name, version, missing } of all) console.log(`${name}: ${missing || version}`);

const bundles = mkdtempSync(path.join(os.tmpdir(), "picoftp-bundles-"));
process.on("exit", () => rmSync(bundles, { recursive: true, force: true }));
if (pairings.some((pairing) => pairing.some(({ device }) => device))) await makeBundles();

let failed = 0;
if (gate) await repeated("gate", GATE);
for (const [name, part] of parts) await repeated(name, part);
process.exit(failed === 0 ? 0 : 1);

async function repeated(name, part) {
  const times = values.times === undefined ? part.times : Number(values.times);
  for (let time = 1; time <= times; time++) {
    const results = await once(part);
    const sums = table.sums(results);
    console.log(table.printed(results, names));
    if (gate && values.only === undefined && values.cases === undefined) page(results, sums);
    failed += sums.failed;
    console.log(gate && times === 1 ? `sums ${JSON.stringify(sums)}` : `${name}, ${time} of ${times}: ${JSON.stringify(sums)}`);
  }
}

async function load(name) {
  return await import(pathToFileURL(path.join(folder, `${name}.js`)).href);
}

/** Node 24 is in a folder of its own; where it cannot be installed its cells say so. */
async function install() {
  const home = path.join(root, "tools", "runtimes");
  if (existsSync(path.join(home, "node_modules"))) return;
  await run("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], { cwd: home, quiet: true });
}

/** What devices run: what is shipped, and the same with files in memory. */
async function makeBundles() {
  const { bundle } = await import("./espruino/bundle.mjs");
  const { BUNDLES, open } = await import("./espruino/presets.mjs");
  const files = "adapters/memory/files.ts";
  const memory = open(BUNDLES.picoftp, { MemoryFiles: files }, ["core/ports.ts", files]);
  writeFileSync(path.join(bundles, "shipped.js"), (await bundle("picoftp")).small);
  writeFileSync(path.join(bundles, "memory.js"), (await bundle("memory", memory)).small);
}

/** `--only` speaks of it. */
function named(name) {
  return (values.only ?? "").split(",").some((one) => one.split(":").includes(name));
}

/** Older versions meet those of the gate and themselves. */
function wanted([client, server]) {
  const only = values.only?.split(",");
  if (only !== undefined && ![client.name, server.name, `${client.name}:${server.name}`].some((name) => only.includes(name))) return false;
  return !(client.older && server.older) || client === server;
}

async function once({ wide, older }) {
  const place = mkdtempSync(path.join(os.tmpdir(), "picoftp-matrix-"));
  const asked = values.cases?.split(",");
  const names = (chosen) => CASES.filter((each) => (wide || !each.full) && chosen(each)).map(({ name }) => name);
  const wants = ({ name }) => asked === undefined || [...asked, "leaves nothing"].some((part) => name.includes(part));
  const matrix = new Matrix({
    pairings: pairings.filter((pairing) => older === pairing.some((each) => each.older)),
    full: wide,
    brief: names((each) => wants(each) && (each.brief || each.secure)),
    secure: names((each) => each.secure),
    keys,
    bundles,
    cases: names(wants),
    folder: place,
    lanes: Math.min(LANES, os.availableParallelism()),
    many: wide ? MANY.full : MANY.gate,
    big: BIG,
    trace: values.trace === true,
    finished: (client, server, left) => gate || finished(matrix.results, client, server, left),
  });
  try {
    return await matrix.run();
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** How far it is, for parts that last: they may be ended early. */
function finished(results, client, server, left) {
  const here = results.filter(({ cell }) => cell.client === client && cell.server === server);
  const { passed, failed, skipped } = table.sums(here);
  console.log(`${client} to ${server}: ${passed} passed, ${failed} failed, ${skipped} skipped; ${left} are left to begin`);
}

/** Writes docs/matrix.md, or fails where it does not say what was found. */
function page(results, sums) {
  const text = table.written(results, names.filter((name) => !PRIVATE.includes(name)), CASES.filter((each) => !each.full));
  const [head, old] = readFileSync(PAGE, "utf8").split(START);
  if (values.write) {
    if (sums.failed > 0 || !table.complete(results)) {
      throw new Error("Cannot write docs/matrix.md: not everything passed, or something was missing");
    }
    writeFileSync(PAGE, `${head}${START}\n${text}\n`);
    return;
  }
  // Another Node has another name; a failure has been told.
  if (sums.failed > 0 || !names.includes("node20") || same(text, old ?? "")) return;
  console.log("FAILED docs/matrix.md does not say what was found: node tools/matrix.mjs --write");
  sums.failed++;
}

/** Where something was missing here, the page has more to say. */
function same(text, old) {
  if (text.trim() === old.trim()) return true;
  if (!text.includes("missing")) return false;
  const [lines, others] = [text, old].map((each) => each.split("## Skipped")[0].trim().split("\n"));
  return lines.length === others.length && lines.every((line, i) => line === others[i] || line.includes("missing"));
}
