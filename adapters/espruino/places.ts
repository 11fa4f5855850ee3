// Which files the options mean: those of the card, those in Storage, or somebody's own.

import type { FileSystem } from "../../core/ports.ts";
import { OWN_FILES } from "../../core/features.ts";
import { CARD } from "./disk.ts";
import { DeviceFiles } from "./files.ts";
import type { FilesOptions } from "./options.ts";

/** The files that the options name. */
export function filesOf(options: FilesOptions, block: number): FileSystem {
  const root = options.root ? options.root : "";
  if (OWN_FILES && typeof options.files === "object") return options.files;
  const disk = options.files === "sd" ? CARD : options.gather ? options.gather : 1024;
  return new DeviceFiles(disk, disk === CARD ? root : "", block) as unknown as FileSystem;
}
