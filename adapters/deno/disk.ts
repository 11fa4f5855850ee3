// How Deno's disk is asked where Deno's node:fs does not answer as Node's does.

import { bytesOf, Disk } from "../node/disk.ts";
import type { Answer, Folder } from "../node/disk.ts";
import { deno } from "./deno.ts";
import type { DenoDirEntry } from "./deno.ts";

type Next = IteratorResult<DenoDirEntry, unknown>;
type Entries = AsyncIterator<DenoDirEntry, unknown>;

const PLAIN = /^[\x01-\x7f]*$/;

/** One disk's calls, as Deno answers them. */
export class DenoDisk extends Disk {
  /** What is not UTF-8 would be another name on the disk, one that other such names share. */
  override takes(path: string): boolean {
    if (PLAIN.test(path)) return true;
    const bytes = Buffer.from(path, "latin1");
    return Buffer.from(bytes.toString()).equals(bytes);
  }

  /** node:fs leaves a descriptor open where a folder is not read to its end; one that may not be read ends the process. */
  override opendir(path: Buffer, done: Answer<Folder>): void {
    const entries = deno().readDir(path.toString())[Symbol.asyncIterator]();
    // Nothing but the first read tells whether there is something to read.
    entries.next().then(
      (first): void => done(null, new DenoFolder(entries, first)),
      (error): void => done(error, NO_FOLDER),
    );
  }
}

class DenoFolder implements Folder {
  private readonly entries: Entries;
  private first: Next | null;

  constructor(entries: Entries, first: Next) {
    this.entries = entries;
    this.first = first;
  }

  read(done: Answer<string>): void {
    const first = this.first;
    this.first = null;
    if (first !== null) done(null, nameOf(first));
    else this.entries.next().then((next): void => done(null, nameOf(next)), (error): void => done(error, ""));
  }

  close(done: () => void): void {
    const closing = this.entries.return?.() ?? Promise.resolve();
    closing.then((): void => done(), (): void => done());
  }
}

/** What comes with an error. */
const NO_FOLDER: Folder = {
  read: (done): void => done(null, ""),
  close: (done): void => done(),
};

function nameOf(next: Next): string {
  return next.done ? "" : bytesOf(next.value.name);
}
