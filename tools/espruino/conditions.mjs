// Takes out the branches that constants rule out, and nothing else: what remains reads as it was written, so that the next passes
// find statements where there were statements.

import { walk } from "../subset/rules.mjs";
import { apply, isPure, tree } from "./tree.mjs";

/** Round after round until every condition is open. */
export function foldConditions(code) {
  let text = code;
  for (;;) {
    const edits = [];
    walk(tree(text), (node, parents) => {
      const made = FOLDS[node.type] && FOLDS[node.type](node, text, parents);
      if (made !== undefined && made !== null) edits.push({ start: node.start, end: node.end, text: made });
    });
    if (edits.length === 0) return text;
    text = apply(text, edits);
  }
}

const FOLDS = {
  IfStatement(node, code) {
    const known = valueOf(node.test);
    if (!known) return null;
    const taken = known.value ? node.consequent : node.alternate;
    return taken ? code.slice(taken.start, taken.end) : ";";
  },
  ConditionalExpression(node, code) {
    const known = valueOf(node.test);
    if (!known) return null;
    const taken = known.value ? node.consequent : node.alternate;
    return `(${code.slice(taken.start, taken.end)})`;
  },
  LogicalExpression(node, code) {
    const left = valueOf(node.left);
    const right = valueOf(node.right);
    const decides = node.operator === "||";
    if (node.operator === "??") return null;
    // `x && true` only where it is asked whether, not what; so only on the left of another one it is known that x is no value.
    if (right && isHarmless(node.left) && Boolean(right.value) === decides) return String(decides);
    if (right && isTest(node.left) && Boolean(right.value) !== decides) return `(${code.slice(node.left.start, node.left.end)})`;
    if (!left) return null;
    return Boolean(left.value) === decides ? String(left.value) : `(${code.slice(node.right.start, node.right.end)})`;
  },
  ExpressionStatement(node) {
    return valueOf(node.expression) ? ";" : null;
  },
};

/** Asked or not, it makes no difference. */
function isHarmless(node) {
  if (node.type === "BinaryExpression" || node.type === "LogicalExpression") return isHarmless(node.left) && isHarmless(node.right);
  return isPure(node);
}

/** It is true or false, and nothing else. */
function isTest(node) {
  if (node.type === "BinaryExpression") return /^(?:[!=]==?|[<>]=?)$/.test(node.operator);
  if (node.type === "LogicalExpression") return isTest(node.left) && isTest(node.right);
  return node.type === "UnaryExpression" && node.operator === "!";
}

/** `{ value }` where a node is a constant. */
function valueOf(node) {
  if (node.type === "Literal" && !node.regex) return { value: node.value };
  if (node.type === "Identifier" && node.name === "undefined") return { value: undefined };
  if (node.type === "UnaryExpression") {
    const inner = valueOf(node.argument);
    if (inner && node.operator === "!") return { value: !inner.value };
    if (inner && node.operator === "-") return { value: -inner.value };
  }
  if (node.type !== "BinaryExpression") return null;
  const [a, b] = [valueOf(node.left), valueOf(node.right)];
  if (!a || !b) return null;
  switch (node.operator) {
    case "===":
      return { value: a.value === b.value };
    case "!==":
      return { value: a.value !== b.value };
    case ">":
      return { value: a.value > b.value };
    case "<":
      return { value: a.value < b.value };
    default:
      return null;
  }
}
