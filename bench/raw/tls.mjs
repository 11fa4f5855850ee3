// The anchor over TLS: one file over a bare TLS socket of Node's, 256 KiB blocks and asynchronous file calls. curl is at the other end.
//   node raw/tls.mjs FILE CERT KEY OUT   prints its port; answers GET with FILE's bytes and nothing else, and writes what PUT brings to OUT
import fs from "node:fs";
import tls from "node:tls";
import { send } from "./send.mjs";

const [path, cert, key, out] = process.argv.slice(2);
const settings = { cert: fs.readFileSync(cert), key: fs.readFileSync(key), noDelay: true };
const server = tls.createServer(settings, (socket) => {
  socket.on("error", () => {});
  socket.once("data", (head) => {
    if (head.toString("latin1").startsWith("GET ")) send(socket, path);
    else receive(socket, head);
  });
}).listen(0, "127.0.0.1", () => console.log(`ready ${server.address().port}`));

function receive(socket, head) {
  const text = head.toString("latin1");
  const size = Number(/content-length: (\d+)/i.exec(text)[1]);
  const file = fs.openSync(out, "w");
  let at = 0;
  const take = (chunk) => {
    if (chunk.length === 0) return;
    socket.pause();
    fs.write(file, chunk, 0, chunk.length, at, () => {
      at += chunk.length;
      if (at < size) return socket.resume();
      fs.closeSync(file);
      socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    });
  };
  socket.on("data", take);
  take(head.subarray(text.indexOf("\r\n\r\n") + 4));
}
