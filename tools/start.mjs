// `npm start`: installs and builds what is missing, and serves a demo folder on 127.0.0.1:2121 until Ctrl-C.

import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { changed, node, prepare, root } from "./run.mjs";

const SOURCES = ["adapters", "api", "core", "cli"];
const built = path.join(root, "dist", "adapters", "node", "mod.js");
const demo = path.join(root, ".tmp", "demo");
const port = Number(process.env.PORT ?? 2121);

await prepare();
if (changed(built) < newest()) {
  console.log("building");
  await node(path.join("tools", "build.mjs"));
}
makeDemo();
const { serve } = await import(pathToFileURL(built));
try {
  const server = await serve({ root: demo, port, users: { demo: { password: "demo" } } });
  tell(server);
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => server.close({ drain: 2000 }));
} catch (error) {
  console.error(`${error.message}\nTry another port: PORT=2122 npm start`);
  process.exit(1);
}

function tell(server) {
  const url = `ftp://demo:demo@127.0.0.1:${server.port}/`;
  console.log(`
Serving ${path.relative(process.cwd(), demo) || "."} at ${server.url}
user demo, password demo

Paste in another terminal:
  curl ${url}
  curl ${url}hello.txt
  curl -T package.json ${url}uploads/

Ctrl-C ends it.`);
}

function makeDemo() {
  mkdirSync(path.join(demo, "uploads"), { recursive: true });
  const files = {
    "hello.txt": "Hello from picoftp.\n",
    "numbers.csv": Array.from({ length: 1000 }, (_, i) => `${i},${i * i}\n`).join(""),
    "folder/nested.txt": "A file in a folder.\n",
  };
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(demo, name);
    if (existsSync(file)) continue;
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** When a source was last changed. */
function newest() {
  let time = 0;
  for (const folder of SOURCES) {
    for (const name of readdirSync(path.join(root, folder), { recursive: true })) {
      if (name.endsWith(".ts")) time = Math.max(time, statSync(path.join(root, folder, name)).mtimeMs);
    }
  }
  return time;
}
