// Uploads a file with a progress line, and makes sure that the server has it byte for byte before it gets its name.

import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { MemoryFiles } from "../adapters/memory/mod.ts"; // in your program: from "picoftp/memory"
import { connect, serve } from "../adapters/node/mod.ts"; // from "picoftp"
import type { Progress } from "../adapters/node/mod.ts";

const folder = await mkdtemp(path.join(tmpdir(), "picoftp-example-"));
const bytes = new Uint8Array(3000000).fill(42);
await writeFile(path.join(folder, "app.bin"), bytes);
await using server = await serve({ files: new MemoryFiles({}), port: 0, users: { ana: { password: "secret" } } });
await using client = await connect({ host: server.host, port: server.port, user: "ana", password: "secret" });

const onProgress = ({ bytes, total, rate }: Progress): void => console.log(bytes, "of", total, Math.round(rate / 1000), "kB/s");
await client.upload(path.join(folder, "app.bin"), "/app.bin.new", { onProgress });
const hash = createHash("sha256");
for await (const chunk of await client.get("/app.bin.new")) hash.update(chunk);
if (hash.digest("hex") !== createHash("sha256").update(bytes).digest("hex")) throw new Error("It differs");
await client.rename("/app.bin.new", "/app.bin");
console.log("verified", await client.size("/app.bin")); // prints "verified 3000000"
await rm(folder, { recursive: true });
