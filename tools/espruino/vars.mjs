// Makes `var` of `let` and `const`, and one variable of many that are never needed at the same time: shorter, fewer names, and no block that a
// device would keep a scope for.
//
// Espruino sets a `var` up where it runs over it, so each stays where it was, with its value. What a closure holds within a loop stays as it is.

import { analyse } from "../subset/scopes.mjs";
import { walk } from "../subset/rules.mjs";
import { apply, tree } from "./tree.mjs";

/** The names at the top are left alone. */
export function toVars(code) {
  const top = tree(code);
  const about = { ...analyse(top), places: placesOf(top), code };
  const edits = [];
  const names = new Map();
  let functions = 0;
  walk(top, (node) => {
    if (/Function/.test(node.type)) rename(node, about, `v${++functions}$`, names, edits);
  });
  for (const { node, binding } of about.references) {
    const name = binding && names.get(binding.node);
    if (!name) continue;
    edits.push({ start: node.start, end: node.end, text: about.places.shorthands.has(node) ? `${node.name}: ${name}` : name });
  }
  return joined(unwrapped(apply(code, edits)));
}

/** For each declared name its declaration, and the parents of that; entries whose value is their name. */
function placesOf(top) {
  const found = { declarations: new Map(), shorthands: new Set() };
  walk(top, (node, parents) => {
    if (node.type === "Property" && node.shorthand) found.shorthands.add(node.value);
    if (node.type === "VariableDeclarator") {
      found.declarations.set(node.id, { declaration: parents[0], parents: parents.slice(1), one: node });
    }
  });
  return found;
}

/** Chooses the names of one function's own variables. */
function rename(home, about, prefix, names, edits) {
  const own = [];
  for (const binding of about.bindings) {
    const place = about.places.declarations.get(binding.node);
    if (!place || place.parents.find((one) => /Function/.test(one.type)) !== home || place.declaration.kind === "var") continue;
    const uses = about.references.filter((one) => one.binding === binding);
    const captured = uses.some((one) => one.from.function !== binding.scope.function);
    const within = place.parents.slice(0, place.parents.indexOf(home));
    const looped = within.some((one, i) => isLoop(one) && !(i === 0 && one.init === place.declaration));
    const head = within.length > 0 && /^For(?:In|Of)/.test(within[0].type);
    // It would keep what it had the last time.
    const empty = place.one.init === null && !head;
    own.push({ binding, place, within, alone: captured || empty, fits: !(looped && (captured || empty)) && !(head && captured) });
  }
  const fixed = new Set(own.filter((one) => !one.fits).map((one) => one.place.declaration));
  const homes = new Map();
  for (const one of own.filter(({ place }) => !fixed.has(place.declaration))) {
    const block = one.within.find((above) =>
      one.alone ? isExclusive(above, about, home) : isBlock(above) || isExclusive(above, about, home)
    ) ?? home;
    homes.set(block, (homes.get(block) ?? []).concat([one]));
    edits.push({ start: one.place.declaration.start, end: one.place.declaration.start + one.place.declaration.kind.length, text: "var" });
  }
  const number = (node, from) => {
    let next = from;
    for (const { binding } of homes.get(node) ?? []) {
      names.set(binding.node, prefix + next);
      edits.push({ start: binding.node.start, end: binding.node.end, text: prefix + next });
      next++;
    }
    for (const below of childrenOf(node)) if (!/Function|^Class/.test(below.type)) number(below, next);
  };
  number(home, 0);
}

function isLoop(node) {
  return /^(?:For|ForIn|ForOf|While|DoWhile)Statement$/.test(node.type);
}

function isBlock(node) {
  return node.type === "BlockStatement" || isLoop(node) || node.type === "SwitchStatement" || node.type === "CatchClause";
}

/** A case of a switch of which one and no other runs in a call. */
function isExclusive(node, about, home) {
  if (node.type !== "SwitchCase") return false;
  about.exclusive ??= exclusiveCases(about.code);
  return about.exclusive.has(`${node.start} ${node.end}`) && home !== null;
}

function exclusiveCases(code) {
  const found = new Set();
  walk(tree(code), (node, parents) => {
    if (node.type !== "SwitchStatement") return;
    const above = parents.slice(0, parents.findIndex((one) => /Function/.test(one.type)));
    const cases = node.cases.slice(0, -1).filter((one) => one.consequent.length > 0);
    if (above.some(isLoop) || !cases.every((one) => leaves(one.consequent))) return;
    for (const one of node.cases) found.add(`${one.start} ${one.end}`);
  });
  return found;
}

/** Nothing comes after these statements. */
export function leaves(list) {
  const last = list[list.length - 1];
  if (!last) return false;
  if (last.type === "BlockStatement") return leaves(last.body);
  if (last.type === "IfStatement" && last.alternate) return leaves([last.consequent]) && leaves([last.alternate]);
  if (last.type === "TryStatement" && last.handler) return leaves([last.block]) && leaves([last.handler.body]);
  return /^(?:Return|Break|Throw)Statement$/.test(last.type);
}

function childrenOf(node) {
  return Object.values(node).flatMap((value) => Array.isArray(value) ? value : [value]).filter((one) =>
    one && typeof one.type === "string"
  );
}

// --- Statements

/** Without braces that nothing needs any more. */
export function unwrapped(code) {
  const edits = [];
  walk(tree(code), (node, [above]) => {
    if (!above || !["BlockStatement", "SwitchCase"].includes(above.type)) return;
    if (node.type === "EmptyStatement") edits.push({ start: node.start, end: node.end, text: "" });
    if (node.type !== "BlockStatement") return;
    if (node.body.some((one) => one.type === "VariableDeclaration" && one.kind !== "var" || /^(?:Class|Function)D/.test(one.type))) return;
    edits.push({ start: node.start, end: node.start + 1, text: "" }, { start: node.end - 1, end: node.end, text: ";" });
  });
  const out = apply(code, edits);
  return out === code ? code : unwrapped(out);
}

/** One `var` for those that follow each other, and in the head of the loop that follows them. */
export function joined(code) {
  const edits = [];
  const isVar = (node) => node && node.type === "VariableDeclaration" && node.kind === "var";
  walk(tree(code), (node) => {
    const list = node.type === "BlockStatement" || node.type === "Program" ? node.body : node.type === "SwitchCase" ? node.consequent : [];
    for (let i = 1; i < list.length; i++) {
      if (!isVar(list[i - 1])) continue;
      const last = list[i - 1].declarations[list[i - 1].declarations.length - 1];
      if (isVar(list[i])) edits.push({ start: last.end, end: list[i].declarations[0].start, text: "," });
      if (list[i].type !== "ForStatement" || list[i].init !== null && !isVar(list[i].init)) continue;
      // Those before it join it first.
      if (isVar(list[i - 2])) continue;
      const text = `for(${code.slice(list[i - 1].start, last.end)}`;
      const head = list[i].init ? list[i].init.declarations[0].start : code.indexOf(";", list[i].start);
      edits.push({ start: list[i - 1].start, end: head, text: text + (list[i].init ? "," : "") });
    }
  });
  const out = apply(code, edits);
  return out === code ? code : joined(out);
}
