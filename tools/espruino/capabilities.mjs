// Puts what is known of a device's capabilities in the place of questions about them, and forgets those that nobody asks for.

import { walk } from "../subset/rules.mjs";
import { apply, tree } from "./tree.mjs";

/** `x.can & 64` is 64 where that bit is always there, 0 where it never is. `can`: `{ always, never }`, bits of core/ports.ts. */
export function foldCapabilities(code, can) {
  const edits = [];
  let asked = 0;
  const top = tree(code);
  walk(top, (node) => {
    if (node.type !== "BinaryExpression" || node.operator !== "&") return;
    // What is asked through a variable may be any of them.
    if (isCan(node.right) || (isCan(node.left) && typeof node.right.value !== "number")) asked = ~0;
    if (!isCan(node.left) || typeof node.right.value !== "number") return;
    if ((node.right.value & ~(can.always | can.never)) !== 0) asked |= node.right.value;
    else edits.push({ start: node.start, end: node.end, text: String(node.right.value & can.always) });
  });
  walk(top, (node) => {
    if (node.type !== "AssignmentExpression" || !isCan(node.left) || node.right.type !== "BinaryExpression") return;
    edits.push({ start: node.right.start, end: node.right.end, text: only(node.right, code, asked) });
  });
  return apply(code, edits);
}

function isCan(node) {
  return node.type === "MemberExpression" && !node.computed && node.property.name === "can";
}

/** Of constants in an expression of `|` and `?:` the bits in `asked`. */
function only(node, code, asked) {
  if (typeof node.value === "number") return String(node.value & asked);
  if (node.type === "BinaryExpression" && node.operator === "|") {
    const parts = [only(node.left, code, asked), only(node.right, code, asked)].filter((part) => part !== "0");
    return parts.join(" | ") || "0";
  }
  if (node.type !== "ConditionalExpression") return code.slice(node.start, node.end);
  const [yes, no] = [only(node.consequent, code, asked), only(node.alternate, code, asked)];
  return yes === no ? yes : `(${code.slice(node.test.start, node.test.end)} ? ${yes} : ${no})`;
}
