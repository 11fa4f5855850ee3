// A server whose files exist only in memory: no disk is touched, and the program sees what was uploaded.

import { MemoryFiles } from "../adapters/memory/mod.ts"; // in your program: from "picoftp/memory"
import { connect, serve } from "../adapters/node/mod.ts"; // from "picoftp"

const files = new MemoryFiles({ capacity: 1000000, clock: Date.now });
await using server = await serve({ files, port: 0, users: { sensor: { password: "x" } } });

await using client = await connect({ host: server.host, port: server.port, user: "sensor", password: "x" });
await client.mkdir("readings");
await client.put("readings/1.csv", "12:00,21.5\n");
await client.put("readings/1.csv", "12:01,21.7\n", { append: true });
console.log(await client.getText("readings/1.csv"));
await client.put("readings/2.csv", new Uint8Array(2000000)).catch((error: Error) => console.log("too much:", error.message));
