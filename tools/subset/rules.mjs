// What Espruino cannot run, found in the syntax tree: constructs it does not parse, and those it gets wrong without a word.

import { transformSync } from "esbuild";
import { parse } from "acorn";
import { SourceMap } from "node:module";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { analyse } from "./scopes.mjs";
import { classesOf, originsOf, TRAP_VISITORS, TRAPS } from "./traps.mjs";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** The rules and why they are there. */
export const RULES = {
  "parse": "This does not parse",
  "destructuring": "Espruino has no destructuring",
  "default-argument": "Espruino has no default arguments",
  "rest-argument": "Espruino has no rest arguments",
  "spread": "Espruino has no spread",
  "derived-fields": "A derived class with fields needs a constructor of its own: the generated one spreads its arguments",
  "async": "Espruino has no async functions",
  "generator": "Espruino has no generators",
  "optional-chain": "Espruino has no ?.",
  "power": "Espruino has no **",
  "logical-assignment": "Espruino has no &&=, ||= and ??=",
  "bigint": "Espruino has no BigInt",
  "label": "Espruino has no labels",
  "computed-key": "Espruino has no computed keys",
  "tagged-template": "Espruino has no tagged templates",
  "template-brace": "Espruino does not parse a string with a brace inside a template literal",
  "private": "Espruino has no private members",
  "static-block": "Espruino has no static blocks; a static field of a source becomes one",
  "class-field": "Espruino makes the value of a class field once, for all instances",
  "new-target": "Espruino has no new.target",
  "import": "Espruino has no modules of this kind",
  "imports": "This may not be imported here",
  "method-name": "Espruino does not parse a class method of this name",
  "super": "Espruino finds the wrong method by super.x; call Base.prototype.x.call(this)",
  "extends": "Espruino extends only classes that have a plain name and are written in JavaScript",
  "case-after-default": "Espruino wants the default of a switch at the end",
  "loop-closure": "Espruino has one binding for all rounds of a loop: declare a constant inside the body",
  "block-closure": "Espruino's closure may not see what its block declares later",
  "hoisting": "Espruino declares a name where it stands, not before",
  "return-newline": "Espruino returns the expression on the line after a return",
  "length": "Espruino does not assign to the length of an array or a string",
  "regex": "Espruino's regular expressions have no ?, {n}, \\b, lookaround, back references, nor | and nesting in groups",
  "regex-place": "Espruino does not parse a regular expression after )",
  "bytes": "A string holds bytes: no character above \\xff, and nothing but ASCII in the source",
  "arguments": "Espruino's arguments differ from the standard's",
  "global": "Espruino, or this part of the project, has no such global",
  "member": "Espruino has no such member",
  "split-limit": "Espruino's split ignores its limit",
  "clear-timer": "Espruino clears all timers, or throws, without a timer to clear",
  "promise": "Promises cost too much on a device: use callbacks",
  ...TRAPS,
};

/** Class methods of these names are syntax errors (tried one by one on 2v29). */
const METHOD_NAMES = words(`break case catch class const continue debugger default delete do else extends finally for
  function if in instanceof new return super switch this throw try typeof var void while let static of null true false
  undefined prototype`);

/** What every part may name. */
const LANGUAGE = words(`undefined NaN Infinity Object Function Array Number Boolean String Date Error Math JSON ArrayBuffer
  Uint8Array DataView parseInt parseFloat isNaN isFinite`);

/** What only a device's adapter may name. */
const DEVICE = words(`E require print console process global setTimeout clearTimeout setInterval clearInterval getTime
  RegExp Int8Array Uint16Array Int16Array Uint32Array Int32Array Float32Array Float64Array Storage Wifi Modules load save
  reset quit peek8 poke8 atob btoa`);

const BUILT = words("exports module");

/** What globals really have; those that are not named here may have anything. */
const STATICS = {
  Array: words("isArray prototype"),
  Object: words(`assign getOwnPropertyDescriptor getOwnPropertyDescriptors getOwnPropertyNames create defineProperties
    defineProperty getPrototypeOf setPrototypeOf keys entries fromEntries values prototype`),
  String: words("fromCharCode prototype"),
  Number: words("MAX_VALUE MIN_VALUE NaN NEGATIVE_INFINITY POSITIVE_INFINITY prototype"),
  // Boards with little flash (ESP8266, Pico) leave the rest of Math out.
  Math: words("abs ceil floor max min pow random round sign sqrt E PI"),
  Date: words("now parse prototype"),
  JSON: words("parse stringify"),
};

/** Methods that Espruino lacks. Names that a class of this project might have are left to the types (espruino.d.ts). */
const METHODS = words(`flat flatMap findLast findLastIndex reduceRight copyWithin toSorted toReversed toSpliced trimEnd
  trimStart trimLeft trimRight search codePointAt localeCompare normalize matchAll isWellFormed toExponential toPrecision
  setUTCDate setUTCFullYear setUTCHours setUTCMilliseconds setUTCMinutes setUTCMonth setUTCSeconds toLocaleString
  toLocaleDateString toLocaleTimeString isPrototypeOf propertyIsEnumerable setBigInt64 getBigInt64`);

const BUILTIN_CLASSES = words("Array Object Function Error Date String Number Boolean Promise RegExp Uint8Array TypeError");

function words(text) {
  return new Set(text.split(/\s+/));
}

/**
 * Checks one file. `kind`: "core", "portable" (an adapter that runs anywhere), "device" (a device's
 * adapter) or "built" (JavaScript as it goes to a device).
 * Answers `[{ line, column, rule, message }]`.
 */
export function check(text, kind, file) {
  const found = [];
  const source = kind === "built" ? plain(text) : strip(text, file);
  const report = (rule, at, detail) => {
    const [line, column] = source.place(at);
    found.push({ line, column, rule, message: RULES[rule] + (detail ? ` (${detail})` : "") });
  };
  if (source.error) {
    return [{ line: source.error.line, column: source.error.column, rule: "parse", message: `${RULES.parse} (${source.error.text})` }];
  }
  const tree = source.tree;
  for (const name of foreignImports(text, kind, file)) {
    found.push({ line: name.line, column: 1, rule: "imports", message: `${RULES.imports} ("${name.from}")` });
  }
  nonAscii(text, kind, found);
  const ownLength = /^\s+length(?:[?!]?: number| = )/m.test(text);
  const about = { kind, ownLength, code: source.code, origins: originsOf(tree, source.code, walk), classes: classesOf(tree, walk) };
  walk(tree, (node, parents) => {
    for (const visitors of [VISITORS, TRAP_VISITORS]) if (visitors[node.type]) visitors[node.type](node, report, { ...about, parents });
  });
  names(tree, kind, report);
  places(source, kind, report);
  found.sort((a, b) => a.line - b.line || a.column - b.column);
  return found;
}

/** The kind of a file by its place in the project, or null where the subset does not hold. */
export function kindOf(file) {
  const path = relative(ROOT, file).split(sep).join("/");
  if (/\.d\.ts$/.test(path)) return null;
  if (/^core\/.*\.ts$/.test(path)) return "core";
  if (/^adapters\/(memory|wrap)\/.*\.ts$/.test(path)) return "portable";
  if (/^adapters\/espruino\/.*\.ts$/.test(path)) return "device";
  if (/\.js$/.test(path)) return "built";
  return null;
}

// --- Text to tree

/** TypeScript without its types: what tsc would emit, with fields moved into the constructors. */
export function strip(text, file) {
  let code;
  let map;
  try {
    const made = transformSync(text, {
      loader: "ts",
      target: "esnext",
      charset: "utf8",
      sourcemap: "external",
      sourcefile: file,
      logLevel: "silent",
      tsconfigRaw: { compilerOptions: { useDefineForClassFields: false, verbatimModuleSyntax: true } },
    });
    code = made.code;
    map = new SourceMap(JSON.parse(made.map));
  } catch (error) {
    const first = error.errors && error.errors[0];
    if (!first) throw error;
    const at = first.location || { line: 1, column: 0 };
    return { error: { line: at.line, column: at.column + 1, text: first.text } };
  }
  const made = plain(code, "module");
  if (made.error) return made;
  const inner = made.place;
  made.place = (at) => {
    const [line, column] = inner(at);
    const entry = map.findEntry(line - 1, column - 1);
    return [(entry.originalLine ?? line - 1) + 1, (entry.originalColumn ?? column - 1) + 1];
  };
  return made;
}

/** JavaScript as it is. */
function plain(code, sourceType = "script") {
  const tokens = [];
  const lines = [0];
  for (let i = code.indexOf("\n"); i >= 0; i = code.indexOf("\n", i + 1)) lines.push(i + 1);
  const place = (at) => {
    let line = lines.length;
    while (lines[line - 1] > at) line--;
    return [line, at - lines[line - 1] + 1];
  };
  try {
    const tree = parse(code, { ecmaVersion: "latest", sourceType, onToken: tokens, allowReturnOutsideFunction: false });
    return { code, tree, tokens, place };
  } catch (error) {
    if (error.pos === undefined) throw error;
    const [line, column] = place(error.pos);
    return { error: { line, column, text: error.message } };
  }
}

/** Calls `visit(node, parents)` for a node and all below it; `parents` begins with the nearest. */
export function walk(node, visit, parents = []) {
  visit(node, parents);
  const below = [node, ...parents];
  for (const key of Object.keys(node)) {
    const value = node[key];
    if (Array.isArray(value)) {
      for (const item of value) if (item && typeof item.type === "string") walk(item, visit, below);
    } else if (value && typeof value.type === "string") walk(value, visit, below);
  }
}

// --- One rule per node type

const functions = (node, report) => {
  if (node.async) report("async", node.start);
  if (node.generator) report("generator", node.start);
  for (const parameter of node.params) {
    if (parameter.type === "RestElement") report("rest-argument", parameter.start);
    if (parameter.type === "AssignmentPattern") report("default-argument", parameter.start);
  }
};

const classes = (node, report) => {
  const base = node.superClass;
  if (base && (base.type !== "Identifier" || BUILTIN_CLASSES.has(base.name))) report("extends", base.start);
};

const dead = (body, report) => {
  for (let i = 0; i + 1 < body.length; i++) {
    if (body[i].type === "ReturnStatement" && !body[i].argument) report("return-newline", body[i].start);
  }
};

const VISITORS = {
  ObjectPattern: (node, report) => report("destructuring", node.start),
  ArrayPattern: (node, report) => report("destructuring", node.start),
  FunctionDeclaration: functions,
  FunctionExpression: functions,
  ArrowFunctionExpression: functions,
  ClassDeclaration: classes,
  ClassExpression: classes,
  SpreadElement(node, report, { parents }) {
    const made = parents[0].type === "CallExpression" && parents[0].callee.type === "Super" && node.argument.name === "arguments";
    report(made ? "derived-fields" : "spread", node.start);
  },
  AwaitExpression: (node, report) => report("async", node.start),
  YieldExpression: (node, report) => report("generator", node.start),
  ChainExpression: (node, report) => report("optional-chain", node.start),
  BinaryExpression(node, report) {
    if (node.operator === "**") report("power", node.start);
    if (node.left.type === "PrivateIdentifier") report("private", node.start);
  },
  AssignmentExpression(node, report, about) {
    if (node.operator === "**=") report("power", node.start);
    if (["&&=", "||=", "??="].includes(node.operator)) report("logical-assignment", node.start);
    length(node, node.left, report, about);
  },
  UpdateExpression: (node, report, about) => length(node, node.argument, report, about),
  Literal(node, report) {
    if (node.bigint) report("bigint", node.start);
    if (node.regex && !regexFits(node.regex)) report("regex", node.start);
    if (typeof node.value === "string" && /[^\0-\xff]/.test(node.value)) report("bytes", node.start);
  },
  TemplateLiteral(node, report) {
    for (const part of node.quasis) if (/[^\0-\xff]/.test(part.value.cooked)) report("bytes", part.start);
    for (const part of node.expressions) {
      walk(part, (below) => {
        if (typeof below.value === "string" && /[{}]/.test(below.value)) report("template-brace", below.start);
      });
    }
  },
  LabeledStatement: (node, report) => report("label", node.start),
  Property(node, report) {
    if (node.computed) report("computed-key", node.start);
  },
  MethodDefinition(node, report) {
    if (node.computed) report("computed-key", node.start);
    else if (METHOD_NAMES.has(node.key.name)) report("method-name", node.start, node.key.name);
  },
  PropertyDefinition(node, report) {
    if (node.computed) report("computed-key", node.start);
    report("class-field", node.start);
  },
  TaggedTemplateExpression: (node, report) => report("tagged-template", node.start),
  PrivateIdentifier: (node, report) => report("private", node.start),
  StaticBlock: (node, report) => report("static-block", node.start),
  MetaProperty: (node, report) => report("new-target", node.start),
  ImportExpression: (node, report) => report("import", node.start),
  MemberExpression(node, report) {
    if (node.object.type === "Super") report("super", node.start);
    if (node.computed || node.property.type !== "Identifier") return;
    const known = node.object.type === "Identifier" ? STATICS[node.object.name] : undefined;
    if (known && !known.has(node.property.name)) report("member", node.start, `${node.object.name}.${node.property.name}`);
    if (METHODS.has(node.property.name)) report("member", node.property.start, node.property.name);
  },
  CallExpression(node, report) {
    const callee = node.callee;
    const first = node.arguments[0];
    if (callee.type === "MemberExpression" && callee.property.name === "split" && node.arguments.length > 1) {
      report("split-limit", node.start);
    }
    if (callee.type !== "Identifier" || !/^clear(Timeout|Interval)$/.test(callee.name)) return;
    if (!first || first.name === "undefined" || first.operator === "void") report("clear-timer", node.start);
  },
  SwitchStatement(node, report) {
    const at = node.cases.findIndex((one) => one.test === null);
    if (at >= 0 && at < node.cases.length - 1) report("case-after-default", node.cases[at].start);
    for (const one of node.cases) dead(one.consequent, report);
  },
  BlockStatement: (node, report) => dead(node.body, report),
};

/**
 * An object of ours may have a `length`, arrays and strings may not be given one. Which it is tell the types (espruino.d.ts);
 * here a source is let off that declares such a member, and built JavaScript where it is no plain number.
 */
function length(node, target, report, { parents, kind, ownLength }) {
  if (target.type !== "MemberExpression" || target.computed || target.property.name !== "length") return;
  if (kind === "built" ? node.right && node.right.type !== "Literal" : ownLength) return;
  if (target.object.type === "ThisExpression" && parents.some((node) => /^Class[DE]/.test(node.type) && sets(node))) return;
  report("length", target.start);
}

/** The class's constructor sets `this.length`: a field of its own, since no class here extends Array. */
function sets(node) {
  const maker = node.body.body.find((member) => member.kind === "constructor");
  let own = false;
  if (maker) {
    walk(maker.value.body, (below) => {
      if (below.type === "AssignmentExpression" && below.left.property && below.left.property.name === "length") own = true;
    });
  }
  return own;
}

/** Literals, ., classes, \d\w\s, ^ $, * + on one of them, flat groups, | at the top, flags g and i. */
function regexFits(regex) {
  if (/[^gi]/.test(regex.flags)) return false;
  const source = regex.pattern.replace(/\\[^bB1-9pPkucx]/g, "x").replace(/\[[^\]]*\]/g, "x");
  if (/[\\?{}]/.test(source)) return false;
  if (/\)[*+]/.test(source)) return false;
  return source.replace(/\([^()|]*\)/g, "").search(/[()]/) < 0;
}

// --- Names

function names(tree, kind, report) {
  const allowed = new Set([...LANGUAGE, ...(kind === "core" || kind === "portable" ? [] : DEVICE), ...(kind === "built" ? BUILT : [])]);
  const { references } = analyse(tree);
  for (const reference of references) {
    const { node, binding } = reference;
    if (!binding) {
      if (node.name === "arguments") report("arguments", node.start);
      else if (node.name === "Promise") report("promise", node.start);
      else if (!allowed.has(node.name) && !reference.typeof) report("global", node.start, node.name);
      continue;
    }
    if (reference.inClosure && binding.loop) report("loop-closure", node.start, node.name);
    else if (reference.inClosure && binding.block && binding.start > reference.closureStart) report("block-closure", node.start, node.name);
    else if (!reference.inClosure && binding.start > node.start) report("hoisting", node.start, node.name);
  }
}

// --- Text and tokens

/** Modules that a file may not name, with their lines. */
function foreignImports(text, kind, file) {
  const found = [];
  if (kind === "built") return found;
  const form = /^[ \t]*(?:import|export)\b(?:[\w\s{},*$]*[\s}]from)?\s*["']([^"'\n]+)["']|\bimport\s*\(\s*["']([^"'\n]+)["']/gm;
  for (let match = form.exec(text); match; match = form.exec(text)) {
    const from = match[1] ?? match[2];
    if (!allowedImport(from, kind, file)) found.push({ from, line: text.slice(0, match.index).split("\n").length });
  }
  return found;
}

function allowedImport(from, kind, file) {
  if (!from.startsWith("./") && !from.startsWith("../")) return false;
  const target = relative(ROOT, join(dirname(file), from)).split(sep).join("/");
  if (target.startsWith("core/")) return true;
  return kind === "device" && /^adapters\/(espruino|wrap)\//.test(target) ||
    kind === "portable" && /^adapters\/(memory|wrap)\//.test(target);
}

/** The source itself is ASCII, its comments too: a device has no other characters. */
function nonAscii(text, kind, found) {
  const lines = text.split("\n");
  for (let i = 0; i < lines.length; i++) {
    const column = lines[i].search(/[^\t\r\x20-\x7e]/);
    if (column >= 0) found.push({ line: i + 1, column: column + 1, rule: "bytes", message: RULES.bytes });
  }
}

/** What only the order of tokens shows. */
function places(source, kind, report) {
  const { tokens, code } = source;
  for (let i = 1; i < tokens.length; i++) {
    if (tokens[i].type.label === "regexp" && tokens[i - 1].type.label === ")") report("regex-place", tokens[i].start);
    if (kind !== "built" || tokens[i - 1].type.label !== "return") continue;
    if (/[;}]/.test(tokens[i].type.label)) continue;
    if (code.slice(tokens[i - 1].end, tokens[i].start).includes("\n")) report("return-newline", tokens[i - 1].start);
  }
}
