// Serves a folder to one user and to anonymous readers.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { connect, serve } from "../adapters/node/mod.ts"; // in your program: from "picoftp"

const root = await mkdtemp(path.join(tmpdir(), "picoftp-example-"));
await writeFile(path.join(root, "hello.txt"), "Hello");

const server = await serve({
  root,
  port: 0, // any free one
  users: { ana: { password: "secret" } },
  anonymous: true, // reads only
});
console.log("try: curl", `${server.url}hello.txt`);

const client = await connect(server.url); // as anonymous
console.log(await client.getText("hello.txt")); // prints "Hello"
await client.quit();

// Most servers would wait for a signal first. Transfers that run have two seconds to come to their end.
await server.close({ drain: 2000 });
await rm(root, { recursive: true });
