// The server child on Node, Deno and Bun. protocol.ts says how one talks to it.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { MemoryFiles } from "../../adapters/memory/mod.ts";
import type { ServeOptions, Server } from "../../adapters/node/mod.ts";
import { adapter, lines, tell } from "./desktop.ts";
import { bytes } from "./content.ts";
import { BIG, BIG_SEED, LOGIN, type Ports, type Setup } from "./protocol.ts";

const HOSTS = ["127.0.0.1", "::1"];
const CAPACITY = 2 ** 31;

const setup = JSON.parse(process.argv[2]) as Setup;
const { serve } = await adapter();
const big = bytes(setup.big, BIG_SEED);
let memory: MemoryFiles | null = null;
const { tls, protection } = setup;
const options: ServeOptions = { port: 0, users: { [LOGIN.user]: { password: LOGIN.password } } };
if (setup.storage === "memory") {
  memory = new MemoryFiles({ clock: Date.now, capacity: CAPACITY });
  memory.put(BIG, big);
  options.files = memory;
} else {
  writeFileSync(join(setup.root, BIG), big);
  options.root = setup.root;
}

if (tls !== null && protection !== "plain") {
  options.tls = { cert: tls.cert, key: tls.key, implicit: protection === "implicit", required: "data" };
}

const servers: Server[] = [];
const ports: Ports = {};
for (const host of HOSTS) {
  const server = await serve({ ...options, host }).catch(() => null);
  if (server === null) continue;
  servers.push(server);
  ports[host] = server.port;
}
tell(ports);
for await (const _look of lines()) {
  const sessions = servers.reduce((sum, server) => sum + server.sessions, 0);
  tell({ sessions, handles: memory?.handles ?? 0, parts: memory?.parts() ?? 0 });
}
await Promise.all(servers.map((server) => server.close()));
