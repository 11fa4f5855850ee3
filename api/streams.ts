// Web streams and iterables as the core's sources and sinks.

import { CANCELLED, IO } from "../core/ports.ts";
import type { Chunk, Done, File, ReadDone, Sink, Source } from "../core/ports.ts";

/** What can be uploaded. Text goes out as UTF-8. */
export type Upload =
  | string
  | Uint8Array
  | ArrayBuffer
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array | string>
  | Iterable<Uint8Array | string>;

const encoder = new TextEncoder();

/** Nothing to look into: sources and sinks here have one file each. */
export const NO_FILE: File = {};

/** A chunk that its owner may keep; on a data connection all chunks are bytes. */
function copy(chunk: Chunk, length: number): Uint8Array<ArrayBuffer> {
  // Not chunk.slice: a Buffer's is no copy.
  if (typeof chunk !== "string") return new Uint8Array(chunk.subarray(0, length));
  return Uint8Array.from(chunk.slice(0, length), (character) => character.charCodeAt(0));
}

/** A sink whose bytes come out of a ReadableStream; the server is kept waiting while nobody reads. */
export class StreamSink implements Sink {
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Settled by the first byte, the end, or the error before either. */
  readonly begun: Promise<void>;
  private controller!: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  private begin!: () => void;
  private fail!: (reason: unknown) => void;
  private waiting: Done<void> | null = null;
  private over = false;

  /** `cancel` hears that the reader wants no more. */
  constructor(cancel: () => void) {
    this.begun = new Promise((resolve, reject) => {
      this.begin = resolve;
      this.fail = reject;
    });
    this.begun.catch(() => {});
    this.stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => void (this.controller = controller),
      pull: () => this.release(),
      cancel: () => {
        // What is complete is not aborted because its last bytes are not wanted.
        if (!this.over) cancel();
        this.over = true;
        this.release();
      },
    }, { highWaterMark: 1 });
  }

  write(_file: File, chunk: Chunk, length: number, done: Done<void>): void {
    this.begin();
    if (this.over) return done(0);
    this.controller.enqueue(copy(chunk, length));
    if ((this.controller.desiredSize ?? 0) > 0) return done(0);
    this.waiting = done;
  }

  commit(_file: File, done: Done<void>): void {
    this.begin();
    if (!this.over) this.controller.close();
    this.over = true;
    done(0);
  }

  discard(_file: File, _keep: boolean, done: Done<void>): void {
    done(0);
  }

  /** The operation ended with an error. */
  broke(reason: unknown): void {
    this.fail(reason);
    if (!this.over) this.controller.error(reason);
    this.over = true;
  }

  private release(): void {
    const done = this.waiting;
    this.waiting = null;
    done?.(0);
  }
}

/** A sink that gathers everything, up to a limit. */
export class BytesSink implements Sink {
  private chunks: Uint8Array[] = [];
  private size = 0;
  private readonly limit: number;
  /** More came than the limit allows. */
  tooMuch = false;

  constructor(limit: number) {
    this.limit = limit;
  }

  write(_file: File, chunk: Chunk, length: number, done: Done<void>): void {
    this.size += length;
    this.tooMuch = this.size > this.limit;
    if (this.tooMuch) return done(IO);
    this.chunks.push(copy(chunk, length));
    done(0);
  }

  commit(_file: File, done: Done<void>): void {
    done(0);
  }

  discard(_file: File, _keep: boolean, done: Done<void>): void {
    done(0);
  }

  bytes(): Uint8Array {
    const all = new Uint8Array(this.size);
    let at = 0;
    for (const chunk of this.chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    return all;
  }
}

/** Milliseconds between two looks at whether an upload is still wanted, while its iterator takes its time. */
const PATIENCE = 100;

/** A source of whatever can be uploaded; its chunks go out as they are. */
export class UploadSource implements Source {
  /** Bytes in all; -1: not known. */
  readonly size: number;
  /** What the upload's own iterator threw. */
  error: unknown = undefined;
  private readonly iterator: AsyncIterator<Uint8Array | string> | Iterator<Uint8Array | string>;
  private readonly unwanted: () => boolean;
  private reading: ReadDone | null = null;
  private timer: ReturnType<typeof setInterval> | undefined = undefined;
  /** The iterator was left while it had something to bring. */
  private left = false;

  /** `unwanted` says whether the upload has failed meanwhile. */
  constructor(upload: Upload, unwanted: () => boolean) {
    const { iterator, size } = open(upload);
    this.iterator = iterator;
    this.size = size;
    this.unwanted = unwanted;
  }

  read(_file: File, _into: Uint8Array | null, done: ReadDone): void {
    this.reading = done;
    this.timer ??= setInterval(() => this.check(), PATIENCE);
    this.next().then((chunk) => this.settle(0, chunk), (error) => {
      this.error = error;
      this.settle(IO, "");
    });
  }

  close(_file: File, done: Done<void>): void {
    const over = Promise.resolve(this.iterator.return?.()).catch(() => {});
    clearInterval(this.timer);
    // A generator that still waits for something does not hear of it before that comes.
    if (this.left) done(0);
    else over.then(() => done(0));
  }

  /** What the iterator has not brought is not waited for any longer, once nobody wants it. */
  private check(): void {
    if (this.reading === null || !this.unwanted()) return;
    this.left = true;
    this.settle(CANCELLED, "");
  }

  private settle(error: number, chunk: Chunk): void {
    const done = this.reading;
    this.reading = null;
    done?.(error, chunk, chunk.length);
  }

  /** The next bytes; an empty chunk in between is not the end. */
  private async next(): Promise<Uint8Array> {
    for (;;) {
      const result = await this.iterator.next();
      if (result.done) return new Uint8Array(0);
      const chunk = typeof result.value === "string" ? encoder.encode(result.value) : result.value;
      if (!(chunk instanceof Uint8Array)) throw new TypeError("Cannot upload a chunk that is neither bytes nor text");
      if (chunk.length > 0) return chunk;
    }
  }
}

function open(upload: Upload): { iterator: UploadSource["iterator"]; size: number } {
  if (typeof upload === "string") upload = encoder.encode(upload);
  if (upload instanceof ArrayBuffer) upload = new Uint8Array(upload);
  if (upload instanceof Uint8Array) return { iterator: [upload][Symbol.iterator](), size: upload.length };
  if (upload instanceof Blob) return { iterator: iterate(upload.stream()), size: upload.size };
  if (Symbol.asyncIterator in upload && !(upload instanceof ReadableStream)) return { iterator: upload[Symbol.asyncIterator](), size: -1 };
  if (upload instanceof ReadableStream) return { iterator: iterate(upload), size: -1 };
  if (Symbol.iterator in upload) return { iterator: upload[Symbol.iterator](), size: -1 };
  throw new TypeError("Cannot upload this: bytes, text, a Blob, a stream or an iterable is needed");
}

async function* iterate(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  let ended = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      ended = done;
      if (done) return;
      yield value;
    }
  } finally {
    if (!ended) await reader.cancel().catch(() => {});
    reader.releaseLock();
  }
}
