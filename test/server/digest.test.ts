// A hash of a large file: who leaves meanwhile does not keep the disk busy, and nothing is left of it.

import { test } from "node:test";
import { bytesOf, MemoryNet, Peer } from "../../adapters/memory/mod.ts";
import { CAN_HASH } from "../../core/ports.ts";
import type { File, ReadDone } from "../../core/ports.ts";
import { Server } from "../../core/server/server.ts";
import { assert, assertEquals } from "../assert.ts";
import { FaultFiles } from "../transcripts/server-files.ts";

const SIZE = 100000;
const BLOCK = 500;

class CountedFiles extends FaultFiles {
  reads = 0;

  override read(file: File, into: Uint8Array | null, done: ReadDone): void {
    this.reads++;
    super.read(file, into, done);
  }
}

function stage(later: boolean): { net: MemoryNet; files: CountedFiles; server: Server; client: Peer } {
  const net = new MemoryNet({});
  const files = new CountedFiles(later);
  net.join(files);
  files.can = files.can | CAN_HASH;
  files.put("/big", bytesOf("x".repeat(SIZE)));
  const server = new Server(net, files, { login: (_login, done) => done(0, null), block: BLOCK });
  server.listen({ host: "", port: 21 }, () => {});
  const client = new Peer();
  client.dial(net, { host: "10.0.0.1", port: 21, text: true });
  net.run();
  client.send("USER ana\r\nPASS x\r\n");
  net.run();
  client.take();
  return { net, files, server, client };
}

for (const later of [false, true]) {
  test(`the hash is read in blocks, ${later ? "later" : "at once"}`, () => {
    const { net, files, client } = stage(later);
    client.send("XCRC /big\r\n");
    net.run();
    assertEquals(client.take(), "250 FE071171\r\n");
    assert(files.reads >= SIZE / BLOCK, `${files.reads}`);
  });
}

test("who leaves meanwhile ends it", () => {
  const { net, files, server, client } = stage(true);
  client.send("XCRC /big\r\nNOOP\r\n");
  while (files.reads < 5) net.step();
  client.abort();
  net.run();
  assert(files.reads < 12, `${files.reads} reads`);
  assertEquals([server.sessions.length, net.open.conns, client.take()], [0, 0, ""]);
});
