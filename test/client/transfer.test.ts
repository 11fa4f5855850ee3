// Transfers as a client needs them, on runtimes that close a connection together with the peer's end.

import { test } from "node:test";
import { MemoryFiles } from "../../adapters/memory/mod.ts";
import { bytesOf } from "../../adapters/memory/bytes.ts";
import type { Address, Conn, ConnHandler, File, TlsFacts } from "../../core/ports.ts";
import { Transfer } from "../../core/transfer.ts";
import type { TransferOwner } from "../../core/transfer.ts";
import { assertEquals } from "../assert.ts";

const NOWHERE: Address = { host: "", port: 0, family: 4 };

class QuietConn implements Conn {
  handler: ConnHandler;
  local: Address = NOWHERE;
  remote: Address = NOWHERE;
  tls: TlsFacts | null = null;
  constructor(handler: ConnHandler) {
    this.handler = handler;
  }
  send(): boolean {
    return true;
  }
  resume(): void {}
  end(): void {}
  abort(): void {}
  secure(): void {}
}

class Owner implements TransferOwner {
  told: string[] = [];
  wake(): void {}
  arrived(): void {
    this.told.push("arrived");
  }
  transferred(error: number): void {
    this.told.push("transferred " + error);
  }
}

test("closed with the end while the last write is outstanding", () => {
  const files = new MemoryFiles({ later: true });
  const owner = new Owner();
  const transfer = new Transfer(owner, { dataTimeout: 0, stallTimeout: 0, linger: 0 }, null);
  let file: File | null = null;
  files.create("/a", { offset: 0, size: -1, append: false, exclusive: false, owner: "" }, (_error, opened) => file = opened);
  while (files.step()) continue;
  transfer.deferred = true;
  transfer.begin(null, files, file as unknown as File, 0);
  transfer.opened(new QuietConn(transfer));
  transfer.data(bytesOf("text"), 4);
  transfer.ended();
  transfer.closed(0);
  while (files.step()) continue;
  assertEquals(owner.told, ["arrived"]);
  transfer.deferred = false;
  transfer.abort(0);
  while (files.step()) continue;
  assertEquals(owner.told, ["arrived", "transferred 0"]);
  assertEquals(files.text("/a"), "text");
});
