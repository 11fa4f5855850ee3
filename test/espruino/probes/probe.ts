// A probe is a short program whose output tells how Espruino does something; the host has to print the same as the interpreter.

/** One of them. It calls `done()` at its end; `p(...)` prints a line, `t(f)` what `f` throws; PORT and the one after it are free. */
export interface Probe {
  name: string;
  program: string;
  /** Which of two sides in one device comes first is chance: lines are compared by their first word's order. */
  sides?: boolean;
  prints: string[];
}

/** What every program begins with. */
export function head(port: number): string {
  return `
var PORT = ${port};
var net = require("net");
function p() {
  var a = [], i;
  for (i = 0; i < arguments.length; i++) a.push("" + arguments[i]);
  print("#" + a.join(" "));
}
function t(f) {
  try {
    f();
    p("nothing thrown");
  } catch (e) {
    p(e.toString());
  }
}
function done() {
  print("#over");
}
function watch(n, c) {
  c.on("data", function (d) {
    p(n, "data", d.length);
  });
  c.on("drain", function () {
    p(n, "drain");
  });
  c.on("end", function () {
    p(n, "end");
  });
  c.on("error", function (e) {
    p(n, "error", e.code, e.message);
  });
  c.on("close", function (e) {
    p(n, "close", e);
  });
}
`;
}
