// The files of Bun, below one folder: Node's, which Bun brings along and which nothing of its own beats (docs/runtimes.md),
// written behind.

import { NodeFiles } from "../node/files.ts";
import type { NodeFilesOptions } from "../node/files.ts";
import { BunDisk } from "./disk.ts";

/** How files are stored. */
export type BunFilesOptions = NodeFilesOptions;

/** The folder `root` and what is in it. Links that lead out of it are not followed. */
export class BunFiles extends NodeFiles {
  /** Throws where `root` is no folder. */
  constructor(root: string, options?: BunFilesOptions) {
    super(root, options, new BunDisk(options?.patient ?? false));
  }
}
