// How Espruino's sockets are, a device talking to itself: what these programs print was recorded from the interpreter.

import type { Probe } from "./probe.ts";

/** See probe.ts. */
export const SOCKETS: Probe[] = [
  {
    name: "a connection and its end",
    sides: true,
    program: `
      var s = net.createServer(function (c) {
        p("s connect");
        watch("s", c);
        c.write("hello");
      });
      p(s.listen(PORT) === s, s.port === PORT);
      net.connect({ host: "127.0.0.1", port: PORT }, function (c) {
        p("c connect");
        c.on("data", function (d) {
          p("c data", d);
          c.end();
        });
        c.on("drain", function () {
          p("c drain");
        });
        c.on("end", function () {
          p("c end");
        });
        c.on("close", function (e) {
          p("c close", e);
          setTimeout(done, 200);
        });
      });
    `,
    prints: ["c connect", "c data hello", "c end", "c close false", "s connect", "s drain", "s end", "s close false", "true true"],
  },
  {
    name: "pieces of 536",
    sides: true,
    program: `
      net.createServer(function (c) {
        watch("s", c);
        c.on("close", function () {
          setTimeout(done, 200);
        });
      }).listen(PORT);
      net.connect({ host: "127.0.0.1", port: PORT }, function (c) {
        p(c.write("x".repeat(1500)), c.dSnd.length);
        c.end();
        t(function () {
          c.write("y");
        });
        c.end();
        c.on("close", function (e) {
          p("c close", e);
        });
      });
    `,
    prints: [
      "Error: This socket is closed",
      "c close false",
      "false 1500",
      "s data 536",
      "s data 536",
      "s data 428",
      "s end",
      "s close false",
    ],
  },
  {
    name: "drain when all is out",
    program: `
      net.createServer(function (c) {
        c.on("data", function () {});
      }).listen(PORT);
      var n = 0, c = net.connect({ port: PORT });
      c.on("drain", function () {
        p("drain", (c.dSnd || "").length);
        if (++n < 4) c.write("z".repeat(n * 400));
        else {
          c.end();
          done();
        }
      });
    `,
    prints: ["drain 0", "drain 0", "drain 0", "drain 0"],
  },
  {
    name: "what is no string",
    program: `
      net.createServer(function (c) {
        c.on("data", function (d) {
          p(d);
          done();
        });
      }).listen(PORT);
      net.connect({ port: PORT }, function (c) {
        c.write(new Uint8Array([65, 66]));
        c.write([1, [2, 3]]);
        c.write(7);
        c.write(null);
        c.write({});
        c.write("");
        c.write("\\xff\\x00");
      });
    `,
    prints: ["65,661,2,37null[object Object]ÿ\u0000"],
  },
  {
    name: "refused",
    program: `
      t(function () {
        net.connect({ host: "127.0.0.1", port: PORT + 1 }, function () {
          p("connected");
        });
      });
      t(function () {
        net.connect({ host: "no.such.host.invalid", port: 1 });
      });
      setTimeout(done, 200);
    `,
    prints: ["InternalError: Unable to create socket", "InternalError: Unable to locate host"],
  },
  {
    name: "a connect callback and a handler of it",
    program: `
      net.createServer(function (c) {
        c.on("data", function () {});
      }).listen(PORT);
      var c = net.connect({ port: PORT }, function (socket) {
        p("callback");
      });
      c.on("connect", function () {
        p("handler");
      });
      setTimeout(function () {
        p("later");
        done();
      }, 100);
    `,
    prints: ["later"],
  },
  {
    name: "a handler of connect alone",
    program: `
      net.createServer(function (c) {
        c.on("data", function () {});
      }).listen(PORT);
      var c = net.connect({ port: PORT });
      c.on("connect", function (x) {
        p("handler", x === c, this === c);
        done();
      });
    `,
    prints: ["handler true true"],
  },
  {
    name: "close keeps what was accepted",
    program: `
      var s = net.createServer(function (c) {
        watch("s", c);
        s.close();
        c.write("still");
      });
      s.listen(PORT);
      net.connect({ port: PORT }, function (c) {
        c.on("data", function (d) {
          p("c data", d);
          t(function () {
            net.connect({ port: PORT });
          });
          s.listen(PORT);
          net.connect({ port: PORT }, function () {
            p("again");
            setTimeout(done, 200);
          });
        });
      });
    `,
    prints: ["s drain", "c data still", "InternalError: Unable to create socket", "again", "s drain"],
  },
  {
    name: "a second close",
    program: `
      var s = net.createServer(function () {});
      s.listen(PORT);
      s.close();
      s.close();
      p("closed");
      s.listen(PORT);
      p("listens");
      done();
    `,
    prints: ["closed", "listens"],
  },
  {
    name: "two on one port",
    program: `
      var a = net.createServer(function () {}), b = net.createServer(function () {});
      a.listen(PORT);
      t(function () {
        b.listen(PORT);
      });
      b.close();
      a.close();
      done();
    `,
    prints: ["nothing thrown"],
  },
  {
    name: "an end in the handler of data",
    sides: true,
    program: `
      net.createServer(function (c) {
        c.on("data", function (d) {
          p("s data", d.length);
          c.end("bye");
        });
        c.on("close", function (e) {
          p("s close", e);
          setTimeout(done, 200);
        });
      }).listen(PORT);
      net.connect({ port: PORT }, function (c) {
        c.write("x");
        watch("c", c);
      });
    `,
    prints: ["c drain", "c data 3", "c end", "c close false", "s data 1", "s close false"],
  },
  {
    name: "data that nobody takes gathers, late handlers hear it out of turn",
    program: `
      net.createServer(function (c) {
        setTimeout(function () {
          p(c.available());
          c.on("data", function (d) {
            p("data", d.length);
          });
        }, 200);
        c.on("close", function () {
          done();
        });
      }).listen(PORT);
      net.connect({ port: PORT }, function (c) {
        c.write("x".repeat(400));
        setTimeout(function () {
          c.end();
        }, 500);
      });
    `,
    prints: ["400", "data 400"],
  },
  {
    name: "reading instead of hearing",
    program: `
      net.createServer(function (c) {
        var timer = setInterval(function () {
          if (c.available() < 5) return;
          clearInterval(timer);
          p(c.available(), c.read(2), c.read(), c.available(), c.read(5) === "");
          done();
        }, 20);
      }).listen(PORT);
      net.connect({ port: PORT }, function (c) {
        c.write("hello");
      });
    `,
    prints: ["5 he llo 0 true"],
  },
  {
    name: "end without a word",
    program: `
      net.createServer(function (c) {
        watch("s", c);
        c.on("close", function () {
          setTimeout(done, 200);
        });
      }).listen(PORT);
      net.connect({ port: PORT }, function (c) {
        c.end();
        c.on("end", function () {
          p("c end");
        });
        c.on("close", function (e) {
          p("c close", e);
        });
      });
    `,
    prints: ["c end", "c close false", "s end", "s close false"],
  },
  {
    name: "a server without a function",
    program: `
      p(net.createServer());
      done();
    `,
    prints: ["undefined"],
  },
  {
    name: "an exception in a handler of data",
    program: `
      net.createServer(function (c) {
        c.on("data", function (d) {
          p("data", d.length);
          throw new Error("lost");
        });
      }).listen(PORT);
      net.connect({ port: PORT }, function (c) {
        c.write("a");
        setTimeout(function () {
          c.write("b");
          setTimeout(done, 200);
        }, 100);
      });
    `,
    prints: ["data 1", "data 1"],
  },
  {
    name: "properties of a socket",
    program: `
      net.createServer(function (c) {
        p(
          typeof c.remoteAddress,
          typeof c.address,
          typeof c.pause,
          typeof c.destroy,
          typeof c.setTimeout,
          typeof c.once,
          typeof c.setNoDelay,
          typeof c.available,
        );
        done();
      }).listen(PORT);
      net.connect({ port: PORT });
    `,
    prints: ["undefined undefined undefined undefined undefined undefined undefined function"],
  },
  {
    name: "handlers are those of the moment",
    program: `
      net.createServer(function (c) {
        c.on("close", function () {
          p("s close");
        });
        c.on("data", function (d) {
          c.on("data", function (d) {
            p("second", d.length);
          });
          p("first", d.length);
        });
      }).listen(PORT);
      net.connect({ port: PORT }, function (c) {
        c.write("a");
        setTimeout(function () {
          c.write("bc");
          setTimeout(function () {
            c.end();
            setTimeout(done, 200);
          }, 100);
        }, 100);
      });
    `,
    prints: ["first 1", "first 2", "second 2", "s close"],
  },
  {
    name: "a drain that nobody hears is lost",
    program: `
      net.createServer(function (c) {
        c.on("drain", function () {
          p("s drain");
        });
        c.on("data", function () {});
      }).listen(PORT);
      net.connect({ port: PORT }, function (c) {
        c.on("drain", function () {
          p("c drain");
        });
        setTimeout(function () {
          p("c writes");
          c.write("x");
          setTimeout(done, 200);
        }, 100);
      });
    `,
    prints: ["c writes", "c drain"],
  },
];
