// A local file that a download goes into: it is opened while the server is asked, and kept or not where that fails.

import type { Chunk, Create, Done, File, FileSystem, Sink } from "../core/ports.ts";

/** A sink that begins to open its file when it is made. */
export class LocalSink implements Sink {
  private readonly files: FileSystem;
  /** Leave the part of a download that failed, to be resumed. */
  private readonly keep: boolean;
  private file: File | null = null;
  private error = -1;
  private then: (() => void) | null = null;

  constructor(files: FileSystem, path: string, how: Create, keep: boolean) {
    this.files = files;
    this.keep = keep;
    files.create(path, how, (error, file) => {
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
