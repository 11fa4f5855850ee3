// The anchor: one file over a bare socket, 256 KiB blocks and asynchronous file calls, in a process each.
//   node raw/node.mjs serve FILE   sends FILE to whoever connects, prints its port
//   node raw/node.mjs take PORT FILE   receives into FILE, prints the seconds
import fs from "node:fs";
import net from "node:net";
import { send, SIZE } from "./send.mjs";

const [role, ...args] = process.argv.slice(2);

if (role === "serve") {
  const server = net.createServer((socket) => {
    socket.on("error", () => {});
    send(socket, args[0]);
  }).listen(0, "127.0.0.1", () => console.log(`ready ${server.address().port}`));
} else {
  const file = fs.openSync(args[1], "w");
  const started = performance.now();
  let at = 0;
  const buffer = Buffer.alloc(SIZE);
  const socket = net.connect({
    port: Number(args[0]),
    host: "127.0.0.1",
    onread: {
      buffer,
      callback(length) {
        fs.write(file, buffer, 0, length, at, () => socket.resume());
        at += length;
        return false;
      },
    },
  });
  socket.on("close", () => {
    fs.closeSync(file);
    console.log(`seconds ${(performance.now() - started) / 1000}`);
  });
}
