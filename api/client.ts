// A client as a script has it: lists, names and folders beside the transfers, one operation at a time.

import type { Done, Entry } from "../core/ports.ts";
import type { OperationOptions } from "./clientoptions.ts";
import { EntryBuffer, infoOf } from "./entries.ts";
import type { FileInfo } from "./entries.ts";
import { FtpError } from "./errors.ts";
import { makeFolders, removeTree } from "./folders.ts";
import { decodeName } from "./names.ts";
import type { Runtime } from "./runtime.ts";
import type { Setup } from "./session.ts";
import { Transfers } from "./transfers.ts";

/** A session with a server. Operations run one after another, in the order of the calls. */
export class Client extends Transfers {
  private readonly listLimit: number;

  /** For the composition root; use `connect`. */
  constructor(runtime: Runtime, setup: Setup) {
    super(runtime, setup);
    this.listLimit = setup.listLimit;
  }

  // --- Lists

  /** The entries of a folder, one at a time; the current folder by default. */
  list(path = "", options: OperationOptions = {}): AsyncIterableIterator<FileInfo> {
    return this.entries(
      (buffer, name, done) => {
        this.machine.list(name, (entry, more) => buffer.add(infoOf(entry, this.encoding), more), done);
      },
      path,
      options,
    );
  }

  /** The names in a folder, as NLST tells them. */
  async names(path = "", options: OperationOptions = {}): Promise<string[]> {
    const names: string[] = [];
    const found = this.entries(
      (buffer, name, done) => {
        this.machine.names(name, (entry, more) => buffer.add(infoOf(entry, this.encoding), more), done);
      },
      path,
      options,
    );
    for await (const { name } of found) names.push(name);
    return names;
  }

  /** What the server knows of a file or a folder. */
  async stat(path: string, options: OperationOptions = {}): Promise<FileInfo> {
    const name = this.encode(path);
    return infoOf(await this.run(path, options, (done: Done<Entry>) => this.machine.stat(name, done)), this.encoding);
  }

  /** Whether there is such a file or folder. */
  async exists(path: string, options: OperationOptions = {}): Promise<boolean> {
    return this.stat(path, options).then(() => true, (error) => {
      if (error instanceof FtpError && error.code >= 550) return false;
      throw error;
    });
  }

  /** Bytes of a file. */
  async size(path: string, options: OperationOptions = {}): Promise<number> {
    const name = this.encode(path);
    return this.run(path, options, (done: Done<number>) => this.machine.size(name, done));
  }

  /** When a file was modified. */
  async modified(path: string, options: OperationOptions = {}): Promise<Date> {
    const name = this.encode(path);
    return new Date(await this.run(path, options, (done: Done<number>) => this.machine.modified(name, done)));
  }

  /** Sets when a file was modified. */
  async setModified(path: string, time: Date, options: OperationOptions = {}): Promise<void> {
    const name = this.encode(path);
    return this.run(path, options, (done: Done<void>) => this.machine.setModified(name, time.getTime(), done));
  }

  // --- Names and folders

  /** Renames or moves a file or a folder. */
  async rename(from: string, to: string, options: OperationOptions = {}): Promise<void> {
    const names = [this.encode(from), this.encode(to)];
    return this.run(from, options, (done: Done<void>) => this.machine.rename(names[0], names[1], done));
  }

  /** Removes a file. */
  async remove(path: string, options: OperationOptions = {}): Promise<void> {
    const name = this.encode(path);
    return this.run(path, options, (done: Done<void>) => this.machine.remove(name, done));
  }

  /** Makes a folder; `recursive` makes its parents too and is content with one that is there. */
  async mkdir(path: string, options: OperationOptions & { recursive?: boolean } = {}): Promise<void> {
    const name = this.encode(path);
    if (options.recursive) return await makeFolders(this, path, { signal: options.signal });
    await this.run(path, options, (done: Done<string>) => this.machine.mkdir(name, done));
  }

  /** Removes an empty folder; `recursive` removes what is in it first. Links are removed, not followed. */
  async rmdir(path: string, options: OperationOptions & { recursive?: boolean } = {}): Promise<void> {
    const name = this.encode(path);
    if (options.recursive) return await removeTree(this, path, { signal: options.signal });
    await this.run(path, options, (done: Done<void>) => this.machine.rmdir(name, done));
  }

  /** Changes the current folder. */
  async cd(path: string, options: OperationOptions = {}): Promise<void> {
    const name = this.encode(path);
    return this.run(path, options, (done: Done<void>) => this.machine.cd(name, done));
  }

  /** The current folder. */
  async pwd(options: OperationOptions = {}): Promise<string> {
    return decodeName(await this.run("", options, (done: Done<string>) => this.machine.pwd(done)), this.encoding);
  }

  // --- How it is done

  private async *entries(
    begin: (buffer: EntryBuffer, name: string, done: Done<void>) => void,
    path: string,
    options: OperationOptions,
  ): AsyncGenerator<FileInfo, void, undefined> {
    const name = this.encode(path);
    const buffer = new EntryBuffer(this.listLimit);
    const stop = new AbortController();
    const signal = stop.signal;
    const abort = (): void => stop.abort(options.signal?.reason);
    options.signal?.addEventListener("abort", abort, { once: true });
    if (options.signal?.aborted) abort();
    const hurry = (): void => buffer.hurry();
    const listing = this.job({ signal }, () => {
      this.queue.onWaiting = hurry;
      if (this.queue.waiting > 0) hurry();
      return this.step(path, { signal }, (done: Done<void>) => begin(buffer, name, done)).finally(() => {
        if (this.queue.onWaiting === hurry) this.queue.onWaiting = null;
      });
    });
    listing.then(() => buffer.end(undefined), (error) => buffer.end(error));
    try {
      for (let entry = await buffer.next(); entry !== null; entry = await buffer.next()) yield entry;
    } finally {
      buffer.cancel();
      stop.abort();
      options.signal?.removeEventListener("abort", abort);
      await listing.catch(() => {});
    }
  }
}
