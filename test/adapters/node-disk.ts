// A NodeFiles on a temporary folder, for tests, with what lies beside its root.

import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NodeFiles } from "../../adapters/node/files.ts";
import type { NodeFilesOptions } from "../../adapters/node/files.ts";
import type { Fixture } from "../conformance/filesystem.ts";
import { Promised } from "../conformance/filesystem-tools.ts";

/** Every way in which a NodeFiles can work. */
export const KINDS: [string, NodeFilesOptions][] = [
  ["NodeFiles", {}],
  ["NodeFiles with fsync, other names of parts", { fsync: true, parts: ".part-" }],
  ["NodeFiles by real paths", { descriptors: false }],
];

/** What a test may do behind the back of the file system: the folder that holds `root` and `outside`. */
export interface Disk extends Fixture {
  top: string;
  fs: Promised;
}

/** Makes `top` with the folders `root` and `outside` in it. */
export async function make(options: NodeFilesOptions): Promise<Disk> {
  const top = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "picoftp-")));
  const root = join(top, "root");
  fs.mkdirSync(root);
  fs.mkdirSync(join(top, "outside", "etc"), { recursive: true });
  fs.writeFileSync(join(top, "outside", "secret"), "secret");
  const at = (path: string): Buffer => Buffer.from(root + path, "latin1");
  const prefix = options.parts ?? ".picoftp-";
  const files = new NodeFiles(root, options);
  return {
    top,
    files,
    fs: new Promised(files, 65536),
    cleanup: async () => fs.rmSync(top, { recursive: true }),
    put: async (path, bytes) => fs.writeFileSync(at(path), bytes),
    get: async (path) => (fs.existsSync(at(path)) ? fs.readFileSync(at(path)) : null),
    parts: async () => fs.readdirSync(root, { recursive: true }).filter((name) => String(name).includes(prefix)).length,
    makeLink: async (path, target) => fs.symlinkSync(target === null ? join(top, "outside") : root + target, at(path)),
    handles: () => openBelow(top),
  };
}

/** Descriptors of this process that lead below a folder. */
function openBelow(folder: string): number {
  let count = 0;
  for (const fd of fs.readdirSync("/proc/self/fd")) {
    try {
      if (fs.readlinkSync(`/proc/self/fd/${fd}`).startsWith(folder)) count++;
    } catch {
      // The descriptor of this very readdir.
    }
  }
  return count;
}
