// Members that have one value for ever: what a preset switches off leaves fields behind that nobody sets any more.

import { walk } from "../subset/rules.mjs";
import { apply, tree } from "./tree.mjs";

/** A text of more than three characters, with its quotes, stands once. */
const LONG = 5;

/**
 * `code` with the value in the place of members that are only ever set to one and the same constant, and with `undefined` in the
 * place of those that nobody ever makes. Names in `keep` may be made or set by others.
 */
export function fixFields(code, keep) {
  const top = tree(code);
  const values = new Map();
  const note = (name, value) => values.set(name, values.has(name) && values.get(name) !== value ? null : value);
  const targets = new Set();
  walk(top, (node) => {
    if (node.type === "AssignmentExpression" && isNamed(node.left)) {
      targets.add(node.left);
      note(node.left.property.name, node.operator === "=" ? constant(node.right, code) : null);
    }
    if (node.type === "UpdateExpression" && isNamed(node.argument)) note(node.argument.property.name, null);
    if (node.type === "UnaryExpression" && node.operator === "delete" && isNamed(node.argument)) note(node.argument.property.name, null);
    if (node.type === "MethodDefinition" || node.type === "PropertyDefinition") note(node.key.name, null);
    if (node.type === "Property") note(node.key.name ?? node.key.value, constant(node.value, code));
  });
  const reads = new Map();
  walk(top, (node) => {
    if (isNamed(node) && !targets.has(node)) reads.set(node.property.name, (reads.get(node.property.name) ?? 0) + 1);
  });
  const edits = [];
  walk(top, (node, parents) => {
    if (!isNamed(node) || targets.has(node) || keep.has(node.property.name)) return;
    if (parents[0].type === "CallExpression" && parents[0].callee === node) return;
    const value = values.has(node.property.name) ? values.get(node.property.name) : "undefined";
    // A long text is not written twice.
    if (value !== null && /^"/.test(value) && value.length > LONG && reads.get(node.property.name) > 1) return;
    if (value !== null && value !== "undefined" || !values.has(node.property.name)) {
      edits.push({ start: node.start, end: node.end, text: value });
    }
  });
  return apply(code, edits);
}

function isNamed(node) {
  return node.type === "MemberExpression" && !node.computed && node.property.type === "Identifier";
}

/** The text of a constant that may stand anywhere, or null. */
function constant(node, code) {
  const text = code.slice(node.start, node.end);
  if (node.type === "Literal" && !node.regex) return text;
  if (node.type === "UnaryExpression" && node.operator === "-" && node.argument.type === "Literal") return `(${text})`;
  return null;
}
