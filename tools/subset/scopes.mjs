// Who declares a name, and from where it is used: enough of scoping for the rules and for the bundler.

/**
 * The bindings and references of a tree. A binding: `{ name, start, scope, block, loop, node }`; a reference:
 * `{ node, binding, inClosure, closureStart, typeof }`, where `binding` is null for a global.
 */
export function analyse(tree) {
  const top = scope(null, "function", 0);
  const references = [];
  const bindings = [];
  const context = { references, bindings };
  declareAll(tree.body, top, context);
  for (const node of tree.body) visit(node, top, context);
  for (const reference of references) resolve(reference);
  return { bindings, references };
}

function scope(parent, kind, start) {
  const made = { parent, kind, start, names: new Map(), function: null };
  made.function = kind === "function" ? made : parent.function;
  return made;
}

function declare(context, where, identifier, loop) {
  const known = where.names.get(identifier.name);
  if (known) return known;
  const binding = {
    name: identifier.name,
    start: identifier.start,
    scope: where,
    block: where.kind !== "function",
    loop,
    node: identifier,
  };
  where.names.set(identifier.name, binding);
  context.bindings.push(binding);
  return binding;
}

/** Identifiers of a pattern, so that one mistake is not reported as many. */
function identifiers(pattern, out = []) {
  if (!pattern) return out;
  if (pattern.type === "Identifier") out.push(pattern);
  else if (pattern.type === "ObjectPattern") {
    for (const property of pattern.properties) identifiers(property.value || property.argument, out);
  } else if (pattern.type === "ArrayPattern") { for (const element of pattern.elements) identifiers(element, out); }
  else if (pattern.type === "AssignmentPattern") identifiers(pattern.left, out);
  else if (pattern.type === "RestElement") identifiers(pattern.argument, out);
  return out;
}

/** What the statements of one scope declare; `var` goes up to the function. */
function declareAll(statements, where, context) {
  for (const node of statements) {
    if (node.type === "ExportNamedDeclaration" || node.type === "ExportDefaultDeclaration") {
      if (node.declaration) declareAll([node.declaration], where, context);
    } else if (node.type === "ImportDeclaration") {
      for (const specifier of node.specifiers) declare(context, where, specifier.local, false).start = -1;
    } else if (node.type === "FunctionDeclaration" || node.type === "ClassDeclaration") {
      if (node.id) declare(context, where, node.id, false);
    } else if (node.type === "VariableDeclaration" && node.kind !== "var") {
      for (const one of node.declarations) for (const id of identifiers(one.id)) declare(context, where, id, false);
    }
    vars(node, where.function, context);
  }
}

function vars(node, where, context) {
  if (!node || typeof node.type !== "string" || /Function|^Class/.test(node.type)) return;
  if (node.type === "VariableDeclaration" && node.kind === "var") {
    for (const one of node.declarations) for (const id of identifiers(one.id)) declare(context, where, id, false);
  }
  for (const value of children(node)) vars(value, where, context);
}

function children(node) {
  const out = [];
  for (const key of Object.keys(node)) {
    const value = node[key];
    if (Array.isArray(value)) {
      for (const item of value) if (item && typeof item.type === "string") out.push(item);
    } else if (value && typeof value.type === "string") out.push(value);
  }
  return out;
}

function reference(node, where, context, isTypeof) {
  context.references.push({ node, from: where, binding: null, inClosure: false, closureStart: -1, typeof: isTypeof });
}

function visit(node, where, context) {
  const own = VISITS[node.type];
  if (own) own(node, where, context);
  else for (const child of children(node)) visit(child, where, context);
}

function visitFunction(node, where, context) {
  const inner = scope(where, "function", node.start);
  if (node.type === "FunctionExpression" && node.id) declare(context, inner, node.id, false).start = -1;
  for (const parameter of node.params) {
    for (const id of identifiers(parameter)) declare(context, inner, id, false).start = -1;
    if (parameter.type === "AssignmentPattern") visit(parameter.right, inner, context);
  }
  if (node.body.type === "BlockStatement") {
    declareAll(node.body.body, inner, context);
    for (const child of node.body.body) visit(child, inner, context);
  } else visit(node.body, inner, context);
}

function visitLoop(node, where, context) {
  const inner = scope(where, "block", node.start);
  const head = node.type === "ForStatement" ? node.init : node.left;
  if (head && head.type === "VariableDeclaration" && head.kind !== "var") {
    for (const one of head.declarations) for (const id of identifiers(one.id)) declare(context, inner, id, true);
  }
  for (const child of children(node)) visit(child, inner, context);
}

function visitBlock(node, where, context) {
  const inner = scope(where, "block", node.start);
  const body = node.type === "SwitchStatement" ? node.cases.flatMap((one) => one.consequent) : node.body;
  declareAll(body, inner, context);
  if (node.type !== "SwitchStatement") { for (const child of node.body) visit(child, inner, context); }
  else {
    visit(node.discriminant, where, context);
    for (const one of node.cases) visit(one, inner, context);
  }
}

function visitClass(node, where, context) {
  if (node.superClass) visit(node.superClass, where, context);
  const inner = scope(where, "block", node.start);
  if (node.id && node.type === "ClassExpression") declare(context, inner, node.id, false).start = -1;
  for (const member of node.body.body) visit(member, inner, context);
}

const VISITS = {
  Identifier: (node, where, context) => reference(node, where, context, false),
  UnaryExpression(node, where, context) {
    const bare = node.operator === "typeof" && node.argument.type === "Identifier";
    if (bare) reference(node.argument, where, context, true);
    else visit(node.argument, where, context);
  },
  MemberExpression(node, where, context) {
    visit(node.object, where, context);
    if (node.computed) visit(node.property, where, context);
  },
  Property(node, where, context) {
    if (node.computed) visit(node.key, where, context);
    visit(node.value, where, context);
  },
  MethodDefinition(node, where, context) {
    if (node.computed) visit(node.key, where, context);
    visit(node.value, where, context);
  },
  PropertyDefinition(node, where, context) {
    if (node.computed) visit(node.key, where, context);
    if (node.value) visit(node.value, scope(where, "function", node.start), context);
  },
  LabeledStatement: (node, where, context) => visit(node.body, where, context),
  BreakStatement() {},
  ContinueStatement() {},
  MetaProperty() {},
  ImportDeclaration() {},
  ExportNamedDeclaration(node, where, context) {
    if (node.declaration) visit(node.declaration, where, context);
    else if (!node.source) { for (const one of node.specifiers) reference(one.local, top(where), context, false); }
  },
  ExportAllDeclaration() {},
  FunctionDeclaration: visitFunction,
  FunctionExpression: visitFunction,
  ArrowFunctionExpression: visitFunction,
  ClassDeclaration: visitClass,
  ClassExpression: visitClass,
  StaticBlock: visitBlock,
  BlockStatement: visitBlock,
  SwitchStatement: visitBlock,
  ForStatement: visitLoop,
  ForInStatement: visitLoop,
  ForOfStatement: visitLoop,
  VariableDeclarator(node, where, context) {
    // The names themselves are no references; what computes them is.
    if (node.id.type !== "Identifier") visitPattern(node.id, where, context);
    if (node.init) visit(node.init, where, context);
  },
  CatchClause(node, where, context) {
    const inner = scope(where, "block", node.start);
    for (const id of identifiers(node.param)) declare(context, inner, id, false).start = -1;
    visit(node.body, inner, context);
  },
};

function visitPattern(pattern, where, context) {
  if (pattern.type === "AssignmentPattern") visit(pattern.right, where, context);
}

function top(where) {
  return where.parent ? top(where.parent) : where;
}

/** Finds the binding, and whether a function stands between it and the use. */
function resolve(one) {
  let where = one.from;
  let closure = null;
  while (where) {
    const binding = where.names.get(one.node.name);
    if (binding) {
      one.binding = binding;
      one.inClosure = closure !== null;
      one.closureStart = closure ? closure.start : -1;
      return;
    }
    if (where.kind === "function") closure = where;
    where = where.parent;
  }
}
