// Compiles rows of core/server/commands.ts to what a device can carry: one switch of facts and one of bodies.
//
// 28 rows as objects cost 520 variables, as two switches 34. People go on editing rows.

import { build } from "esbuild";
import { dirname } from "node:path";
import { strip, walk } from "../subset/rules.mjs";
import { analyse } from "../subset/scopes.mjs";

/** The names that the bodies know their two parameters by. */
const SESSION = "session$";
const ARGUMENT = "argument$";

/**
 * The module that takes the place of table.ts, in JavaScript, to be resolved where `file` (commands.ts) is.
 * `verbs`: the rows it has, in the order of the table; a verb without a row is an error.
 */
export async function compileTable(text, file, verbs) {
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
  let cases = "";
  for (let i = 0; i < rows.length; i++) {
    if (!verbs.includes(rows[i].verb)) continue;
    cases += `      case ${chosen.length}: {${bodies(elements[i])}        break;\n      }\n`;
    chosen.push(rows[i]);
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

/** What most rows say; a row is written down as far as it differs. */
const USUAL = { when: 4, needs: 0, args: "", feat: "" };

/**
 * The class. A text of a stored module is copied into memory (one variable per 8 characters, as long as the module lives), code
 * is not; so the facts are code too, and there is a row only while somebody looks at it.
 */
function tableClass(rows, cases) {
  const finds = rows.map((row, i) => {
    const alias = row.alias === "" ? "" : `      case "${row.alias}":\n        verb = "${row.verb}";\n`;
    const facts = Object.keys(USUAL).filter((key) => row[key] !== USUAL[key]).map((key) =>
      `        ${key} = ${JSON.stringify(row[key])};\n`
    );
    return `${alias}      case "${row.verb}":\n        n = ${i};\n${facts.join("")}        break;\n`;
  }).join("");
  return `
export class Table {
  constructor(can) {
    this.can = can;
    this.count = 0;
    this.next = 0;
  }
  at(index) {
    let row = null;
    if (index < this.count) this.count = this.next = 0;
    while (this.count <= index) {
      const verbs = "${rows.map((row) => row.verb + " ").join("")}";
      const end = verbs.indexOf(" ", this.next);
      if (end < 0) return null;
      row = this.find(verbs.substring(this.next, end));
      this.next = end + 1;
      if (row !== null) this.count++;
    }
    return row;
  }
  find(verb) {
    let n = -1;
    let when = ${USUAL.when};
    let needs = ${USUAL.needs};
    let args = "${USUAL.args}";
    let feat = "${USUAL.feat}";
    switch (verb) {
${finds}    }
    if (n < 0 || (needs & this.can) !== needs) return null;
    return { n: n, verb: verb, when: when, args: args, feat: feat };
  }
  run(row$, ${SESSION}, ${ARGUMENT}) {
    switch (row$.n) {
${cases}    }
  }
}
`;
}
