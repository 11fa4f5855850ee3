// What a download on Bun could be at best: a bare FTP client without a library's costs.
//   bun raw/bounds.mjs receive PORT USER PASSWORD FILE       takes the bytes from the socket, and that is all
//   bun raw/bounds.mjs write BYTES TO                        writes a file of so many bytes, and that is all
//   bun raw/bounds.mjs download PORT USER PASSWORD FILE TO   both; one write under way, all that comes meanwhile goes with the next
import fs from "node:fs";

/** Bytes that wait behind a write before reading pauses. */
const MOST = 2097152;
const BLOCK = 524288;

/** Writes what it is given, in order, and pauses the socket. */
class Writer {
  file = null;
  socket = null;
  at = 0;
  queue = [];
  held = 0;
  busy = false;
  paused = false;
  over = false;
  ended = new Promise((resolve) => this.finish = resolve);

  constructor(path) {
    this.file = fs.openSync(path, "w");
  }

  data(chunk) {
    this.queue.push(chunk);
    this.held += chunk.length;
    this.next();
    if (this.paused || !this.busy || this.held < MOST) return;
    this.paused = true;
    this.socket?.pause();
  }

  end() {
    this.over = true;
    this.next();
  }

  next() {
    if (this.busy) return;
    if (this.queue.length === 0) return this.over && this.close();
    const chunks = this.queue;
    const written = () => {
      this.busy = false;
      this.next();
    };
    this.busy = true;
    if (chunks.length === 1) {
      fs.write(this.file, chunks[0], 0, this.held, this.at, written);
    } else fs.writev(this.file, chunks, this.at, written);
    this.at += this.held;
    this.queue = [];
    this.held = 0;
    if (this.paused) this.socket?.resume();
    this.paused = false;
  }

  close() {
    fs.closeSync(this.file);
    this.finish();
  }
}

/** Takes everything and keeps nothing. */
class Nowhere {
  ended = new Promise((resolve) => this.end = resolve);
  data() {}
}

async function write(bytes, path) {
  const writer = new Writer(path);
  writer.socket = { pause() {}, resume() {} };
  const block = Buffer.alloc(BLOCK, 7);
  for (let at = 0; at < bytes; at += BLOCK) {
    writer.data(block);
    if (writer.paused) {
      await new Promise((resolve) => writer.socket.resume = resolve);
    }
  }
  writer.end();
  await writer.ended;
}

async function transfer(port, user, password, file, sink) {
  let text = "";
  let waiting = null;
  const look = () => {
    const match = /^\d{3} [^\n]*\n/m.exec(text);
    if (match === null || waiting === null) return;
    text = text.slice(match.index + match[0].length);
    waiting(match[0]);
    waiting = null;
  };
  const reply = () => {
    const promise = new Promise((resolve) => waiting = resolve);
    look();
    return promise;
  };
  const data = (_socket, bytes) => {
    text += bytes.toString("latin1");
    look();
  };
  const control = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: { data },
  });
  const send = (line) => {
    control.write(`${line}\r\n`);
    return reply();
  };
  await reply();
  for (const line of [`USER ${user}`, `PASS ${password}`, "TYPE I"]) {
    await send(line);
  }
  const begun = start();
  const passive = /\|\|\|(\d+)\|/.exec(await send("EPSV"));
  const handlers = {
    open: (socket) => sink.socket = socket,
    data: (_socket, bytes) => sink.data(bytes),
    end() {},
    close: () => sink.end(),
  };
  await Bun.connect({
    hostname: "127.0.0.1",
    port: Number(passive[1]),
    socket: handlers,
  });
  await send(`RETR ${file}`);
  await reply();
  await sink.ended;
  return begun;
}

function start() {
  return { at: performance.now(), cpu: process.cpuUsage() };
}

const [what, ...args] = process.argv.slice(2);
let begun = start();
if (what === "write") await write(Number(args[0]), args[1]);
else {begun = await transfer(
    Number(args[0]),
    args[1],
    args[2],
    args[3],
    what === "receive" ? new Nowhere() : new Writer(args[4]),
  );}
const { user, system } = process.cpuUsage(begun.cpu);
console.log(
  `seconds ${(performance.now() - begun.at) / 1000}\ncpu ${(user + system) / 1e6}`,
);
process.exit(0);
