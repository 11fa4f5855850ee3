// The files of Deno, below one folder: Node's, which Deno brings along. Only names that are UTF-8 can be used there.

import { RAW_NAMES } from "../../core/ports.ts";
import { NodeFiles } from "../node/files.ts";
import type { NodeFilesOptions } from "../node/files.ts";
import { DenoDisk } from "./disk.ts";

/** How files are stored. */
export type DenoFilesOptions = NodeFilesOptions;

/** The folder `root` and what is in it. Links that lead out of it are not followed. A name that is not UTF-8 is a BAD_NAME. */
export class DenoFiles extends NodeFiles {
  declare readonly can: number;

  /** Throws where `root` is no folder. */
  constructor(root: string, options?: DenoFilesOptions) {
    super(root, options, new DenoDisk(options?.patient ?? false));
    this.can = this.can & ~RAW_NAMES;
  }
}
