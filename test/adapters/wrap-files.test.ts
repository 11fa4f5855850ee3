// Wrappers round a FileSystem: the jail and the trace pass the suite; faults, power cuts and read-only files.

import { describe, it } from "node:test";
import { assert, assertEquals } from "../assert.ts";
import { MemoryFiles } from "../../adapters/memory/mod.ts";
import { FaultyFiles, jail, readonly, traceFiles, WrappedFiles } from "../../adapters/wrap/mod.ts";
import { CAN_DIRS, CAN_RENAME, CAN_SEEK, CAN_WRITE, DENIED, DIR, Entry, EXISTS, IO, NO_SPACE, NOT_FILE } from "../../core/ports.ts";
import type { FileSystem } from "../../core/ports.ts";
import { fileSystem } from "../conformance/filesystem.ts";
import type { Fixture } from "../conformance/filesystem.ts";
import { fails, Promised } from "../conformance/filesystem-tools.ts";

/** A fixture round a memory file system whose folder `root` is what the wrapper shows. */
function fixture(wrap: (files: MemoryFiles) => FileSystem, root: string): () => Promise<Fixture> {
  return async () => {
    const memory = new MemoryFiles({});
    if (root !== "") memory.addDir(root);
    memory.put("/secret", "outside");
    if (root === "") memory.remove("/secret", () => {});
    return {
      files: wrap(memory),
      cleanup: async () => {},
      put: async (path, bytes) => memory.put(root + path, bytes),
      get: async (path) => memory.bytes(root + path),
      parts: async () => memory.parts(),
      handles: () => memory.handles,
    };
  };
}

fileSystem("jail", fixture((files) => jail(files, "/users/ana"), "/users/ana"));
fileSystem("jail at the root", fixture((files) => jail(files, "/"), ""));
fileSystem(
  "wrapped, traced, faults without a fault",
  fixture((files) => new WrappedFiles(traceFiles(new FaultyFiles(files, {}), () => {})), ""),
);

describe("jail", () => {
  it("shows nothing of what is outside", async () => {
    const memory = new MemoryFiles({});
    memory.put("/ana/dir/a", "inside");
    memory.put("/anabel", "outside");
    const targets: [string, string][] = [
      ["/ana", "/"],
      ["/ana/dir/a", "/dir/a"],
      ["/anabel", ""],
      ["/etc", ""],
      ["/ana/../etc", ""],
      ["../a", "../a"],
      ["../../anabel", ""],
      ["x/../../../y", ""],
    ];
    targets.forEach(([target], i) => memory.addLink(`/ana/dir/link${i}`, target));
    const fs = new Promised(jail(memory, "/ana/"), 100);
    const links = (await fs.list("/dir")).filter((entry) => entry.name !== "a");
    assertEquals(links.map((entry) => entry.target), targets.map(([, shown]) => shown));
    const root = await fs.stat("/", "");
    assertEquals([root.name, root.type], ["", DIR]);
    for (const path of ["/../anabel", "/..", "/dir/../../anabel", "", "x"]) {
      await assertFails(fs, path);
    }
  });

  it("keeps its root", async () => {
    const memory = new MemoryFiles({});
    memory.addDir("/ana");
    const fs = new Promised(jail(memory, "/ana"), 100);
    await fails(fs.rmdir("/"), DENIED);
    await fails(fs.remove("/"), NOT_FILE);
    await fails(fs.rename("/", "/x"), DENIED);
    await fails(fs.mkdir("/"), EXISTS);
    assertEquals(await fs.names("/"), []);
  });
});

async function assertFails(fs: Promised, path: string): Promise<void> {
  let failed = false;
  await fs.stat(path, "").catch(() => (failed = true));
  assert(failed, `"${path}" was found`);
}

describe("readonly", () => {
  it("refuses every change and offers none", async () => {
    const memory = new MemoryFiles({});
    memory.put("/dir/a", "0123456789");
    const files = readonly(memory);
    const fs = new Promised(files, 4);
    assertEquals([files.can & (CAN_WRITE | CAN_RENAME), files.can & (CAN_SEEK | CAN_DIRS)], [0, CAN_SEEK | CAN_DIRS]);
    await fails(fs.create("/b", {}), DENIED);
    await fails(fs.create("/dir/a", { append: true }), DENIED);
    await fails(fs.remove("/dir/a"), DENIED);
    await fails(fs.rename("/dir/a", "/b"), DENIED);
    await fails(fs.mkdir("/b"), DENIED);
    await fails(fs.rmdir("/dir"), DENIED);
    await fails(fs.setFacts("/dir/a", { mode: 0 }), DENIED);
    assertEquals((await fs.read("/dir/a", 4)).length, 6);
    assertEquals((await fs.list("/")).map((entry) => [entry.name, entry.perm]), [["dir", "el"]]);
    const entry = new Entry();
    await fs.close(await fs.open("/dir/a", 0, entry));
    assertEquals([entry.perm, (await fs.stat("/dir/a", "ana")).perm], ["r", "r"]);
    assertEquals(memory.handles, 0);
  });
});

/** Does a little of everything; answers how often something failed. */
async function work(fs: Promised): Promise<number> {
  let failed = 0;
  const attempt = async <T>(promise: Promise<T>): Promise<T | null> => promise.catch(() => (failed++, null));
  await attempt(fs.mkdir("/dir"));
  const file = await attempt(fs.create("/dir/a", {}));
  if (file !== null) {
    const written = (await attempt(fs.write(file, "0123"))) !== null && (await attempt(fs.write(file, "4567"))) !== null;
    await attempt(written ? fs.commit(file) : fs.discard(file, true));
  }
  const reader = await attempt(fs.open("/dir/a", 0, new Entry()));
  if (reader !== null) {
    await attempt(fs.readSome(reader, new Uint8Array(100)));
    await attempt(fs.close(reader));
  }
  const cursor = await attempt(fs.cursor("/dir"));
  if (cursor !== null) {
    await attempt(fs.next(cursor, new Entry()));
    await attempt(fs.closeCursor(cursor));
  }
  await attempt(fs.stat("/dir/a", "ana"));
  await attempt(fs.rename("/dir/a", "/b"));
  await attempt(fs.remove("/b"));
  await attempt(fs.rmdir("/dir"));
  return failed;
}

describe("faulty files", () => {
  it("fail every call in turn, and no handle leaks", async () => {
    const none = new FaultyFiles(new MemoryFiles({}), {});
    assertEquals(await work(new Promised(none, 100)), 0);
    assertEquals(none.calls, 15);
    for (let failAt = 1; failAt <= none.calls; failAt++) {
      for (const later of [false, true]) {
        const memory = new MemoryFiles({ later });
        const timer = setInterval(() => memory.run(), 0);
        const failed = await work(new Promised(new FaultyFiles(memory, { failAt, error: NO_SPACE }), 100));
        clearInterval(timer);
        assert(failed >= 1, `Nothing failed at call ${failAt}`);
        assertEquals([failAt, memory.handles], [failAt, 0]);
      }
    }
  });

  it("fail by chance, the same for the same seed", async () => {
    const runs: number[] = [];
    for (const seed of [1, 1, 7]) {
      const memory = new MemoryFiles({});
      runs.push(await work(new Promised(new FaultyFiles(memory, { failOneIn: 3, seed }), 100)));
      assertEquals(memory.handles, 0);
    }
    assertEquals(runs[0], runs[1]);
    assert(runs[0] > 0);
  });

  it("cut the power in the middle of a write", async () => {
    const memory = new MemoryFiles({});
    memory.put("/a", "old");
    const files = new FaultyFiles(memory, { cutAt: 2 });
    const fs = new Promised(files, 100);
    const file = await fs.create("/a", {});
    await fs.write(file, "0123");
    await fails(fs.write(file, "4567"), IO);
    await fails(fs.write(file, "89"), IO);
    await fails(fs.commit(file), IO);
    await fails(fs.stat("/a", "ana"), IO);
    memory.restart();
    const after = new Promised(memory, 100);
    assertEquals(memory.text("/a"), "old");
    await after.store("/a", { offset: 6 }, "67");
    assertEquals(memory.text("/a"), "01234567");
  });
});

describe("traced files", () => {
  it("tell what is asked and what comes of it", async () => {
    const memory = new MemoryFiles({});
    const lines: string[] = [];
    const fs = new Promised(traceFiles(memory, (line) => lines.push(line)), 100);
    await fs.store("/a\n", {}, "0123", "45");
    await fs.read("/a\n", 2);
    await fs.storePart("/b", { size: 3, exclusive: true }, "x");
    await fs.rmdir("/none").catch(() => {});
    assertEquals(lines, [
      'create "/a\\x0a" at 0: ok',
      "write 4: ok",
      "write 2: ok",
      "commit: ok",
      'open "/a\\x0a" at 2: ok',
      "read 4: ok",
      "read 0: ok",
      "close: ok",
      'create "/b" at 0, 3 bytes, exclusive: ok',
      "write 1: ok",
      "keep the part: ok",
      'rmdir "/none": not found',
    ]);
  });
});
