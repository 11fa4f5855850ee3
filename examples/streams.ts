// Web streams both ways: an upload that is made while it goes, a download that is packed on its way to a file.

import { createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Writable } from "node:stream";
import { gunzipSync } from "node:zlib";
import { MemoryFiles } from "../adapters/memory/mod.ts"; // in your program: from "picoftp/memory"
import { connect, serve } from "../adapters/node/mod.ts"; // from "picoftp"

const folder = await mkdtemp(path.join(tmpdir(), "picoftp-example-"));
await using server = await serve({ files: new MemoryFiles({}), port: 0, users: { ana: { password: "secret" } } });
await using client = await connect(`ftp://ana:secret@${server.host}:${server.port}/`);

async function* lines(): AsyncGenerator<string> {
  for (let i = 0; i < 1000; i++) yield `measurement ${i}\n`;
}
console.log("sent", await client.put("log.txt", lines())); // prints "sent 15890"

const packed = path.join(folder, "log.gz");
const stream = await client.get("log.txt", { offset: 15000 });
await stream.pipeThrough(new CompressionStream("gzip")).pipeTo(Writable.toWeb(createWriteStream(packed)));
console.log("unpacked", gunzipSync(await readFile(packed)).length); // prints "unpacked 890"

// Leaving a stream early aborts its transfer and keeps the session.
for await (const chunk of await client.get("log.txt")) if (chunk.length > 0) break;
console.log("still in", await client.pwd()); // prints "still in /"
await rm(folder, { recursive: true });
