// The check of Espruino's subset: every rule finds its bad program and passes its twin; so does the library's types.
// deno-lint-ignore-file no-explicit-any

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

interface Found {
  line: number;
  column: number;
  rule: string;
  message: string;
}
interface Program {
  rule: string;
  bad: string;
  good: string;
  kind?: string;
}

const root = process.cwd();
const tool = async (name: string): Promise<any> => import(pathToFileURL(join(root, "tools/subset", name)).href);
const rules: { check(text: string, kind: string, file: string): Found[]; RULES: object } = await tool("rules.mjs");
const programs: { PROGRAMS: Program[] } = await tool("programs.mjs");

/** Where a file of a kind would be. */
const PLACES: Record<string, string> = { core: "core/x.ts", device: "adapters/espruino/x.ts", built: "dist/espruino/x.js" };

function found(text: string, kind = "core"): string[] {
  return rules.check(text, kind, join(root, PLACES[kind])).map((one) => one.rule);
}

for (const { rule, bad, good, kind } of programs.PROGRAMS) {
  test(`${rule}: ${bad}`, () => {
    assert.ok(found(bad, kind).includes(rule), `found ${found(bad, kind).join(", ") || "nothing"}`);
    assert.deepEqual(found(good, kind), []);
  });
}

test("every rule has a program", () => {
  const tried = new Set(programs.PROGRAMS.map((one) => one.rule));
  assert.deepEqual(Object.keys(rules.RULES).filter((rule) => !tried.has(rule)), []);
});

test("a finding names the line and column of the TypeScript source", () => {
  const text = "interface A {\n  x: number;\n}\n\nexport function f(a: A): number {\n  return a?.x ** 2;\n}\n";
  const at = rules.check(text, "core", join(root, "core/x.ts")).map((one) => `${one.line}:${one.column} ${one.rule}`);
  assert.deepEqual(at, ["6:10 power", "6:10 optional-chain"]);
});

test("core is within the subset, by the command line", () => {
  const said = execFileSync(process.execPath, ["tools/subset/check.mjs", "core"], { encoding: "utf8" });
  assert.match(said, /in order/);
});

test("the command line fails with file, line, column and rule", () => {
  const folder = mkdtempSync(join(tmpdir(), "picoftp-"));
  writeFileSync(join(folder, "x.js"), "var a = 1;\nlabel: for (;;) break label;\n");
  const run = spawnSync(process.execPath, ["tools/subset/check.mjs", folder], { encoding: "utf8" });
  rmSync(folder, { recursive: true });
  assert.equal(run.status, 1);
  assert.match(run.stdout, /x\.js:2:1 label: Espruino has no labels\n/);
});

/** Type-checks a program against Espruino's library; "" or the errors. */
function types(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "picoftp-"));
  const base = join(root, "tools/subset");
  writeFileSync(join(folder, "program.mts"), text);
  const config = { extends: join(base, "tsconfig.json"), files: [join(base, "espruino.d.ts"), "program.mts"], include: [] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const run = spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", folder], { encoding: "utf8" });
  rmSync(folder, { recursive: true });
  return run.status === 0 ? "" : run.stdout;
}

test("a program within the library type-checks", () => {
  assert.equal(types('export const a: number[] = [1, 2].concat([3]).filter((x) => x > 1);\nexport const b = "a b".split(" ");\n'), "");
});

for (
  const bad of [
    "[[1]].flat();",
    "[1].at(0);",
    '"a".at(0);',
    '"a".trimEnd();',
    "[1].lastIndexOf(1);",
    "new Map();",
    "Math.trunc(1);",
    "Number.isInteger(1);",
    "Object.freeze({});",
    "Array.from([1]);",
    "[1].length = 0;",
    '"a b".split(" ", 1);',
    "console.log(1);",
    "Promise.resolve(1);",
    '"a".match(/a/);',
    "setTimeout(() => {}, 1);",
  ]
) {
  test(`the library has no ${bad}`, () => {
    assert.match(types(`export {};\n${bad}\n`), /error TS2\d{3}/);
  });
}

test("core type-checks without a runtime's library", () => {
  const run = spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tools/subset/tsconfig.json"], { encoding: "utf8" });
  assert.equal(run.stdout, "");
  assert.equal(run.status, 0);
});
