// A client's transfers: streams, memory, local files; text, comparing and trying again.

import { ConvertedSink, ConvertedSource } from "../core/convert.ts";
import type { Get, Put } from "../core/client/client.ts";
import { Entry } from "../core/ports.ts";
import type { Done, File, FileSystem, Sink, Source } from "../core/ports.ts";
import { FromNetwork, ToNetwork } from "../core/wire/ascii.ts";
import type { DownloadOptions, GetOptions, OperationOptions, PutOptions, TransferOptions, UploadOptions } from "./clientoptions.ts";
import { abortReason, ConnectionError, FtpError } from "./errors.ts";
import { localFailure } from "./failure.ts";
import { answered, dropPart, LOCAL_OWNER, LocalPlaces, LocalSink, partOf } from "./local.ts";
import { watch } from "./progress.ts";
import { persist } from "./retry.ts";
import type { Runtime } from "./runtime.ts";
import { Session } from "./session.ts";
import type { Setup } from "./session.ts";
import { BytesSink, NO_FILE, StreamSink, UploadSource } from "./streams.ts";
import type { Upload } from "./streams.ts";
import { askHash, compare, HashedSource, localHash, waysOf } from "./verify.ts";
import type { Algorithm, FileHash, Original, Way } from "./verify.ts";

/** What `getBytes` and `getText` take at most without being told, in bytes. */
const MUCH = 268435456;
/** What text is converted in, in bytes. */
const BLOCK = 65536;
/** Bytes per millisecond that a server hashes at least, or we do not wait. */
const HASHED = 10000;

/** A session that moves files. */
export class Transfers extends Session {
  private readonly runtime: Runtime;
  private readonly local: LocalPlaces;
  /** What the last transfer with `verify` was compared by: an algorithm, "size", or "" where it was not. */
  verified: Algorithm | "size" | "" = "";

  /** For the composition root; use `connect`. */
  constructor(runtime: Runtime, setup: Setup) {
    super(runtime, setup);
    this.runtime = runtime;
    this.local = new LocalPlaces(runtime);
  }

  /** Downloads into a stream. Read it to its end or cancel it: the connection is busy until then. */
  async get(path: string, options: GetOptions = {}): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
    const get = this.wanted(path, options);
    const sink = new StreamSink(() => this.machine.abort());
    const transfer = this.job(options, () => this.moving(path, options, get.offset, (done) => this.retrieve(get, sink, options, done)));
    transfer.catch((error) => sink.broke(error));
    return sink.begun.then(() => sink.stream);
  }

  /** Downloads into memory, `limit` bytes at most (default 256 MiB). */
  async getBytes(path: string, options: GetOptions & { limit?: number } = {}): Promise<Uint8Array> {
    const limit = options.limit ?? MUCH;
    const get = this.wanted(path, options);
    const sink = new BytesSink(limit);
    await this.job(options, () => this.moving(path, options, get.offset, (done) => this.retrieve(get, sink, options, done)))
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
    const offset = options.offset ?? 0;
    const append = options.append ?? false;
    whole(options, offset > 0, offset > 0 || append);
    const source = new UploadSource(upload, () => machine.cancelled || machine.transfer.error !== 0);
    const size = options.ascii ? -1 : options.size ?? source.size;
    return this.job(options, async () => {
      const ways = options.verify && !options.ascii ? await this.ways(options) : [];
      const hashes = new Map(ways.map(({ algorithm }) => [algorithm, this.runtime.hash(algorithm)]));
      const hashed = new HashedSource(source, [...hashes.values()]);
      const put: Put = { path: name, offset, append, size, ownChunks: true };
      const sent = await this.moving(path, options, offset, (done) => this.store(put, hashed, NO_FILE, options, done)).catch((error) => {
        throw source.error ?? error;
      });
      const original = { size: () => hashed.bytes, hash: (algorithm: Algorithm) => hashes.get(algorithm)?.done() ?? "" };
      await this.verify(path, options, ways, original);
      return sent;
    });
  }

  /** Downloads into a local file, which appears when it is complete. Returns the bytes that came. */
  async download(remote: string, local: string, options: DownloadOptions = {}): Promise<number> {
    const name = this.encode(remote);
    const resume = options.resume === true;
    const retries = options.retries ?? 0;
    whole(options, resume, false);
    return this.job(options, async () => {
      const { files, path } = this.local.place(local);
      const back = await this.wayBack(remote, retries, options);
      // Beside a file that is there nobody can tell how much of a part is ours.
      const fresh = resume || (retries > 0 && !options.ascii && !(await isThere(files, path)));
      const attempt = async (count: number): Promise<number> => {
        const offset = resume || (fresh && count > 0) ? await partOf(files, path) : 0;
        const how = { offset, size: -1, append: false, exclusive: false, owner: LOCAL_OWNER };
        const sink = new LocalSink(files, path, how, resume || (fresh && count < retries));
        const get = { path: name, offset, size: -1 };
        const begin = (done: Done<number>): void => {
          this.retrieve(get, sink, options, done);
          sink.open();
        };
        return await this.moving(local, options, offset, begin).catch((error) => {
          throw sink.failed > 0 ? localFailure(sink.failed, local) : error;
        });
      };
      try {
        const came = await persist(options, attempt, back);
        await this.verify(remote, options, await this.ways(options), this.original(files, path, local));
        return came;
      } catch (error) {
        if (fresh && !resume) await dropPart(files, path);
        throw error;
      }
    });
  }

  /** Uploads a local file. Returns the bytes that went. */
  async upload(local: string, remote: string, options: UploadOptions = {}): Promise<number> {
    const name = this.encode(remote);
    const append = options.append ?? false;
    const retries = options.retries ?? 0;
    whole(options, options.resume === true, append);
    if (append && retries > 0) throw new TypeError("Cannot retry what is appended: nobody knows how much of it has arrived");
    return this.job(options, async () => {
      const { files, path } = this.local.place(local);
      const back = await this.wayBack(remote, retries, options);
      // In the place of a file that is there nobody can tell how much is ours.
      const fresh = options.resume || (retries > 0 && !options.ascii && (await this.remoteSize(name).catch(() => 0)) < 0);
      const sent = await persist(options, async (count) => {
        const entry = new Entry();
        const there = options.resume || (fresh && count > 0) ? Math.max(0, await this.remoteSize(name)) : 0;
        const appends = append || (there > 0 && await this.onlyAppends(options));
        const file = await answered<File>(local, (done) => files.open(path, there, entry, done));
        const size = entry.size < 0 || options.ascii ? -1 : entry.size - there;
        const put: Put = { path: name, offset: there, append: appends, size, ownChunks: false };
        return await this.moving(local, options, there, (done) => this.store(put, files, file, options, done));
      }, back);
      await this.verify(remote, options, await this.ways(options), this.original(files, path, local));
      return sent;
    });
  }

  /**
   * The hash of a file on the server, by the best algorithm that it has, or by the given one.
   * Throws ConnectionError ("unsupported") where it has none.
   */
  async hash(path: string, options: OperationOptions & { algorithm?: Algorithm } = {}): Promise<FileHash> {
    const name = this.encode(path);
    return this.job(options, async () => {
      const found = await this.remoteHash(waysOf(await this.told(options), options.algorithm), name, options);
      if (found !== null) return found;
      throw new ConnectionError("unsupported", `Cannot learn the hash of "${path}": the server tells none`);
    });
  }

  // --- How it is done

  private wanted(path: string, options: GetOptions): Get {
    const offset = options.offset ?? 0;
    whole(options, offset > 0, false);
    return { path: this.encode(path), offset, size: -1 };
  }

  private retrieve(get: Get, sink: Sink, options: TransferOptions, done: Done<number>): void {
    const text = options.ascii === true;
    this.machine.options.ascii = text;
    this.machine.retrieve(get, text ? new ConvertedSink(sink, new FromNetwork(), new Uint8Array(BLOCK)) : sink, NO_FILE, done);
    this.machine.options.ascii = false;
  }

  private store(put: Put, source: Source, file: File, options: TransferOptions, done: Done<number>): void {
    const text = options.ascii === true;
    this.machine.options.ascii = text;
    // What is converted needs blocks to be converted into.
    if (text) put.ownChunks = false;
    this.machine.store(put, text ? new ConvertedSource(source, new ToNetwork(), new Uint8Array(BLOCK)) : source, file, done);
    this.machine.options.ascii = false;
  }

  /** A transfer within a job, watched. */
  private async moving(what: string, options: TransferOptions, offset: number, begin: (done: Done<number>) => void): Promise<number> {
    if (options.onProgress === undefined) return await this.step(what, options, begin, true);
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
      return await this.step(what, options, begin, true);
    } finally {
      stop();
    }
  }

  /** What brings the connection back, and the folder that a relative path means. */
  private async wayBack(path: string, retries: number, options: OperationOptions): Promise<() => Promise<void>> {
    const relative = retries > 0 && !path.startsWith("/");
    const folder = relative ? await this.step<string>("", {}, (done) => this.machine.pwd(done)).catch(() => "") : "";
    const stops = this.stops;
    return async () => {
      if (this.stops !== stops) throw abortReason(options.signal);
      if (this.machine.open) return;
      await this.dial({ signal: options.signal });
      if (folder !== "") await this.step<void>("", {}, (done) => this.machine.cd(folder, done));
    };
  }

  /** Bytes of an upload that the server has; -1 where it has no such file. */
  private async remoteSize(name: string): Promise<number> {
    try {
      return await this.step<number>("", {}, (done) => this.machine.size(name, done));
    } catch (error) {
      if (error instanceof FtpError && error.code === 550) return -1;
      throw error;
    }
  }

  /** A server that tells what it has, and not REST STREAM, may begin the file anew where it should go on (ftp-srv). */
  private async onlyAppends(options: OperationOptions): Promise<boolean> {
    const features = await this.told(options);
    return features.length > 0 && !features.some((line) => /^REST\b/i.test(line));
  }

  private ways(options: TransferOptions & { verify?: PutOptions["verify"] }): Promise<Way[]> | Way[] {
    const wanted = options.verify;
    if (!wanted || wanted === "size" || options.ascii) return [];
    return this.told(options).then((features) => waysOf(features, wanted === true || wanted === "hash" ? undefined : wanted));
  }

  private original(files: FileSystem, path: string, local: string): Original {
    return {
      size: async () => (await answered<Entry>(local, (done) => files.stat(path, "", new Entry(), done))).size,
      hash: (algorithm) => localHash(files, path, local, this.runtime.hash(algorithm)),
    };
  }

  /** Asks by one way after the other; null: the server knows none. */
  private async remoteHash(ways: Way[], name: string, options: OperationOptions): Promise<FileHash | null> {
    for (const way of ways) {
      const found = await askHash(way, name, (line) => this.ask(line, options));
      if (found !== null) return found;
    }
    return null;
  }

  /** Compares what arrived with what it was made of. Text is not compared: it differs on both sides. */
  private async verify(path: string, options: PutOptions, ways: Way[], original: Original): Promise<void> {
    this.verified = "";
    if (!options.verify || options.ascii) return;
    const machine = this.machine;
    const name = this.encode(path);
    const size = await original.size();
    const limit = machine.options.replyTimeout;
    if (limit > 0) machine.options.replyTimeout = limit + size / HASHED;
    const found = await this.remoteHash(ways, name, options).finally(() => machine.options.replyTimeout = limit);
    if (found !== null) {
      compare(path, found.algorithm, await original.hash(found.algorithm), found.value);
      this.verified = found.algorithm;
      return;
    }
    if (options.verify !== true && options.verify !== "size") {
      throw new ConnectionError("unsupported", `Cannot compare "${path}": the server tells no ${options.verify}`);
    }
    compare(path, "size", String(size), String(await this.step<number>(path, options, (done) => machine.size(name, done))));
    this.verified = "size";
  }
}

/** Throws TypeError where a part of a file is to be converted or compared. */
function whole(options: TransferOptions & { verify?: unknown }, part: boolean, append: boolean): void {
  if (options.ascii && part) throw new TypeError("Cannot go on in the middle of a text: its size differs on both sides");
  if (options.verify && append) throw new TypeError("Cannot verify what is only a part of the file");
}

function isThere(files: FileSystem, path: string): Promise<boolean> {
  return new Promise((resolve) => files.stat(path, "", new Entry(), (error) => resolve(error === 0)));
}
