// A client as a script has it: promises, streams and iterations round the core's client, one operation at a time.

import { Entry } from "../core/ports.ts";
import type { Done, File, Source } from "../core/ports.ts";
import { Client as Machine } from "../core/client/client.ts";
import type { Get, Put } from "../core/client/client.ts";
import type { ClientOptions } from "../core/client/options.ts";
import type { Reply } from "../core/wire/reply.ts";
import type { DownloadOptions, GetOptions, OperationOptions, PutOptions, TransferOptions, UploadOptions } from "./clientoptions.ts";
import { EntryBuffer, infoOf } from "./entries.ts";
import type { FileInfo } from "./entries.ts";
import { abortReason, FtpError } from "./errors.ts";
import { failure, localFailure } from "./failure.ts";
import { makeFolders, removeTree } from "./folders.ts";
import { answered, LOCAL_OWNER, LocalPlaces, LocalSink, partOf } from "./local.ts";
import { decodeName, encodeName } from "./names.ts";
import type { Encoding } from "./names.ts";
import { watch } from "./progress.ts";
import { Queue } from "./queue.ts";
import type { Runtime } from "./runtime.ts";
import { BytesSink, NO_FILE, StreamSink, UploadSource } from "./streams.ts";
import type { Upload } from "./streams.ts";

/** What `getBytes` and `getText` take at most without being told, in bytes. */
const MUCH = 268435456;

/** A reply of the server. */
export interface ServerReply {
  /** Three digits. */
  code: number;
  /** Without the code; lines are joined by "\n". */
  text: string;
}

/** A session with a server. Operations run one after another, in the order of the calls. */
export class Client implements AsyncDisposable {
  private readonly machine: Machine;
  private readonly encoding: Encoding;
  private readonly listLimit: number;
  private readonly queue: Queue = new Queue();
  private readonly local: LocalPlaces;

  /** For the composition root; use `connect`. */
  constructor(runtime: Runtime, options: Partial<ClientOptions>, encoding: Encoding, listLimit: number) {
    this.local = new LocalPlaces(runtime);
    this.machine = new Machine(runtime.net, options);
    this.encoding = encoding;
    this.listLimit = listLimit;
  }

  /** Dials and logs in; `connect` has done it. Again after the connection was lost, with the same options. */
  connect(options: OperationOptions = {}): Promise<void> {
    return this.run("", options, (done: Done<void>) => this.machine.connect(done));
  }

  /** There is a connection. */
  get connected(): boolean {
    return this.machine.open;
  }

  /** Says good-bye, and waits until the connection is closed. */
  async quit(): Promise<void> {
    if (this.connected) await this.run("", {}, (done: Done<void>) => this.machine.quit(done)).catch(() => {});
  }

  /** Aborts the operation that runs, and keeps the session where the server plays along; those that wait go on. */
  abort(): void {
    this.machine.abort();
  }

  /** Closes at once; what runs fails. */
  close(): void {
    this.machine.close();
  }

  /** For `await using`: says good-bye. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.quit();
  }

  // --- Transfers

  /** Downloads into a stream. Read it to its end or cancel it: the connection is busy until then. */
  async get(path: string, options: GetOptions = {}): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
    const name = this.encode(path);
    const sink = new StreamSink(() => this.machine.abort());
    const transfer = this.transfer(
      path,
      options,
      options.offset ?? 0,
      (done) => this.machine.retrieve(wanted(name, options), sink, NO_FILE, done),
    );
    transfer.catch((error) => sink.broke(error));
    return sink.begun.then(() => sink.stream);
  }

  /** Downloads into memory, `limit` bytes at most (default 256 MiB). */
  async getBytes(path: string, options: GetOptions & { limit?: number } = {}): Promise<Uint8Array> {
    const limit = options.limit ?? MUCH;
    const name = this.encode(path);
    const sink = new BytesSink(limit);
    await this.transfer(path, options, options.offset ?? 0, (done) => this.machine.retrieve(wanted(name, options), sink, NO_FILE, done))
      .catch((error) => {
        throw sink.tooMuch ? new RangeError(`Cannot download "${path}" into memory: it has more than ${limit} bytes`) : error;
      });
    return sink.bytes();
  }

  /** Downloads UTF-8 text. */
  async getText(path: string, options: GetOptions & { limit?: number } = {}): Promise<string> {
    return new TextDecoder().decode(await this.getBytes(path, options));
  }

  /** Uploads bytes, text, a Blob, a stream or what an iterable brings. Returns the bytes that went. */
  async put(path: string, upload: Upload, options: PutOptions = {}): Promise<number> {
    const name = this.encode(path);
    const machine = this.machine;
    const source = new UploadSource(upload, () => machine.cancelled || machine.transfer.error !== 0);
    const offset = options.offset ?? 0;
    const put: Put = { path: name, offset, append: options.append ?? false, size: options.size ?? source.size, ownChunks: true };
    return this.transfer(path, options, offset, (done) => machine.store(put, source, NO_FILE, done)).catch((error) => {
      throw source.error ?? error;
    });
  }

  /** Downloads into a local file, which appears when it is complete. Returns the bytes that came. */
  async download(remote: string, local: string, options: DownloadOptions = {}): Promise<number> {
    const name = this.encode(remote);
    return this.job(options, async () => {
      const { files, path } = this.local.place(local);
      const offset = options.resume ? await partOf(files, path) : 0;
      const how = { offset, size: -1, append: false, exclusive: false, owner: LOCAL_OWNER };
      const sink = new LocalSink(files, path, how, options.resume === true);
      return await this.moving(
        local,
        options,
        offset,
        (done) => this.machine.retrieve({ path: name, offset, size: -1 }, sink, NO_FILE, done),
      )
        .catch((error) => {
          throw sink.failed > 0 ? localFailure(sink.failed, local) : error;
        });
    });
  }

  /** Uploads a local file. Returns the bytes that went. */
  async upload(local: string, remote: string, options: UploadOptions = {}): Promise<number> {
    const name = this.encode(remote);
    return this.job(options, async () => {
      const { files, path } = this.local.place(local);
      const entry = new Entry();
      const offset = options.resume ? await this.remoteSize(name) : 0;
      const file = await answered<File>(local, (done) => files.open(path, offset, entry, done));
      const size = entry.size < 0 ? -1 : entry.size - offset;
      const put: Put = { path: name, offset, append: options.append ?? false, size, ownChunks: false };
      return await this.moving(local, options, offset, (done) => this.machine.store(put, files as Source, file, done));
    });
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

  /** Sends any command that needs no data connection. A refusal is a reply too, not an error. */
  async send(line: string, options: OperationOptions = {}): Promise<ServerReply> {
    const bytes = this.encode(line);
    return this.job(options, () =>
      new Promise((resolve, reject) => {
        this.machine.command(bytes, (error: number, reply: Reply | null) => {
          if (reply !== null && reply !== undefined) resolve({ code: reply.code, text: decodeName(reply.text, this.encoding) });
          else reject(failure(this.machine, error, line, options.signal, this.encoding));
        });
      }));
  }

  /** Switches between passive and active data connections, from the next transfer on. */
  set mode(mode: "passive" | "active") {
    this.machine.options.passive = mode === "passive";
  }

  /** How data connections are made. */
  get mode(): "passive" | "active" {
    return this.machine.options.passive ? "passive" : "active";
  }

  // --- How it is done

  /** A path or a command as bytes. Throws where it would end the line. */
  private encode(text: string): string {
    if (/[\r\n\0]/.test(text)) throw new TypeError(`Cannot send ${JSON.stringify(text)}: it holds CR, LF or NUL`);
    return encodeName(text, this.encoding);
  }

  /** A job in the queue that the signal can abort. */
  private job<T>(options: OperationOptions, work: () => Promise<T>): Promise<T> {
    const signal = options.signal;
    return this.queue.add(async () => {
      const abort = (): void => this.machine.abort();
      signal?.addEventListener("abort", abort, { once: true });
      try {
        return await work();
      } finally {
        signal?.removeEventListener("abort", abort);
      }
    }, signal);
  }

  /** One operation of the core as a promise. */
  private run<T>(what: string, options: OperationOptions, begin: (done: Done<T>) => void): Promise<T> {
    return this.job(options, () => this.step(what, options, begin));
  }

  private step<T>(what: string, options: OperationOptions, begin: (done: Done<T>) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      if (options.signal?.aborted) return reject(abortReason(options.signal));
      begin((error, value) => {
        if (error === 0) resolve(value);
        else reject(failure(this.machine, error, what, options.signal, this.encoding));
      });
    });
  }

  /** A transfer in its turn, watched. */
  private transfer(what: string, options: TransferOptions, offset: number, begin: (done: Done<number>) => void): Promise<number> {
    return this.job(options, () => this.moving(what, options, offset, begin));
  }

  private async moving(what: string, options: TransferOptions, offset: number, begin: (done: Done<number>) => void): Promise<number> {
    if (options.onProgress === undefined) return await this.step(what, options, begin);
    const machine = this.machine;
    const total = (): number => {
      if (machine.source !== null) return machine.total < 0 ? -1 : machine.total + offset;
      if (machine.total >= 0) return machine.total;
      return machine.hint < 0 ? -1 : machine.hint + offset;
    };
    let known = -1;
    machine.transfer.bytes = 0;
    const stop = watch(() => offset + machine.transfer.bytes, () => known = Math.max(known, total()), options.onProgress);
    try {
      return await this.step(what, options, begin);
    } finally {
      stop();
    }
  }

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

  /** Bytes of an upload that the server has; 0 where it has no such file. */
  private remoteSize(name: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.machine.size(name, (error, size) => {
        if (error === 0) return resolve(size);
        const problem = failure(this.machine, error, "", undefined, this.encoding);
        if (problem instanceof FtpError && problem.code === 550) resolve(0);
        else reject(problem);
      });
    });
  }
}

function wanted(path: string, options: GetOptions): Get {
  return { path, offset: options.offset ?? 0, size: -1 };
}
