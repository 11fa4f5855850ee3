// Uploads what is missing on the server or has another size there, folder by folder.

import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { MemoryFiles } from "../adapters/memory/mod.ts"; // in your program: from "picoftp/memory"
import { connect, serve } from "../adapters/node/mod.ts"; // from "picoftp"
import type { Client } from "../adapters/node/mod.ts";

async function mirror(client: Client, local: string, remote: string): Promise<string[]> {
  const sizes = new Map<string, number | undefined>();
  const sent: string[] = [];
  await client.mkdir(remote, { recursive: true });
  for await (const { name, size } of client.list(remote)) sizes.set(name, size);
  for (const entry of await readdir(local, { withFileTypes: true })) {
    const [from, to] = [path.join(local, entry.name), `${remote}/${entry.name}`];
    if (entry.isDirectory()) sent.push(...await mirror(client, from, to));
    if (!entry.isFile() || sizes.get(entry.name) === (await stat(from)).size) continue;
    await client.upload(from, to);
    sent.push(to);
  }
  return sent;
}

const folder = await mkdtemp(path.join(tmpdir(), "picoftp-example-"));
await mkdir(path.join(folder, "css"));
for (const name of ["index.html", "about.html", "css/main.css"]) await writeFile(path.join(folder, name), name);
await using server = await serve({ files: new MemoryFiles({}), port: 0, users: { ana: { password: "secret" } } });
await using client = await connect({ host: server.host, port: server.port, user: "ana", password: "secret" });
console.log((await mirror(client, folder, "/site")).length, "files sent"); // prints "3 files sent"
await writeFile(path.join(folder, "about.html"), "changed");
console.log("then", await mirror(client, folder, "/site")); // prints "then [ '/site/about.html' ]"
await rm(folder, { recursive: true });
