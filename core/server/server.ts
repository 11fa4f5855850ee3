// The server: takes control connections in, keeps their sessions in slots, and passes the time on to them.

import { OWN_CHUNKS } from "../ports.ts";
import type { Acceptor, Conn, ConnHandler, FileSystem, Listener, Net, Target, Ticker } from "../ports.ts";
import { Blocks } from "../blocks.ts";
import { BLOCKS } from "../features.ts";
import { PEERS, SECURITY } from "./features.ts";
import { complete } from "./options.ts";
import type { ServerOptions } from "./options.ts";
import { capable } from "./secure.ts";
import { Session } from "./session.ts";
import { Table } from "./table.ts";

/** One FTP server on one adapter's sockets and files. */
export class Server implements Acceptor, Ticker {
  net: Net;
  files: FileSystem;
  options: ServerOptions;
  table: Table;
  pool: Blocks | null;
  /** Blocks of a transfer; 0 where the files hand over chunks of their own. */
  blocks: number;
  listener: Listener | null = null;
  heard: ((error: number) => void) | null = null;
  /** Slots in use, and slots to use again. */
  sessions: Session[];
  spare: Session[];

  constructor(net: Net, files: FileSystem, options: Partial<ServerOptions>) {
    this.net = net;
    this.files = files;
    this.options = complete(options);
    const can = net.can | files.can;
    this.table = new Table(SECURITY ? capable(can, this.options.tls) : can);
    this.blocks = BLOCKS && (files.can & OWN_CHUNKS) === 0 ? this.options.blocks : 0;
    this.pool = BLOCKS ? new Blocks(this.options.block, this.options.sessions * this.options.blocks, this.options.spare) : null;
    this.sessions = [];
    this.spare = [];
  }

  /** Listens; `heard(0)` when `listener.address` is known, or an error. */
  listen(target: Target, heard: (error: number) => void): void {
    this.heard = heard;
    target.text = true;
    this.listener = this.net.listen(target, this);
  }

  listening(error: number): void {
    if (this.heard !== null) this.heard(error);
  }

  accept(conn: Conn): ConnHandler | null {
    const host = conn.remote.host;
    // It was reset before anybody could look at it; a session without an address would not be told from a free slot.
    if (PEERS && host === "") return null;
    let same = 0;
    for (let i = 0; PEERS && i < this.sessions.length; i++) if (this.sessions[i].host === host) same++;
    if (this.sessions.length >= this.options.sessions || (PEERS && same >= this.options.sessionsPerHost)) {
      const text = "421 Too many connections, try again later\r\n";
      if (!SECURITY || !this.options.tls || !this.options.tls.implicit) conn.send(text, text.length);
      return null;
    }
    const session = this.spare.length > 0 ? this.spare.pop() as Session : new Session(this);
    session.host = host;
    this.sessions.push(session);
    if (SECURITY && session.secure !== null && session.secure.options.implicit) return session.secure.greet(conn);
    return session;
  }

  /** A session is over and nothing it asked for is outstanding. */
  release(session: Session): void {
    const last = this.sessions.pop() as Session;
    if (last !== session) this.sessions[this.sessions.indexOf(session)] = last;
    session.reset();
    if (this.spare.length < this.options.spare) this.spare.push(session);
  }

  tick(now: number): number {
    let next = -1;
    for (let i = this.sessions.length - 1; i >= 0; i--) {
      const left = this.sessions[i].tick(now);
      if (left >= 0 && (next < 0 || left < next)) next = left;
    }
    return next;
  }

  /** Takes no more connections. Those there are end after the command that runs, or with `now` at once. */
  close(now: boolean): void {
    if (this.listener !== null) this.listener.close();
    this.listener = null;
    for (let i = this.sessions.length - 1; i >= 0; i--) {
      const session = this.sessions[i];
      if (SECURITY && session.secure !== null) session.secure.stop();
      if (session.conn === null) continue;
      if (now) session.conn.abort();
      session.reader.clear();
      session.over = true;
      session.advance();
    }
  }
}
