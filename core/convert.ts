// Converters (TYPE A) sit between a source or a sink and the transfer, in pieces that fit a block of their own.

import type { Chunk, Done, File, ReadDone, Sink, Source } from "./ports.ts";

/** Turns one stream of bytes into another; what does not fit, or stands on the border, is carried over. */
export interface Converter {
  /** Converts from `offset` up to `length`, as much as `into` holds; returns the bytes written into it. */
  convert(chunk: Chunk, offset: number, length: number, into: Uint8Array): number;
  /** Bytes of the chunk that the last `convert` consumed. */
  used: number;
  /** What was carried over, at the end. */
  finish(into: Uint8Array): number;
}

/** A source whose bytes come converted. Needs a block from its reader. */
export class ConvertedSource implements Source {
  inner: Source;
  converter: Converter;
  block: Uint8Array;
  chunk: Chunk = "";
  length = 0;
  at = 0;
  over = false;
  into: Uint8Array | null = null;
  file: File | null = null;
  done: ReadDone | null = null;
  got: ReadDone;

  constructor(inner: Source, converter: Converter, block: Uint8Array) {
    this.inner = inner;
    this.converter = converter;
    this.block = block;
    this.got = (error: number, chunk: Chunk, length: number): void => {
      if (error !== 0) return (this.done as ReadDone)(error, "", 0);
      this.chunk = chunk;
      this.length = length;
      this.at = 0;
      this.over = length === 0;
      this.read(this.file as File, this.into, this.done as ReadDone);
    };
  }

  read(file: File, into: Uint8Array | null, done: ReadDone): void {
    const target = into as Uint8Array;
    let length = 0;
    if (this.at < this.length) {
      length = this.converter.convert(this.chunk, this.at, this.length, target);
      this.at += this.converter.used;
    } else if (this.over) {
      length = this.converter.finish(target);
    }
    if (length > 0 || this.over) return done(0, target, length);
    this.file = file;
    this.into = into;
    this.done = done;
    this.inner.read(file, this.block, this.got);
  }

  close(file: File, done: Done<void>): void {
    this.inner.close(file, done);
  }
}

/** A sink whose bytes are written converted. */
export class ConvertedSink implements Sink {
  inner: Sink;
  converter: Converter;
  block: Uint8Array;
  file: File | null = null;
  chunk: Chunk = "";
  length = 0;
  at = 0;
  error = 0;
  /** `pieces` is running: a `wrote` that comes now needs no loop of its own. */
  inside = false;
  waiting = false;
  done: Done<void> | null = null;
  wrote: Done<void>;

  constructor(inner: Sink, converter: Converter, block: Uint8Array) {
    this.inner = inner;
    this.converter = converter;
    this.block = block;
    this.wrote = (error: number): void => {
      this.waiting = false;
      if (error !== 0) this.error = error;
      if (!this.inside) this.pieces();
    };
  }

  write(file: File, chunk: Chunk, length: number, done: Done<void>): void {
    this.file = file;
    this.chunk = chunk;
    this.length = length;
    this.at = 0;
    this.done = done;
    this.pieces();
  }

  commit(file: File, done: Done<void>): void {
    const length = this.converter.finish(this.block);
    if (length === 0) return this.inner.commit(file, done);
    this.inner.write(file, this.block, length, (error: number): void => {
      if (error === 0) return this.inner.commit(file, done);
      this.inner.discard(file, false, (): void => done(error));
    });
  }

  discard(file: File, keep: boolean, done: Done<void>): void {
    this.inner.discard(file, keep, done);
  }

  /** Writes piece after piece until the chunk is used up or a write takes its time. */
  pieces(): void {
    this.inside = true;
    while (this.error === 0 && this.at < this.length && !this.waiting) {
      const length = this.converter.convert(this.chunk, this.at, this.length, this.block);
      this.at += this.converter.used;
      if (length === 0) continue;
      this.waiting = true;
      this.inner.write(this.file as File, this.block, length, this.wrote);
    }
    this.inside = false;
    if (!this.waiting) (this.done as Done<void>)(this.error);
  }
}
