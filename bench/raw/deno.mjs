// The anchor on Deno: one file over a bare socket, 256 KiB blocks, asynchronous calls, in a process each; the fastest of Deno's own.
//   deno run -A raw/deno.mjs serve FILE   sends FILE to whoever connects, prints its port
//   deno run -A raw/deno.mjs take PORT FILE   receives into FILE, prints the seconds

const SIZE = 262144;
const [role, ...args] = Deno.args;

if (role === "serve") {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  console.log(`ready ${listener.addr.port}`);
  for await (const conn of listener) void serve(conn);
} else {
  const file = await Deno.open(args[1], { write: true, create: true, truncate: true });
  const started = performance.now();
  const block = new Uint8Array(SIZE);
  const conn = await Deno.connect({ hostname: "127.0.0.1", port: Number(args[0]) });
  for (let length = await conn.read(block); length !== null; length = await conn.read(block)) await all(file, block.subarray(0, length));
  conn.close();
  file.close();
  console.log(`seconds ${(performance.now() - started) / 1000}`);
}

async function serve(conn) {
  const file = await Deno.open(args[0]);
  const block = new Uint8Array(SIZE);
  for (let length = await file.read(block); length !== null; length = await file.read(block)) await all(conn, block.subarray(0, length));
  file.close();
  await conn.closeWrite();
  conn.close();
}

async function all(to, bytes) {
  for (let at = 0; at < bytes.length;) at += await to.write(at === 0 ? bytes : bytes.subarray(at));
}
