// What Bun's connections read into: blocks that are used again once nobody holds them, and not before.

import { spawn } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { setImmediate } from "node:timers";
import { setTimeout as pause } from "node:timers/promises";
import { assert, assertEquals } from "../assert.ts";
import { hold, markFresh, readInto, release, SIZE } from "../../adapters/bun/blocks.ts";
import { BunNet } from "../../adapters/bun/net.ts";
import { TLS_SERVER } from "../../core/ports.ts";
import { finish, host, MEBIBYTE, pair } from "../conformance/net-host.ts";

const here = "Bun" in globalThis;

function test(name: string, body: () => Promise<void> | void): void {
  it(name, { skip: here ? false : "runs on Bun only" }, body);
}

/** Reads so many whole blocks from a file, one after the other. */
function reading(blocks: number, body: (read: () => Buffer) => void): void {
  const folder = fs.mkdtempSync(join(tmpdir(), "picoftp-blocks-"));
  fs.writeFileSync(join(folder, "file"), new Uint8Array(blocks * SIZE));
  const fd = fs.openSync(join(folder, "file"), "r");
  try {
    body(() => readInto(fd) as Buffer);
    assertEquals(readInto(fd), null);
  } finally {
    fs.closeSync(fd);
    fs.rmSync(folder, { recursive: true });
  }
}

test("a block is used again when all who hold it have let go", () => {
  reading(4, (read) => {
    const first = read();
    assertEquals(hold(first), true);
    release(first);
    const second = read();
    assert(second.buffer !== first.buffer, "used while it is held");
    release(first);
    const third = read();
    assert(third.buffer === first.buffer, "not used again");
    release(second);
    assert(read().buffer === second.buffer, "not used again");
    release(third);
  });
});

test("what did not come from a socket is not held; what Bun gave is, and is nobody's block", () => {
  assertEquals(hold(new Uint8Array(10)), false);
  const fresh = Buffer.alloc(10);
  markFresh(fresh);
  assertEquals(hold(fresh), true);
  release(fresh);
  release(fresh);
  reading(1, (read) => assert(read().buffer !== fresh.buffer, "memory of Bun's became a block"));
});

test("a stream is read into the same memory again and again, and little is left to Bun", async () => {
  const [client, server] = await pair(new BunNet(), {}, (peer) => {
    peer.check = false;
    peer.hold = -2;
  });
  const total = 64 * MEBIBYTE;
  const seen = new Map<ArrayBufferLike, number>();
  const data = server.data.bind(server);
  server.data = (chunk, length): boolean => {
    const { buffer, byteOffset } = chunk as Uint8Array;
    if (byteOffset === 0) seen.set(buffer, (seen.get(buffer) ?? 0) + 1);
    return data(chunk, length);
  };
  client.stream(total, [MEBIBYTE], () => client.end());
  // By then the system holds as much as it takes.
  await pause(100);
  server.hold = -1;
  server.release();
  await server.heard("ended");
  server.end();
  await finish([client, 0], [server, 0]);
  assertEquals(server.received, total);
  assert(Math.max(...seen.values()) > 1, `${seen.size} buffers, none of them used twice`);
});

test("a chunk that is kept while its connection is secured stays what it is", async () => {
  const net = new BunNet();
  const [client, server] = await pair(net, {}, (peer) => void (peer.check = false));
  let kept: Uint8Array | null = null;
  server.data = (chunk): boolean => {
    const bytes = chunk as Uint8Array;
    // A whole block is none of Bun's.
    if (kept !== null || bytes.buffer.byteLength !== SIZE) return kept === null;
    kept = bytes;
    return false;
  };
  client.stream(16 * MEBIBYTE, [MEBIBYTE], () => client.end());
  while (kept === null) await pause(5);
  const copy = Buffer.from(kept as unknown as Uint8Array);
  const tls = { role: TLS_SERVER, name: "", verify: false, pin: "", identity: {}, owner: null, requireReuse: false };
  server.conn.secure(tls);
  await server.gone();
  // Others get the blocks that are free.
  const [other, taker] = await pair(net, {}, (peer) => void (peer.check = false));
  const zeros = new Uint8Array(16 * MEBIBYTE);
  other.send(zeros);
  other.end();
  await taker.heard("ended");
  taker.end();
  assert(copy.equals(kept as unknown as Uint8Array), "it was used for another connection");
  client.abort();
  await finish([taker, 0]);
});

test("others have their turns while one connection brings much, and its handler is quick", async () => {
  const total = 128 * MEBIBYTE;
  const made = await host(new BunNet(), {});
  let turn = 0;
  let most = 0;
  made.meet = (conn, peer) => {
    peer.check = false;
    peer.data = (_chunk, length): boolean => {
      peer.received += length;
      turn += length;
      queueMicrotask((): void => conn.resume());
      return false;
    };
    return peer;
  };
  const script = `
    const socket = require("node:net").connect(${made.listener.address.port}, "127.0.0.1");
    const block = Buffer.alloc(${MEBIBYTE});
    for (let i = 0; i < ${total / MEBIBYTE}; i++) socket.write(block);
    socket.end();`;
  const sender = spawn(process.execPath, ["-e", script], { stdio: "ignore" });
  const server = await made.peer(0);
  made.listener.close();
  const look = (): void => {
    most = Math.max(most, turn);
    turn = 0;
    if (server.error === -1) setImmediate(look);
  };
  look();
  await server.heard("ended", 20000);
  server.end();
  await finish([server, 0]);
  assertEquals(server.received, total);
  assert(most < 8 * MEBIBYTE, `${most} bytes in one turn`);
  if (sender.exitCode === null) await new Promise((resolve) => sender.once("exit", resolve));
});
