// Cuts what a server says into replies (RFC 959 section 4.2, RFC 1123 section 4.1.2.11), whatever the packets' borders.
//
// Invariant: `group` holds the three digits of a multi-line reply whose end has not come, and `text` what came of it; no
// byte of it is looked at again.

import { TELNET } from "../features.ts";
import { LineReader } from "../lines.ts";
import { PROTOCOL, TOO_LONG } from "../ports.ts";
import { Telnet } from "./telnet.ts";

/** What the server answered. `Math.floor(code / 100)` is what a client acts on (RFC 959 section 4.2.1). */
export interface Reply {
  /** 100 to 699; 0 where the line was no reply. */
  code: number;
  /** Without the code of the first and of the last line; lines are joined by "\n". */
  text: string;
  /** 0; TOO_LONG: the text was over the limit and is cut; PROTOCOL: the line was no reply, and `text` is all of it. */
  error: number;
}

/** The three digits that a reply begins with, "" where it does not. */
function digits(line: string): string {
  const code = line.substring(0, 3);
  const value = parseInt(code, 10);
  return value >= 100 && value < 700 && "" + value === code ? code : "";
}

/**
 * Packets in, replies out. `limit` is the most bytes of a whole reply's text; a longer one is followed to its end, so that
 * the next reply is found, and answered once.
 *
 * Lenient where servers are: bare LF, blank lines before a reply, NUL bytes, Telnet commands, "ddd" alone as the last line,
 * no space behind the code of a single line. Not lenient where it would lose step: a group ends only at its own code.
 */
export class ReplyParser {
  limit: number;
  reader: LineReader;
  telnet: Telnet | null;
  group!: string;
  text!: string;
  long!: boolean;
  head!: string;

  constructor(limit: number) {
    this.limit = limit;
    this.reader = new LineReader(limit);
    this.telnet = null;
    this.clear();
  }

  /** Forgets what came: for a new connection, or for what a server sent in clear before TLS. */
  clear(): void {
    this.reader.clear();
    this.telnet = null;
    this.group = "";
    this.text = "";
    this.long = false;
    this.head = "";
  }

  /** Nothing of a reply waits: no line, no part of one, no open group. */
  empty(): boolean {
    return this.group === "" && this.reader.unread() === 0 && !this.reader.dropping;
  }

  /** Takes a packet. Take all replies out with `next` before the next packet: they are kept, without a limit of their own. */
  push(packet: string): void {
    let text = packet;
    if (TELNET && (this.telnet !== null || text.indexOf("\xff") >= 0)) {
      if (this.telnet === null) this.telnet = new Telnet();
      this.telnet.push(text);
      text = this.telnet.text;
    }
    if (text.indexOf("\x00") >= 0) text = text.replaceAll("\x00", "");
    this.reader.feed(text);
  }

  /** The next whole reply, or null until there is one. */
  next(): Reply | null {
    const reader = this.reader;
    for (;;) {
      // Of a line over the limit the reader leaves nothing; its first bytes say what it was.
      if (reader.unread() > this.limit && !reader.dropping) this.head = reader.text.substring(reader.at, reader.at + 4);
      let line = reader.next();
      if (line === null) return null;
      if (reader.tooLong) {
        line = this.head;
        this.long = true;
      }
      const reply = this.group === "" ? this.first(line) : this.inner(line);
      if (reply !== null) return reply;
    }
  }

  /** A line outside of a group: a reply, the begin of a group, or nothing. */
  first(line: string): Reply | null {
    const code = digits(line);
    const mark = line.charAt(3);
    const text = line.substring(mark === " " || mark === "-" || mark === "\t" ? 4 : 3);
    if (code === "") {
      if (!this.long && line.replaceAll(" ", "") === "") return null;
      return this.reply(0, line);
    }
    if (mark !== "-") return this.reply(parseInt(code, 10), text);
    this.group = code;
    this.text = text;
    return null;
  }

  /** A line inside a group: the last one begins with the group's code and a space, or is the code alone. */
  inner(line: string): Reply | null {
    const last = line.startsWith(this.group) && (line.length === 3 || line.charAt(3) === " ");
    const text = last ? line.substring(4) : line;
    if (this.text.length + text.length + 1 > this.limit) this.long = true;
    if (!this.long) this.text += "\n" + text;
    return last ? this.reply(parseInt(this.group, 10), this.text) : null;
  }

  /** Ends a reply. */
  reply(code: number, text: string): Reply {
    let error = code === 0 ? PROTOCOL : 0;
    if (this.long || text.length > this.limit) error = TOO_LONG;
    this.group = "";
    this.text = "";
    this.long = false;
    return { code: code, text: text.substring(0, this.limit), error: error };
  }
}
