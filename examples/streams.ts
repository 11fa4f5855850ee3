// Web streams both ways: a download that is counted while it passes, an upload that is made while it goes.

import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { connect, serve } from "../adapters/node/mod.ts"; // in your program: from "picoftp"

const root = await mkdtemp(path.join(tmpdir(), "picoftp-example-"));
await using server = await serve({ root, port: 0, users: { ana: { password: "secret" } } });
await using client = await connect(`ftp://ana:secret@${server.host}:${server.port}/`);

async function* lines(): AsyncGenerator<string> {
  for (let i = 0; i < 1000; i++) yield `measurement ${i}\n`;
}
console.log("sent", await client.put("log.txt", lines()), "bytes");

let count = 0;
const stream = await client.get("log.txt", { offset: 100 });
await stream.pipeThrough(new TextDecoderStream()).pipeTo(new WritableStream({ write: (text) => void (count += text.length) }));
console.log("received", count, "characters");

// Leaving a stream early aborts its transfer and keeps the session.
for await (const chunk of await client.get("log.txt")) {
  console.log("first chunk:", chunk.length);
  break;
}
console.log("still there:", await client.pwd());
