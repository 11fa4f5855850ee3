// What a script sees of a listing's entry, and the iteration that keeps a listing within bounds.

import { CANCELLED, DIR, FILE, LINK, OTHER, TOO_LONG } from "../core/ports.ts";
import type { Done, Entry } from "../core/ports.ts";
import { decodeName } from "./names.ts";
import type { Encoding } from "./names.ts";

/** The kind of an entry; "unknown" where the server's line could not be read: the name is the whole line then. */
export type EntryType = "file" | "directory" | "link" | "other" | "unknown";

/** What is known of a file or a folder; absent where it is not. */
export interface FileInfo {
  /** The bare name. */
  name: string;
  /** Its kind. */
  type: EntryType;
  /** Bytes. */
  size?: number;
  /** When its content last changed. */
  modified?: Date;
  /** Unix permission bits. */
  mode?: number;
  /** Name or number of the owner. */
  owner?: string;
  /** Name or number of the group. */
  group?: string;
  /** The same for two names of one file, and only then (RFC 3659 section 7.5.2). */
  unique?: string;
  /** Where a link points to. */
  target?: string;
  /** Permission letters (RFC 3659 section 7.5.5). */
  perm?: string;
}

/** The core's entry as a script sees it. */
export function infoOf(entry: Entry, encoding: Encoding): FileInfo {
  const info: FileInfo = { name: decodeName(entry.name, encoding), type: typeOf(entry.type) };
  if (entry.size >= 0) info.size = entry.size;
  if (entry.modified !== -1) info.modified = new Date(entry.modified);
  if (entry.mode >= 0) info.mode = entry.mode;
  if (entry.owner !== "") info.owner = entry.owner;
  if (entry.group !== "") info.group = entry.group;
  if (entry.unique !== "") info.unique = entry.unique;
  if (entry.target !== "") info.target = decodeName(entry.target, encoding);
  if (entry.perm !== "") info.perm = entry.perm;
  return info;
}

function typeOf(type: number): EntryType {
  if (type === FILE) return "file";
  if (type === DIR) return "directory";
  if (type === LINK) return "link";
  return type === OTHER ? "other" : "unknown";
}

/** Entries that may be ahead of their reader while nobody else waits for the connection. */
const AHEAD = 256;

/**
 * Entries between the core, which brings them, and a reader. While the reader is slow the server is kept waiting, unless
 * `hurry` was called: then what is left is gathered, up to `limit` entries, so that the connection becomes free.
 */
export class EntryBuffer {
  private entries: FileInfo[] = [];
  private at = 0;
  private more: Done<void> | null = null;
  private wake: (() => void) | null = null;
  private over = false;
  private error: unknown = undefined;
  private hurrying = false;
  private cancelled = false;
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** From the core: an entry, and who to ask for the next one. */
  add(info: FileInfo, more: Done<void>): void {
    if (this.cancelled) return more(CANCELLED);
    this.entries.push(info);
    this.wake?.();
    const ahead = this.entries.length - this.at;
    if (ahead >= this.limit) return more(TOO_LONG);
    if (ahead < AHEAD || this.hurrying) return more(0);
    this.more = more;
  }

  /** From the core: there are no more, or an error. */
  end(error: unknown): void {
    this.over = true;
    this.error = error;
    this.wake?.();
  }

  /** Somebody waits for the connection. */
  hurry(): void {
    this.hurrying = true;
    this.release(0);
  }

  /** The reader wants no more. */
  cancel(): void {
    this.cancelled = true;
    this.release(CANCELLED);
  }

  /** For the reader: the next entry, or null at the end. Throws the error that ended the listing. */
  async next(): Promise<FileInfo | null> {
    while (this.at === this.entries.length && !this.over) {
      this.entries = [];
      this.at = 0;
      this.release(0);
      if (this.entries.length === 0 && !this.over) await new Promise<void>((resolve) => this.wake = resolve);
      this.wake = null;
    }
    if (this.at < this.entries.length) return this.entries[this.at++];
    if (this.error !== undefined) throw this.error;
    return null;
  }

  private release(error: number): void {
    const more = this.more;
    this.more = null;
    more?.(error, undefined);
  }
}
