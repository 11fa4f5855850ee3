// Makes 0 and 1 of null, false and true: a device keeps a small number within the variable of its name, and takes one more for each of
// those. What is asked of the values in the sources is only whether they are there.

import { walk } from "../subset/rules.mjs";
import { apply, tree } from "./tree.mjs";
import { typesOfField } from "./types.mjs";

/** Throws where a number could be taken for what it now stands for. */
export function toNumbers(code, declared) {
  for (const key of declared.fields.keys()) {
    for (const type of typesOfField(declared, key.split(".")[1])) {
      if (/^(?:number|boolean) \| (?:null|number|boolean)\b/.test(type)) throw new Error(`Cannot tell 0 from null in ${key}: ${type}`);
    }
  }
  const edits = [];
  walk(tree(code), (node) => {
    if (node.type === "BinaryExpression" && [node.left, node.right].some((side) => typeof side.value === "boolean")) {
      throw new Error(`Cannot make a number of "${code.slice(node.start, node.end)}"`);
    }
    if (node.type === "Literal" && !node.regex && (node.value === null || typeof node.value === "boolean")) {
      edits.push({ start: node.start, end: node.end, text: node.value ? "1" : "0" });
    }
    // What is kept shall be a number too.
    if (node.type === "AssignmentExpression" && node.operator === "=" && node.left.type === "MemberExpression" && isTest(node.right)) {
      edits.push({ start: node.right.start, end: node.right.start, text: "+(" }, { start: node.right.end, end: node.right.end, text: ")" });
    }
  });
  return apply(code, edits);
}

/** It is true or false, and nothing else. */
function isTest(node) {
  if (node.type === "BinaryExpression") return /^(?:[!=]==?|[<>]=?)$/.test(node.operator);
  if (node.type === "LogicalExpression") return isTest(node.left) && isTest(node.right);
  return node.type === "UnaryExpression" && node.operator === "!";
}
