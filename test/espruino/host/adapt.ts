// Rewrites in a program what a context cannot be bent to: an assignment to `.length`, which a device's arrays refuse.

// deno-lint-ignore-file no-explicit-any
import { parse } from "acorn";

/** The function that stands for such an assignment; the context has to have it. */
export const ASSIGN = "assignLength$";

/** The program with each `a.length = b` as a call, and nothing else changed. What cannot be parsed is left to the engine. */
export function adapt(code: string): string {
  if (!/\.length\s*=(?!=)/.test(code)) return code;
  let made = code;
  for (let place = last(made); place !== null; place = last(made)) {
    const { start, end, left, right } = place;
    const call = `${ASSIGN}(${made.slice(left.object.start, left.object.end)}, ${made.slice(right.start, right.end)})`;
    made = made.slice(0, start) + call + made.slice(end);
  }
  return made;
}

/** The assignment that begins last, so that none is inside it. */
function last(code: string): any {
  let found: any = null;
  let tree: any;
  try {
    tree = parse(code, { ecmaVersion: "latest", allowReturnOutsideFunction: true });
  } catch {
    return null;
  }
  walk(tree, (node) => {
    if (node.type !== "AssignmentExpression" || node.operator !== "=" || node.left.type !== "MemberExpression") return;
    if (node.left.computed || node.left.property.name !== "length") return;
    if (found === null || node.start > found.start) found = node;
  });
  return found;
}

function walk(node: any, visit: (node: any) => void): void {
  if (typeof node !== "object" || node === null) return;
  if (typeof node.type === "string") visit(node);
  for (const key of Object.keys(node)) walk(node[key], visit);
}
