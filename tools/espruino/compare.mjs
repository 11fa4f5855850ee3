// Shorter tests: `x.conn !== null` is `x.conn` where the sources say that it is an object or null, `x.error !== 0` is `x.error`
// where they say that it is a number.

import { analyse } from "../subset/scopes.mjs";
import { walk } from "../subset/rules.mjs";
import { apply, tree } from "./tree.mjs";
import { typesOfField } from "./types.mjs";

/**
 * Of fields, of parameters and of what functions answer, by their names: "nullable", "number", or "" where they disagree or are something
 * else.
 */
export function kindsOf(declared) {
  const members = new Map();
  const kindOfAll = (types) => {
    const kinds = new Set([...types].map(kindOf));
    return kinds.size === 1 ? [...kinds][0] : "";
  };
  for (const key of declared.fields.keys()) {
    const name = key.split(".")[1];
    if (!members.has(name)) members.set(name, kindOfAll(typesOfField(declared, name)));
  }
  const kinds = (map) => new Map([...map].map(([name, types]) => [name, kindOfAll(types)]));
  return { members, parameters: kinds(declared.parameters), returns: new Map([...NUMBERS, ...kinds(declared.returns)]) };
}

/** What answers a number at all times. */
const NUMBERS = "indexOf lastIndexOf charCodeAt parseInt floor min max getTime getFree push".split(" ").map((name) => [name, "number"]);

function kindOf(type) {
  if (type === "number") return "number";
  const base = / \| (?:null|undefined)$/.test(type) ? type.replace(/ \| \w+$/, "") : "";
  return base !== "" && !/\b(?:string|number|boolean|unknown|undefined|null|any|Chunk)\b/.test(base.replace(/\(.*\) =>.*/, ""))
    ? "nullable"
    : "";
}

/** Rewrites the tests; `types` are those of `kindsOf`. */
export function shortenTests(code, types) {
  const top = tree(code);
  const { references } = analyse(top);
  const bindings = new Map(references.map((one) => [one.node, one.binding]));
  const known = new Map();
  const kind = (node) => kindOfValue(node, types, (name) => known.get(bindings.get(name)?.node) ?? "");
  learnLocals(top, types, bindings, known, kind);
  const edits = [];
  walk(top, (node, parents) => {
    if (node.type !== "BinaryExpression" || !/^[!=]==$|^>$/.test(node.operator)) return;
    const nothing = node.right.value === null || isUndefined(node.right);
    const fits = nothing ? kind(node.left) === "nullable" : node.right.value === 0 && kind(node.left) === "number";
    if (!fits) return;
    // Whether it is above 0 and whether it is there at all is the same only for what cannot be negative.
    if (node.operator === ">" && !(node.left.property && node.left.property.name === "length")) return;
    const no = node.operator === "===";
    const tested = isTested(node, parents);
    if (!tested && !no) return;
    const left = code.slice(node.left.start, node.left.end);
    const text = /^(?:Identifier|MemberExpression|CallExpression)$/.test(node.left.type) ? left : `(${left})`;
    edits.push({ start: node.start, end: node.end, text: (no ? "!" : "") + text });
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

function isUndefined(node) {
  return node.type === "Identifier" && node.name === "undefined" || node.type === "UnaryExpression" && node.operator === "void";
}

/** `local` answers for names. */
function kindOfValue(node, types, local) {
  const both = (one, other) => kindOfValue(one, types, local) === "number" && kindOfValue(other, types, local) === "number" ? "number" : "";
  switch (node.type) {
    case "Literal":
      return typeof node.value === "number" ? "number" : "";
    case "Identifier":
      return local(node);
    case "MemberExpression":
      if (node.computed) return "";
      return node.property.name === "length" ? "number" : types.members.get(node.property.name) ?? "";
    case "CallExpression":
      return types.returns.get((node.callee.property ?? node.callee).name) ?? "";
    case "UnaryExpression":
      return /^[-+~]$/.test(node.operator) ? "number" : "";
    case "ConditionalExpression":
      return both(node.consequent, node.alternate);
    case "BinaryExpression":
      return node.operator === "+" ? both(node.left, node.right) : /^[-*/%&|^]$|^<<$|^>>>?$/.test(node.operator) ? "number" : "";
    default:
      return "";
  }
}

/** Parameters by their names; variables by all that they are set to. */
function learnLocals(top, types, bindings, known, kind) {
  const values = new Map();
  walk(top, (node) => {
    for (const parameter of /Function/.test(node.type) ? node.params : []) {
      known.set(parameter, types.parameters.get((parameter.name ?? "").replace(/\$\d+$/, "")) ?? "");
    }
    if (node.type === "VariableDeclarator" && node.init) values.set(node.id, [node.init]);
  });
  walk(top, (node) => {
    const binding = node.type === "AssignmentExpression" && node.left.type === "Identifier" ? bindings.get(node.left) : null;
    if (binding && values.has(binding.node) && /^=$|^\+=$/.test(node.operator)) values.get(binding.node).push(node.right);
  });
  for (const [id, set] of values) if (set.every((one) => kind(one) === "number")) known.set(id, "number");
  // Each may tell of another one.
  for (let more = true; more;) {
    more = false;
    for (const [id, set] of values) {
      const kinds = new Set(set.map(kind));
      if (known.has(id) || kinds.size !== 1 || kinds.has("")) continue;
      known.set(id, [...kinds][0]);
      more = true;
    }
  }
}
