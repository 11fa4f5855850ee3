// Local files of downloads and uploads: where they are, and a sink that opens its file while the server is asked.

import { Entry } from "../core/ports.ts";
import type { Chunk, Create, Done, File, FileSystem, Sink } from "../core/ports.ts";
import { localFailure } from "./failure.ts";
import type { Runtime } from "./runtime.ts";

/** Whose parts our downloads are. */
export const LOCAL_OWNER = "picoftp";

/** Finds the file system that holds a local path; that of the last folder is kept for the next file. */
export class LocalPlaces {
  private readonly runtime: Runtime;
  private last: { folder: string; files: FileSystem } | null = null;

  constructor(runtime: Runtime) {
    this.runtime = runtime;
  }

  /** The file system, and the path in it. Throws where the folder is missing. */
  place(local: string): { files: FileSystem; path: string } {
    const { folder, name } = this.runtime.locate(local);
    if (this.last === null || this.last.folder !== folder) this.last = { folder, files: this.runtime.files(folder) };
    return { files: this.last.files, path: `/${name}` };
  }
}

/** Bytes of a download that are there already. */
export function partOf(files: FileSystem, path: string): Promise<number> {
  return new Promise((resolve) => files.stat(path, LOCAL_OWNER, new Entry(), (error, entry) => resolve(error === 0 ? entry.size : 0)));
}

/** Lets go of a download's part. */
export function dropPart(files: FileSystem, path: string): Promise<void> {
  const how = { offset: 0, size: -1, append: false, exclusive: false, owner: LOCAL_OWNER };
  return new Promise((resolve) => {
    files.create(path, how, (error, file) => error === 0 ? files.discard(file, false, () => resolve()) : resolve());
  });
}

/** A call of a local file system as a promise. Throws FileError. */
export function answered<T>(local: string, begin: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    begin((error, value) => error === 0 ? resolve(value) : reject(localFailure(error, local)));
  });
}

/** A sink that opens its file while the server is asked. */
export class LocalSink implements Sink {
  private readonly files: FileSystem;
  private readonly path: string;
  private readonly how: Create;
  /** Leave the part of a download that failed, to be resumed. */
  private readonly keep: boolean;
  private file: File | null = null;
  private error = -1;
  private then: (() => void) | null = null;

  constructor(files: FileSystem, path: string, how: Create, keep: boolean) {
    this.files = files;
    this.path = path;
    this.how = how;
    this.keep = keep;
  }

  /** To be called once, when the first command is out: the disk may answer at once, and the server shall not wait for it. */
  open(): void {
    this.files.create(this.path, this.how, (error, file) => {
      this.error = error;
      this.file = file;
      this.then?.();
    });
  }

  /** The file could not be opened: the error is about it, not about the server. */
  get failed(): number {
    return Math.max(this.error, 0);
  }

  write(_file: File, chunk: Chunk, length: number, done: Done<void>): void {
    this.opened(done, (file) => this.files.write(file, chunk, length, done));
  }

  commit(_file: File, done: Done<void>): void {
    this.opened(done, (file) => this.files.commit(file, done));
  }

  discard(_file: File, keep: boolean, done: Done<void>): void {
    this.opened(() => done(0), (file) => this.files.discard(file, keep && this.keep, done));
  }

  private opened(done: Done<void>, go: (file: File) => void): void {
    this.then = (): void => {
      this.then = null;
      if (this.error === 0) go(this.file as File);
      else done(this.error);
    };
    if (this.error >= 0) this.then();
  }
}
