// A folder of a device that is being listed, without what never shows.

import type { Cursor, Done, Entry } from "../../core/ports.ts";
import type { DeviceFiles } from "./files.ts";
import { ours } from "./parts.ts";

/** A folder that is being listed. */
export class Names implements Cursor {
  files: DeviceFiles;
  path: string;
  names: string[];

  constructor(files: DeviceFiles, path: string, names: string[]) {
    this.files = files;
    this.path = path;
    this.names = names;
  }

  next(entry: Entry, done: Done<boolean>): void {
    let name = this.names.shift();
    while (name !== undefined) {
      if (name !== "." && name !== ".." && !ours(name) && this.files.look(this.path + name, entry) === 0) return done(0, true);
      name = this.names.shift();
    }
    done(0, false);
  }

  close(done: Done<void>): void {
    done(0, undefined);
  }
}
