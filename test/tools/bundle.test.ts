// The bundler for devices: its table says what the plain one says, its short names hold together, its files run.

// deno-lint-ignore-file no-explicit-any
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { createContext, runInContext } from "node:vm";
import { COMMANDS } from "../../core/server/commands.ts";
import { refusal } from "../../core/server/replies.ts";
import { Table } from "../../core/server/table.ts";

const root = process.cwd();
const tool = async (name: string): Promise<any> => await import(pathToFileURL(join(root, "tools", name)).href);
const { bundle, write, cost } = await tool("espruino/bundle.mjs");
const { BUNDLES, PRESETS } = await tool("espruino/presets.mjs");
const { mangle, members, reservedNames } = await tool("espruino/mangle.mjs");
const { dropMembers, inlineFunctions } = await tool("espruino/shrink.mjs");
const { inlineConstants } = await tool("espruino/fold.mjs");
const { count } = await tool("espruino/count.mjs");
const { check } = await tool("subset/rules.mjs");

/** All rows and nothing replaced: only the table is compiled. */
const EVERYTHING = { verbs: COMMANDS.map((row) => row.verb), features: {}, replace: {} };

/** Its names at the top are its own, as they are when a device requires it. */
function asModule(code: string): string {
  return `(function (exports) {${code}\n})(exports);\n`;
}

/** What a bundle exports, in a context of its own. */
function load(code: string): any {
  const context = createContext({ exports: {}, Uint8Array });
  runInContext(asModule(code), context);
  return context.exports;
}

async function make(exports: object, preset: object | string, keep: string[] = []): Promise<any> {
  return await bundle("test", { about: "test", preset, exports, keep });
}

const compiled = await make({ Table: "core/server/table.ts" }, EVERYTHING, [
  "core/server/commands.ts",
  "core/server/session.ts",
  "core/server/data.ts",
  "core/server/options.ts",
  "core/server/secure.ts",
  "core/ports.ts",
  "core/server/server.ts",
  "core/transfer.ts",
]);

/** A row as session.ts sees it. */
function seen(row: any): unknown {
  return row === null ? null : [row.when, row.args];
}

for (const can of [0, -1, 1, 256, 256 | 4096, 8192, 16384 | 512]) {
  test(`the compiled table finds what the plain one finds, can ${can}`, () => {
    const plain = new Table(can);
    for (const code of [compiled.plain, compiled.small]) {
      const other = new (load(code).Table)(can);
      const verbs = COMMANDS.flatMap((row) => [row.verb, row.alias]);
      for (const verb of [...verbs, "", " ", "NONE", "USERPASS", "SERP", "constructor", "user", "\0"]) {
        assert.deepEqual(seen(other.find(verb)), seen(plain.find(verb)), verb);
      }
      assert.equal(other.verbs(), plain.verbs());
      assert.equal(other.features("a;b*;", "X*;Y"), plain.features("a;b*;", "X*;Y"));
    }
  });
}

/** Stands for a session: takes everything, writes down what it was told, calls back whatever is a callback. */
function recorder(path: string, log: string[], error: number): any {
  const target = function (): void {};
  return new Proxy(target, {
    get(_target, key): any {
      if (key === Symbol.toPrimitive) return () => 1;
      if (typeof key === "symbol") return undefined;
      if (key === "toUpperCase" || key === "trim") return () => "A";
      return recorder(`${path}.${key}`, log, error);
    },
    set(_target, key, value): boolean {
      log.push(`${path}.${String(key)} = ${typeof value === "object" || typeof value === "function" ? typeof value : value}`);
      return true;
    },
    apply(_target, _self, args): any {
      log.push(`${path}(${args.map((one) => typeof one === "object" || typeof one === "function" ? typeof one : one).join()})`);
      if (log.length > 200) throw new Error("enough");
      for (const one of args) if (typeof one === "function" && !/\.|^s$/.test(one.name)) one(error, recorder("value", log, error));
      return recorder(`${path}()`, log, error);
    },
  });
}

/** What a row does with a session. */
function deeds(table: any, verb: string, argument: string, error: number): string[] {
  const log: string[] = [];
  try {
    table.run(table.find(verb), recorder("s", log, error), argument);
  } catch (thrown) {
    log.push(`throws ${(thrown as Error).message}`);
  }
  return log;
}

test("every row does in the compiled table what it does in the plain one", () => {
  const plain = new Table(-1);
  const other = new (load(compiled.plain).Table)(-1);
  for (const row of COMMANDS) {
    for (const argument of ["", "x", "A", "1,2,3,4,5,6", "|1|1.2.3.4|5|", "20200101000000 a", "5"]) {
      for (const error of [0, 1]) {
        assert.deepEqual(deeds(other, row.verb, argument, error), deeds(plain, row.verb, argument, error), row.verb);
      }
    }
  }
});

test("a preset has its rows and no other", async () => {
  const made = await make({ Table: "core/server/table.ts" }, { ...EVERYTHING, verbs: ["NOOP", "CWD"] });
  const table = new (load(made.small).Table)(-1);
  assert.ok(table.find("NOOP") && table.find("XCWD"));
  assert.equal(table.find("USER"), null);
  assert.doesNotMatch(made.small, /Send the password/);
});

test("a verb that is in no row is an error", async () => {
  await assert.rejects(make({ Table: "core/server/table.ts" }, { ...EVERYTHING, verbs: ["NOPE"] }), /Cannot find the rows NOPE/);
});

test("a switch that features.ts does not know is an error", async () => {
  await assert.rejects(make({ Server: "core/server/server.ts" }, { ...EVERYTHING, features: { NOPE: false } }), /Cannot switch NOPE/);
});

test("two classes of one name are an error, by their names in all files of a bundle", async () => {
  const file = "core/lines.ts";
  const text = readFileSync(join(root, file), "utf8");
  const files = { [file]: text + "\nclass Session {}\n" };
  await assert.rejects(bundle("test", BUNDLES["picoftp-server"], files), /two classes called "Session": of core\/.* and of core\//);
});

test("what a switch turns off is left out", async () => {
  const on = await make({ Server: "core/server/server.ts" }, EVERYTHING);
  const off = await make({ Server: "core/server/server.ts" }, { ...EVERYTHING, features: { TELNET: false } });
  assert.match(on.plain, /class Telnet|Telnet = class/);
  assert.doesNotMatch(off.plain, /class Telnet|Telnet = class/);
});

// --- Names

test("a name is the same short one everywhere, and kept names stay", () => {
  const code =
    "class A { alpha(beta) { return beta.gamma; } kept() { this.gamma = { alpha, gamma: 1 }; } }\nconst alpha = 1;\nexport { A };\n";
  const { code: out, names } = mangle(code, new Set(["kept"]));
  const [a, g] = [names.get("alpha"), names.get("gamma")];
  assert.equal(
    out,
    `class A { ${a}(beta) { return beta.${g}; } kept() { this.${g} = { ${a}: alpha, ${g}: 1 }; } }\nconst alpha = 1;\nexport { A };\n`,
  );
});

test("short names are neither words nor names that stay", () => {
  const many = Array.from({ length: 3000 }, (_, i) => `x.name${i};`).join("") + "x.a; x.do;";
  const { names } = mangle(many, new Set(["a"]));
  const short = [...names.values()];
  assert.equal(new Set(short).size, short.length);
  for (const word of ["a", "do", "if", "in", "of", "on", "as"]) assert.ok(!short.includes(word), word);
});

test("members of interfaces and classes are read from a source", () => {
  const names = members(
    "interface A {\n  one: number;\n  two?(x: number): void;\n  readonly three: string;\n}\nexport class B {\n  four = 1;\n}\nlet five: number;\n",
  );
  assert.deepEqual([...names], ["one", "two", "three", "four"]);
});

test("the library's members stay", () => {
  const names = reservedNames(root);
  for (const name of ["push", "indexOf", "length", "fromCharCode", "subarray", "getTime", "keys", "write", "statSync", "call"]) {
    assert.ok(names.has(name), name);
  }
});

// --- Shrinking

test("members that nobody reads go, with what they were set to", () => {
  const code = "class A { used() { this.seen = 1; this.lost = 2; return this.seen; } unused() {} }\nnew A().used();\n";
  const out = dropMembers(code, new Set());
  assert.doesNotMatch(out, /unused|lost/);
  assert.match(out, /seen = 1/);
  assert.match(dropMembers(code, new Set(["unused"])), /unused/);
  assert.match(dropMembers("x.lost = call();", new Set()), /call\(\)/);
  assert.equal(dropMembers("x.lost = 1, y();", new Set()), "y();");
});

test("a function of one expression goes to where it is called", () => {
  assert.equal(inlineFunctions("function f(a, b) { return a === b; }\ng(f(x, 1));\n"), "\ng((x === 1));\n");
  for (
    const kept of [
      "function f(a) { return a + a; }\nf(g());\n",
      "function f(a) { return a + later; }\nfunction g(later) { return f(later), 1; }\n",
      "function f(a) { return a; }\nx(f);\n",
      "function f(a) { if (a) return 1; return 2; }\nf(x);\n",
      "function f(a) { return () => a; }\nf(x);\n",
    ]
  ) assert.equal(inlineFunctions(kept), kept);
});

test("constants are put in their places, but not those that change", () => {
  assert.equal(
    inlineConstants("const A = 1;\nlet b = 2;\nb++;\nf(A, b, { A });\n"),
    "const A = 1;\nlet b = 2;\nb++;\nf(1, b, { A: 1 });\n",
  );
});

test("variables are counted as they were measured on a device's layout", () => {
  const functions = (n: number, name: string): string =>
    Array.from({ length: n }, (_, i) => `function ${name}${i}(a,b){return 1}`).join("");
  const more = (code: string): number => count(code + "exports.a=1;").variables - count("exports.a=1;").variables;
  assert.equal(more(functions(10, "f")), 70);
  assert.equal(more("var A=class{constructor(){this.x=1}f0(){}f1(){}};"), 20);
  assert.equal(more('var s="' + "x".repeat(1000) + '";'), 126);
  assert.equal(more("var o={f0(){},f1(){}};"), 12);
});

// --- Bundles

for (const name of Object.keys(BUNDLES)) {
  test(`${name}: within the subset, loads, keeps its public names, is ASCII`, async () => {
    const made = await bundle(name);
    for (const code of [made.plain, made.small]) {
      assert.deepEqual(check(code, "built", join(root, "dist/espruino/x.js")), []);
      assert.match(code, /^\/\* picoftp \d+\.\d+\.\d+: .* MIT License/);
      const loaded = load(code);
      assert.deepEqual(Object.keys(loaded).sort(), Object.keys(BUNDLES[name].exports).sort());
      for (const key of Object.keys(loaded)) assert.equal(typeof loaded[key], "function");
      for (const method of ["tick", "close"]) if (loaded.Server) assert.equal(typeof loaded.Server.prototype[method], "function");
    }
    assert.match(made.small, new RegExp(`${made.small.length} bytes`));
    assert.equal(cost(made).bytes, made.small.length);
  });
}

test("a bundle is the same each time", async () => {
  assert.equal((await bundle("picoftp-server")).small, (await bundle("picoftp-server")).small);
});

test("a bundle that a device could not run is not written", async () => {
  const made = await bundle("picoftp-server");
  assert.throws(() => write({ ...made, plain: "a?.b;\n" }, join(root, ".tmp/bundle")), /optional-chain/);
});

test("the short refusals have the codes of the long ones", async () => {
  const made = await bundle("test", { about: "test", preset: "tiny", exports: { refusal: "core/server/replies.ts" }, keep: [] });
  const short = load(made.small).refusal;
  for (let error = 1; error < 40; error++) assert.equal(short(error).substring(0, 4), refusal(error).substring(0, 4), `error ${error}`);
});

const STAGE = {
  Server: "core/server/server.ts",
  MemoryNet: "adapters/memory/net.ts",
  MemoryFiles: "adapters/memory/files.ts",
  Peer: "adapters/memory/peer.ts",
};
const OPTIONS = ["core/server/options.ts", "adapters/memory/net.ts", "adapters/memory/files.ts", "core/ports.ts"];

for (const preset of Object.keys(PRESETS).filter((name) => PRESETS[name].verbs.includes("LIST"))) {
  for (const kind of ["plain", "small"]) {
    test(`the ${kind} server of preset ${preset} lets in, lists, stores and sends`, async () => {
      const made = await make(STAGE, preset, OPTIONS);
      const dialogue = readFileSync(join(root, "test/espruino/dialogue.js"), "utf8");
      const context = createContext({ exports: {}, Uint8Array, said: [] });
      runInContext(asModule(made[kind]) + dialogue + "\nsaid = converse(stage(exports));", context);
      const codes = (context.said as string[]).map((line) => line.substring(0, 3)).join(" ");
      assert.equal(
        codes,
        "220 331 230 257 257 250 200 350 227 150 226 213 227 150 226 227 150 226 250 250 500 221",
        JSON.stringify(context.said),
      );
    });
  }
}
