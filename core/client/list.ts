// Listings: which one is asked for, and how it is taken in, line by line, and handed out one entry at a time.
//
// Invariant: `done` is set from a `write` to its end; meanwhile at most one entry is out, until its `more` was called.

import { Entry } from "../ports.ts";
import type { Chunk, Done, File, Sink } from "../ports.ts";
import { LineReader } from "../lines.ts";
import { clearEntry, LISTED, listed, UNREADABLE } from "../wire/entry.ts";
import { parseList } from "../wire/listparse.ts";
import { parseFacts } from "../wire/parsefacts.ts";
import type { Client } from "./client.ts";
import { FORMATS } from "./features.ts";
import { MLSD, MLST } from "./learned.ts";
import { LIST } from "./scripts.ts";

/** Takes an entry, which is its own, and calls `more` for the next one: 0, or an error to break the listing off. */
export type Each = (entry: Entry, more: Done<void>) => void;

/** A sink for the lines of MLSD, LIST or NLST, as the client's `verb` says. */
export class Listing implements Sink {
  client: Client;
  reader: LineReader;
  each: Each;
  more: Done<void>;
  done: Done<void> | null = null;
  error = 0;
  out = false;
  running = false;

  constructor(client: Client, each: Each) {
    this.client = client;
    this.reader = new LineReader(client.options.line);
    this.each = each;
    this.more = (error: number): void => {
      this.out = false;
      if (error !== 0) this.error = error;
      if (!this.running) this.pump();
    };
  }

  write(file: File, chunk: Chunk, length: number, done: Done<void>): void {
    this.reader.feed(chunk as string);
    this.done = done;
    this.pump();
  }

  /** The last line may have no end. */
  commit(file: File, done: Done<void>): void {
    this.write(file, this.reader.unread() > 0 || this.reader.dropping ? "\n" : "", 1, done);
  }

  discard(file: File, keep: boolean, done: Done<void>): void {
    this.reader.clear();
    done(0, undefined);
  }

  /** Entry after entry, until one takes its time or the lines are used up. */
  pump(): void {
    let line: string | null = "";
    this.running = true;
    while (!this.out && this.error === 0 && line !== null) {
      line = this.reader.next();
      if (line !== null) this.take(line);
    }
    this.running = false;
    const done = this.done;
    if (this.out || done === null) return;
    this.done = null;
    done(this.error, undefined);
  }

  /** Lines that nobody understands stay visible; a folder's own and its parent's do not show. */
  take(line: string): void {
    const entry = new Entry();
    const verb = this.client.verb;
    let kind = verb === "LIST" ? UNREADABLE : LISTED;
    if (this.reader.tooLong) kind = UNREADABLE;
    else if (verb === "MLSD") kind = parseFacts(line, entry);
    else if (FORMATS && verb === "LIST") kind = parseList(line, entry, this.client.options.clock());
    else {
      clearEntry(entry, line);
      if (verb === "NLST") kind = listed(entry, line);
    }
    if (line === "" && !this.reader.tooLong) return;
    if (kind !== LISTED && kind !== UNREADABLE) return;
    this.out = true;
    this.each(entry, this.more);
  }
}

/** Asks for the listing that `verb` says, or for MLSD where there is that. */
export function lists(client: Client, each: Each): void {
  const listing = new Listing(client, each);
  const facts = (client.features & MLST) !== 0 && (client.off & (MLST | MLSD)) === 0;
  if (client.verb === "LIST" && facts) client.verb = "MLSD";
  // What begins with "-" would be taken for flags.
  else if (client.path.startsWith("-")) client.path = "./" + client.path;
  client.each = each;
  client.sink = listing;
  client.file = listing;
  client.start(LIST);
}

/** The same operation goes on with another listing. */
export function again(client: Client, verb: string, path: string, each: Each, repeated: boolean): void {
  const value = client.value;
  client.reset(client.done as Done<unknown>);
  client.value = value;
  client.verb = verb;
  client.path = path;
  client.repeated = repeated;
  lists(client, each);
}

/** Looks for `entry` in its folder's listing. */
export function seek(client: Client): void {
  const wanted = client.entry;
  const slash = client.path.lastIndexOf("/");
  const each = (entry: Entry, more: Done<void>): void => {
    if (entry.name === wanted.name) Object.assign(wanted, entry);
    more(0, undefined);
  };
  again(client, "LIST", slash > 0 ? client.path.substring(0, slash) : client.path.substring(0, slash + 1), each, false);
}
