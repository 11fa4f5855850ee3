// A server whose files exist only in memory, as a test of a program that uploads needs one: no disk, any free port.

import { MemoryFiles } from "../adapters/memory/mod.ts"; // in your program: from "picoftp/memory"
import { connect, serve } from "../adapters/node/mod.ts"; // from "picoftp"

/** What is to be tested. */
async function report(url: string, value: number): Promise<void> {
  await using client = await connect(url);
  await client.put("readings/1.csv", `12:00,${value}\n`, { append: true });
}

const files = new MemoryFiles({ capacity: 1000000, clock: Date.now });
files.put("/readings/1.csv", "11:59,21.4\n");
await using server = await serve({ files, port: 0, anonymous: { readOnly: false } });
await report(server.url, 21.5);
console.log("now:", files.text("/readings/1.csv")?.split("\n").at(-2)); // prints "now: 12:00,21.5"

await using client = await connect(server.url);
const tooMuch = await client.put("big.bin", new Uint8Array(2000000)).catch((error: Error) => error.message);
console.log("big:", tooMuch); // prints "big: STOR was refused: 452"
console.log("parts left:", files.parts()); // prints "parts left: 0"
