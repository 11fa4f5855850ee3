// What the passes of the bundler share: code to tree, and edits of its text.

import { parse } from "acorn";

/** The tree of an ES module. */
export function tree(code) {
  return parse(code, { ecmaVersion: "latest", sourceType: "module" });
}

/**
 * `edits`: `{ start, end, text }`. Of two that overlap the first, or the outer one, counts: the next round sees the other. What is only put in
 * comes before what begins there.
 */
export function apply(code, edits) {
  let out = "";
  let at = 0;
  const length = (one) => one.start === one.end ? Infinity : one.end - one.start;
  for (const one of edits.sort((a, b) => a.start - b.start || length(b) - length(a))) {
    if (one.start < at) continue;
    out += code.slice(at, one.start) + one.text;
    at = one.end;
  }
  return out + code.slice(at);
}

/** Neither does anything nor depends on when it is asked, as long as nothing is called meanwhile. */
export function isPure(node) {
  if (["Identifier", "Literal", "ThisExpression"].includes(node.type)) return true;
  if (node.type === "MemberExpression") return isPure(node.object) && (!node.computed || isPure(node.property));
  return node.type === "UnaryExpression" && node.operator !== "delete" && isPure(node.argument);
}
