// The files of Node pass the suite of every file system.

import * as fs from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { assert, assertEquals, assertThrows } from "../assert.ts";
import { NodeFiles } from "../../adapters/node/files.ts";
import { DIR } from "../../core/ports.ts";
import { fileSystem } from "../conformance/filesystem.ts";
import { Promised } from "../conformance/filesystem-tools.ts";
import { KINDS, make } from "./node-disk.ts";

for (const [name, options] of KINDS) fileSystem(name, () => make(options));

describe("NodeFiles: its root", () => {
  it("must be a folder", () => {
    assertThrows(() => new NodeFiles("/no/such/folder"), "ENOENT");
    assertThrows(() => new NodeFiles(process.execPath), "Cannot serve");
  });

  it("may be a link", async () => {
    const disk = await make({});
    fs.symlinkSync("root", join(disk.top, "link"));
    const files = new Promised(new NodeFiles(join(disk.top, "link")), 1000);
    await files.mkdir("/a");
    assertEquals((await files.stat("/", "")).type, DIR);
    assertEquals(await disk.fs.names("/"), ["a"]);
    await disk.cleanup();
  });

  it("may be the root of all", async () => {
    const files = new Promised(new NodeFiles("/"), 1000);
    assert((await files.names("/")).includes("tmp"));
    assertEquals((await files.stat("/tmp", "")).type, DIR);
  });

  it("lists 1000 files as fast as one would like", async (context) => {
    const disk = await make({});
    for (let i = 0; i < 1000; i++) await disk.put(`/${i}`, Buffer.alloc(0));
    const start = performance.now();
    assertEquals((await disk.fs.names("/")).length, 1000);
    context.diagnostic(`${(performance.now() - start).toFixed(1)} ms`);
    await disk.cleanup();
  });
});
