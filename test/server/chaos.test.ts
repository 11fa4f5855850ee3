// Clients that do anything at any moment: the server throws nothing, answers each command at most once, and keeps nothing.

import { test } from "node:test";
import { bytesOf, MemoryNet, Peer, PeerServer } from "../../adapters/memory/mod.ts";
import { IO, NO_SPACE } from "../../core/ports.ts";
import type { FileSystem } from "../../core/ports.ts";
import { Server } from "../../core/server/server.ts";
import { FaultFiles } from "../transcripts/server-files.ts";
import { pattern } from "../transcripts/server-script.ts";

const LINES = [
  "USER ana",
  "PASS secret",
  "PASS wrong",
  "USER ana\r\nPASS secret\r\nTYPE I",
  "USER ana\r\nPASS secret\r\nTYPE I",
  "ACCT x",
  "REIN",
  "QUIT",
  "NOOP",
  "",
  "\r\n\r\n",
  "CWD /dir",
  "CDUP",
  "PWD",
  "MKD /made",
  "RMD /made",
  "DELE /up",
  "RNFR /a",
  "RNTO /b",
  "RNTO /a",
  "TYPE A",
  "TYPE I",
  "MODE S",
  "STRU F",
  "PORT 127,0,0,1,234,96",
  "PORT 127,0,0,1,234,97",
  "PASV",
  "PASV",
  "EPSV",
  "EPSV",
  "EPSV",
  "EPRT |1|127.0.0.1|60000|",
  "EPSV ALL",
  "RETR /a",
  "RETR /a",
  "RETR /a",
  "RETR /none",
  "STOR /up",
  "STOR /up",
  "STOR /up",
  "APPE /up",
  "STOU",
  "STOU up",
  "REST 100",
  "REST 5000",
  "ALLO 500",
  "ALLO 5",
  "ABOR",
  "ABOR",
  "\xff\xf4\xff\xf2ABOR",
  "ABOR\r",
  "LIST",
  "LIST /dir",
  "NLST",
  "MLSD",
  "MLSD /a",
  "MLST",
  "SIZE /a",
  "SIZE /up",
  "MDTM /a",
  "MFMT 20200101000000 /a",
  "STAT",
  "STAT /",
  "STAT /a",
  "FEAT",
  "OPTS UTF8 ON",
  "OPTS MLST type;",
  "HELP",
  "SYST",
  "SITE HELP",
  "XYZZY",
  "\xff\xfd\x01NOOP",
  "CWD " + "x".repeat(200),
  "x".repeat(400),
  "RETR /\0",
];
const MOVES = ["RETR /a", "RETR /a", "STOR /up", "STOR /other", "APPE /up", "LIST", "MLSD /", "NLST /dir", "STOU up", "RETR /a\r\nABOR"];
const FAULTS = ["open", "create", "read", "write", "commit", "close", "list", "next"];

/** A small generator of numbers, the same for the same seed. */
class Dice {
  state: number;

  constructor(seed: number) {
    this.state = seed * 2654435761 % 4294967296;
  }

  below(most: number): number {
    this.state = (this.state * 1664525 + 1013904223) % 4294967296;
    return Math.floor(this.state / 65536) % most;
  }
}

class Chaos {
  dice: Dice;
  net: MemoryNet;
  files: FaultFiles;
  server: Server;
  peers: Peer[] = [];
  datas: Peer[] = [];
  listeners: PeerServer[];
  port = 0;
  waiting: (() => void)[] = [];
  text = "";
  codes: { [code: string]: number } = {};

  constructor(seed: number) {
    const dice = new Dice(seed);
    this.dice = dice;
    this.net = new MemoryNet({
      split: [0, 0, 1, 2, 7][dice.below(5)],
      lend: dice.below(2) === 0,
      early: dice.below(2) === 0,
      window: [50, 300, 65536][dice.below(3)],
      limit: 1000000,
    });
    this.files = new FaultFiles(dice.below(2) === 0);
    this.net.join(this.files);
    this.files.put("/a", bytesOf(pattern(1500, 0)));
    this.files.put("/dir/b", bytesOf("b"));
    for (let i = 0; i < 9; i++) this.files.addDir("/folder-with-a-name-" + i);
    this.server = new Server(this.net, this.files, {
      login: (login, done: (error: number, files: FileSystem | null) => void): void => {
        const answer = (): void => done(login.password === "secret" ? 0 : 3, null);
        if (dice.below(3) === 0) this.waiting.push(answer);
        else answer();
      },
      logout: (): void => {},
      sessions: 3,
      line: 100,
      reply: 500,
      block: 64,
      blocks: 1 + dice.below(2),
      spare: dice.below(3),
      delay: dice.below(2) * 1000,
      clock: () => 1700000000000,
    });
    this.server.listen({ host: "", port: 21 }, () => {});
    this.net.run();
    this.listeners = [60000, 60001].map((port) => new PeerServer(this.net, { host: "127.0.0.1", port }));
    this.net.run();
  }

  any<T>(list: T[]): T | undefined {
    return list.length === 0 ? undefined : list[this.dice.below(list.length)];
  }

  /** Something happens. */
  act(): void {
    const { dice, net, files } = this;
    const peer = this.any(this.peers);
    const data = this.any(this.datas);
    const what = dice.below(40);
    if (what < 2 || this.peers.length === 0) this.dial();
    else if (what < 8) this.transfer(peer as Peer);
    else if (what < 18) (peer as Peer).send(LINES[dice.below(LINES.length)] + (dice.below(9) === 0 ? "\n" : "\r\n"));
    else if (what < 22) this.connect();
    else if (what < 24) data?.send(bytesOf(pattern(dice.below(700) + 1, 0)));
    else if (what < 26) data?.end();
    else if (what === 26) data?.abort();
    else if (what === 27) data?.hold();
    else if (what === 28) data?.resume();
    else if (what === 29) peer?.hold();
    else if (what === 30) peer?.resume();
    else if (what === 31) this.lose(peer as Peer, false);
    else if (what === 32) this.lose(peer as Peer, true);
    else if (what === 33) net.time(dice.below(2) === 0 ? 500 : 40000);
    else if (what === 34) files.held = !files.held;
    else if (what === 35) files.faults.push({ operation: FAULTS[dice.below(FAULTS.length)], error: dice.below(2) === 0 ? IO : NO_SPACE });
    else if (what === 36) this.waiting.shift()?.();
    if (dice.below(3) === 0) { for (let n = dice.below(9); n > 0; n--) net.step(); }
    else net.run();
    this.hear();
  }

  dial(): void {
    if (this.peers.length > 3) return;
    const peer = new Peer();
    peer.dial(this.net, { host: "127.0.0.1", port: 21, localHost: "127.0.0.1", text: true });
    this.peers.push(peer);
    if (this.dice.below(4) > 0) peer.send("USER ana\r\nPASS secret\r\nTYPE I\r\n");
  }

  /** What clients do most, with the connection now or at some other time. */
  transfer(peer: Peer): void {
    peer.send(this.dice.below(2) === 0 ? "EPSV\r\n" : "PASV\r\n");
    if (this.dice.below(4) > 0) {
      this.net.run();
      this.hear();
      this.connect();
    }
    peer.send(MOVES[this.dice.below(MOVES.length)] + "\r\n");
    if (this.dice.below(3) > 0) this.net.run();
    if (this.dice.below(2) === 0) this.datas[this.datas.length - 1]?.end();
  }

  connect(): void {
    if (this.port === 0) return;
    const data = new Peer();
    data.dial(this.net, { host: "127.0.0.1", port: this.port, localHost: this.dice.below(9) === 0 ? "10.0.0.9" : "127.0.0.1" });
    this.datas.push(data);
  }

  lose(peer: Peer, reset: boolean): void {
    if (reset) peer.abort();
    else peer.end();
    this.peers = this.peers.filter((each) => each !== peer);
    if (!reset) this.gone.push(peer);
  }

  gone: Peer[] = [];

  hear(): void {
    for (const listener of this.listeners) this.datas = this.datas.concat(listener.peers.splice(0));
    for (const data of this.datas) if (data.hasEnded && !data.leaving && this.dice.below(2) === 0) data.end();
    this.datas = this.datas.filter((data) => data.error < 0);
    for (const peer of this.peers) {
      this.text += peer.received;
      for (const code of peer.received.matchAll(/^\d\d\d(?= )/gm)) this.codes[code[0]] = (this.codes[code[0]] ?? 0) + 1;
      peer.received = "";
      if (peer.hasEnded) peer.end();
    }
    this.peers = this.peers.filter((peer) => peer.error < 0);
    const told = [...this.text.matchAll(/227 .*,(\d+),(\d+)\)|229 .*\|(\d+)\|/g)].pop();
    if (told !== undefined) this.port = told[3] === undefined ? Number(told[1]) * 256 + Number(told[2]) : Number(told[3]);
    this.text = this.text.slice(-200);
  }

  /** All leave; nothing may stay. */
  end(): void {
    const { net, files, server } = this;
    files.held = false;
    for (const peer of this.peers.concat(this.gone)) peer.abort();
    net.run();
    for (const answer of this.waiting.splice(0)) answer();
    net.run();
    net.time(100000);
    // What the server has ended, and its client has not, is the client's.
    for (const data of this.datas) if (data.hasEnded) data.end();
    for (const listener of this.listeners) {
      listener.close();
      for (const data of listener.peers) data.abort();
    }
    server.close(false);
    net.run();
    net.time(100000);
    const left = {
      ...net.open,
      sessions: server.sessions.length,
      blocks: server.pool === null ? 0 : server.pool.made - server.pool.free.length,
      handles: files.handles,
    };
    const some = Object.entries(left).filter(([, count]) => count !== 0).map(([what, count]) => `${what} ${count}`);
    if (some.length > 0) throw new Error(`left behind: ${some.join(", ")}`);
  }
}

const SEEDS = Number(process.env.CHAOS ?? 400);
const FIRST = Number(process.env.CHAOS_FIRST ?? 1);

test(`${SEEDS} seeds of chaos`, (context) => {
  const codes: { [code: string]: number } = {};
  for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
    try {
      const chaos = new Chaos(seed);
      for (let i = 0; i < 150; i++) chaos.act();
      chaos.end();
      for (const [code, count] of Object.entries(chaos.codes)) codes[code] = (codes[code] ?? 0) + count;
    } catch (error) {
      throw new Error(`seed ${seed}: ${(error as Error).message}\n${(error as Error).stack}`);
    }
  }
  context.diagnostic(JSON.stringify(codes));
});
