// A program on whatever runtime it is started: "all" does everything once in one process, "serve" and "idle" wait until input ends.
//
// Only connect, serve, and what a program has anyway: on Deno it runs with the permissions that the docs list, and no others.

import process from "node:process";
import { connect, runtime, serve } from "../runtime.ts";

const [task, folder, port] = process.argv.slice(2);
const users = { ana: { password: "secret" } };
const login = { host: "127.0.0.1", user: "ana", password: "secret" };

if (runtime === "deno") await modest();
if (task === "all") await all();
if (task === "serve") await serving();
if (task === "idle") await idling();

/** Both roles in one process; nothing here ends it. */
async function all(): Promise<void> {
  const server = await serve({ root: folder, port: 0, users });
  for (const mode of ["passive", "active"] as const) {
    const client = await connect({ ...login, port: server.port, mode });
    await client.upload(`${folder}/local`, "up");
    await client.download("up", `${folder}/back`);
    await client.mkdir("sub");
    await client.rename("up", "sub/up");
    for await (const _ of client.list("sub")) break;
    await client.remove("sub/up");
    await client.rmdir("sub");
    await client.quit();
  }
  await connect({ ...login, port: server.port, password: "wrong" }).then(() => Promise.reject(new Error("Let in")), () => undefined);
  await connect({ ...login, port: 1 }).then(() => Promise.reject(new Error("Nobody is there")), () => undefined);
  const stop = new AbortController();
  const cut = await connect({ ...login, port: server.port });
  const endless = async function* (): AsyncGenerator<Uint8Array> {
    for (let i = 0;; i++) {
      if (i === 3) stop.abort();
      yield new Uint8Array(1000);
    }
  };
  await cut.put("never", endless(), { signal: stop.signal }).then(() => Promise.reject(new Error("Was done")), () => undefined);
  const idle = await connect({ ...login, port: server.port });
  await cut.close();
  await server.close();
  await idle.close();
  process.on("exit", () => console.log("ended"));
  console.log("closed");
}

/** Prints its port. */
async function serving(): Promise<void> {
  const server = await serve({ root: folder, port: 0, users });
  console.log(String(server.port));
  process.stdin.on("end", () => server.close()).resume();
}

/** Logs in, transfers a little, prints a line, and does nothing. */
async function idling(): Promise<void> {
  const client = await connect({ ...login, port: Number(port) });
  await client.put("idle", "some");
  for await (const _ of client.list()) continue;
  console.log("idle");
  process.stdin.on("end", () => client.close()).resume();
}

/** Fails where Deno granted what the docs do not list. */
async function modest(): Promise<void> {
  const { permissions } = (globalThis as unknown as { Deno: { permissions: Permissions } }).Deno;
  for (const name of ["env", "run", "ffi", "sys", "read", "write", "net"]) {
    const { state } = await permissions.query({ name: name as PermissionName });
    if (state === "granted") throw new Error(`All of --allow-${name} was granted`);
  }
}
