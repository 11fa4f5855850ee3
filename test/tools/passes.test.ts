// The bundler's passes on small programs: what each takes out or moves, what it leaves, and that the program does the same.

// deno-lint-ignore-file no-explicit-any
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { createContext, runInContext } from "node:vm";

const root = process.cwd();
const tool = async (name: string): Promise<any> => await import(pathToFileURL(join(root, "tools/espruino", name)).href);
const { foldCapabilities } = await tool("capabilities.mjs");
const { foldConditions } = await tool("conditions.mjs");
const { fixFields } = await tool("fields.mjs");
const { inlineCalls, uniqueNames } = await tool("inline.mjs");
const { aliasThis } = await tool("alias.mjs");
const { kindsOf, shortenTests } = await tool("compare.mjs");
const { mergeSeldom } = await tool("merge.mjs");
const { toNumbers } = await tool("numbers.mjs");
const { dropMembers } = await tool("shrink.mjs");
const { terse } = await tool("terse.mjs");
const { declarations } = await tool("types.mjs");

const { joined, toVars, unwrapped } = await tool("vars.mjs");

/** Classes as a source has them, without members. */
function heads(code: string): string {
  return [...code.matchAll(/class (\w+)/g)].map((found) => `class ${found[1]} {\n}\n`).join("");
}

/** What the passes know of a program. */
function known(keep: string[] = [], sources: string[] = [], reserved: string[] = []): unknown {
  return { keep: new Set(keep), reserved: new Set(reserved), declared: declarations(sources) };
}

/** What a program says by `say`. */
function said(code: string): unknown[] {
  const context = createContext({ said: [] });
  runInContext(`function say(x) { said.push(x); }\n${code}`, context);
  return context.said;
}

/** Moves what can be moved; the program says the same. */
function inlined(code: string, keep: string[] = []): string {
  const out = inlineCalls(code, known(keep, [heads(code)]));
  assert.deepEqual(said(out), said(code), out);
  return out;
}

// --- Conditions

for (
  const [code, out] of [
    ["if (true && a()) b();", "if ((a())) b();"],
    ["if (!true) a(); else b();", "b();"],
    ["if (false) a();", ";"],
    ["x = false ? 1 : f();", "x = (f());"],
    ["x = 2 > 3 || f();", "x = (f());"],
    ["if (a === null && false) b();", ";"],
    ["x = (a === 1) && true;", "x = (a === 1);"],
    ["x = a && true;", "x = a && true;"],
    ["x = a() && false;", "x = a() && false;"],
    ["x = a ?? 1;", "x = a ?? 1;"],
  ]
) test(`condition: ${code}`, () => assert.equal(foldConditions(code), out));

// --- Fields

const FIELDS = "class A { constructor() { this.one = 1; this.many = 1; } m() { this.many++; } }\n";

test("a field that is one constant for ever is that constant, others stay", () => {
  assert.equal(fixFields(FIELDS + "x(a.one, a.many);", new Set()), FIELDS + "x(1, a.many);");
  assert.equal(fixFields(FIELDS + "x(a.one);", new Set(["one"])), FIELDS + "x(a.one);");
  assert.equal(fixFields(FIELDS + "a.one = f(); x(a.one);", new Set()), FIELDS + "a.one = f(); x(a.one);");
  assert.equal(fixFields(FIELDS + "f({ one: 2 }); x(a.one);", new Set()), FIELDS + "f({ one: 2 }); x(a.one);");
  assert.equal(fixFields("x(a.nobody); a.call();", new Set()), "x(undefined); a.call();");
});

// --- Functions at their calls

test("a function with one call moves there, with early returns, parameters that change and closures", () => {
  const code = `function step(a, b) { if (a < 1) return say("low"); if (b) { b = b + 1; say(b); return; } say(() => a + b); }
    for (let i = 0; i < 3; i++) { step(i, i - 1); }`;
  const out = inlineCalls(code, known());
  assert.doesNotMatch(out, /function step/);
  const run = (text: string): unknown[] => said(text).map((one) => typeof one === "function" ? one() : one);
  assert.deepEqual(run(out), run(code));
});

test("a method with one call moves there, also where it is somebody else's", () => {
  const code = `class B { constructor() { this.n = 5; } deed(x) { this.n += x; say(this.n); } }
    class A { constructor() { this.b = new B(); } go(x) { if (x) { this.own(x); return 7; } return this.last(x); }
      own(x) { if (x > 1) return; this.b.deed(x); } last(y) { const x = y; return () => x; } }
    const a = new A(); say(a.go(1)); say(a.go(2)); say(a.go(0)());`;
  const out = inlined(code, ["go"]);
  assert.doesNotMatch(out, /deed\(|own\(|last\(/);
});

test("what is returned stays returned, and what is not does not become so", () => {
  assert.doesNotMatch(inlined("function f(x) { if (x) return 3; } function g(x) { return f(x); } say(g(1)); say(g(0)); g;"), /function f/);
  assert.doesNotMatch(inlined("function f(x) { for (;;) if (x) return 3; } function g(x) { f(x); } say(g(1)); g;"), /function f/);
});

for (
  const [what, code] of [
    ["two calls", "function f() { say(1); } f(); f();"],
    ["a use that is no call", "function f() { say(1); } say(typeof f); "],
    ["a value", "function f(x) { say(x); return 1; } say(f(1) + 1);"],
    [
      "a return in a loop, with more to do behind the call",
      "function f(x) { while (x) return 1; } function g() { f(1); say(2); } g(); g();",
    ],
    ["itself", "function f(x) { if (x) return f(x - 1); say(x); } "],
  ]
) test(`a function stays: ${what}`, () => assert.match(inlined(code), /function f/));

test("a method stays that others call, or that two classes have", () => {
  assert.match(inlined("class A { go() { this.kept(); } kept() { say(1); } } new A().go();", ["go", "kept"]), /kept\(\) \{/);
  const two =
    "class A { go() { this.m(); } m() { say(1); } } class B { m() { say(2); } } new A().go(); const list = [new B()]; list[0].m();";
  assert.match(inlined(two, ["go"]), /m\(\) \{ say\(1\)/);
});

test("names become unique, but not members", () => {
  const out = uniqueNames("const a = 1; function f(a) { const b = { a }; { const b = a; return b; } }");
  assert.equal(out, "const a = 1; function f(a$1) { const b$2 = { a: a$1 }; { const b$3 = a$1; return b$3; } }");
});

// --- this

test("`this` gets a name where it is said often, but not in functions that have their own", () => {
  const often = "class A { m() { this.a = this.b = this.c; return () => this.d; } }";
  assert.match(aliasThis(often), /const (this\$1) = this;[^]*\1\.a = \1\.b = \1\.c; return \(\) => \1\.d/);
  const own = "class A { m() { this.a = this.b = function () { return this.c + this.d + this.e; }; } }";
  assert.equal(aliasThis(own), own);
});

// --- Tests

test("what the sources declare to be an object or null, or a number, is tested in short", () => {
  const types = kindsOf(declarations([
    "class A {\n  conn: Conn | null;\n  text: string | null;\n  error = 0;\n  mixed = 0;\n}\n",
    "class B {\n  mixed!: string;\n  m(error: number, name: string): void {}\n}\n",
  ]));
  const short = (code: string): string => shortenTests(code, types);
  assert.equal(short("if (x.conn !== null && x.error !== 0) f();"), "if (x.conn && x.error) f();");
  assert.equal(short("y = x.conn === null;"), "y = !x.conn;");
  assert.equal(short("y = x.conn !== null;"), "y = x.conn !== null;");
  assert.equal(short("if (x.text !== null || x.mixed !== 0) f();"), "if (x.text !== null || x.mixed !== 0) f();");
  assert.equal(
    short("f(function (error, name) { if (error !== 0 && name !== null) g(); });"),
    "f(function (error, name) { if (error && name !== null) g(); });",
  );
  assert.equal(short("if (x.list.length > 0) f(); if (x.error > 0) g();"), "if (x.list.length) f(); if (x.error > 0) g();");
});

// --- One function of many

const SELDOM =
  `class Net { constructor() { this.x = 1; } listen(a) { say(a); return a + this.x; } close(a, b) { say(b); return () => a; } hot(a) { return a; } }
class User { constructor(net) { this.net = net; } go() { say(this.net.listen(1) + this.net.hot(2)); say(this.net.close(3, 4)()); } }
function one(a) { if (a) return say(a); say(0); } function two(a, b) { return a + b; } function three() { return 3; }
new User(new Net()).go(); one(0); one(5); say(two(two(1, 2), three())); say(three(7));`;
const NET = "class Net {\n  x: number;\n}\nclass User {\n  net: Net;\n}\n";

test("seldom called methods and functions meet in one, and do what they did", () => {
  const out = mergeSeldom(SELDOM, known(["go"], [NET], ["listen", "close"]), ["Net.hot"]);
  assert.deepEqual(said(out), said(SELDOM));
  assert.doesNotMatch(out, /listen\(|close\(|function (?:one|two|three)/);
  assert.match(out, /hot\(a/);
});

test("a name of the runtime is left where nobody knows whose it is", () => {
  assert.match(mergeSeldom(SELDOM, known(["go"], [], ["listen", "close"]), []), /listen\(a/);
});

// --- Numbers

test("null, false and true become numbers, and so does what is kept of a test", () => {
  const out = toNumbers("x.a = null; x.b = y === 1; f(true, false); return0 = x.c = !y;", declarations([]));
  assert.equal(out, "x.a = 0; x.b = +(y === 1); f(1, 0); return0 = x.c = +(!y);");
  assert.throws(() => toNumbers("if (x === true) y();", declarations([])), /Cannot make a number/);
  assert.throws(() => toNumbers("", declarations(["class A {\n  a: number | null;\n}\n"])), /Cannot tell 0 from null/);
});

test("entries of an object that nobody reads go, where it makes no difference", () => {
  assert.equal(dropMembers("f({ one: 1, two: g(), three: [] }); x.two; ", new Set()), "f({ two: g() }); x.two; ");
});

test("of two classes with one name neither is touched, and both may be meant", () => {
  const code =
    `class Data { go() { this.tell(1); this.tell(2); } tell(a) { say(a); } } class Data2 { go() { this.tell(3); this.more(); } tell(a) { say(-a); } more() { say(9); } }
class Net { call(who) { who.tell(4); } } const a = new Data(), b = new Data2(); a.go(); b.go(); new Net().call(b); new Net().call(a);`;
  const data = "class Data implements Who {\n}\n";
  const about = known(["go", "call"], [data, data, "interface Who {\n}\nclass Net {\n  call(who: Who): void {}\n}\n"]);
  for (const out of [mergeSeldom(code, about, []), inlineCalls(code, about)]) {
    assert.deepEqual(said(out), said(code), out);
    assert.match(out, /more\(\) \{/);
  }
});

// --- Capabilities

test("what is known of capabilities is put in the place of questions, what nobody asks for is forgotten", () => {
  const can = { always: 64, never: 512 };
  assert.equal(foldCapabilities("f((x.can & 64) !== 0, x.can & 512, x.can & 1);", can), "f((64) !== 0, 0, x.can & 1);");
  assert.equal(
    foldCapabilities("f(x.can & 1); this.can = 64 | (a ? 1 : 2) | 4; y.can = z.can;", can),
    "f(x.can & 1); this.can = (a ? 1 : 0); y.can = z.can;",
  );
  assert.equal(foldCapabilities("this.can = 64 | (a ? 1 : 2);", can), "this.can = 0;");
  const variable = "const needs = 2; f((needs & x.can) !== needs); this.can = 64 | (a ? 1 : 2);";
  assert.equal(foldCapabilities(variable, can), variable);
});

// --- Variables

const CASES = `function f(what, a) { switch (what) { case 0: { const one = a + 1; let two = one; two++; return () => one + two; }
  case 1: { const one = a; for (let i = 0; i < 2; i++) { const twice = one * 2; say(twice); } { const other = 9; say(other); } return other; }
  case 2: { let late; for (const each of a) { let none; say(none); none = each; late = each; } return late; } } }
const other = 7; const kept = f(0, 1); say(f(1, 5)); say(kept()); say(f(2, [3, 4]));
function loop() { const made = []; for (let i = 0; i < 2; i++) { const own = i; made.push(() => own); } return made; } say(loop()[0]());`;

test("block variables become var, shared by what never meets, but not what a closure in a loop holds", () => {
  const out = toVars(uniqueNames(CASES));
  assert.deepEqual(said(out), said(CASES), out);
  assert.match(out, /case 0:\s*var v1\$0 = a\$2 \+ 1,v1\$1 = /);
  assert.match(out, /case 1:\s*for\(var v1\$0 = /);
  assert.match(out, /const own\$\d+ = /);
  assert.match(out, /let none\$\d+;/);
});

test("braces go where nothing needs them, declarations join", () => {
  assert.equal(unwrapped("if (x) { { let a = 1; f(a); } { var b = 1 } }"), "if (x) { { let a = 1; f(a); }  var b = 1 ; }");
  assert.equal(joined("var a = 1; var b = 2; for (var i = 0; i < 3; i++) f();"), "for(var a = 1,b = 2,i = 0; i < 3; i++) f();");
});

// --- At the very end

for (
  const [code, out] of [
    ['f(x==="a",2!==y,typeof x===y);', 'f(x=="a",2!=y,typeof x==y);'],
    ['f(x==="",0===y,1!==y,x==="7",x===y);', 'f(x==="",0===y,1!==y,x==="7",x===y);'],
    ["f(void 0===x,void 0);g(void 0,1);", "f(null==x);g(void 0,1);"],
    ['f("/"===x.charAt(0),x.charAt(1),x.substring(1),x.substring(y));', 'f("/"==x[0],x.charAt(1),x.slice(1),x.substring(y));'],
    ["x.a=0,x.b=0,x.c=1,x.d=f();", "x.a=x.b=0,x.c=1,x.d=f();"],
    ["x.a=0,x.b=0,x.c=0,x.d=0,x.e=0;", "x.a=x.b=x.c=x.d=0,x.e=0;"],
    ["function f(){if(x)return void g();h()}", "function f(){if(x)return g();h()}"],
    ["function f(){if(x)return void g();return 1}", "function f(){if(x)return void g();return 1}"],
    ["function f(){switch(x){case 0:return void(y=1);case 1:return 1}}", "function f(){switch(x){case 0:return y=1;case 1:return 1}}"],
    [
      "function f(){switch(x){case 0:if(z)return void g();case 1:return 1}}",
      "function f(){switch(x){case 0:if(z)return void g();case 1:return 1}}",
    ],
  ]
) test(`terse: ${code}`, () => assert.equal(terse(code).replaceAll("  ", " "), out));

test("what a variable is follows from all that it is set to", () => {
  const types = kindsOf(
    declarations(["class A {\n  error: number;\n  look(): number {\n  find(): A | undefined {\n  text(): string {\n}\n"]),
  );
  const out = shortenTests(
    "let a = x.look(); const b = x.find(); let c = x.text(); a = 4; if (a === 0 && b !== undefined && c !== 0) f(); let d = 1; d = c; if (d === 0) g(); if ((a & 2) === 0 && (a & 4) !== 0) h();",
    types,
  );
  assert.match(out, /if \(!a && b && c !== 0\) f\(\);/);
  assert.match(out, /if \(d === 0\) g\(\);/);
  assert.match(out, /if \(!\(a & 2\) && \(a & 4\)\) h\(\);/);
});
