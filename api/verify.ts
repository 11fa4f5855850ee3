// Compares a file with its copy on the server: by a hash where the server can tell one, else by its size.

import { Entry } from "../core/ports.ts";
import type { Chunk, Done, File, FileSystem, Hash, ReadDone, Source } from "../core/ports.ts";
import type { ServerReply } from "./session.ts";
import { ConnectionError, FtpError } from "./errors.ts";
import { answered } from "./local.ts";

/** Hashes that files are compared by. */
export type Algorithm = "SHA-256" | "SHA-512" | "SHA-1" | "MD5" | "CRC32";

/** A hash of a file on the server. */
export interface FileHash {
  /** Which one. */
  algorithm: Algorithm;
  /** Hexadecimal digits, in lower case. */
  value: string;
}

/** A command that tells a hash. */
export interface Way {
  verb: string;
  algorithm: Algorithm;
}

/** In the order in which they are tried. */
const WAYS: Way[] = [
  { verb: "HASH", algorithm: "SHA-256" },
  { verb: "XSHA256", algorithm: "SHA-256" },
  { verb: "HASH", algorithm: "SHA-512" },
  { verb: "XSHA512", algorithm: "SHA-512" },
  { verb: "HASH", algorithm: "SHA-1" },
  { verb: "XSHA1", algorithm: "SHA-1" },
  { verb: "XSHA", algorithm: "SHA-1" },
  { verb: "HASH", algorithm: "MD5" },
  { verb: "XMD5", algorithm: "MD5" },
  { verb: "MD5", algorithm: "MD5" },
  { verb: "HASH", algorithm: "CRC32" },
  { verb: "XCRC", algorithm: "CRC32" },
];

/** What a server without FEAT is asked for: these are older than FEAT. */
const OLD = ["XMD5", "XCRC"];

const DIGITS: Record<Algorithm, number> = { "SHA-256": 64, "SHA-512": 128, "SHA-1": 40, "MD5": 32, "CRC32": 8 };

/** The ways that a server's features tell of, best first; `only` one algorithm. Not asked: `features` null. */
export function waysOf(features: string[], only?: Algorithm): Way[] {
  const offered = new Map<string, string>();
  for (const line of features) {
    const [verb, ...rest] = line.split(" ");
    offered.set(verb.toUpperCase(), rest.join(" ").toUpperCase());
  }
  const can = ({ verb, algorithm }: Way): boolean => {
    if (features.length === 0) return OLD.includes(verb);
    const told = offered.get(verb);
    return told !== undefined && (verb !== "HASH" || told.replaceAll("*", "").split(/[;, ]+/).includes(algorithm));
  };
  return WAYS.filter((way) => (only === undefined || way.algorithm === only) && can(way));
}

/** Asks by one way; null where the server does not know it after all. Throws FtpError where it refuses. */
export async function askHash(way: Way, path: string, ask: (line: string) => Promise<ServerReply>): Promise<FileHash | null> {
  if (way.verb === "HASH") {
    const { code } = await ask(`OPTS HASH ${way.algorithm}`);
    if (code >= 400) return null;
  }
  // Spaces end the name for some, quotes belong to it for others.
  const name = way.verb.startsWith("X") && path.includes(" ") ? `"${path}"` : path;
  const { code, text } = await ask(`${way.verb} ${name}`);
  if (code === 500 || code === 502 || code === 504) return null;
  if (code >= 300) throw new FtpError(code, `${way.verb} ${path}`, text);
  const value = digitsIn(text, way);
  if (value === "") throw new ConnectionError("protocol", `Cannot find a hash in the reply "${code} ${text}"`);
  return { algorithm: way.algorithm, value };
}

/** The hash in "SHA-256 0-49 <hash> <path>", "<path> <hash>" or "<hash>", on the last line. */
function digitsIn(text: string, { verb, algorithm }: Way): string {
  const wanted = DIGITS[algorithm];
  const words = (text.trim().split("\n").pop() as string).split(/\s+/);
  const fits = (word: string): boolean => /^[0-9a-f]+$/i.test(word) && (word.length === wanted || (wanted === 8 && word.length < 8));
  // Only MD5 tells the path first; HASH tells the algorithm and mostly a range.
  const [first, second, third] = verb === "MD5" ? words.reverse() : words;
  const candidates = verb === "HASH" ? (second?.includes("-") ? [third] : [second]) : [first, second];
  return (candidates.find((word) => word !== undefined && fits(word)) ?? "").toLowerCase().padStart(wanted === 8 ? 8 : 0, "0");
}

/** The hash of a local file. Throws FileError. */
export async function localHash(files: FileSystem, path: string, local: string, hash: Hash): Promise<string> {
  const file = await answered<File>(local, (done) => files.open(path, 0, new Entry(), done));
  const block = new Uint8Array(262144);
  try {
    for (;;) {
      const length = await answered<number>(local, (done) => {
        files.read(file, block, (error, chunk, length) => {
          if (error === 0 && length > 0) hash.add(chunk, length);
          done(error, length);
        });
      });
      if (length === 0) return hash.done();
    }
  } finally {
    await new Promise<void>((resolve) => files.close(file, () => resolve()));
  }
}

/** A source whose bytes are hashed on their way. */
export class HashedSource implements Source {
  private readonly inner: Source;
  private readonly hashes: Hash[];
  bytes = 0;

  constructor(inner: Source, hashes: Hash[]) {
    this.inner = inner;
    this.hashes = hashes;
  }

  read(file: File, into: Uint8Array | null, done: ReadDone): void {
    this.inner.read(file, into, (error: number, chunk: Chunk, length: number) => {
      if (error === 0 && length > 0) { for (const hash of this.hashes) hash.add(chunk, length); }
      this.bytes += length;
      done(error, chunk, length);
    });
  }

  close(file: File, done: Done<void>): void {
    this.inner.close(file, done);
  }
}

/** What a copy is compared with. */
export interface Original {
  size(): Promise<number> | number;
  hash(algorithm: Algorithm): Promise<string> | string;
}

/** Throws ConnectionError ("different") where the copy is another file. */
export function compare(path: string, what: string, here: string, there: string): void {
  if (here === there) return;
  throw new ConnectionError("different", `"${path}" is different on the server: ${what} ${there} there, ${here} here`);
}
