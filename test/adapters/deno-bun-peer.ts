// One side of the smoke test, on whatever runtime it is started: "serve" or "transfer" is its first argument.
//
// A server prints its port and serves until its input ends. A client uploads a file, downloads it again, lists and prints
// how long that took; the fourth argument is its mode.

import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import process from "node:process";
import type { Client, ConnectOptions, ServeOptions, Server } from "../../adapters/node/mod.ts";

interface Runtime {
  connect(options: ConnectOptions): Promise<Client>;
  serve(options: ServeOptions): Promise<Server>;
}

const name = "Deno" in globalThis ? "deno" : "Bun" in globalThis ? "bun" : "node";
// The ending is .js where this file was compiled.
const end = import.meta.url.endsWith(".ts") ? "ts" : "js";
const { connect, serve } = (await import(new URL(`../../adapters/${name}/mod.${end}`, import.meta.url).href)) as Runtime;
const [task, place, port, mode] = process.argv.slice(2);

if (task === "serve") await serving(place);
else await transferring(place, Number(port), mode as "passive" | "active");

async function serving(root: string): Promise<void> {
  const server = await serve({ root, port: 0, users: { ana: { password: "secret" } } });
  console.log(String(server.port));
  process.stdin.on("end", () => server.close()).resume();
}

async function transferring(folder: string, port: number, mode: "passive" | "active"): Promise<void> {
  const file = `${folder}/local`;
  const client = await connect({ host: "127.0.0.1", port, user: "ana", password: "secret", mode });
  rmSync(`${folder}/back`, { force: true });
  const start = performance.now();
  await client.upload(file, "/up.bin");
  const middle = performance.now();
  await client.download("/up.bin", `${folder}/back`);
  const finish = performance.now();
  let listed = -1;
  for await (const entry of client.list("/")) if (entry.name === "up.bin") listed = entry.size ?? -1;
  await aborted(client, "/half-1.bin", 1);
  await aborted(client, "/half-200.bin", 200);
  for await (const entry of client.list("/")) if (entry.name.startsWith("half")) throw new Error(`Half of a file is there: ${entry.name}`);
  await client.close();
  const bytes = readFileSync(file);
  if (listed !== bytes.length) throw new Error(`The listing says ${listed} bytes of ${bytes.length}`);
  if (digest(readFileSync(`${folder}/back`)) !== digest(bytes)) throw new Error("The bytes differ");
  console.log(JSON.stringify({ up: middle - start, down: finish - middle }));
}

/** An upload that is called off when so many chunks are out and nothing is left to send. */
async function aborted(client: Client, path: string, chunks: number): Promise<void> {
  const stop = new AbortController();
  const source = async function* (): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < chunks; i++) yield new Uint8Array(65536);
    await new Promise((resolve) => setTimeout(resolve, 50));
    stop.abort();
    await new Promise((resolve) => setTimeout(resolve, 50));
  };
  const outcome = await client.put(path, source(), { signal: stop.signal }).then(() => "done", () => "aborted");
  if (outcome === "done") throw new Error("An aborted upload was done");
}

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)).digest("hex");
}
