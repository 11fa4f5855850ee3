// A user's program: every export of the package, and files there and back. It prints the same on every runtime.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as root from "picoftp";
import * as bun from "picoftp/bun";
import { Client, Server } from "picoftp/core";
import * as deno from "picoftp/deno";
import { MemoryFiles, MemoryNet } from "picoftp/memory";
import * as node from "picoftp/node";
import { readonly, traceFiles } from "picoftp/wrap";

const USERS = { ana: { password: "secret" } };
const own = "Deno" in globalThis ? deno : "Bun" in globalThis ? bun : node;
const data = new Uint8Array(300001).map((_, i) => i * 7 + (i >> 9));

holds("the root is this runtime's", root.connect === own.connect && root.serve === own.serve);
const home = `served-${process.pid}`;
mkdirSync(home);
await onDisk();
await inMemory();
withoutSockets();
rmSync(home, { recursive: true });

function holds(what: string, truth: boolean): void {
  if (!truth) throw new Error(`This does not hold: ${what}`);
  console.log(what);
}

/** By the runtime's sockets and files: its own server, the root's client. */
async function onDisk(): Promise<void> {
  const server = await own.serve({ root: home, port: 0, users: USERS });
  const client = await root.connect({ host: server.host, port: server.port, user: "ana", password: "secret" });
  writeFileSync(`${home}/local`, data);
  await client.upload(`${home}/local`, "/there");
  await client.download("/there", `${home}/back`);
  holds("on disk", Buffer.compare(readFileSync(`${home}/back`), data) === 0);
  const names: string[] = [];
  for await (const entry of client.list()) names.push(`${entry.name} ${entry.size}`);
  console.log(names.sort().join("\n"));
  await client.getText("/missing").catch((error: unknown) => {
    if (!(error instanceof root.FtpError)) throw error;
    console.log("missing", error.code);
  });
  await client.quit();
  await server.close();
}

/** Files in memory, behind wrappers, by the runtime's sockets. */
async function inMemory(): Promise<void> {
  const files = new MemoryFiles({});
  const told: string[] = [];
  const users = { ...USERS, bob: { password: "secret", files: readonly(files) } };
  const server = await root.serve({ files: traceFiles(files, (line) => told.push(line)), port: 0, users });
  const client = await own.connect(`ftp://ana:secret@127.0.0.1:${server.port}/`);
  await client.put("/hello.txt", "Hello");
  const reader = await own.connect(`ftp://bob:secret@127.0.0.1:${server.port}/`);
  console.log("in memory", await reader.getText("/hello.txt"));
  holds("traced", told.length > 0);
  await reader.put("/hello.txt", "Good-bye").catch((error: unknown) => holds("read-only", error instanceof own.FtpError));
  await reader.quit();
  await client.quit();
  await server.close();
}

/** The core alone. */
function withoutSockets(): void {
  const net = new MemoryNet({});
  const files = new MemoryFiles({});
  files.put("/hello.txt", "Hello");
  const server = new Server(net, files, { login: (_login, done) => done(0, null) });
  server.listen({ host: "10.0.0.1", port: 21 }, () => {});
  const client = new Client(net, { host: "10.0.0.1", user: "ana", password: "" });
  client.connect((error) => console.log("the core: connected", error));
  net.run();
  client.list("/", (entry, more) => {
    console.log(entry.name, entry.size);
    more(0);
  }, (error) => console.log("the core: listed", error));
  net.run();
}
