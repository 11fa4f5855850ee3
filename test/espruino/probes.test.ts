// The host prints what the interpreter prints, program by program; so does the interpreter itself where it is at hand.

import assert from "node:assert/strict";
import { test } from "node:test";
import { freePorts, reasonToSkip, start } from "./host/device.ts";
import { kindsHere } from "./host/namespace.ts";
import { FILES } from "./probes/files.ts";
import { LANGUAGE } from "./probes/language.ts";
import { head, type Probe } from "./probes/probe.ts";
import { SOCKETS } from "./probes/sockets.ts";
import { STORAGE } from "./probes/storage.ts";

const TABLES: Record<string, Probe[]> = { language: LANGUAGE, storage: STORAGE, files: FILES, sockets: SOCKETS };

for (const kind of kindsHere(import.meta.url)) {
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

/** Sorted by the first word, each side's lines as they came. */
function bySide(lines: string[]): string[] {
  const side = (line: string) => line.split(" ")[0];
  return [...new Set(lines.map(side))].sort().flatMap((one) => lines.filter((line) => side(line) === one));
}
