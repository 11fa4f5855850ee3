// Shorter ways to say the same, at the very end, where names say nothing any more: `==`, `[0]`, no `void`, fields that are set together.

import { walk } from "../subset/rules.mjs";
import { apply, isPure, tree } from "./tree.mjs";
import { leaves } from "./vars.mjs";

/** Fields that are set in one expression at most: each is a call deeper for the interpreter. */
const CHAIN = 4;

/** Round after round. */
export function terse(code) {
  for (let text = code;;) {
    const top = tree(text);
    const edits = [];
    walk(top, (node, parents) => {
      equal(node, text, edits);
      lastArguments(node, text, edits);
      characters(node, parents, edits);
      chains(node, text, edits);
    });
    returns(top, text, edits);
    const next = apply(text, edits);
    if (next === text) return text;
    text = next;
  }
}

const isVoid = (node) => node.type === "UnaryExpression" && node.operator === "void" && node.argument.type === "Literal";

/**
 * `==` for `===`: with a typeof, with a text that is no number, with a number that a boolean cannot be; `null` for undefined, since nothing
 * is null on a device (numbers.mjs).
 */
function equal(node, code, edits) {
  if (node.type !== "BinaryExpression" || !/^[!=]==$/.test(node.operator)) return;
  const sides = [node.left, node.right];
  const loose = sides.some((side) =>
    typeof side.value === "string" && side.value.trim() !== "" && isNaN(side.value) ||
    typeof side.value === "number" && side.value > 1 || side.type === "UnaryExpression" && (side.operator === "typeof" || isNumber(side))
  );
  const nothing = sides.find(isVoid);
  if (!loose && !nothing) return;
  const at = code.indexOf(node.operator, node.left.end);
  edits.push({ start: at, end: at + 3, text: node.operator.slice(0, 2) });
  if (nothing) edits.push({ start: nothing.start, end: nothing.end, text: "null" });
}

function isNumber(node) {
  return node.operator === "-" && typeof node.argument.value === "number";
}

/** What is not given is undefined. */
function lastArguments(node, code, edits) {
  if (node.type !== "CallExpression" || node.arguments.length === 0) return;
  const last = node.arguments[node.arguments.length - 1];
  if (!isVoid(last)) return;
  const before = node.arguments[node.arguments.length - 2];
  edits.push({ start: before ? before.end : last.start, end: last.end, text: "" });
}

/** `x[0]` for `x.charAt(0)` where it is compared with a character, `slice` for `substring` from a known place on. */
function characters(node, [above], edits) {
  if (node.type !== "CallExpression" || node.callee.type !== "MemberExpression" || node.callee.computed) return;
  const name = node.callee.property;
  const numbers = node.arguments.every((one) => typeof one.value === "number");
  if (!numbers) return;
  if (name.name === "substring") edits.push({ start: name.start, end: name.end, text: "slice" });
  const other = above && above.type === "BinaryExpression" && (above.left === node ? above.right : above.left);
  if (name.name === "charAt" && node.arguments.length === 1 && other && typeof other.value === "string" && other.value.length === 1) {
    edits.push({ start: name.start - 1, end: node.end, text: `[${node.arguments[0].value}]` });
  }
}

/** `x.a = x.b = 0` for `x.a = 0, x.b = 0`. */
function chains(node, code, edits) {
  if (node.type !== "SequenceExpression") return;
  let long = 0;
  for (let i = 1; i < node.expressions.length; i++) {
    const [one, other] = [node.expressions[i - 1], node.expressions[i]];
    if (!isSet(one) || !isSet(other) || valueOf(one, code) !== valueOf(other, code)) long = 0;
    else if (long + lengthOf(one) + lengthOf(other) <= CHAIN) {
      edits.push({ start: code.indexOf("=", innermost(one).left.end) + 1, end: other.start, text: "" });
      long += lengthOf(one);
    } else long = 0;
  }
}

function isSet(node) {
  if (node.type !== "AssignmentExpression" || node.operator !== "=" || node.left.type !== "MemberExpression" || !isPure(node.left.object)) {
    return false;
  }
  return node.right.type === "Literal" || node.right.type === "UnaryExpression" && isNumber(node.right) || isSet(node.right);
}

function innermost(node) {
  return node.right.type === "AssignmentExpression" ? innermost(node.right) : node;
}

function lengthOf(node) {
  return node.right.type === "AssignmentExpression" ? 1 + lengthOf(node.right) : 1;
}

function valueOf(node, code) {
  const { right } = innermost(node);
  return code.slice(right.start, right.end);
}

/** `return f()` for `return void f()` where nothing but undefined is returned: nobody asks for it. */
function returns(top, code, edits) {
  const groups = new Map();
  walk(top, (node, parents) => {
    if (node.type !== "ReturnStatement") return;
    const at = parents.findIndex((one) => /Function/.test(one.type));
    const home = parents.slice(0, at).reverse().find((one) => one.type === "SwitchCase") ?? parents[at];
    groups.set(home, (groups.get(home) ?? []).concat([node]));
  });
  for (const [home, list] of groups) {
    // What falls into the next case may get a value there.
    if (home.type === "SwitchCase" && !leaves(home.consequent)) continue;
    const ends = list.map((one) => one.argument === null ? null : last(one.argument));
    if (!ends.every((one) => one === null || one.type === "UnaryExpression" && one.operator === "void")) continue;
    for (const one of ends) {
      if (one === null) continue;
      const inner = one.argument;
      const plain = code.slice(inner.start, inner.end);
      const whole = list.some(({ argument }) => argument === one);
      edits.push({ start: one.start, end: one.end, text: inner.type !== "Literal" ? ` ${plain}` : whole ? "" : "0" });
    }
  }
}

function last(node) {
  return node.type === "SequenceExpression" ? node.expressions[node.expressions.length - 1] : node;
}
