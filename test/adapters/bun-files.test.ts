// The files of Bun pass the suite of every file system.

import { join } from "node:path";
import { it } from "node:test";
import { BunFiles } from "../../adapters/bun/files.ts";
import { fileSystem } from "../conformance/filesystem.ts";
import { KINDS, make } from "./node-disk.ts";

const here = "Bun" in globalThis;

if (!here) it("BunFiles", { skip: "runs on Bun only" }, () => undefined);
if (here) {
  for (const [name, options] of KINDS) {
    fileSystem(name.replace("NodeFiles", "BunFiles"), async () => {
      const disk = await make(options);
      return { ...disk, files: new BunFiles(join(disk.top, "root"), options) };
    });
  }
}
