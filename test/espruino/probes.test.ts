// The host prints what the interpreter prints, program by program; so does the interpreter itself where it is at hand.

import assert from "node:assert/strict";
import { test } from "node:test";
import { freePorts, reasonToSkip, start } from "./host/device.ts";
import type { Machine } from "./host/machine.ts";
import { kindsHere } from "./host/namespace.ts";
import { FILES } from "./probes/files.ts";
import { LANGUAGE } from "./probes/language.ts";
import { head, type Probe } from "./probes/probe.ts";
import { SOCKETS } from "./probes/sockets.ts";
import { STORAGE } from "./probes/storage.ts";

const TABLES: Record<string, Probe[]> = { language: LANGUAGE, storage: STORAGE, files: FILES, sockets: SOCKETS };

const kinds = kindsHere(import.meta.url);

for (const kind of kinds) {
  for (const [table, probes] of Object.entries(TABLES)) {
    test(`${table} on ${kind}`, async (t) => {
      const reason = reasonToSkip(kind);
      if (reason !== "") return t.skip(reason);
      for (const probe of probes) {
        await t.test(probe.name, async () => {
          const device = await start({ kind, main: head(await freePorts(2)) + probe.program });
          try {
            await device.until("#over");
            const lines = device.lines.filter((line) => line.startsWith("#") && line !== "#over").map((line) => line.slice(1));
            assert.deepEqual(probe.sides ? bySide(lines) : lines, probe.prints);
          } finally {
            await device.stop();
          }
        });
      }
    });
  }
}

/** What is there after a file's header was half written, and what becomes of it. */
const AFTER_A_CUT = `
  var s = require("Storage");
  function tell() { p(JSON.stringify([s.list(), s.read("abc"), s.read("abcdefgh"), s.read("abcd"), s.getStats()])); }
  tell();
  s.erase("abc");
  s.write("abc", "new");
  s.write("abcdefgh", "newer");
  tell();
  s.compact();
  tell();
  done();`;

for (const kind of kinds) {
  if (kind === "host") continue;
  test(`flash that a power cut left, on ${kind}`, async (t) => {
    const reason = reasonToSkip(kind);
    if (reason !== "") return t.skip(reason);
    for (const name of ["abc", "abcdefgh"]) {
      for (let cut = 0; cut < 14; cut++) {
        const told: string[] = [];
        for (const which of ["host", kind] as const) {
          const prepare = (machine: Machine) => {
            machine.boot("");
            machine.flash.fuse.left = cut;
            machine.run(`require("Storage").write("${name}", "hello, this is it")`);
            assert.equal(machine.on, cut > 12);
            machine.stop();
          };
          const options = { storage: 262144, page: 1024 };
          const device = await start({ kind: which, main: head(1) + AFTER_A_CUT, modules: { first: "x" }, options, prepare });
          await device.until("#over");
          told.push(device.lines.filter((line) => line.startsWith("#")).join("\n").replace(/\xff/g, "\\u00FF"));
          await device.stop();
        }
        assert.equal(told[0], told[1], `${name}, cut at ${cut}`);
        assert.equal(told[0].split("\n").length, 4);
      }
    }
  });
}

/** Sorted by the first word, each side's lines as they came. */
function bySide(lines: string[]): string[] {
  const side = (line: string) => line.split(" ")[0];
  return [...new Set(lines.map(side))].sort().flatMap((one) => lines.filter((line) => side(line) === one));
}
