// What Bun's connections read into: blocks that are used again once nobody holds them, and not before.

import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { assert, assertEquals } from "../assert.ts";
import { hold, markFresh, readInto, release, SIZE } from "../../adapters/bun/blocks.ts";
import { BunNet } from "../../adapters/bun/net.ts";
import { finish, MEBIBYTE, pair } from "../conformance/net-host.ts";

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
