// How many of a device's variables a module takes once it is loaded, counted in its syntax tree.
//
// Measured on builds with a device's layout (12 and 13 bytes per variable), the module in Storage: 5 for a function, 1 for each
// parameter, 10 for a class with a constructor, 1 for each field, 2 for each object; names up to 4 characters are free, texts are
// copied, 8 characters in a variable. Code itself stays where it is stored. Against the interpreter it is right within 2 percent.

import { parse } from "acorn";
import { walk } from "../subset/rules.mjs";

/** The module's scope, its exports, its entry in the list of modules. */
const MODULE = 19;

/**
 * `{ functions, parameters, variables, dispatch }`. Functions are those that do not stand in another one: methods, and those in
 * tables; the others are there only while something runs. `dispatch` is the
 * share of the class Table, as far as it still has that name.
 */
export function count(code) {
  const tree = parse(code, { ecmaVersion: "latest", sourceType: "script" });
  const found = { functions: 0, parameters: 0, variables: MODULE, dispatch: 0 };
  walk(tree, (node, parents) => {
    if (parents.some((above) => /Function/.test(above.type))) return;
    const inTable = parents.some((above) => nameOf(above) === "Table");
    const add = (variables) => {
      found.variables += variables;
      if (inTable) found.dispatch += variables;
    };
    if (/Function/.test(node.type)) {
      const maker = parents[0].kind === "constructor";
      found.functions++;
      found.parameters += node.params.length;
      add((maker ? 2 : 5) + node.params.length);
      for (const parameter of node.params) add(long(parameter.name));
    }
    if (/^Class[DE]/.test(node.type)) add(8);
    if (node.type === "ObjectExpression" || node.type === "ArrayExpression") add(2 + plainFields(node));
    if (/Definition$|^Property$/.test(node.type) && node.kind !== "constructor") add(long(node.key.name));
    if (parents.length === 1) { for (const one of node.declarations ?? []) add(long(one.id.name) + (isNumber(one.init) ? 1 : 0)); }
    if (node.type === "Literal" && typeof node.value === "string") add(1 + Math.ceil(node.value.length / 8));
  });
  return found;
}

function nameOf(node) {
  if (node.type === "VariableDeclarator" && node.init && node.init.type === "ClassExpression") return node.id.name;
  return node.type === "ClassDeclaration" ? node.id.name : "";
}

/** What a name takes beyond the variable that it names. */
function long(name) {
  return name !== undefined && name.length > 4 ? Math.ceil((name.length - 4) / 8) : 0;
}

/** Fields and elements that are no functions: those count with their name. */
function plainFields(node) {
  const values = node.elements ?? node.properties.map((property) => property.value);
  return values.filter((value) => value && !/Function/.test(value.type)).length;
}

function isNumber(node) {
  return node && node.type === "Literal" && typeof node.value !== "string";
}
