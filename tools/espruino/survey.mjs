// What a bundle is made of: its functions and methods, and who calls them.

import { analyse } from "../subset/scopes.mjs";
import { walk } from "../subset/rules.mjs";
import { allParts, plain, typesOfField } from "./types.mjs";

/** The type of what the runtime has: its globals, its modules, what they answer. */
const FOREIGN = "foreign";

/**
 * `functions` of the module and `methods` of its classes, as `{ name, node, function, home, className }`; `uses` of members and `written`
 * members by name; `parents` of each node, nearest first; `references` as in scopes.mjs. `declared` is what the sources say (types.mjs).
 */
export function survey(top, declared) {
  const { references } = analyse(top);
  const about = { top, declared, functions: [], methods: [], uses: new Map(), written: new Set(), parents: new Map(), references };
  walk(top, (node, parents) => {
    about.parents.set(node, parents);
    if (node.type === "MethodDefinition" && node.kind === "method" && !node.static) {
      const home = parents[1];
      about.methods.push({ name: node.key.name, node, function: node.value, home, className: nameOf(home, parents[2]) });
    }
    if (node.type === "Property" && node.key.name !== undefined) about.written.add(node.key.name);
    if (node.type !== "MemberExpression" || node.computed) return;
    const name = node.property.name;
    if (parents[0].type === "AssignmentExpression" && parents[0].left === node) about.written.add(name);
    about.uses.set(name, (about.uses.get(name) ?? []).concat([node]));
  });
  for (const node of top.body) if (node.type === "FunctionDeclaration") about.functions.push({ name: node.id.name, node, function: node });
  about.classes = new Set(about.methods.map((one) => one.className));
  about.bindings = new Map(references.map((one) => [one.node, one.binding]));
  about.inits = new Map();
  walk(top, (node) => {
    if (node.type === "VariableDeclarator" && node.init) about.inits.set(node.id, node.init);
  });
  return about;
}

function nameOf(home, above) {
  return (home.id ?? above.id).name;
}

/** Others call it: `keep` has names, for whatever has them, and methods of one class ("Server.close"). */
export function isKept(one, keep) {
  return keep.has(one.name) || keep.has(`${one.className}.${one.name}`);
}

/**
 * The calls of a method, or null where it is used in another way, or where one cannot tell whose method is called. A name that is `reserved`
 * is also one of the runtime's: what it is called on has to be known.
 */
export function callsOfMethod(about, one, reserved) {
  if (isDoubtful(about, one.className)) return null;
  const homes = about.methods.filter((other) => other.name === one.name);
  const shared = homes.length > 1 || about.written.has(one.name) || reserved.has(one.name);
  const callees = [];
  for (const use of about.uses.get(one.name) ?? []) {
    const owners = ownersOf(about, use.object, shared);
    if (owners === null ? shared : owners.includes(one.className) && owners.length > 1) return null;
    if (owners === null || owners.includes(one.className)) callees.push(use);
  }
  return onlyCalls(about, callees);
}

/** Nobody calls the method, or names it, in any way: what has the name is always known to be something else. */
export function isUnused(about, one) {
  if (isDoubtful(about, one.className)) return false;
  return (about.uses.get(one.name) ?? []).every((use) => {
    const type = typeOf(about, use.object);
    return type === FOREIGN || (about.classes.has(type) && type !== one.className);
  });
}

/** The classes of the bundle that may stand behind an expression; null: nobody knows. */
function ownersOf(about, node) {
  const type = typeOf(about, node);
  if (type === "") return null;
  if (type === FOREIGN) return [];
  if (about.classes.has(type)) return [type];
  if (!about.declared.parts.has(type)) return /^(?:string|number|boolean)$/.test(type) ? [] : null;
  return [...about.classes].filter((name) => isDoubtful(about, name) || allParts(about.declared, name).includes(type));
}

/** Two sources have a class of this name, or none has: esbuild calls the second one differently. It may be anything. */
function isDoubtful(about, name) {
  return about.declared.twice.has(name) || !about.declared.parts.has(name);
}

/** The name of an expression's class or interface, or of a simple type; "": not known. */
function typeOf(about, node) {
  if (node.type === "ThisExpression") {
    const parents = about.parents.get(node);
    const made = parents.find((above) => above.type === "FunctionDeclaration" || above.type === "FunctionExpression");
    const at = parents.indexOf(made);
    const owner = made ? parents[at + 1] : null;
    return owner && owner.type === "MethodDefinition" ? nameOf(parents[at + 3], parents[at + 4]) : "";
  }
  if (node.type === "MemberExpression" && !node.computed) {
    const owner = typeOf(about, node.object);
    const own = owner === ""
      ? undefined
      : allParts(about.declared, owner).map((part) => about.declared.fields.get(`${part}.${node.property.name}`));
    const known = own === undefined ? undefined : own.find((type) => type !== undefined);
    return known !== undefined ? single(about, [known]) : single(about, [...typesOfField(about.declared, node.property.name)]);
  }
  if (node.type === "NewExpression" && node.callee.type === "Identifier") return node.callee.name;
  if (node.type === "CallExpression") {
    const callee = node.callee.type === "MemberExpression" ? node.callee.object : node.callee;
    return typeOf(about, callee) === FOREIGN ? FOREIGN : "";
  }
  if (node.type !== "Identifier") return "";
  const binding = about.bindings.get(node);
  if (!binding) return FOREIGN;
  const init = about.inits.get(binding.node);
  if (init) return typeOf(about, init);
  return single(about, [...(about.declared.parameters.get(node.name.replace(/\$+\d*$/, "")) ?? [])]);
}

/** The one type that all are, interfaces that only one class has being that class. */
function single(about, types) {
  const names = new Set(types.map((type) => {
    const name = /^(?:string|number|boolean)$/.test(type) ? type : plain(type);
    if (name === "" || about.declared.twice.has(name)) return "";
    const classes = [...about.classes].filter((one) => isDoubtful(about, one) || allParts(about.declared, one).includes(name));
    return classes.length === 1 && about.declared.parts.has(name) ? classes[0] : name;
  }));
  return names.size === 1 ? [...names][0] : "";
}

/** The calls of a function of the module, or null. */
export function callsOfFunction(about, one) {
  return onlyCalls(about, about.references.filter((use) => use.binding && use.binding.node === one.node.id).map((use) => use.node));
}

function onlyCalls(about, callees) {
  const calls = callees.map((callee) => about.parents.get(callee)[0]);
  return calls.every((call, i) => call.type === "CallExpression" && call.callee === callees[i]) ? calls : null;
}
