// Moves functions and methods that are called at one place only to that place: each costs a device five variables and more.
//
// Only where a call is a statement of its own, or what a function returns: what moves stays statements, in a block. Names are made
// unique first, so that nothing means something else where it has moved to.

import { analyse } from "../subset/scopes.mjs";
import { walk } from "../subset/rules.mjs";
import { callsOfFunction, callsOfMethod, isKept, isUnused, survey } from "./survey.mjs";
import { apply, tree } from "./tree.mjs";

/**
 * One after the other until none is left. `about` is `{ keep, reserved, declared }`: names that others call, names that the runtime has too,
 * what the sources declare (types.mjs).
 */
export function inlineCalls(code, about) {
  let text = uniqueNames(code);
  for (;;) {
    const next = inlineOne(text, about);
    if (next === text) return text;
    text = next;
  }
}

/** Every name but those of the module gets a number. */
export function uniqueNames(code) {
  const top = tree(code);
  const { bindings, references } = analyse(top);
  const names = new Map();
  let count = 0;
  for (const one of bindings) if (one.scope.parent !== null) names.set(one.node, `${one.name.replace(/\$\d+$/, "")}$${++count}`);
  const shorthands = shorthandsOf(top);
  const edits = [...names].map(([node, text]) => ({ start: node.start, end: node.end, text }));
  for (const { node, binding } of references) {
    const name = binding && names.get(binding.node);
    if (name) edits.push({ start: node.start, end: node.end, text: shorthands.has(node) ? `${node.name}: ${name}` : name });
  }
  return apply(code, edits);
}

function shorthandsOf(top) {
  const found = new Set();
  walk(top, (node) => {
    if (node.type === "Property" && node.shorthand) found.add(node.value);
  });
  return found;
}

function inlineOne(code, { keep, reserved, declared }) {
  const about = survey(tree(code), declared);
  const unused = about.methods.filter((one) => !isKept(one, keep) && isUnused(about, one));
  if (unused.length > 0) return apply(code, unused.map(({ node }) => ({ start: node.start, end: node.end, text: "" })));
  for (const one of candidates(about, keep, reserved)) {
    const made = moved(code, about, one);
    if (made !== null) return made;
  }
  return code;
}

/** Those with one use, which is a call. */
function candidates(about, keep, reserved) {
  const found = [];
  for (const one of about.functions) found.push({ ...one, calls: callsOfFunction(about, one) });
  for (const one of about.methods) if (!isKept(one, keep)) found.push({ ...one, calls: callsOfMethod(about, one, reserved) });
  return found.filter((one) => one.calls !== null && one.calls.length === 1).map((one) => ({ ...one, callee: one.calls[0].callee }));
}

/** The code with one function at its only call, or null where it does not fit there. */
function moved(code, about, one) {
  const parents = about.parents.get(one.callee);
  const call = parents[0];
  const statement = parents[1];
  if (call.type !== "CallExpression" || call.callee !== one.callee || parents.includes(one.node)) return null;
  const returned = statement.type === "ReturnStatement";
  if (!returned && statement.type !== "ExpressionStatement") return null;
  if (one.function.async || one.function.params.some((parameter) => parameter.type !== "Identifier")) return null;
  const place = about.parents.get(statement);
  const tail = returned || isTail(statement, place);
  const edits = [];
  const before = given(code, about, one, call, edits);
  if (before === null) return null;
  const body = edited(code, one.function.body, edits);
  const inner = tree(`function f() ${body}`).body[0].body;
  const shift = "function f() ".length;
  const text = (node) => body.slice(node.start - shift, node.end - shift);
  const made = returned ? asIs(inner, text) : flat(inner.body, text) ?? (tail ? bare(inner, text) : null);
  if (made === null) return null;
  return apply(code, [
    { start: one.node.start, end: one.node.end, text: "" },
    { start: statement.start, end: statement.end, text: `{\n${before}${made}\n}` },
  ]);
}

function edited(code, node, edits) {
  return apply(
    code.slice(node.start, node.end),
    edits.map((one) => ({ ...one, start: one.start - node.start, end: one.end - node.start })),
  );
}

/** Declares the parameters, and `this` where it is somebody else; what needs no name goes into `edits`. */
function given(code, about, one, call, edits) {
  let before = "";
  const inside = (node) => node.start >= one.function.body.start && node.end <= one.function.body.end;
  const written = new Set();
  walk(about.top, (node) => {
    if (node.type === "AssignmentExpression") written.add(node.left);
    if (node.type === "UpdateExpression") written.add(node.argument);
  });
  const shorthands = shorthandsOf(one.function.body);
  const changes = (binding) => about.references.some((use) => use.binding === binding && written.has(use.node));
  for (let i = 0; i < one.function.params.length; i++) {
    const parameter = one.function.params[i];
    const uses = about.references.filter((use) => use.binding && use.binding.node === parameter && inside(use.node));
    const argument = call.arguments[i];
    const text = argument ? code.slice(argument.start, argument.end) : "undefined";
    const known = argument && argument.type === "Identifier" && about.references.find((use) => use.node === argument);
    const fixed = argument && argument.type === "Literal" || known && known.binding && !changes(known.binding);
    const set = uses.some((use) => written.has(use.node));
    if (uses.length === 0 && fixed) continue;
    if (!fixed || set) {
      before += `let ${parameter.name} = ${text};\n`;
      continue;
    }
    for (const { node } of uses) {
      edits.push({ start: node.start, end: node.end, text: shorthands.has(node) ? `${node.name}: ${text}` : text });
    }
  }
  if (one.callee.type === "Identifier") return usesThis(one.function.body).length > 0 ? null : before;
  const owner = one.callee.object;
  if (owner.type === "ThisExpression") return before;
  const uses = usesThis(one.function.body);
  if (uses.length > 0 && owner.type !== "Identifier") {
    before = `const self$${one.name} = ${code.slice(owner.start, owner.end)};\n${before}`;
  }
  const text = owner.type === "Identifier" ? owner.name : `self$${one.name}`;
  for (const node of uses) edits.push({ start: node.start, end: node.end, text });
  return before;
}

/** The places of a function's own `this`. */
function usesThis(body) {
  const found = [];
  walk(body, (node, parents) => {
    const foreign = parents.some((above) => above.type === "FunctionExpression" || above.type === "FunctionDeclaration");
    if (node.type === "ThisExpression" && !foreign) found.push(node);
  });
  return found;
}

/** Nothing of the function is done after this statement. */
function isTail(statement, parents) {
  let node = statement;
  for (const above of parents) {
    if (/Function/.test(above.type)) return true;
    const list = above.type === "BlockStatement" ? above.body : above.type === "SwitchCase" ? above.consequent : null;
    if (list) {
      const after = list.slice(list.indexOf(node) + 1);
      const leaves = after.length === 1 && after[0].type === "BreakStatement" &&
        /^Switch/.test((above.type === "SwitchCase" ? above : parents[parents.indexOf(above) + 1]).type);
      if (after.length > 0 && !leaves) return false;
    } else if (above.type === "SwitchStatement") {
      const last = above.cases[above.cases.length - 1];
      const own = node.consequent[node.consequent.length - 1];
      const ends = own &&
        (own.type === "BreakStatement" || own.type === "BlockStatement" && own.body.some((one) => one.type === "BreakStatement"));
      if (node !== last && !ends) return false;
    } else if (above.type !== "IfStatement") return false;
    node = above;
  }
  return false;
}

/** In the place of `return f()`. */
function asIs(block, text) {
  const last = block.body[block.body.length - 1];
  return block.body.map(text).join("\n") + (last && last.type === "ReturnStatement" ? "" : "\nreturn;");
}

/** At the end of a function, whose value nobody asked for: returns return nothing. */
function bare(block, text) {
  const edits = [];
  const whole = text(block);
  walk(block, (node, parents) => {
    if (parents.some((above) => /Function/.test(above.type)) || node.type !== "ReturnStatement" || !node.argument) return;
    edits.push({ start: node.start - block.start, end: node.end - block.start, text: `{ ${text(node.argument)}; return; }` });
  });
  return apply(whole, edits).slice(1, -1);
}

/** The same without a return, or null. */
function flat(statements, text) {
  let out = "";
  for (let i = 0; i < statements.length; i++) {
    const node = statements[i];
    const rest = statements.slice(i + 1);
    if (node.type === "ReturnStatement") return out + (node.argument ? `${text(node.argument)};\n` : "");
    if (!returns(node)) {
      out += text(node) + "\n";
      continue;
    }
    if (node.type !== "IfStatement") return null;
    const yes = listOf(node.consequent);
    const no = listOf(node.alternate);
    const [one, other] = ends(yes)
      ? [flat(yes, text), flat(no.concat(rest), text)]
      : ends(no) && !yes.some(returns)
      ? [flat(yes.concat(rest), text), flat(no, text)]
      : [null, null];
    if (one === null || other === null) return null;
    return `${out}if (${text(node.test)}) {\n${one}}${other === "" ? "" : ` else {\n${other}}`}\n`;
  }
  return out;
}

function listOf(node) {
  if (!node) return [];
  return node.type === "BlockStatement" ? node.body : [node];
}

/** It returns, whatever comes. */
function ends(list) {
  const last = list[list.length - 1];
  return last !== undefined && last.type === "ReturnStatement" && !list.slice(0, -1).some(returns);
}

function returns(node) {
  let found = false;
  walk(node, (below, parents) => {
    if (below.type === "ReturnStatement" && !parents.some((above) => /Function/.test(above.type))) found = true;
  });
  return found;
}
