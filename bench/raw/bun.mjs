// The anchor on Bun: one file over a bare socket, 256 KiB blocks, asynchronous file calls, in a process each; sockets of Bun's own.
//   bun raw/bun.mjs serve FILE   sends FILE to whoever connects, prints its port
//   bun raw/bun.mjs take PORT FILE   receives into FILE, prints the seconds
import fs from "node:fs";

const SIZE = 262144;
const [role, ...args] = process.argv.slice(2);

if (role === "serve") {
  const listener = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open(socket) {
        socket.data = { file: fs.openSync(args[0], "r"), block: Buffer.alloc(SIZE), at: 0, from: 0, to: 0 };
        read(socket);
      },
      drain: write,
      data() {},
      close: (socket) => fs.closeSync(socket.data.file),
    },
  });
  console.log(`ready ${listener.port}`);
} else {
  const file = fs.openSync(args[1], "w");
  const started = performance.now();
  const queue = [];
  let at = 0;
  let writing = false;
  let over = false;
  const next = (socket) => {
    if (writing) return;
    const chunk = queue.shift();
    if (chunk === undefined) return over ? done() : socket.resume();
    writing = true;
    fs.write(file, chunk, 0, chunk.length, at, () => {
      at += chunk.length;
      writing = false;
      next(socket);
    });
  };
  const done = () => {
    fs.closeSync(file);
    console.log(`seconds ${(performance.now() - started) / 1000}`);
    process.exit(0);
  };
  await Bun.connect({
    hostname: "127.0.0.1",
    port: Number(args[0]),
    socket: {
      data(socket, chunk) {
        queue.push(chunk);
        socket.pause();
        next(socket);
      },
      end() {},
      close(socket) {
        over = true;
        next(socket);
      },
    },
  });
}

function read(socket) {
  const { data } = socket;
  fs.read(data.file, data.block, 0, SIZE, data.at, (error, length) => {
    if (error || length === 0) return socket.end();
    data.at += length;
    data.from = 0;
    data.to = length;
    write(socket);
  });
}

function write(socket) {
  const { data } = socket;
  if (data.from === data.to) return;
  const taken = socket.write(data.block, data.from, data.to - data.from);
  if (taken > 0) data.from += taken;
  if (data.from === data.to) read(socket);
}
