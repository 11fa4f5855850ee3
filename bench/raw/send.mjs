// The sending half of Node's anchors: a file into a socket, blocks of 256 KiB, asynchronous file calls.
import fs from "node:fs";

/** Bytes of a block. */
export const SIZE = 262144;

/** Sends a whole file, then ends. */
export function send(socket, path) {
  const file = fs.openSync(path, "r");
  const block = Buffer.alloc(SIZE);
  let at = 0;
  const next = () =>
    fs.read(file, block, 0, SIZE, at, (error, length) => {
      if (error || length === 0) return socket.end();
      at += length;
      socket.write(length === SIZE ? block : block.subarray(0, length), next);
    });
  socket.on("close", () => fs.closeSync(file));
  next();
}
