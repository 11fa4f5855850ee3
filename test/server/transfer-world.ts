// A connection, a stream and an owner around one Transfer, in which everything that may come late may also come early.

import { Blocks } from "../../core/blocks.ts";
import { bytesOf, textOf } from "../../adapters/memory/bytes.ts";
import { CANCELLED, IO, RESET } from "../../core/ports.ts";
import type { Chunk, Conn, ConnHandler, Done, File, ReadDone, Sink, Source } from "../../core/ports.ts";
import { Transfer } from "../../core/transfer.ts";
import type { TransferOwner } from "../../core/transfer.ts";
import type { Chooser } from "./orders.ts";

/** What may happen in a world. */
export interface Scenario {
  /** Sending: what the source has. Receiving: what the peer sends. */
  chunks: string[];
  receiving: boolean;
  /** Blocks of a source; 0: it has chunks of its own. */
  blocks: number;
  /** The peer breaks the connection at any moment. */
  breaks?: boolean;
  /** The owner breaks off at any moment. */
  aborts?: boolean;
  /** A deadline passes at any moment. */
  expires?: boolean;
  /** One operation of the stream fails: "read", "write", "settle". */
  fails?: string;
  /** The owner judges what came: true commits it, false does not. */
  judges?: boolean;
  /** What the declared size is. */
  expected?: number;
  /** Sending: the peer also sends, and ends early. */
  noisy?: boolean;
  /** Everything that can be answered now, is: fewer orders. */
  sync?: boolean;
}

const FILE: File = {};

/** One run. */
export class World implements TransferOwner, Source, Sink, Conn {
  scenario: Scenario;
  chooser: Chooser;
  pool: Blocks;
  transfer: Transfer;
  handler: ConnHandler;
  readonly local = { host: "127.0.0.1", port: 1, family: 4 };
  readonly remote = { host: "127.0.0.1", port: 2, family: 4 };
  readonly tls = null;
  // The connection.
  isTaken = false;
  isOpen = false;
  isClosed = false;
  held: Chunk | null = null;
  heldText = "";
  lent: Chunk | null = null;
  lentText = "";
  ending = false;
  aborted = false;
  peerEnded = false;
  next = 0;
  /** What the peer got. */
  sent = "";
  // The stream.
  begun = false;
  pending: (() => void)[] = [];
  reading = 0;
  stored = "";
  settled = "";
  failed = false;
  // The owner.
  told = -1;
  arrivals = 0;
  judged = false;
  called = false;

  constructor(scenario: Scenario, chooser: Chooser) {
    this.scenario = scenario;
    this.chooser = chooser;
    this.pool = new Blocks(4, 2, 2);
    this.transfer = new Transfer(this, { dataTimeout: 10, stallTimeout: 10, linger: 10 }, this.pool);
    this.handler = this.transfer;
  }

  /** Lets everything happen, in an order that the chooser chooses. */
  run(): void {
    for (;;) {
      const events = this.events();
      if (events.length === 0) return this.check();
      events[this.chooser.choose(events.length)]();
    }
  }

  /** What may happen next. */
  events(): (() => void)[] {
    const { scenario } = this;
    const events: (() => void)[] = [];
    if (!this.begun) events.push(() => this.begin());
    // A listener takes it before it is open, and not after the transfer is over.
    if (!this.isTaken && this.told < 0) events.push(() => this.take());
    if (this.isTaken && !this.isOpen && !this.isClosed && !this.aborted) events.push(() => this.open());
    if (this.pending.length > 0) events.push(() => (this.pending.shift() as () => void)());
    const live = this.isOpen && !this.isClosed && !this.aborted;
    if (live && this.held === null && !this.ending) {
      if (scenario.receiving && this.next < scenario.chunks.length) events.push(() => this.deliver(scenario.chunks[this.next++]));
      else if (!this.peerEnded && (scenario.receiving || scenario.noisy)) events.push(() => this.end_());
      if (scenario.noisy && this.next === 0) events.push(() => this.deliver("noise" + this.next++));
    }
    if (live && this.lent !== null) events.push(() => this.drain());
    if (live && scenario.breaks) events.push(() => this.shut(RESET));
    if (this.aborted && !this.isClosed) events.push(() => this.shut(CANCELLED));
    if (live && this.ending && this.lent === null) events.push(() => this.shut(0));
    if (scenario.aborts && !this.called && this.begun && this.told < 0) events.push(() => this.breakOff());
    if (scenario.expires && !this.called && this.begun && this.told < 0) events.push(() => this.expire());
    if (this.arrivals > 0 && !this.judged) events.push(() => this.judge());
    return events;
  }

  begin(): void {
    const { scenario, transfer } = this;
    this.begun = true;
    if (scenario.judges !== undefined) transfer.deferred = true;
    if (scenario.expected !== undefined) transfer.expected = scenario.expected;
    if (this.isClosed) transfer.error = RESET;
    transfer.begin(scenario.receiving ? null : this, scenario.receiving ? this : null, FILE, scenario.blocks);
  }

  breakOff(): void {
    this.called = true;
    this.transfer.abort(CANCELLED);
  }

  expire(): void {
    this.called = true;
    this.transfer.tick(1000);
    this.transfer.tick(2000);
  }

  judge(): void {
    this.judged = true;
    this.transfer.deferred = false;
    this.transfer.abort(this.scenario.judges === true ? 0 : IO);
  }

  // --- The owner

  wake(): void {}

  arrived(): void {
    this.arrivals++;
    if (this.scenario.sync || this.chooser.choose(2) === 0) this.judge();
  }

  transferred(error: number): void {
    if (this.told >= 0) throw new Error("transferred came twice");
    if (!this.isClosed && this.isTaken) throw new Error("transferred came before closed");
    if (this.pending.length > 0) throw new Error("transferred came with something outstanding");
    if (this.settled === "") throw new Error("transferred came before the stream was settled");
    this.told = error;
  }

  // --- The stream

  /** Answers now or later. */
  answer(act: () => void): void {
    if (this.pending.length > 0) throw new Error("two operations at once");
    if (this.settled !== "" && this.settled !== "now") throw new Error("an operation after the last");
    if (this.scenario.sync || this.chooser.choose(2) === 0) act();
    else this.pending.push(act);
  }

  fault(operation: string): number {
    if (this.scenario.fails !== operation || this.failed) return 0;
    if (this.chooser.choose(2) === 0) return 0;
    this.failed = true;
    return IO;
  }

  read(_file: File, into: Uint8Array | null, done: ReadDone): void {
    if ((into === null) !== (this.scenario.blocks === 0)) throw new Error("a block where none is needed, or none where one is");
    if (into !== null && into === this.lent) throw new Error("the lent block is read into");
    if (into !== null) into.fill(63);
    const error = this.fault("read");
    this.answer(() => {
      const text = error !== 0 || this.reading === this.scenario.chunks.length ? "" : this.scenario.chunks[this.reading++];
      if (into === null) return done(error, text, text.length);
      into.set(bytesOf(text), 0);
      done(error, into, text.length);
    });
  }

  write(_file: File, chunk: Chunk, length: number, done: Done<void>): void {
    const text = textOf(chunk, 0, length);
    const error = this.fault("write");
    this.answer(() => {
      if (textOf(chunk, 0, length) !== text) throw new Error("the chunk changed under a write");
      if (error === 0) this.stored += text;
      done(error, undefined);
    });
  }

  settle(how: string, done: Done<void>): void {
    if (this.settled !== "") throw new Error(`${how} after ${this.settled}`);
    const error = this.fault("settle");
    this.answer(() => {
      this.settled = error === 0 ? how : how + " failed";
      done(error, undefined);
    });
  }

  close(_file: File, done: Done<void>): void {
    this.settle("close", done);
  }

  commit(_file: File, done: Done<void>): void {
    this.settle("commit", done);
  }

  discard(_file: File, keep: boolean, done: Done<void>): void {
    this.settle(keep ? "keep" : "discard", done);
  }

  // --- The connection

  take(): void {
    this.isTaken = true;
    this.transfer.conn = this;
  }

  open(): void {
    this.isOpen = true;
    this.handler.opened(this);
  }

  deliver(text: string): void {
    const chunk = bytesOf(text);
    this.held = chunk;
    this.heldText = text;
    if (this.handler.data(chunk, chunk.length)) this.release();
  }

  /** The kept chunk comes back. */
  release(): void {
    if (this.held !== null) (this.held as Uint8Array).fill(33);
    this.held = null;
  }

  end_(): void {
    this.peerEnded = true;
    this.handler.ended();
  }

  drain(): void {
    if (textOf(this.lent as Chunk, 0, this.lentText.length) !== this.lentText) throw new Error("the lent chunk changed");
    this.sent += this.lentText;
    this.lent = null;
    this.handler.drained();
  }

  send(chunk: Chunk, length: number): boolean {
    if (!this.isOpen || this.isClosed || this.ending) throw new Error("send at the wrong time");
    if (this.lent !== null) throw new Error("two loans");
    if (this.chooser.choose(2) === 0) {
      this.sent += textOf(chunk, 0, length);
      return true;
    }
    this.lent = chunk;
    this.lentText = textOf(chunk, 0, length);
    return false;
  }

  resume(): void {
    if (this.isClosed) throw new Error("resume after closed");
    this.release();
  }

  end(): void {
    this.ending = true;
    this.held = null;
  }

  abort(): void {
    this.aborted = true;
    this.held = null;
  }

  secure(): void {}

  shut(error: number): void {
    if (this.lent !== null && textOf(this.lent, 0, this.lentText.length) !== this.lentText) throw new Error("the lent chunk changed");
    this.isClosed = true;
    this.lent = null;
    this.handler.closed(error);
  }

  // --- At the end

  check(): void {
    const { scenario } = this;
    const all = scenario.chunks.join("");
    if (this.told < 0) throw new Error("transferred never came");
    if (this.held !== null && !this.isClosed) throw new Error("a chunk is kept for ever");
    if (this.pool.made !== this.pool.free.length) throw new Error("a block is missing");
    if (new Set(this.pool.free).size !== this.pool.free.length) throw new Error("a block was given back twice");
    if (this.transfer.file !== null || this.transfer.conn !== null) throw new Error("the transfer is not idle");
    if (!scenario.receiving && this.settled !== "close" && this.settled !== "close failed") throw new Error("the source was not closed");
    if (scenario.receiving && !all.startsWith(this.stored)) throw new Error(`stored "${this.stored}"`);
    if (!all.startsWith(this.sent)) throw new Error(`sent "${this.sent}"`);
    if (this.told !== 0) {
      if (this.settled === "commit") throw new Error(`committed with error ${this.told}`);
      return;
    }
    if (scenario.receiving && (this.settled !== "commit" || this.stored !== all || !this.peerEnded)) {
      throw new Error(`success with "${this.stored}", ${this.settled}`);
    }
    if (!scenario.receiving && this.sent !== all) throw new Error(`success with "${this.sent}"`);
    const told = scenario.receiving || scenario.fails !== "settle";
    if ((this.failed && told) || scenario.judges === false) throw new Error("success after a failure");
  }
}
