// The other side of a conversation in a test: it says what it is told to and remembers what it hears.

import type { Acceptor, Chunk, Conn, ConnHandler, Listener, Net, Target, Tls } from "../../core/ports.ts";
import { textOf } from "./bytes.ts";
import { MemoryConn } from "./conn.ts";

/** A byte-level client or server of a test. It obeys the rules of lending; what it cannot send yet waits. */
export class Peer implements ConnHandler {
  conn: Conn | null;
  /** The bytes that came and were not taken by `take` or `line`. */
  received: string;
  /** "opened", "secured", "ended", "closed 11" in their order. */
  events: string[];
  /** Packets that came. */
  packets: number;
  /** The number that `closed` brought; -1: it is not closed. */
  error: number;
  isOpen: boolean;
  hasEnded: boolean;
  /** It keeps what comes until `resume`. */
  holding: boolean;
  kept: Chunk | null;
  keptText: string;
  outbox: Chunk[];
  lent: boolean;
  leaving: boolean;

  constructor() {
    this.conn = null;
    this.received = "";
    this.events = [];
    this.packets = 0;
    this.error = -1;
    this.isOpen = false;
    this.hasEnded = false;
    this.holding = false;
    this.kept = null;
    this.keptText = "";
    this.outbox = [];
    this.lent = false;
    this.leaving = false;
  }

  dial(net: Net, target: Target): void {
    this.conn = net.connect(target, this);
  }

  /** Sends a chunk, after those that wait. */
  send(chunk: Chunk): void {
    this.outbox.push(chunk);
    this.flush();
  }

  /** Ends when all is sent. */
  end(): void {
    this.leaving = true;
    this.flush();
  }

  abort(): void {
    if (this.conn !== null) this.conn.abort();
  }

  /** Takes no more than one packet from now on, until `resume`: the other side feels it. */
  hold(): void {
    this.holding = true;
  }

  /** Gives back what was kept and goes on reading. */
  resume(): void {
    this.holding = false;
    if (this.kept !== null && textOf(this.kept, 0, this.keptText.length) !== this.keptText) {
      throw new Error("Cannot resume: the chunk was changed while it was kept");
    }
    this.kept = null;
    if (this.conn !== null) this.conn.resume();
  }

  /** Begins TLS. Needs no hold, where the connection is a MemoryNet's own. */
  secure(tls: Tls): void {
    const conn = this.conn as Conn;
    if (conn instanceof MemoryConn) conn.held = true;
    conn.secure(tls);
    conn.resume();
  }

  /** What was received, which is forgotten. */
  take(): string {
    const text = this.received;
    this.received = "";
    return text;
  }

  /** The next line that was received, without its end; null: there is no whole one. */
  line(): string | null {
    const end = this.received.indexOf("\n");
    if (end < 0) return null;
    const line = this.received.substring(0, end);
    this.received = this.received.substring(end + 1);
    return line.charCodeAt(line.length - 1) === 13 ? line.substring(0, line.length - 1) : line;
  }

  opened(conn: Conn): void {
    this.conn = conn;
    this.isOpen = true;
    this.events.push("opened");
    this.flush();
  }

  data(chunk: Chunk, length: number): boolean {
    const text = textOf(chunk, 0, length);
    this.packets++;
    this.received += text;
    if (!this.holding) return true;
    this.kept = chunk;
    this.keptText = text;
    return false;
  }

  drained(): void {
    this.lent = false;
    this.flush();
  }

  secured(): void {
    this.events.push("secured");
  }

  ended(): void {
    this.hasEnded = true;
    this.events.push("ended");
  }

  closed(error: number): void {
    this.isOpen = false;
    this.error = error;
    this.events.push("closed " + error);
  }

  flush(): void {
    while (this.isOpen && !this.lent && this.outbox.length > 0) {
      const chunk = this.outbox.shift() as Chunk;
      this.lent = !(this.conn as Conn).send(chunk, chunk.length);
    }
    if (this.leaving && this.isOpen && !this.lent && this.outbox.length === 0) (this.conn as Conn).end();
  }
}

/** Listens, and has a Peer for every connection that comes. */
export class PeerServer implements Acceptor {
  listener: Listener;
  /** In the order they came; not removed. */
  peers: Peer[];
  /** What `listening` brought; -1: nothing yet. */
  error: number;

  constructor(net: Net, target: Target) {
    this.peers = [];
    this.error = -1;
    this.listener = net.listen(target, this);
  }

  listening(error: number): void {
    this.error = error;
  }

  accept(conn: Conn): Peer {
    const peer = new Peer();
    peer.conn = conn;
    this.peers.push(peer);
    return peer;
  }

  close(): void {
    this.listener.close();
  }
}
