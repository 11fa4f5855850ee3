// Calls and members that Espruino answers otherwise than the standard, without a word: of texts, numbers, sockets and files.
//
// Every one was tried on the interpreter (2v29, of 64 bits and with the variables of a device).

/** The rules and why they are there. */
export const TRAPS = {
  "escape": "Espruino does not parse \\u{...}",
  "needle":
    "Espruino takes the end of a text for a match of what begins like it: look for more than one character with lastIndexOf or split",
  "empty-split": "Espruino splits an empty text by more than one character into nothing",
  "in-operator": "On Espruino every object has on, emit and clone: ask hasOwnProperty",
  "text-after-block": "Espruino loses a text at the beginning of the statement behind a block that did not run",
  "number-call": "Espruino's Number takes no spaces: use parseInt with 10, and trim()",
  "char-code": "Espruino's characters are bytes: it cuts a code to its last 8 bits",
  "static-inherited": "Espruino does not inherit static members",
  "connect-twice": "Espruino runs neither of them where a socket has a callback of connect and hears of connect too",
  "socket-bytes": "Espruino's sockets write an array as a text of numbers: use E.toString",
  "socket-member": "Espruino's sockets have no such member",
  "listen": "Espruino's servers listen on a port from 1 up and know no host and no callback",
  "fs-member": "Espruino's fs has no such function",
  "storage-name": "Espruino's Storage cuts names after 28 characters",
  "storage-file": "Espruino's StorageFile ends at a byte 255",
  "one-shot": "Espruino's E.CRC32 takes one argument",
};

const SOCKET_CALLS = words("pause once destroy setNoDelay setKeepAlive setTimeout address setEncoding unref ref cork uncork");
const SOCKET_MEMBERS = words("remoteAddress remotePort localAddress localPort bytesWritten bytesRead destroyed");
const FS_CALLS = words(`renameSync rmdirSync utimesSync truncateSync existsSync copyFileSync openSync readSync writeSync closeSync
  rename rmdir utimes truncate exists mkdtempSync rmSync lstatSync fsyncSync`);

function words(text) {
  return new Set(text.split(/\s+/));
}

/** One visitor for each kind of node, as in rules.mjs; `about` has `kind`, `code`, and what `origins` found. */
export const TRAP_VISITORS = {
  Literal(node, report, { code }) {
    if (typeof node.value === "string" && /(?:^|[^\\])(?:\\\\)*\\u\{/.test(code.slice(node.start, node.end))) report("escape", node.start);
  },
  TemplateElement(node, report) {
    if (/(?:^|[^\\])(?:\\\\)*\\u\{/.test(node.value.raw)) report("escape", node.start);
  },
  BinaryExpression(node, report) {
    if (node.operator === "in") report("in-operator", node.start);
  },
  ExpressionStatement(node, report, { code }) {
    const first = code.charAt(node.start);
    if (/["'`]/.test(first) && /\}\s*$/.test(code.slice(0, node.start))) report("text-after-block", node.start);
  },
  CallExpression(node, report, about) {
    const { callee } = node;
    if (callee.type === "Identifier" && callee.name === "Number") report("number-call", node.start);
    if (callee.type !== "MemberExpression" || callee.computed) return;
    for (const check of CALLS) check(node, callee, report, about);
  },
  NewExpression() {},
  MemberExpression(node, report, { kind, origins }) {
    if (node.computed || kind === "core" || kind === "portable") return;
    if (SOCKET_MEMBERS.has(node.property.name) && originOf(node.object, origins) === "connect") {
      report("socket-member", node.property.start, node.property.name);
    }
  },
};

const CALLS = [texts, codes, statics, sockets, files];

function texts(node, callee, report) {
  const [needle] = node.arguments;
  const long = needle && needle.type === "Literal" && typeof needle.value === "string" && needle.value.length > 1;
  if (/^(?:indexOf|includes|replace|replaceAll)$/.test(callee.property.name) && long) {
    report("needle", node.start, JSON.stringify(needle.value));
  }
  if (callee.property.name === "split" && long && callee.object.type === "Literal" && callee.object.value === "") {
    report("empty-split", node.start);
  }
}

function codes(node, callee, report) {
  if (callee.object.name !== "String" || callee.property.name !== "fromCharCode") return;
  for (const one of node.arguments) if (typeof one.value === "number" && one.value > 255) report("char-code", one.start);
}

/** `B.x()`, where B has no x of its own but a base of it has. */
function statics(node, callee, report, { classes }) {
  const made = callee.object.type === "Identifier" ? classes.get(callee.object.name) : undefined;
  const name = callee.property.name;
  if (made && !made.statics.has(name) && made.base !== "") report("static-inherited", node.start, `${callee.object.name}.${name}`);
}

function sockets(node, callee, report, { kind, origins, code }) {
  if (kind === "core" || kind === "portable") return;
  const name = callee.property.name;
  const from = originOf(callee.object, origins);
  const [first] = node.arguments;
  if (from === "connect" && SOCKET_CALLS.has(name)) report("socket-member", callee.property.start, name);
  if (from === "connect" && name === "write" && first && originOf(first, origins) === "bytes") report("socket-bytes", node.start);
  if (name === "on" && first && first.value === "connect" && origins.called.has(code.slice(callee.object.start, callee.object.end))) {
    report("connect-twice", node.start);
  }
  if (name === "on" && first && first.value === "connect" && connects(callee.object)) report("connect-twice", node.start);
  if (from === "createServer" && name === "listen" && (node.arguments.length > 1 || (first && first.value === 0))) {
    report("listen", node.start);
  }
}

function files(node, callee, report, { kind, origins }) {
  if (kind === "core" || kind === "portable") return;
  const name = callee.property.name;
  const from = originOf(callee.object, origins);
  const [first] = node.arguments;
  if (from === "fs" && FS_CALLS.has(name)) report("fs-member", callee.property.start, name);
  if (from === "Storage" && first && typeof first.value === "string" && first.value.length > 28) report("storage-name", first.start);
  if (from === "Storage" && name === "open") report("storage-file", node.start);
  if (callee.object.name === "E" && name === "CRC32" && node.arguments.length > 1) report("one-shot", node.start);
}

// --- Where a value comes from

/** A call of `connect` that has a callback. */
function connects(node) {
  return node.type === "CallExpression" && node.callee.type === "MemberExpression" && node.callee.property.name === "connect" &&
    node.arguments.length > 1;
}

/** "connect" and "createServer": what these answer; "fs", "Storage" ...: a module; "bytes": a Uint8Array; "" for all else. */
function originOf(node, origins) {
  if (node.type === "CallExpression") {
    const { callee } = node;
    if (/^\$?require$/.test(callee.name)) {
      return node.arguments[0] && typeof node.arguments[0].value === "string" ? node.arguments[0].value : "";
    }
    if (callee.type === "MemberExpression" && /^(?:connect|createServer)$/.test(callee.property.name)) {
      return /^(?:net|tls|http)$/.test(originOf(callee.object, origins)) ? callee.property.name : "";
    }
  }
  if (node.type === "NewExpression" && node.callee.name === "Uint8Array") return "bytes";
  return node.type === "Identifier" ? origins.names.get(node.name) ?? "" : "";
}

/** What names are set to once and for all, and what has a callback of connect, as text. Names set to two things are none. */
export function originsOf(tree, code, walk) {
  const origins = { names: new Map(), called: new Set() };
  for (let round = 0; round < 2; round++) {
    const seen = new Map();
    walk(tree, (node) => {
      const [target, value] = node.type === "VariableDeclarator"
        ? [node.id, node.init]
        : node.type === "AssignmentExpression"
        ? [node.left, node.right]
        : [];
      if (!target || !value) return;
      if (connects(value)) origins.called.add(code.slice(target.start, target.end));
      if (target.type !== "Identifier") return;
      const from = originOf(value, origins);
      seen.set(target.name, seen.has(target.name) && seen.get(target.name) !== from ? "" : from);
    });
    origins.names = seen;
  }
  return origins;
}

/** Classes of a file by their names, with the names of their static members. */
export function classesOf(tree, walk) {
  const classes = new Map();
  walk(tree, (node, parents) => {
    if (!/^Class[DE]/.test(node.type)) return;
    const id = node.id ?? (parents[0].type === "VariableDeclarator" ? parents[0].id : null);
    if (!id) return;
    const statics = node.body.body.filter((member) => member.static && member.key).map((member) => member.key.name);
    classes.set(id.name, { base: node.superClass ? node.superClass.name ?? "" : "", statics: new Set(statics) });
  });
  return classes;
}
