// Lists a folder, uploads a file and downloads it again, with a progress line and the choice to go on where it stopped.

import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { connect, serve } from "../adapters/node/mod.ts"; // in your program: from "picoftp"
import type { Progress } from "../adapters/node/mod.ts";

const [root, local] = await Promise.all(["root", "local"].map((name) => mkdtemp(path.join(tmpdir(), `picoftp-${name}-`))));
await writeFile(path.join(local, "app.bin"), new Uint8Array(3000000));
await using server = await serve({ root, port: 0, users: { ana: { password: "secret" } } });

await using client = await connect({ host: server.host, port: server.port, user: "ana", password: "secret" });
const onProgress = ({ bytes, total, rate }: Progress): void => console.log(bytes, "of", total, Math.round(rate / 1000), "kB/s");
await client.mkdir("builds/today", { recursive: true });
await client.upload(path.join(local, "app.bin"), "builds/today/app.bin", { onProgress });
for await (const entry of client.list("builds/today")) console.log(entry.type, entry.name, entry.size, entry.modified);
await client.download("builds/today/app.bin", path.join(local, "copy.bin"), { resume: true, onProgress });
console.log("bytes that came back:", (await readFile(path.join(local, "copy.bin"))).length);
