// Downloads a large file over a bad line: goes on where the last try stopped, even one of yesterday.

import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { MemoryFiles } from "../adapters/memory/mod.ts"; // in your program: from "picoftp/memory"
import { connect, ConnectionError, serve } from "../adapters/node/mod.ts"; // from "picoftp"

const folder = await mkdtemp(path.join(tmpdir(), "picoftp-example-"));
const files = new MemoryFiles({});
files.put("/big.bin", new Uint8Array(5000000));
await using server = await serve({ files, port: 0, anonymous: true });
await using client = await connect(server.url);

const local = path.join(folder, "big.bin");
await writeFile(local, new Uint8Array(2000000)); // what came yesterday
for (let tries = 1;; tries++) {
  try {
    if (!client.connected) await client.connect();
    console.log("the rest:", await client.download("/big.bin", local, { resume: true })); // prints "the rest: 3000000"
    break;
  } catch (error) {
    if (!(error instanceof ConnectionError) || tries === 5) throw error;
    await new Promise((resolve) => setTimeout(resolve, 1000 * tries));
  }
}
console.log("complete:", (await stat(local)).size); // prints "complete: 5000000"
await rm(folder, { recursive: true });
