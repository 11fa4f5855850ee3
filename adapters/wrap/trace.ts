// Tells a sink, line by line, what goes over a Net: control connections as text without secrets, everything else as lengths.
//
// A text connection is taken for a control connection when one side says 220, 120, 421 or +OK at the start of a line. What was
// said before (a handshake with a SOCKS or HTTP proxy, which may hold a password) is told as lengths, like a listing.

import type { Chunk, Conn, ConnHandler, Net, Target, Tls } from "../../core/ports.ts";
import { Relay, WrappedNet } from "./relay.ts";
import { addressText, errorWord, printable, withoutSecrets } from "./words.ts";

/** Where the lines of a trace go. */
export type Sink = (line: string) => void;

/** What a trace hides besides PASS, ACCT and the like. */
export interface TraceOptions {
  /** Hide the argument of USER where it has an "@" or a space: a login through a proxy. Default true. */
  logins?: boolean;
  /** Bytes of a line that are shown. Default 512. */
  line?: number;
}

/** A Net that tells `sink` what it does: "3 > USER ana", "3 < 331 Password please", "4 < 1460 bytes". */
export function traceNet(net: Net, sink: Sink, options: TraceOptions): Net {
  return new TracedNet(net, sink, options);
}

const BANNERS = ["220 ", "220-", "120 ", "421 ", "421-", "+OK"];

/** One direction of a text connection. */
class Direction {
  arrow: string;
  text: string;
  /** The rest of a long line is left out. */
  dropping: boolean;
  /** Bytes not told yet, as long as it may be no control connection. */
  bytes: number;

  constructor(arrow: string) {
    this.arrow = arrow;
    this.text = "";
    this.dropping = false;
    this.bytes = 0;
  }
}

class TraceRelay extends Relay {
  net: TracedNet;
  id: number;
  accepted: boolean;
  text: boolean;
  sent: Direction;
  heard: Direction;
  /** The direction of replies; null: it is no control connection, as far as one can tell. */
  replies: Direction | null;
  /** Who was told the last bytes. */
  listener: ConnHandler | null;

  constructor(net: TracedNet, id: number, accepted: boolean, text: boolean) {
    super();
    this.net = net;
    this.id = id;
    this.accepted = accepted;
    this.text = text;
    this.sent = new Direction(">");
    this.heard = new Direction("<");
    this.replies = null;
    this.listener = null;
  }

  tell(what: string): void {
    this.net.sink(`${this.id} ${what}`);
  }

  override send(chunk: Chunk, length: number): boolean {
    this.note(this.sent, chunk, length);
    return this.inner.send(chunk, length);
  }

  override data(chunk: Chunk, length: number): boolean {
    this.note(this.heard, chunk, length);
    return this.handler.data(chunk, length);
  }

  override end(): void {
    this.tell("end");
    this.inner.end();
  }

  override abort(): void {
    this.tell("abort");
    this.inner.abort();
  }

  override secure(tls: Tls): void {
    this.tell("secure");
    Relay.prototype.secure.call(this, tls);
  }

  override opened(conn: Conn): void {
    const way = this.accepted ? "from" : "to";
    this.tell(`opened ${way} ${addressText(conn.remote)}, here ${addressText(conn.local)}`);
    Relay.prototype.opened.call(this, conn);
  }

  override secured(): void {
    const tls = this.tls;
    if (tls !== null) this.tell(`secured ${tls.protocol} ${tls.cipher}${tls.reused ? ", reused" : ""}`);
    Relay.prototype.secured.call(this);
  }

  override ended(): void {
    this.tell("ended");
    this.handler.ended();
  }

  override closed(error: number): void {
    this.flush(this.sent);
    this.flush(this.heard);
    this.tell(error === 0 ? "closed" : `closed: ${errorWord(error)}`);
    this.handler.closed(error);
  }

  note(direction: Direction, chunk: Chunk, length: number): void {
    if (!this.text || typeof chunk !== "string") {
      this.tell(`${direction.arrow} ${length} bytes`);
      return;
    }
    if (this.listener !== this.handler) this.begin();
    direction.text += length === chunk.length ? chunk : chunk.substring(0, length);
    let end = direction.text.indexOf("\n");
    while (end >= 0) {
      const line = direction.text.substring(0, end);
      direction.text = direction.text.substring(end + 1);
      this.take(direction, line, end + 1);
      direction.dropping = false;
      end = direction.text.indexOf("\n");
    }
    if (direction.text.length > this.net.limit) {
      const start = direction.text;
      direction.text = "";
      this.take(direction, start, start.length);
      direction.dropping = true;
    }
    this.tellBytes(direction);
  }

  /** Another handler listens: a proxy has handed over, and a line begins. */
  begin(): void {
    this.listener = this.handler;
    if (this.replies !== null) return;
    this.flush(this.sent);
    this.flush(this.heard);
  }

  /** One line without its end, or a piece of a long one. */
  take(direction: Direction, line: string, bytes: number): void {
    if (this.replies === null && !direction.dropping && isBanner(line)) {
      this.tellBytes(this.sent);
      this.tellBytes(this.heard);
      this.replies = direction;
    }
    if (this.replies === null) direction.bytes += bytes;
    else if (!direction.dropping) this.tell(`${direction.arrow} ${this.shown(direction, line)}`);
  }

  shown(direction: Direction, line: string): string {
    let text = line.charCodeAt(line.length - 1) === 13 ? line.substring(0, line.length - 1) : line;
    const long = text.length > this.net.limit;
    if (long) text = text.substring(0, this.net.limit);
    return (direction === this.replies ? printable(text) : withoutSecrets(text, this.net.logins)) + (long ? "..." : "");
  }

  tellBytes(direction: Direction): void {
    if (direction.bytes > 0) this.tell(`${direction.arrow} ${direction.bytes} bytes`);
    direction.bytes = 0;
  }

  /** What has no line end. */
  flush(direction: Direction): void {
    const text = direction.text;
    direction.text = "";
    if (text !== "") this.take(direction, text, text.length);
    this.tellBytes(direction);
  }
}

class TracedNet extends WrappedNet {
  sink: Sink;
  logins: boolean;
  limit: number;
  count: number;

  constructor(net: Net, sink: Sink, options: TraceOptions) {
    super(net);
    this.sink = sink;
    this.logins = options.logins !== false;
    this.limit = options.line ? options.line : 512;
    this.count = 0;
  }

  override relay(target: Target, accepted: boolean): Relay {
    this.count++;
    if (!accepted) this.sink(`${this.count} dials ${target.host}:${target.port}`);
    return new TraceRelay(this, this.count, accepted, target.text === true);
  }
}

function isBanner(line: string): boolean {
  return BANNERS.indexOf(line.substring(0, 4)) >= 0 || BANNERS.indexOf(line.substring(0, 3)) >= 0;
}
