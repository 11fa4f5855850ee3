// Makes one function of many that are seldom called: one `switch` of bodies costs a device a tenth of their variables. To reach a
// case the interpreter reads over the others, so what runs for every chunk stays as it is.

import { walk } from "../subset/rules.mjs";
import { uniqueNames } from "./inline.mjs";
import { callsOfFunction, callsOfMethod, isKept, survey } from "./survey.mjs";
import { apply, isPure, tree } from "./tree.mjs";

/** Fewer are left alone. */
const FEW = 2;
/** The name that the functions of the module go by; those of a class have the class's name behind it. */
const DEED = "deed$";

/**
 * Merges the methods of each class, and the functions of the module; `about` is that of inlineCalls. `hot` tells by class and name
 * ("Transfer.pump", "Transfer.*", "decimal") what is called too often.
 */
export function mergeSeldom(code, { keep, reserved, declared }, hot) {
  const text = uniqueNames(code);
  const about = survey(tree(text), declared);
  const groups = new Map();
  const edits = [];
  const consider = (one, group, calls) => {
    const label = one.className ? `${one.className}.${one.name}` : one.name;
    if (calls === null || calls.length === 0 || isKept(one, keep) || hot.includes(label) || hot.includes(`${one.className}.*`)) return;
    groups.set(group, (groups.get(group) ?? []).concat([{ ...one, calls }]));
  };
  for (const one of about.methods) consider(one, DEED + one.className, callsOfMethod(about, one, reserved));
  for (const one of about.functions) consider(one, DEED, callsOfFunction(about, one));
  for (const [group, chosen] of groups) {
    if (chosen.length < FEW) {
      groups.delete(group);
      continue;
    }
    // What is short comes first: to find a case is to read what stands before it.
    chosen.sort((a, b) => a.node.end - a.node.start - (b.node.end - b.node.start));
    chosen.forEach((one, i) => one.calls.forEach((call) => edits.push(...redirected(text, call, group, i, one.function.params.length))));
  }
  return moved(apply(text, edits), groups, declared);
}

/** `x.m(a)` becomes `x.deed(3, a)`; what nobody takes is not given. */
function redirected(text, call, name, index, taken) {
  const callee = call.callee.type === "Identifier" ? call.callee : call.callee.property;
  const at = text.indexOf("(", call.callee.end) + 1;
  const more = call.arguments.slice(taken);
  const drops = taken > 0 && more.length > 0 && more.every(isPure);
  const left = drops ? [{ start: call.arguments[taken - 1].end, end: more[more.length - 1].end, text: "" }] : [];
  return [
    { start: callee.start, end: callee.end, text: name },
    { start: at, end: at, text: call.arguments.length > 0 ? `${index}, ` : String(index) },
    ...left,
  ];
}

/** The bodies leave their functions and meet in one. */
function moved(text, groups, declared) {
  const about = survey(tree(text), declared);
  const edits = [];
  for (const [group, chosen] of groups) {
    const found = chosen.map(({ name, className }) => {
      const list = className ? about.methods : about.functions;
      return list.find((one) => one.name === name && one.className === className);
    });
    const most = Math.max(...found.map((one) => one.function.params.length));
    const given = Array.from({ length: most }, (_, i) => `${group}given${i}`);
    const cases = found.map((one, i) => `case ${i}: ${body(text, about, one.function, given)}\n`).join("");
    const what = `${group}what`;
    const made = `${group}(${[what, ...given].join(", ")}) {\nswitch (${what}) {\n${cases}}\n}\n`;
    const home = found[0].home;
    edits.push(...found.map((one) => ({ start: one.node.start, end: one.node.end, text: "" })));
    edits.push(home ? { start: home.body.end - 1, end: home.body.end - 1, text: made } : { start: 0, end: 0, text: `function ${made}` });
  }
  return apply(text, edits);
}

/** A body with the common parameters in the place of its own. */
function body(text, about, made, given) {
  const shorthands = new Set();
  walk(made.body, (node) => {
    if (node.type === "Property" && node.shorthand) shorthands.add(node.value);
  });
  const edits = [];
  for (const { node, binding } of about.references) {
    const at = binding ? made.params.indexOf(binding.node) : -1;
    if (at < 0) continue;
    const name = shorthands.has(node) ? `${node.name}: ${given[at]}` : given[at];
    edits.push({ start: node.start - made.body.start, end: node.end - made.body.start, text: name });
  }
  const inside = apply(text.slice(made.body.start, made.body.end), edits);
  return inside.replace(/\}$/, "\nreturn;\n}");
}
