// Hashes of files: HASH (draft-bryan-ftpext-hash) and the older XCRC, XMD5 and XSHA commands, which have no standard.

import { BAD_NAME, CANCELLED, NOT_FILE } from "../ports.ts";
import type { Chunk, Done, File, Hash, ReadDone } from "../ports.ts";
import { decimal, MOST } from "../wire/number.ts";
import { resolve } from "../wire/path.ts";
import type { Session } from "./session.ts";

/** What HASH may be told to use; the first one is the default. */
const ALGORITHMS = ["SHA-256", "SHA-512", "SHA-1", "MD5", "CRC32"];

/** A part of a file on its way into a hash. The session's next command waits. */
class Digest {
  session: Session;
  hash: Hash;
  file: File;
  block: Uint8Array | null;
  /** Bytes that are still to be hashed. */
  left: number;
  waiting = false;
  inside = false;
  over = false;
  got: ReadDone;

  constructor(session: Session, hash: Hash, file: File, left: number, done: Done<void>) {
    const options = session.server.options;
    this.session = session;
    this.hash = hash;
    this.file = file;
    this.left = left;
    this.block = session.server.blocks > 0 ? new Uint8Array(options.block) : null;
    this.got = (error: number, chunk: Chunk, length: number): void => {
      const used = Math.min(length, this.left);
      this.waiting = false;
      this.left -= used;
      if (error === 0 && used > 0) hash.add(chunk, used);
      if (error === 0 && session.conn === null) error = CANCELLED;
      this.over = error !== 0 || length === 0 || this.left === 0;
      if (this.over) return session.files.close(file, (): void => done(error, undefined));
      if (!this.inside) this.read();
    };
  }

  /** Block after block, until one takes its time. */
  read(): void {
    this.inside = true;
    while (!this.over && !this.waiting) {
      this.waiting = true;
      this.session.files.read(this.file, this.block, this.got);
    }
    this.inside = false;
  }
}

/** Hashes a file from `start` to `end`, -1: its end. `tell` gets the hash, and where it really ended. */
function digest(s: Session, path: string, name: string, start: number, end: number, tell: (value: string, end: number) => void): void {
  const hash = s.files.hash ? s.files.hash(name) : null;
  if (hash === null) return s.reply(504, "Not with these files");
  s.files.open(
    path,
    start,
    s.entry,
    s.ask((error: number, file: File): void => {
      if (error !== 0) return error === NOT_FILE ? s.reply(553, "Not a file") : s.refuse(error);
      const last = end < 0 || end > s.entry.size ? s.entry.size : end;
      const done = s.ask((error: number): void => {
        if (error !== 0) s.refuse(error);
        else tell(hash.done(), last);
      });
      const work = new Digest(s, hash, file, last - start, done as Done<void>);
      if (last > start) work.read();
      else work.got(0, "", 0);
    }),
  );
}

/** HASH: of the whole file, by the chosen algorithm. */
export function hashFile(s: Session, path: string): void {
  const name = s.algorithm;
  const given = s.given;
  digest(s, path, name, 0, -1, (value: string, end: number): void => s.reply(213, name + " 0-" + end + " " + value + " " + given));
}

/** XCRC and the like: a path, or one in quotes with where to begin and to end behind it. */
export function hashPart(s: Session, argument: string, name: string): void {
  const quote = argument.charAt(0) === '"' ? argument.lastIndexOf('"') : -1;
  const path = resolve(s.cwd, quote > 0 ? argument.substring(1, quote) : argument);
  const range = quote > 0 ? argument.substring(quote + 1).trim().split(" ") : [""];
  const start = range[0] === "" ? 0 : decimal(range[0], MOST);
  const end = range.length < 2 ? -1 : decimal(range[1], MOST);
  if (path === "") return s.refuse(BAD_NAME);
  if (start < 0 || range.length > 2 || (range.length === 2 && end < start)) return s.reply(501, 'Syntax: "<path>" [start] [end]');
  digest(s, path, name, start, end, (value: string): void => s.reply(250, value.toUpperCase()));
}

/** What FEAT says behind HASH: "*" marks the chosen one. */
export function algorithms(s: Session): string {
  let text = "";
  for (let i = 0; i < ALGORITHMS.length; i++) {
    const name = ALGORITHMS[i];
    if (s.files.hash && s.files.hash(name) !== null) text += (text === "" ? "" : ";") + name + (name === s.algorithm ? "*" : "");
  }
  return text;
}

/** OPTS HASH: which one it is, or another one from now on. */
export function chooseHash(s: Session, name: string): void {
  if (name !== "" && ALGORITHMS.indexOf(name) < 0) return s.reply(501, "No such algorithm");
  if (name !== "") s.algorithm = name;
  s.reply(200, s.algorithm);
}
