// A listing as a source: entries are asked for one at a time and formatted into chunks of bounded size.

import type { Cursor, Done, Entry, File, ReadDone, Source } from "../ports.ts";
import { formatFacts } from "../wire/facts.ts";
import { formatUnix } from "../wire/listing.ts";
import { oneLine } from "../wire/path.ts";
import { matches } from "../wire/pattern.ts";
import { CLOCK, PATTERNS } from "./features.ts";
import type { Session } from "./session.ts";

/** Lines like those of `ls -l` (LIST, STAT). */
export const UNIX = 0;
/** Bare names, usable as arguments of RETR (NLST, RFC 1123 section 4.1.2.7). */
export const NAMES = 1;
/** Facts (MLSD, RFC 3659 section 7). */
export const FACTS = 2;

/** A chunk is sent when it has this many bytes, or the block's size where that is less. */
const ENOUGH = 16384;

/** The entries of a cursor, all or those of a pattern, or without a cursor the entry that the session holds. */
export class Lister implements Source {
  session: Session;
  form: number;
  cursor: Cursor | null;
  /** Put before each name. */
  prefix: string;
  /** What the names of a cursor's entries have to be like, if anything. */
  pattern?: string;
  enough: number;
  now = 0;
  text = "";
  error = 0;
  over = false;
  inside = false;
  waiting = false;
  done: ReadDone | null = null;
  got: Done<boolean> | null;

  constructor(session: Session, form: number, cursor: Cursor | null, prefix: string) {
    const options = session.server.options;
    this.session = session;
    this.form = form;
    this.cursor = cursor;
    this.prefix = prefix;
    this.enough = Math.min(options.block, ENOUGH);
    if (CLOCK) this.now = options.clock();
    this.got = (error: number, filled: boolean): void => {
      this.waiting = false;
      this.error = error;
      this.over = error !== 0 || !filled;
      if (!this.over && this.shows(session.entry)) this.text += this.lineOf(session.entry);
      if (!this.inside) this.collect();
    };
  }

  read(_file: File, _into: Uint8Array | null, done: ReadDone): void {
    this.done = done;
    this.text = "";
    if (this.cursor === null && !this.over) {
      this.over = true;
      this.text = this.lineOf(this.session.entry);
    }
    this.collect();
  }

  close(_file: File, done: Done<void>): void {
    // A circle, which a device would keep until it is short of memory.
    this.got = null;
    if (this.cursor === null) done(0);
    else this.cursor.close(done);
  }

  /** Asks for entries until there is enough text or one takes its time. */
  collect(): void {
    this.inside = true;
    while (!this.over && !this.waiting && this.text.length < this.enough) {
      this.waiting = true;
      (this.cursor as Cursor).next(this.session.entry, this.got as Done<boolean>);
    }
    this.inside = false;
    if (!this.waiting) (this.done as ReadDone)(this.error, this.text, this.text.length);
  }

  shows(entry: Entry): boolean {
    return !PATTERNS || this.pattern === undefined || matches(entry.name, this.pattern);
  }

  lineOf(entry: Entry): string {
    if (this.form === NAMES) return oneLine(this.prefix + entry.name) + "\r\n";
    if (this.form === FACTS) return formatFacts(entry, this.session.facts, entry.name) + "\r\n";
    return formatUnix(entry, CLOCK ? this.now : 0) + "\r\n";
  }
}
