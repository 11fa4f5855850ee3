// Takes out of a bundle what a preset leaves unused: members that nobody reads, and functions of one expression that are better
// where they are called. Each function costs a device five variables.

import { walk } from "../subset/rules.mjs";
import { analyse } from "../subset/scopes.mjs";
import { apply, isPure, tree } from "./tree.mjs";

/** An expression of this length may stand in several places. */
const SHORT = 32;

/** Round after round until nothing more goes. Names in `keep` are read by others. */
export function shrink(code, keep) {
  let text = code;
  for (;;) {
    const next = inlineFunctions(dropMembers(text, keep));
    if (next === text) return text;
    text = next;
  }
}

// --- Members

/** Without methods that nobody calls and fields that nobody reads. */
export function dropMembers(code, keep) {
  const top = tree(code);
  const read = new Set(keep);
  walk(top, (node, parents) => {
    if (node.type !== "MemberExpression" || node.computed) return;
    const above = parents[0];
    if (above.type === "AssignmentExpression" && above.left === node && above.operator === "=") return;
    // What has that name of somebody else's is called from the method itself.
    if (parents.some((one) => one.type === "MethodDefinition" && one.key.name === node.property.name)) return;
    read.add(node.property.name);
  });
  const edits = [];
  const unread = (node) => {
    const target = node.type === "AssignmentExpression" && node.operator === "=" ? node.left : null;
    return target && target.type === "MemberExpression" && !target.computed && !read.has(target.property.name) &&
      isPure(target.object) && isInert(node.right);
  };
  walk(top, (node) => {
    if (node.type === "MethodDefinition" && node.kind === "method" && !read.has(node.key.name)) {
      edits.push({ start: node.start, end: node.end, text: "" });
    }
    if (node.type === "ObjectExpression") {
      const gone = node.properties.filter((one) =>
        !one.computed && one.key.type === "Identifier" && !read.has(one.key.name) && isInert(one.value)
      );
      const left = node.properties.filter((one) => !gone.includes(one)).map((one) => code.slice(one.start, one.end));
      if (gone.length > 0) edits.push({ start: node.start, end: node.end, text: `{ ${left.join(", ")} }` });
    }
    if (node.type !== "ExpressionStatement") return;
    if (unread(node.expression)) edits.push({ start: node.start, end: node.end, text: ";" });
    if (node.expression.type !== "SequenceExpression") return;
    const left = node.expression.expressions.filter((one) => !unread(one));
    if (left.length === node.expression.expressions.length) return;
    edits.push({ start: node.start, end: node.end, text: left.map((one) => code.slice(one.start, one.end)).join(", ") + ";" });
  });
  return apply(code, edits);
}

/** To leave it out makes no difference. */
function isInert(node) {
  if (node.type === "ArrayExpression") return node.elements.every((one) => one !== null && isInert(one));
  if (node.type === "ObjectExpression") {
    return node.properties.every((one) => one.type === "Property" && !one.computed && isInert(one.value));
  }
  return isPure(node) || node.type === "FunctionExpression" || node.type === "ArrowFunctionExpression";
}

// --- Functions

/** Functions `f(a) { return expression; }` of the module, put in place of their calls. One kind of call that does not fit keeps them. */
export function inlineFunctions(code) {
  const top = tree(code);
  const { references } = analyse(top);
  const calls = new Map();
  walk(top, (node) => {
    if (node.type === "CallExpression" && node.callee.type === "Identifier") calls.set(node.callee, node);
  });
  for (const statement of top.body) {
    const made = statement.type === "FunctionDeclaration" && expressionOf(statement);
    if (!made) continue;
    const uses = references.filter((one) => one.binding && one.binding.node === statement.id);
    const fits = (use) => calls.has(use.node) && fitsCall(statement, made, calls.get(use.node), use, references);
    if (uses.length > 1 && made.end - made.start > SHORT) continue;
    if (uses.length === 0 || !uses.every(fits)) continue;
    const edits = [{ start: statement.start, end: statement.end, text: "" }];
    for (const { node } of uses) edits.push(inlined(code, statement, made, calls.get(node), references));
    // One function at a time: the next round sees what has come of it.
    return apply(code, edits);
  }
  return code;
}

/** The expression that a function returns and does nothing else, or null. */
function expressionOf(node) {
  const [only] = node.body.body;
  if (node.body.body.length !== 1 || only.type !== "ReturnStatement" || !only.argument) return null;
  let plain = true;
  walk(only.argument, (below) => {
    if (/Function|^Class|Assignment|Update|^This|Await|Yield/.test(below.type)) plain = false;
  });
  return plain ? only.argument : null;
}

/** The arguments may be written where the parameters are, and the names mean the same there. */
function fitsCall(statement, made, call, use, references) {
  const names = statement.params.map((parameter) => parameter.name);
  if (!call.arguments.every(isPure) || call.arguments.length < names.length) return false;
  if (call.start >= statement.start && call.end <= statement.end) return false;
  const parameters = new Set(statement.params);
  for (const one of inside(made, references)) {
    if (one.binding && parameters.has(one.binding.node)) continue;
    for (let scope = use.from; scope && scope.parent; scope = scope.parent) if (scope.names.has(one.node.name)) return false;
  }
  return names.every((name, i) => call.arguments[i].type !== "MemberExpression" || countOf(made, name) <= 1);
}

function inside(made, references) {
  return references.filter((one) => one.node.start >= made.start && one.node.end <= made.end);
}

function countOf(made, name) {
  let uses = 0;
  walk(made, (node) => {
    if (node.type === "Identifier" && node.name === name) uses++;
  });
  return uses;
}

function inlined(code, statement, made, call, references) {
  const edits = [];
  for (const one of inside(made, references)) {
    const i = one.binding ? statement.params.indexOf(one.binding.node) : -1;
    if (i < 0) continue;
    const given = call.arguments[i];
    edits.push({ start: one.node.start - made.start, end: one.node.end - made.start, text: code.slice(given.start, given.end) });
  }
  return { start: call.start, end: call.end, text: `(${apply(code.slice(made.start, made.end), edits)})` };
}
