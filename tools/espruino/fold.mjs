// Puts constants in their places and takes out what they switch off, so that a device carries neither.

import { parse } from "acorn";
import { analyse } from "../subset/scopes.mjs";
import { walk } from "../subset/rules.mjs";

/** Texts longer than this stay where they are, unless they are used once. */
const SHORT = 3;

/** `code`, an ES module, with its top-level constants (numbers, switches, short texts) in place of their names. */
export function inlineConstants(code) {
  const tree = parse(code, { ecmaVersion: "latest", sourceType: "module" });
  const { references } = analyse(tree);
  const uses = new Map();
  for (const one of references) {
    if (!one.binding) continue;
    const known = uses.get(one.binding.node) ?? [];
    known.push(one.node);
    uses.set(one.binding.node, known);
  }
  const written = new Set();
  const shorthands = new Set();
  const exported = new Set();
  walk(tree, (node) => {
    if (node.type === "AssignmentExpression") written.add(node.left);
    if (node.type === "UpdateExpression") written.add(node.argument);
    if (node.type === "Property" && node.shorthand) shorthands.add(node.value);
    if (node.type === "ExportNamedDeclaration") { for (const one of node.specifiers) exported.add(one.local); }
  });
  const edits = [];
  for (const statement of tree.body) {
    if (statement.type !== "VariableDeclaration") continue;
    for (const { id, init } of statement.declarations) {
      const used = uses.get(id) ?? [];
      const text = init && constant(init, code);
      if (!text || used.some((node) => written.has(node) || exported.has(node))) continue;
      if (init.type === "Literal" && typeof init.value === "string" && init.value.length > SHORT && used.length > 1) continue;
      for (const node of used) edits.push({ node, text: shorthands.has(node) ? `${node.name}: ${text}` : text });
    }
  }
  let out = "";
  let at = 0;
  for (const { node, text } of edits.sort((a, b) => a.node.start - b.node.start)) {
    out += code.slice(at, node.start) + text;
    at = node.end;
  }
  return out + code.slice(at);
}

/** The text of a number, a text or a boolean, as esbuild writes it; "" for anything else. */
function constant(node, code) {
  const text = code.slice(node.start, node.end);
  if (node.type === "Literal" && !node.regex) return text;
  const negated = node.type === "UnaryExpression" && /^[-!]$/.test(node.operator) && node.argument.type === "Literal";
  return negated ? `(${text})` : "";
}
