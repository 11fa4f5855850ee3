// Shorter tests: `x.conn !== null` is `x.conn` where the sources say that it is an object or null, `x.error !== 0` is `x.error`
// where they say that it is a number.

import { analyse } from "../subset/scopes.mjs";
import { walk } from "../subset/rules.mjs";
import { apply, tree } from "./tree.mjs";
import { typesOfField } from "./types.mjs";

/** Of fields and of parameters by their names: "nullable", "number", or "" where they disagree or are something else. */
export function kindsOf(declared) {
  const members = new Map();
  const parameters = new Map();
  const kindOfAll = (types) => {
    const kinds = new Set([...types].map(kindOf));
    return kinds.size === 1 ? [...kinds][0] : "";
  };
  for (const key of declared.fields.keys()) {
    const name = key.split(".")[1];
    if (!members.has(name)) members.set(name, kindOfAll(typesOfField(declared, name)));
  }
  for (const [name, types] of declared.parameters) parameters.set(name, kindOfAll(types));
  return { members, parameters };
}

function kindOf(type) {
  if (type === "number") return "number";
  const base = / \| null$/.test(type) ? type.slice(0, -7) : "";
  return base !== "" && !/\b(?:string|number|boolean|unknown|undefined|any|Chunk)\b/.test(base.replace(/\(.*\) =>.*/, ""))
    ? "nullable"
    : "";
}

/** Rewrites the tests; `types` are those of `kindsOf`. */
export function shortenTests(code, types) {
  const top = tree(code);
  const { references } = analyse(top);
  const known = kindsOfLocals(top, types);
  const bindings = new Map(references.map((one) => [one.node, one.binding]));
  const kind = (node) => {
    if (node.type === "Identifier") return known.get(bindings.get(node)?.node) ?? "";
    if (node.type !== "MemberExpression" || node.computed) return "";
    return node.property.name === "length" ? "number" : types.members.get(node.property.name) ?? "";
  };
  const edits = [];
  walk(top, (node, parents) => {
    if (node.type !== "BinaryExpression" || !/^[!=]==$|^>$/.test(node.operator) || node.right.type !== "Literal") return;
    const fits = node.right.value === null ? kind(node.left) === "nullable" : node.right.value === 0 && kind(node.left) === "number";
    if (!fits) return;
    // Whether it is above 0 and whether it is there at all is the same only for what cannot be negative.
    if (node.operator === ">" && !(node.left.property && node.left.property.name === "length")) return;
    const no = node.operator === "===";
    const tested = isTested(node, parents);
    if (!tested && !no) return;
    edits.push({ start: node.start, end: node.end, text: (no ? "!" : "") + code.slice(node.left.start, node.left.end) });
  });
  return apply(code, edits);
}

/** Nobody asks for the value itself. */
function isTested(node, parents) {
  const [above] = parents;
  if (/^(?:If|While|DoWhile|For)Statement$|^ConditionalExpression$/.test(above.type)) return above.test === node;
  if (above.type === "UnaryExpression") return above.operator === "!";
  if (above.type === "LogicalExpression" && above.left === node && parents[1].type === "ExpressionStatement") return true;
  return above.type === "LogicalExpression" && above.operator !== "??" && isTested(above, parents.slice(1));
}

/** Parameters by their names, constants by what they are set to. */
function kindsOfLocals(top, types) {
  const known = new Map();
  const changed = new Set();
  walk(top, (node) => {
    if (node.type === "AssignmentExpression" && node.left.type === "Identifier") changed.add(node.left.name);
  });
  walk(top, (node) => {
    for (const parameter of /Function/.test(node.type) ? node.params : []) {
      known.set(parameter, types.parameters.get(parameter.name.replace(/\$\d+$/, "")) ?? "");
    }
    if (node.type !== "VariableDeclarator" || !node.init || changed.has(node.id.name)) return;
    const init = node.init;
    if (init.type === "MemberExpression" && !init.computed) known.set(node.id, types.members.get(init.property.name) ?? "");
    if (init.type === "Identifier") known.set(node.id, types.parameters.get(init.name.replace(/\$\d+$/, "")) ?? "");
  });
  return known;
}
