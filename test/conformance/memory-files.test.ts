// The memory file system passes the suite: now and later, with blocks and with chunks of its own.

import { setImmediate } from "node:timers";
import { fileSystem } from "./filesystem.ts";
import type { Fixture } from "./filesystem.ts";
import { MemoryFiles } from "../../adapters/memory/mod.ts";
import type { MemoryFilesOptions } from "../../adapters/memory/mod.ts";

const KINDS: [string, MemoryFilesOptions][] = [
  ["memory, now", {}],
  ["memory, later", { later: true }],
  ["memory, own strings", { ownChunks: "text" }],
  ["memory, own bytes, later", { ownChunks: "bytes", later: true, block: 700 }],
];

for (const [name, options] of KINDS) fileSystem(name, () => make(options));

async function make(options: MemoryFilesOptions): Promise<Fixture> {
  const files = new MemoryFiles(options);
  let over = false;
  const turn = (): void => {
    files.run();
    if (!over && options.later) setImmediate(turn);
  };
  turn();
  return {
    files,
    cleanup: async () => void (over = true),
    put: async (path, bytes) => files.put(path, bytes),
    get: async (path) => files.bytes(path),
    parts: async () => files.parts(),
    makeLink: async (path, target) => files.addLink(path, target === null ? "../outside" : target),
    handles: () => files.handles,
  };
}
