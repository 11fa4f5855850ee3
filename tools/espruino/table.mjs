// Compiles rows of core/server/commands.ts to what a device can carry: a text of facts and a switch of bodies.
//
// 28 rows as objects cost 520 variables, like this 30. People go on editing rows.

import { build } from "esbuild";
import { dirname } from "node:path";
import { strip, walk } from "../subset/rules.mjs";
import { analyse } from "../subset/scopes.mjs";

/** The names that the bodies know their two parameters by. */
const SESSION = "session$";
const ARGUMENT = "argument$";

/**
 * The module that takes the place of table.ts, in JavaScript, to be resolved where `file` (commands.ts) is.
 * `verbs`: the rows it has, in the order of the table; a verb without a row is an error. `can`: capabilities, as bits, that are `always` or
 * `never` there.
 */
export async function compileTable(text, file, verbs, can = { always: 0, never: 0 }) {
  const source = strip(text, file);
  if (source.error) throw new Error(`Cannot parse "${file}": ${source.error.text}`);
  const rows = await facts(text, file);
  const statement = source.tree.body.find((node) => declared(node) === "COMMANDS");
  if (!statement) throw new Error(`Cannot find COMMANDS in "${file}"`);
  const elements = statement.declaration.declarations[0].init.elements;
  if (elements.length !== rows.length) throw new Error(`Cannot pair the rows of "${file}" with their bodies`);
  const missing = verbs.filter((verb) => !rows.some((row) => row.verb === verb));
  if (missing.length > 0) throw new Error(`Cannot find the rows ${missing.join(", ")}`);

  const bodies = bodiesOf(source);
  const chosen = [];
  const cases = [];
  for (let i = 0; i < rows.length; i++) {
    if (!verbs.includes(rows[i].verb) || (rows[i].needs & can.never) !== 0) continue;
    cases.push(bodies(elements[i]));
    chosen.push({ ...rows[i], needs: rows[i].needs & ~can.always });
  }
  const before = source.code.slice(0, statement.start);
  const after = source.code.slice(statement.end);
  return before + after + tableClass(chosen, cases);
}

function declared(node) {
  const declaration = node.type === "ExportNamedDeclaration" ? node.declaration : null;
  return declaration && declaration.type === "VariableDeclaration" ? declaration.declarations[0].id.name : "";
}

/** The facts of all rows, by running the file. */
async function facts(text, file) {
  const made = await build({
    stdin: { contents: text, loader: "ts", resolveDir: dirname(file), sourcefile: file },
    bundle: true,
    write: false,
    format: "esm",
    logLevel: "silent",
  });
  const module = await import("data:text/javascript," + encodeURIComponent(made.outputFiles[0].text));
  return module.COMMANDS;
}

/** The text of a row's `run` with its parameters renamed, without the braces. */
function bodiesOf(source) {
  const { references } = analyse(source.tree);
  return (element) => {
    const run = element.properties.find((property) => property.key.name === "run").value;
    if (run.body.type !== "BlockStatement") throw new Error("A row's run has a body in braces");
    const names = new Map();
    run.params.forEach((parameter, i) => names.set(parameter, [SESSION, ARGUMENT][i]));
    walk(run.body, (node, parents) => {
      const bare = node.type === "ThisExpression" && parents.every((above) => above.type !== "ClassDeclaration");
      if (bare) throw new Error("A row's run does not know itself");
    });
    const edits = references
      .filter((one) => one.binding && names.has(one.binding.node))
      .map((one) => ({ start: one.node.start, end: one.node.end, text: names.get(one.binding.node), shorthand: one.node }));
    return edit(source, run.body.start + 1, run.body.end - 1, edits);
  };
}

/** A piece of the source with some of its identifiers replaced. */
function edit(source, start, end, edits) {
  const shorthands = new Set();
  walk(source.tree, (node) => {
    if (node.type === "Property" && node.shorthand) shorthands.add(node.value.start);
  });
  let out = "";
  let at = start;
  for (const one of edits.sort((a, b) => a.start - b.start)) {
    out += source.code.slice(at, one.start);
    out += shorthands.has(one.start) ? `${source.code.slice(one.start, one.end)}: ${one.text}` : one.text;
    at = one.end;
  }
  return out + source.code.slice(at, end);
}

/** Group numbers are written as characters from here on: none of them is in a verb. */
const FIRST = 97;
/** From here on what a row's phases are is written as a character too. */
const DIGIT = 48;

/**
 * The class. A text of a stored module is copied into memory (one variable per 8 characters, as long as the module lives), code
 * is not; so the facts are texts within methods, and there is a row only while somebody looks at it. Rows that say the same are a
 * group: a text has the verbs, each as long as the longest and with the number of its group behind it, another one what the groups say.
 */
function tableClass(rows, cases) {
  const groups = groupsOf(rows);
  const entries = rows.flatMap((row, i) => (row.alias === "" ? [row.verb] : [row.verb, row.alias]).map((verb) => ({ verb, row, i })));
  const width = Math.max(...entries.map(({ verb }) => verb.length));
  const group = (row) => groups.findIndex((one) => one.key === keyOf(row));
  const verbs = entries.map(({ verb, row }) => verb.padEnd(width) + String.fromCharCode(FIRST + group(row))).join("");
  const between = [..."|;/~"].find((one) => !groups.some(({ args }) => args.includes(one)));
  const facts = groups.map(({ when, args }) => String.fromCharCode(DIGIT + when) + args).join(between);
  const needs = [...new Set(groups.map((one) => one.needs))].filter((one) => one !== 0);
  const refusals = needs.map((one) => {
    const [first, last] = [groups.findIndex(({ needs }) => needs === one), groups.findLastIndex(({ needs }) => needs === one)];
    return `    if (${first > 0 ? `group > ${first - 1} && ` : ""}group < ${last + 1} && !${met(one)}) return null;\n`;
  }).join("");
  const labels = cases.map((body, i) =>
    entries.flatMap((entry, n) => entry.i === i ? [`      case ${n}:\n`] : []).join("") + `{${body}        break;\n      }\n`
  ).join("");
  return `
export class Table {
  constructor(can) {
    this.can = can;
  }
  find(verb) {
    const verbs = ${JSON.stringify(verbs)};
    const at = verbs.indexOf(verb.padEnd(${width}));
    if (at < 0) return null;
    const group = verbs.charCodeAt(at + ${width}) - ${FIRST};
${refusals}    const facts = ${JSON.stringify(facts)}.split("${between}")[group];
    return { n: at / ${width + 1}, verb: verb, when: facts.charCodeAt(0) - ${DIGIT}, args: facts.substring(1) };
  }
  verbs() {
    return ${linesOf(rows, (row) => JSON.stringify(` ${row.verb}\r\n`))};
  }
  features(mlst, hash) {
    return ${linesOf(rows, featureOf)};
  }
  run(row$, ${SESSION}, ${ARGUMENT}) {
    switch (row$.n) {
${labels}    }
  }
}
`;
}

function keyOf({ when, args, needs }) {
  return JSON.stringify([needs, when, args]);
}

/** What rows say, each once, those that need the same together and those that need something first. */
function groupsOf(rows) {
  const found = new Map();
  for (const { when, args, needs } of rows) {
    found.set(keyOf({ when, args, needs }), { key: keyOf({ when, args, needs }), when, args, needs });
  }
  return [...found.values()].sort((a, b) => b.needs - a.needs);
}

/** Tests whether the needs of a row are met. */
function met(needs) {
  return (needs & (needs - 1)) === 0 ? `(this.can & ${needs})` : `((this.can & ${needs}) === ${needs})`;
}

/** The lines of rows, as far as their needs are met. */
function linesOf(rows, line) {
  const parts = [];
  for (const row of rows) {
    const text = line(row);
    if (text === "") continue;
    const last = parts[parts.length - 1];
    if (last && last.needs === row.needs) last.text += ` + ${text}`;
    else parts.push({ needs: row.needs, text });
  }
  return ['""', ...parts.map(({ needs, text }) => needs === 0 ? text : `(${met(needs)} ? ${text} : "")`)].join(" + ");
}

function featureOf({ feat }) {
  if (feat === "") return "";
  const more = { MLST: "mlst", HASH: "hash" }[feat];
  return more === undefined ? JSON.stringify(` ${feat}\r\n`) : `" ${feat} " + ${more} + "\\r\\n"`;
}
