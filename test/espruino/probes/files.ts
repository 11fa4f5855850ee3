// How Espruino's fs and E.openFile are on Linux: what these programs print was recorded from the interpreter.

import type { Probe } from "./probe.ts";

/** See probe.ts. */
export const FILES: Probe[] = [
  {
    name: "write and read",
    program: `
      var f = require("fs");
      p(
        f.writeFileSync("card/a", "abc"),
        f.readFileSync("card/a"),
        f.writeFileSync("card/e", ""),
        typeof f.readFileSync("card/e"),
        f.appendFileSync("card/a", "def"),
        f.readFileSync("card/a"),
        f.statSync("card/a").size,
        f.statSync("card/a").dir,
        f.statSync("card").dir,
        f.statSync("card/none"),
      );
      done();
    `,
    prints: ["true abc false undefined true abcdef 6 false true undefined"],
  },
  {
    name: "errors",
    program: `
      var f = require("fs");
      t(function () {
        f.readFileSync("card/none");
      });
      t(function () {
        f.unlinkSync("card/none");
      });
      t(function () {
        f.mkdirSync("card");
      });
      p(f.readdirSync("card/none"));
      t(function () {
        f.writeFileSync("card/no/x", "a");
      });
      t(function () {
        E.openFile("card/none", "r");
      });
      t(function () {
        E.openFile("card/none", "r+");
      });
      t(function () {
        E.openFile(undefined);
      });
      done();
    `,
    prints: [
      "Error: Could not open file : UNKNOWN",
      "Error: Unable to delete file : UNKNOWN",
      "Error: Unable to create the directory : UNKNOWN",
      "undefined",
      "Error: Could not open file : UNKNOWN",
      "Error: Could not open file : UNKNOWN",
      "Error: Could not open file : UNKNOWN",
      "Error: Path is undefined",
    ],
  },
  {
    name: "folders",
    program: `
      var f = require("fs");
      p(f.mkdirSync("card/d"));
      f.writeFileSync("card/d/x", "1");
      p(f.readdirSync("card/d").sort().join());
      t(function () {
        f.unlinkSync("card/d");
      });
      p(f.unlinkSync("card/d/x"), f.unlinkSync("card/d"), f.readdirSync("card").sort().join());
      done();
    `,
    prints: ["true", ".,..,x", "Error: Unable to delete file : UNKNOWN", "true true .,.."],
  },
  {
    name: "reading by pieces",
    program: `
      require("fs").writeFileSync("card/a", "0123456789");
      var f = E.openFile("card/a", "r");
      p(f.read(4), f.read(0), f.read(), f.skip(2), f.read(2), f.seek(1), f.read(2), f.read(99), f.read(99), f.write("x"));
      f.close();
      p(f.read(1), f.close());
      done();
    `,
    prints: ["0123 undefined undefined undefined 67 undefined 12 3456789 undefined 0", "undefined undefined"],
  },
  {
    name: "writing by pieces",
    program: `
      var f = E.openFile("card/a", "w");
      p(f.write("abc"), f.write(new Uint8Array([68, 69])), f.write([70]), f.write(""), f.read(1));
      f.close();
      p(f.write("x"), require("fs").readFileSync("card/a"));
      f = E.openFile("card/a", "r+");
      f.seek(2);
      f.write("--");
      p(f.read(1));
      f.close();
      p(require("fs").readFileSync("card/a"));
      f = E.openFile("card/a", "a");
      f.write("+");
      f.close();
      p(require("fs").readFileSync("card/a"));
      f = E.openFile("card/a", "w+");
      f.write("new");
      f.seek(0);
      p(f.read(9));
      f.close();
      p(E.openFile("card/a", "q"));
      done();
    `,
    prints: ["3 2 1 0 undefined", "0 abcDEF", "E", "ab--EF", "ab--EF+", "new", "undefined"],
  },
  {
    name: "a seek beyond the end",
    program: `
      var f = E.openFile("card/a", "w");
      f.seek(3);
      f.write("x");
      f.close();
      p(JSON.stringify(require("fs").readFileSync("card/a")), require("fs").statSync("card/a").size);
      done();
    `,
    prints: ['"\\u0000\\u0000\\u0000x" 4'],
  },
  {
    name: "bytes",
    program: `
      var f = E.openFile("card/a", "w"), u = new Uint8Array(256), i;
      for (i = 0; i < 256; i++) u[i] = i;
      f.write(u);
      f.close();
      p(E.CRC32(require("fs").readFileSync("card/a")), require("fs").statSync("card/a").size);
      done();
    `,
    prints: ["688229491 256"],
  },
];
