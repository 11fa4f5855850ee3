// Cuts what a control connection delivers into lines, in place where a packet holds whole ones.
//
// Invariant: `text` from `at` on has not been read. It is the packet itself unless a line was split over packets.

/** Lines of at most `limit` bytes, ended by LF or CR LF. A longer one is dropped to its end and reported once. */
export class LineReader {
  limit: number;
  text = "";
  at = 0;
  /** The last `next` met a line over the limit: it answered "", the line is gone. */
  tooLong = false;
  /** The rest of a line over the limit is still to come. */
  dropping = false;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** Takes a packet. `unread` tells whether it is time to stop reading. */
  feed(packet: string): void {
    this.text = this.at < this.text.length ? this.text.substring(this.at) + packet : packet;
    this.at = 0;
  }

  /** The next line without its end, or null where no whole line is there. */
  next(): string | null {
    const end = this.text.indexOf("\n", this.at);
    if (end < 0) return this.rest();
    let line = this.text.substring(this.at, end);
    this.at = end + 1;
    if (line.charCodeAt(line.length - 1) === 13) line = line.substring(0, line.length - 1);
    this.tooLong = this.dropping || line.length > this.limit;
    this.dropping = false;
    return this.tooLong ? "" : line;
  }

  /** Bytes that wait. */
  unread(): number {
    return this.text.length - this.at;
  }

  /** Forgets what waits. */
  clear(): void {
    this.text = "";
    this.at = 0;
    this.tooLong = false;
    this.dropping = false;
  }

  /** No line end is there: a rest over the limit is dropped, and its end awaited. */
  rest(): null {
    if (this.unread() <= this.limit + 1) return null;
    this.text = "";
    this.at = 0;
    this.dropping = true;
    return null;
  }
}
