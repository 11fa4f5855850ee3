// Builds files for a device from core and an adapter: rows become a switch, members get short names, the language ES2015.
// `npm run espruino` writes them all to dist/espruino and checks them against the subset; `npm run espruino -- USER PASS ...` writes a
// server with these rows only.

import { build, transform } from "esbuild";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "acorn";
import { check, walk } from "../subset/rules.mjs";
import { minify } from "terser";
import { aliasThis } from "./alias.mjs";
import { foldCapabilities } from "./capabilities.mjs";
import { kindsOf, shortenTests } from "./compare.mjs";
import { foldConditions } from "./conditions.mjs";
import { count } from "./count.mjs";
import { fixFields } from "./fields.mjs";
import { inlineConstants } from "./fold.mjs";
import { inlineCalls, uniqueNames } from "./inline.mjs";
import { mangle, members, reservedNames } from "./mangle.mjs";
import { mergeSeldom } from "./merge.mjs";
import { toNumbers } from "./numbers.mjs";
import { BUNDLES, HOT, PRESETS } from "./presets.mjs";
import { shrink } from "./shrink.mjs";
import { compileTable } from "./table.mjs";
import { terse } from "./terse.mjs";
import { declarations } from "./types.mjs";
import { toVars } from "./vars.mjs";

/** The project's folder. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** Where the switches are. */
const FEATURES = ["core/features.ts", "core/server/features.ts", "core/client/features.ts"];

/** Espruino takes this much and no more; fields become assignments in the constructor. */
const LANGUAGE = {
  target: "es2015",
  charset: "ascii",
  tsconfigRaw: { compilerOptions: { useDefineForClassFields: false, verbatimModuleSyntax: true } },
};

/**
 * One bundle: `{ name, plain, small, names }`, where `plain` is for people and `small` for devices. `what` is an entry of BUNDLES,
 * or one like it; `preset` may be an object. `files` gives texts in place of files, by path.
 */
export async function bundle(name, what = BUNDLES[name], files = {}) {
  const preset = typeof what.preset === "string" ? PRESETS[what.preset] : what.preset;
  checkSwitches(preset.features);
  const entry = Object.keys(what.exports).map((key) => `export { ${key} } from "./${what.exports[key]}";\n`).join("");
  const made = await build({
    ...LANGUAGE,
    stdin: { contents: entry, resolveDir: ROOT, sourcefile: "entry.js" },
    absWorkingDir: ROOT,
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    // esbuild would look for the modules of a device; toExports gives the name back.
    define: { require: "$require" },
    logLevel: "silent",
    plugins: [presetPlugin(preset, what, files)],
  });
  const inputs = Object.keys(made.metafile.inputs);
  if (inputs.includes("core/server/commands.ts")) throw new Error("Cannot bundle core/server/commands.ts: only table.ts may import it");
  checkClasses(inputs, (file) => files[file] ?? readFileSync(join(ROOT, preset.replace[file] ?? file), "utf8"));
  const reserved = reservedNames(ROOT);
  // Of these not only the names stay, but what has them.
  const others = new Set(what.methods);
  for (const place of what.keep) {
    const [file, only] = place.split("#");
    for (const one of members(readFileSync(join(ROOT, file), "utf8"), only ? only.split(",") : null)) others.add(one);
  }
  for (const one of publicMethods(made.outputFiles[0].text)) others.add(one);
  const keep = new Set([...reserved, ...[...others].map((one) => one.split(".").pop())]);
  const text = await folded(made.outputFiles[0].text, keep, what.can);
  const about = { keep: others, reserved, declared: declarations(sources(inputs)) };
  for (const [name, part] of Object.entries(what.stands ?? {})) about.declared.parts.set(name, [part]);
  // What a call answers is known as long as it has its name.
  const alone = shortenTests(inlineCalls(shrink(text, keep), about), kindsOf(about.declared));
  const few = preset.merge ? mergeSeldom(alone, about, HOT) : alone;
  const tests = shortenTests(few, kindsOf(about.declared));
  // Where others bring sockets and files of their own, what they say is not ours to change.
  const numbers = what.closed ? toNumbers(tests, about.declared) : tests;
  const short = await syntax(numbers);
  const mangled = mangle(aliasThis(shrink(short, keep)), keep);
  const packed = await squeezed(mangled.code, what.closed ? terse : (code) => code);
  return {
    name,
    inputs,
    names: mangled.names,
    long: few,
    plain: `${header(what.about)}\n${toExports(text)}`,
    small: headed(what.about, parted(toExports(packed)).trim()),
  };
}

/** What a bundle costs: its bytes, and what a device's memory holds once it is loaded. */
export function cost(made) {
  const counted = count(made.small);
  return { bytes: made.small.length, ...counted, dispatch: count(made.plain).dispatch };
}

/** Writes a bundle, for people and for devices; throws where a device could not run it. */
export function write(made, folder = join(ROOT, "dist/espruino")) {
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of [[`${made.name}.js`, made.plain], [`${made.name}.min.js`, made.small]]) {
    const [first] = check(text, "built", join(folder, file));
    if (first) throw new Error(`Cannot ship ${file}:${first.line}:${first.column} ${first.rule}: ${first.message}`);
    writeFileSync(join(folder, file), text);
  }
}

/** The texts of a bundle's sources, with those that have types only. */
function sources(inputs) {
  const files = new Set(inputs.filter((file) => file.endsWith(".ts")));
  for (const file of [...files]) {
    const text = readFileSync(join(ROOT, file), "utf8");
    for (const [, from] of text.matchAll(/^import type .* from "(\..*)";$/gm)) files.add(relative(ROOT, join(ROOT, dirname(file), from)));
  }
  return [...files].map((file) => readFileSync(join(ROOT, file), "utf8"));
}

/** Constants in their places, and what they switch off taken out; more than one round, since each frees the way for the next. */
async function folded(text, keep, can) {
  let code = can ? foldCapabilities(inlineConstants(text), can) : text;
  for (;;) {
    const short = shrink(fixFields(foldConditions(inlineConstants(code)), keep), keep);
    const made = await transform(short, { ...LANGUAGE, format: "esm", treeShaking: true, legalComments: "none" });
    if (made.code === code) return code;
    code = made.code;
  }
}

/** Statements as short expressions. */
async function syntax(text) {
  const made = await transform(text, { ...LANGUAGE, format: "esm", minifySyntax: true, treeShaking: true, legalComments: "none" });
  return made.code;
}

/** Short names for locals, no spaces, and what else a minifier knows. */
async function squeezed(text, last) {
  const made = await transform(text, { ...LANGUAGE, format: "esm", minify: true, treeShaking: true, legalComments: "none" });
  const packed = await minify(made.code, {
    ecma: 2015,
    module: true,
    compress: { passes: 3, ecma: 2015, pure_getters: true, keep_fargs: false, unsafe_comps: false, arguments: false },
    mangle: { toplevel: true },
    format: { ascii_only: true, ecma: 2015, comments: false },
  });
  const short = await minify(toVars(uniqueNames(last(packed.code))), {
    ecma: 2015,
    module: true,
    // What is declared more than once would become a plain assignment, which on a device makes a global.
    compress: false,
    mangle: { toplevel: true },
    format: { ascii_only: true, ecma: 2015, comments: false },
  });
  return short.code;
}

/** Puts in place of files what the preset says. */
function presetPlugin(preset, what, files) {
  const text = (path) => files[path] ?? readFileSync(join(ROOT, path), "utf8");
  // A switch with the name of a command tells whether the preset has its row.
  const rowSwitches = () => {
    const verbs = [...text("core/server/commands.ts").matchAll(/\bverb: "(\w+)"/g)].map((found) => found[1]);
    return Object.fromEntries(verbs.map((verb) => [verb, preset.verbs.includes(verb)]));
  };
  return {
    name: "preset",
    setup(made) {
      made.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const from = relative(ROOT, path).split(sep).join("/");
        const resolveDir = dirname(path);
        if (from === "core/server/table.ts") {
          const commands = "core/server/commands.ts";
          return { contents: await compileTable(text(commands), join(ROOT, commands), preset.verbs, what.can), loader: "js", resolveDir };
        }
        if (FEATURES.includes(from)) return { contents: switches(text(from), { ...rowSwitches(), ...preset.features }), loader: "js" };
        if (what.given && what.given[from]) {
          return { contents: withoutDefaults(text(from), what.given[from]), loader: "ts", resolveDir };
        }
        const place = preset.replace[from] ?? from;
        return { contents: text(place), loader: "ts", resolveDir: dirname(join(ROOT, place)) };
      });
    },
  };
}

/** Options that the adapter always gives need no default, and what it gives is a constant then. */
function withoutDefaults(text, names) {
  let left = text;
  for (const name of names) {
    const next = left.replace(new RegExp(`^    ${name}: .*,\\n`, "m"), "");
    if (next === left) throw new Error(`Cannot find the default of ${name}`);
    left = next;
  }
  return left;
}

/** A features.ts with the preset's values. */
function switches(text, values) {
  return switchNames(text).map((key) => `export const ${key} = ${values[key] ?? true};\n`).join("");
}

function switchNames(text) {
  return [...text.matchAll(/^export const (\w+)/gm)].map((found) => found[1]);
}

/** A switch that no features.ts knows is an error. */
function checkSwitches(values) {
  const files = FEATURES.filter((file) => existsSync(join(ROOT, file)));
  const known = files.flatMap((file) => switchNames(readFileSync(join(ROOT, file), "utf8")));
  const unknown = Object.keys(values).filter((key) => !known.includes(key));
  if (unknown.length > 0) throw new Error(`Cannot switch ${unknown.join(", ")}: no features.ts knows it`);
}

/** What is known of a class is known by its name: two classes of one name are an error. */
function checkClasses(inputs, text) {
  const homes = new Map();
  for (const file of inputs.filter((file) => file.endsWith(".ts"))) {
    for (const [, name] of text(file).matchAll(/^(?:export )?(?:abstract )?class (\w+)/gm)) {
      if (homes.has(name)) throw new Error(`Cannot bundle two classes called "${name}": of ${homes.get(name)} and of ${file}`);
      homes.set(name, file);
    }
  }
}

/** Methods of the classes that the module exports. */
function publicMethods(code) {
  const tree = parse(code, { ecmaVersion: "latest", sourceType: "module" });
  const exported = new Set();
  const names = [];
  for (const node of tree.body) {
    if (node.type === "ExportNamedDeclaration") { for (const one of node.specifiers) exported.add(one.local.name); }
  }
  walk(tree, (node, parents) => {
    if (node.type !== "ClassBody") return;
    const made = parents[0];
    const name = made.id ? made.id.name : parents[1].id && parents[1].id.name;
    if (exported.has(name)) { for (const member of node.body) names.push(member.key.name); }
  });
  return names;
}

/** Espruino passes over a block that does not run, and loses a text at the beginning of the statement behind it: a ";" helps. */
export function parted(code) {
  const at = [];
  walk(parse(code, { ecmaVersion: "latest", sourceType: "script" }), (node) => {
    if (node.type === "ExpressionStatement" && /^\}["'`]/.test(code.slice(node.start - 1, node.start + 1))) at.push(node.start);
  });
  return at.sort((a, b) => b - a).reduce((text, start) => `${text.slice(0, start)};${text.slice(start)}`, code);
}

/** `export { a as B }` at the end becomes `exports.B = a`: every other form goes wrong on the device. */
function toExports(code) {
  const end = /export\s*\{([^}]*)\};?\s*$/.exec(code);
  if (!end || /^(?:import|export)\b/m.test(code.slice(0, end.index))) throw new Error("Cannot find the exports at the end of a bundle");
  const lines = end[1].split(",").map((one) => one.trim()).filter((one) => one !== "").map((one) => {
    const [local, name] = one.split(/\s+as\s+/);
    return `exports.${name ?? local}=${local};`;
  });
  return code.slice(0, end.index).replaceAll("$require(", "require(") + lines.join("\n") + "\n";
}

/** The first line: what it is, and whose. */
function header(about, size) {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  return `/* picoftp ${version}: ${about}. Copyright (c) 2026 picoftp authors, MIT License${
    size === undefined ? "" : `. ${size} bytes`
  } */`;
}

/** With its own size in the first line. */
function headed(about, code) {
  let size = 0;
  for (;;) {
    const text = `${header(about, size)}\n${code}\n`;
    if (text.length === size) return text;
    size = text.length;
  }
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const verbs = process.argv.slice(2);
  const own = { ...BUNDLES["picoftp-server"], about: `FTP server, rows ${verbs.join(" ")}`, preset: { ...PRESETS.tiny, verbs } };
  const bundles = verbs.length === 0 ? BUNDLES : { "picoftp-server-own": own };
  for (const name of Object.keys(bundles)) {
    const made = await bundle(name, bundles[name]);
    write(made);
    console.log(`dist/espruino/${name}.min.js ${made.small.length} bytes, about ${cost(made).variables} variables`);
  }
}
