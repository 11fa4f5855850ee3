// Pushes three files to the device on which server.js runs, and checks each of them: node push.js 192.168.1.20 21

import { connect } from "../../adapters/node/mod.ts"; // in your program: from "picoftp"

const FILES = { "app.js": 'print("Hello");\n', "config.json": '{"every":10}\n', "table.bin": "\x01\x02\x03".repeat(5000) };

const [host, port] = process.argv.slice(2);
await using client = await connect({ host, port: Number(port), user: "ana", password: "secret" });
for (const [name, text] of Object.entries(FILES)) {
  const bytes = new TextEncoder().encode(text);
  // Storage needs the size first: `put` says it with ALLO. XCRC tells what has arrived.
  await client.put(name, bytes, { verify: "CRC32" });
  console.log(name, await client.size(name), "bytes, verified by", client.verified);
}
