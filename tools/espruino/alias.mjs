// Gives `this` a short name in methods that say it often.

import { walk } from "../subset/rules.mjs";
import { apply, tree } from "./tree.mjs";

/** `const self = this` is worth it from this many on. */
const OFTEN = 4;

/** The name is one letter only once the code is minified. */
export function aliasThis(code) {
  const edits = [];
  let count = 0;
  walk(tree(code), (node) => {
    if (node.type !== "MethodDefinition") return;
    const body = node.value.body;
    const places = [];
    walk(body, (below, parents) => {
      const foreign = parents.some((above) => above !== node.value && /^Function/.test(above.type));
      if (below.type === "ThisExpression" && !foreign) places.push(below);
    });
    if (places.length < OFTEN) return;
    const name = `this$${++count}`;
    for (const one of places) edits.push({ start: one.start, end: one.end, text: name });
    edits.push({ start: body.start + 1, end: body.start + 1, text: `const ${name} = this;` });
  });
  return apply(code, edits);
}
