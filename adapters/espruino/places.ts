// Which files the options mean: those of the card, those in Storage, or somebody's own.

import type { FileSystem } from "../../core/ports.ts";
import { card } from "./card.ts";
import { DeviceFiles } from "./files.ts";
import type { FilesOptions } from "./options.ts";
import { storage } from "./storage.ts";

/** Storage, with a "/" in front of its names of 28 bytes. */
const LONGEST_IN_STORAGE = 29;
/** A card; the name has a zero at its end. */
const LONGEST_ON_CARD = 62;

/** The files that the options name. */
export function filesOf(options: FilesOptions, block: number): FileSystem {
  const root = options.root ? options.root : "";
  if (typeof options.files === "object") return options.files;
  if (options.files === "sd") return new DeviceFiles(card(), root, block, LONGEST_ON_CARD) as unknown as FileSystem;
  return new DeviceFiles(storage(options.gather ? options.gather : 1024), "", block, LONGEST_IN_STORAGE) as unknown as FileSystem;
}
