// How Espruino's language and its timers are: what these programs print was recorded from the interpreter.

import type { Probe } from "./probe.ts";

/** See probe.ts. */
export const LANGUAGE: Probe[] = [
  {
    name: "a search takes what fits at the end for a match",
    program: `
      p(
        "abc".indexOf("cd"),
        "abca".indexOf("ab", 1),
        "aab".indexOf("ab"),
        "abab".indexOf("abc"),
        "abc".includes("cd"),
        "x".indexOf("xy"),
      );
      p(
        "abc".lastIndexOf("cd"),
        "xab".endsWith("bc"),
        "abc".startsWith("bc", 1),
        "".indexOf(""),
        "abc".indexOf(""),
        "abc".indexOf("c", 5),
        "abc".indexOf("cd", 5),
      );
      p("abcab".replace("abd", "x"), "a-b-".replaceAll("-b", "+"), "a\\r".indexOf("\\r\\n"));
      done();
    `,
    prints: ["2 3 1 2 true -1", "-1 false true -1 0 -1 2", "abcx a++ 1"],
  },
  {
    name: "split",
    program: `
      p(JSON.stringify([
        "a::b".split("::"),
        "".split("::"),
        "".split(","),
        "a,b,c".split(",", 1),
        "a:b:".split("::"),
        ",".split(","),
        "abc".split(""),
      ]));
      done();
    `,
    prints: ['[["a","b"],[],[""],["a","b","c"],["a:b:"],["",""],["a","b","c"]]'],
  },
  {
    name: "strings are bytes",
    program: `
      p(
        String.fromCharCode(321).charCodeAt(0),
        String.fromCharCode(65, 66),
        "\\xff".length,
        "\\xff".charCodeAt(0),
        "a".charCodeAt(5),
        "abc".substr(-2),
        "abc".slice(-2, -1),
        "abc".substring(2, 0),
      );
      done();
    `,
    prints: ["65 AB 1 255 NaN bc b ab"],
  },
  {
    name: "what is missing",
    program: `
      p([
        typeof Map,
        typeof Symbol,
        typeof Set,
        typeof Proxy,
        typeof BigInt,
        typeof [].at,
        typeof [].flat,
        typeof Array.from,
        typeof Array.of,
        typeof [].lastIndexOf,
        typeof "".at,
        typeof "".trimEnd,
        typeof "".localeCompare,
        typeof "".codePointAt,
        typeof Math.trunc,
        typeof Math.imul,
        typeof Math.log2,
        typeof Number.isInteger,
        typeof Number.parseInt,
        typeof Object.freeze,
        typeof Object.is,
        typeof Date.UTC,
        typeof queueMicrotask,
        typeof TextEncoder,
        typeof setImmediate,
        typeof Reflect,
        typeof [].copyWithin,
        typeof Promise.race,
        typeof RangeError,
      ].join());
      done();
    `,
    prints: [
      "undefined,undefined,undefined,undefined,undefined,undefined,undefined,undefined,undefined,undefined,undefined,undefined,undefined,undefined,undefined,undefined,undefined,undefined,undefined,undefined,undefined,undefined,undefined,undefined,undefined,undefined,undefined,undefined,undefined",
    ],
  },
  {
    name: "what is there",
    program: `
      p([
        typeof E.toString,
        typeof E.CRC32,
        typeof [].findIndex,
        typeof [].fill,
        typeof "".padEnd,
        typeof "".replaceAll,
        typeof Object.entries,
        typeof Math.sign,
        typeof DataView,
        typeof Date.now,
        typeof Promise,
        typeof process.memory,
        typeof getTime,
        typeof changeInterval,
        typeof ({}).hasOwnProperty,
        typeof (5).toFixed,
        typeof atob,
      ].join());
      done();
    `,
    prints: [
      "function,function,function,function,function,function,function,function,function,function,function,function,function,function,function,function,function",
    ],
  },
  {
    name: "every object has handlers",
    program: `
      p("on" in {}, typeof ({}).emit, ({}).hasOwnProperty("on"));
      var o = {};
      o.on("x", function (a, b) {
        p("x", a, b, this === o);
        done();
      });
      o.emit("x", 1, 2);
      p("after");
      var k = [];
      for (var i in { a: 1 }) k.push(i);
      p(k.join());
    `,
    prints: ["true function false", "after", "a", "x 1 2 true"],
  },
  {
    name: "bytes",
    program: `
      var u = new Uint8Array([1, 2, 300]);
      p(
        u.slice(1) instanceof Uint8Array,
        Array.isArray(u.slice(1)),
        u.slice(1).join(),
        u.subarray(1).length,
        u.toString(),
        "" + u,
        u.indexOf(2),
      );
      var v = new Uint8Array(u.buffer, 1, 1);
      v[0] = 9;
      p(u[1], u.byteLength);
      u.set([7, 8], 1);
      p(u.join());
      p(
        new Uint8Array(3).fill(7).join(),
        E.toString(u).length,
        E.toString([65, 66]),
        E.toString("a", [66], new Uint8Array([67])),
        E.toUint8Array("ab").join(),
        E.toUint8Array("a", 5).join(),
      );
      done();
    `,
    prints: ["false true 2,44 2 1,2,44 1,2,44 1", "9 3", "1,7,8", "7,7,7 3 AB aBC 97,98 97,5"],
  },
  {
    name: "crc",
    program: `
      p(
        E.CRC32("123456789"),
        E.CRC32(""),
        E.CRC32(new Uint8Array([1, 2, 3])),
        E.CRC32([1, 2, 3]),
        E.sum([1, 2, 3]),
        E.sum("ab"),
        E.clip(5, 1, 3),
      );
      done();
    `,
    prints: ["3421780262 0 1438416925 1438416925 6 195 3"],
  },
  {
    name: "timers",
    program: `
      try {
        clearTimeout(undefined);
      } catch (e) {
        p(e.toString());
      }
      try {
        clearInterval(undefined);
      } catch (e) {
        p(e.toString());
      }
      clearTimeout(null);
      clearTimeout(0);
      clearTimeout(99);
      p(typeof setTimeout(function () {}, 1));
      setTimeout(
        function (a) {
          p("never", a);
        },
        1,
        5,
      );
      clearTimeout();
      var n = 0,
        t = setInterval(function () {
          if (++n === 3) {
            clearInterval(t);
            p("three");
          }
        }, 1);
      setTimeout(
        function (a, b) {
          p("late", a, b);
          done();
        },
        40,
        1,
        2,
      );
    `,
    prints: [
      "Error: clearTimeout(undefined) not allowed. Use clearTimeout() instead",
      "Error: clearInterval(undefined) not allowed. Use clearInterval() instead",
      "number",
      "three",
      "late 1 2",
    ],
  },
  {
    name: "promises come behind timers that are due",
    program: `
      Promise.resolve(1).then(function (v) {
        p("then", v);
        return 2;
      }).then(function (v) {
        p("then", v);
        throw new Error("bad");
      }).catch(function (e) {
        p("catch", e.message);
        done();
      });
      setTimeout(function () {
        p("timer");
      }, 0);
      var e = getTime() + 0.005;
      while (getTime() < e);
      p("now");
    `,
    prints: ["now", "timer", "then 1", "then 2", "catch bad"],
  },
  {
    name: "errors",
    program: `
      try {
        throw new Error("m");
      } catch (e) {
        p(e.toString(), e.message, e instanceof Error);
      }
      try {
        x();
      } catch (e) {
        p(e instanceof ReferenceError, e instanceof Error);
      }
      try {
        throw new TypeError("t");
      } catch (e) {
        p(e.toString(), e instanceof TypeError, e instanceof Error);
      }
      done();
    `,
    prints: ["Error: m m true", "true false", "TypeError: t true false"],
  },
  {
    name: "dates",
    program: `
      p(
        new Date(0).toISOString(),
        new Date("2020-01-02T03:04:05Z").getTime(),
        new Date(86400000).getUTCDate(),
        new Date("junk").getTime(),
        new Date(1600000000000).getUTCFullYear(),
        typeof Date.now(),
      );
      done();
    `,
    prints: ["1970-01-01T00:00:00.000Z 1577934245000 2 0 2020 number"],
  },
  {
    name: "an uncaught exception leaves the rest running",
    program: `
      setTimeout(function () {
        p("still");
        done();
      }, 20);
      setTimeout(function () {
        throw new Error("lost");
      }, 1);
    `,
    prints: ["still"],
  },
  {
    name: "numbers",
    program: `
      p(
        parseInt("8589934592", 10),
        parseInt("12x"),
        parseInt("x"),
        5 >>> 1,
        -1 >>> 0,
        (5).toFixed(1),
        7 % 3,
        Math.floor(-1.5),
        Math.round(1.5),
        Math.max(1, 5),
        1e3,
        0.5,
      );
      done();
    `,
    prints: ["8589934592 12 NaN 2 4294967295 5.0 1 -2 2 5 1000 0.5"],
  },
  {
    name: "json",
    program: `
      p(JSON.stringify({ a: 1, b: [1, "x"], c: { d: null } }), JSON.parse('{"a":[1,2]}').a.length, JSON.stringify('a\\n"b'));
      done();
    `,
    prints: ['{"a":1,"b":[1,"x"],"c":{"d":null}} 2 "a\\n\\"b"'],
  },
  {
    name: "arrays",
    program: `
      var a = [3, 1, 2];
      a.sort();
      p(
        a.join(),
        a.splice(1, 1).join(),
        a.join(),
        a.concat([9]).join(),
        a.indexOf(3),
        a.reverse().join(),
        [1, [2, 3]].join(),
        a.push(5),
        a.shift(),
        a.unshift(8),
        a.pop(),
      );
      try {
        a.length = 0;
        p("no");
      } catch (e) {
        p("length throws");
      }
      done();
    `,
    prints: ["1,2,3 2 1,3 1,3,9 1 3,1 1,2,3 3 3 3 5", "length throws"],
  },
  {
    name: "require",
    program: `
      p(typeof require("net").connect, typeof require("Storage").write, require("net") === require("net"));
      try {
        require("nothing");
        p("no");
      } catch (e) {
        p(e.toString());
      }
      done();
    `,
    prints: ["function function true", 'Error: Module "nothing" not found'],
  },
  {
    name: "handlers",
    program: `
      var o = {};
      function f() {
        p("f");
      }
      function g() {
        p("g");
      }
      o.on("x", f);
      o.on("x", g);
      o.removeListener("x", f);
      o.emit("x");
      o.removeAllListeners("x");
      o.emit("x");
      setTimeout(function () {
        p("end");
        done();
      }, 100);
    `,
    prints: ["g", "end"],
  },
];
