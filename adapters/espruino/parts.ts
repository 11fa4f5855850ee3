// Parts and marks of a device's files (files.ts): their names, what is open, and the copying of a complete part at the end of a commit.

import { IO, NO_SPACE } from "../../core/ports.ts";
import type { Done } from "../../core/ports.ts";
import type { DeviceFiles } from "./files.ts";
import type { DiskFile } from "./runtime.ts";

declare function setTimeout<A, B>(call: (one: A, other: B) => void, delay: number, one?: A, other?: B): number;

/** What comes behind the name of a file for its part. */
export const PART = ".~";
/** What comes behind it for its mark. */
export const MARK = ".!";
/** Blocks of a part that are copied at once, and milliseconds between two slices, for everybody else. */
const SLICE = 16;
const PAUSE = 2;

// What is done with an open file; whoever comes later minds those that do more than it.
/** It is read. */
export const READ = 0;
/** A file that is there is written in place. */
export const IN_PLACE = 1;
/** A file of a new name is written. */
export const NEW = 2;
/** The part of a file that is there is written. */
export const OLD = 3;

/** What the disk gave, and what we know of it. */
export interface OpenFile extends DiskFile {
  files: DeviceFiles;
  /** On the disk, without what a part has behind it. */
  place: string;
  kind: number;
  /** While a complete part is copied: where to, and who hears of the end. */
  to?: DiskFile;
  done?: Done<void>;
}

/** It never shows. */
export function ours(name: string): boolean {
  return name.endsWith(PART) || name.endsWith(MARK);
}

/** Copies a slice of a complete part, or all of it; at its end takes away the mark and the part. */
export function copy(file: OpenFile, all: boolean): void {
  const files = file.files;
  const to = file.to as DiskFile;
  let text: string | undefined = "";
  let error = 0;
  try {
    for (let i = 0; (all || i < SLICE) && text !== undefined && error === 0; i++) {
      text = file.read(files.chunk);
      if (text !== undefined && to.write(text) !== text.length) error = NO_SPACE;
    }
    if (text !== undefined && error === 0) {
      setTimeout(copy, PAUSE, file, false);
      return;
    }
    file.close();
    if (to.close()) error = IO;
    if (error === 0) {
      files.drop(file.place + MARK);
      files.drop(file.place + PART);
    }
  } catch (_) {
    error = IO;
  }
  files.letGo(file);
  (file.done as Done<void>)(error, undefined);
}
