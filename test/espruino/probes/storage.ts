// How Espruino's Storage is: what these programs print was recorded from the interpreter.

import type { Probe } from "./probe.ts";

/** See probe.ts. */
export const STORAGE: Probe[] = [
  {
    name: "names are cut without a word",
    program: `
      var s = require("Storage");
      s.write("1234567890123456789012345678ABC", "x");
      p(s.list().join(), s.read("1234567890123456789012345678DEF"), s.read("1234567890123456789012345678"), s.read("123"));
      done();
    `,
    prints: ["1234567890123456789012345678 x x undefined"],
  },
  {
    name: "each byte is written once",
    program: `
      var s = require("Storage");
      p(s.write("a", "Hello", 0, 14), s.read("a").length, s.read("a").charCodeAt(7));
      p(s.write("a", " ", 5), s.write("a", "World!!!", 6), s.read("a"));
      t(function () {
        s.write("a", "xx", 7);
      });
      t(function () {
        s.write("a", "too much for it", 6);
      });
      p(s.write("a", "new"), s.read("a"));
      p(s.write("a", "new"));
      t(function () {
        s.write("b", "x", 3);
      });
      done();
    `,
    prints: [
      "true 14 255",
      "true true Hello World!!!",
      "Error: File already written with different data",
      "Error: Too much data for file size",
      "true new",
      "true",
      "Error: Unable to find or create file",
    ],
  },
  {
    name: "no empty file",
    program: `
      var s = require("Storage");
      t(function () {
        s.write("a", "");
      });
      p(s.erase("none"), s.read("none"));
      done();
    `,
    prints: ["Error: Can't create zero length file", "undefined undefined"],
  },
  {
    name: "what is free",
    program: `
      var s = require("Storage"), f = s.getFree();
      s.write("a", "12345");
      p(f - s.getFree());
      s.erase("a");
      p(f - s.getFree(), s.list().length);
      s.compact();
      p(f - s.getFree());
      p(JSON.stringify(s.getStats()));
      done();
    `,
    prints: ["40", "40 0", "0", '{"totalBytes":262144,"freeBytes":262144,"fileBytes":0,"fileCount":0,"trashBytes":0,"trashCount":0}'],
  },
  {
    name: "overfill",
    program: `
      var s = require("Storage"), f = s.getFree();
      p(s.write("a", "x", 0, f - 64));
      t(function () {
        s.write("b", "x", 0, 100);
      });
      p(s.list().join(), s.getFree());
      s.erase("a");
      p(s.write("b", "y", 0, 100), s.list().join(), s.read("b", 0, 1));
      done();
    `,
    prints: ["true", "Error: Unable to find or create file", "a 32", "true b y"],
  },
  {
    name: "pieces",
    program: `
      var s = require("Storage");
      s.write("a", "0123456789");
      p(s.read("a", 2, 3), s.read("a", 8, 5), s.read("a", 20, 5), s.read("a", 3), s.read("a", 0, 0), s.read("a", -1, 2));
      done();
    `,
    prints: ["234 89  3456789 0123456789 01"],
  },
  {
    name: "kinds of data",
    program: `
      var s = require("Storage");
      s.write("a", [65, 66]);
      s.write("b", new Uint8Array([67, 0, 255]));
      s.write("c", { x: 1 });
      p(
        s.read("a"),
        s.read("b").length,
        s.read("b").charCodeAt(2),
        s.read("c"),
        s.readJSON("c").x,
        s.readArrayBuffer("a").byteLength,
      );
      done();
    `,
    prints: ['AB 3 255 {"x":1} 1 2'],
  },
  {
    name: "an older file of the name gives way",
    program: `
      var s = require("Storage"), f = s.getFree();
      s.write("a", "one");
      s.write("a", "three");
      s.write("a", "two");
      p(s.read("a"), s.list().length, f - s.getFree());
      s.write("a", "x", 0, 3);
      p(s.read("a").charCodeAt(1));
      done();
    `,
    prints: ["two 1 112", "255"],
  },
  {
    name: "a StorageFile ends at 255",
    program: `
      var s = require("Storage"), f = s.open("log", "w");
      f.write("one\\n");
      f.write("two\\n");
      f = s.open("log", "a");
      f.write("three");
      f = s.open("log", "r");
      p(
        f.readLine(),
        f.read(2),
        f.readLine(),
        f.read(9),
        f.read(9),
        f.getLength(),
        s.list().length,
        s.list(undefined, { sf: true }).join(),
        s.list(undefined, { sf: false }).length,
      );
      f = s.open("log", "a");
      f.write("a\\xffb");
      p(s.open("log", "r").read(99));
      t(function () {
        s.open("log", "x");
      });
      t(function () {
        s.open("log", "r").write("x");
      });
      f = s.open("log", "r");
      f.erase();
      p(s.list().length);
      done();
    `,
    prints: ["one", "one", 'Error: Invalid mode "x"', "Error: Can't write in this mode", "0"],
  },
  {
    name: "a long StorageFile",
    program: `
      var s = require("Storage"), f = s.open("big", "w"), i, x = "0123456789".repeat(30);
      for (i = 0; i < 10; i++) f.write(x);
      f = s.open("big", "r");
      p(f.getLength());
      var n = 0, c;
      while ((c = f.read(700)) !== undefined) n += c.length;
      p(n, s.list(undefined, { sf: true }).join());
      done();
    `,
    prints: ["3000", "3000 big"],
  },
  {
    name: "many files and a filter",
    program: `
      var s = require("Storage"), i;
      for (i = 0; i < 30; i++) s.write("f" + i, "v" + i);
      for (i = 0; i < 30; i += 2) s.erase("f" + i);
      s.compact();
      p(s.list().join(), s.read("f29"), s.list(/^f1/).join());
      done();
    `,
    prints: ["f1,f3,f5,f7,f9,f11,f13,f15,f17,f19,f21,f23,f25,f27,f29 v29 f1,f11,f13,f15,f17,f19"],
  },
];
