// Users from elsewhere: a callback that takes its time, a folder for each user, and word of who has left.

import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { connect, FtpError, serve } from "../adapters/node/mod.ts"; // in your program: from "picoftp"
import type { LoginAnswer } from "../adapters/node/mod.ts";

const root = await mkdtemp(path.join(tmpdir(), "picoftp-example-"));
const tokens: Record<string, string> = { ana: "a1", bob: "b2" };

async function login(user: string, token: string): Promise<LoginAnswer> {
  if (!Object.hasOwn(tokens, user) || tokens[user] !== token) return false;
  const home = path.join(root, user);
  await mkdir(home, { recursive: true });
  return { root: home, readOnly: user === "bob" };
}

const server = await serve({
  root,
  port: 0,
  delay: 100,
  login: ({ user, password }) => login(user, password),
  logout: ({ user, host }) => console.log(user, "from", host, "has left"), // prints "ana from 127.0.0.1 has left"
});
for (const [user, password] of [["ana", "a1"], ["bob", "b2"], ["eve", ""]]) {
  const client = await connect({ host: server.host, port: server.port, user, password }).catch((error: FtpError) => error);
  if (client instanceof Error) {
    console.log(user, "stays outside:", client.message); // prints "eve stays outside: PASS was refused: 530"
    continue;
  }
  const written = await client.put("note.txt", "mine").catch((error: FtpError) => error.message);
  console.log(user, "writes:", written); // prints "ana writes: 4" and // prints "bob writes: STOR was refused: 550"
  await client.quit();
}
await server.close();
await rm(root, { recursive: true });
