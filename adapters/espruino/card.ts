// A card (the modules `fs` and `E`) as a disk for files.ts.

import type { Disk } from "./runtime.ts";

declare function require(name: string): unknown;
declare const E: { openFile: Disk["openFile"] };

/** The module `fs`, with a way to open files. */
export function card(): Disk {
  const fs = require("fs") as Disk;
  return {
    statSync: fs.statSync,
    readdirSync: fs.readdirSync,
    unlinkSync: fs.unlinkSync,
    mkdirSync: fs.mkdirSync,
    openFile: E.openFile,
  };
}
