// What the memory file system does beyond the suite: capacity, misuse, the queue, power cuts, the window for tests.

import { describe, it } from "node:test";
import { assertEquals, assertThrows } from "../assert.ts";
import { bytesOf, MemoryFiles } from "../../adapters/memory/mod.ts";
import type { MemoryFilesOptions } from "../../adapters/memory/mod.ts";
import { BUSY, CAN_SEEK, DENIED, Entry, EXISTS, NEEDS_SIZE, NO_SPACE, NOT_FILE, OWN_CHUNKS, WANTS_SIZE } from "../../core/ports.ts";
import type { Create, File } from "../../core/ports.ts";

const NEW: Create = { offset: 0, size: -1, append: false, exclusive: false, owner: "ana" };

/** Creates and says what came: a file, or the number of an error. */
function create(files: MemoryFiles, path: string, how: Partial<Create>): File | number {
  let result: File | number = -1;
  files.create(path, { ...NEW, ...how }, (error, file) => (result = error === 0 ? file : error));
  files.run();
  return result;
}

function write(files: MemoryFiles, file: File | number, text: string): number {
  let result = -1;
  files.write(file as File, text, text.length, (error) => (result = error));
  files.run();
  return result;
}

function commit(files: MemoryFiles, file: File | number): number {
  let result = -1;
  files.commit(file as File, (error) => (result = error));
  files.run();
  return result;
}

function space(files: MemoryFiles): number {
  let result = -1;
  files.space("/", (_error, free) => (result = free));
  files.run();
  return result;
}

for (const later of [false, true]) {
  describe(`memory files, ${later ? "later" : "now"}`, () => {
    const make = (options: MemoryFilesOptions): MemoryFiles => new MemoryFiles({ ...options, later });

    it("counts what is used, and is full", () => {
      const files = make({ capacity: 10 });
      files.put("/a", "12345");
      assertEquals(space(files), 5);
      const file = create(files, "/b", {});
      assertEquals([write(files, file, "6789"), space(files)], [0, 1]);
      assertEquals([write(files, file, "xy"), write(files, file, "z")], [NO_SPACE, NO_SPACE]);
      assertEquals([commit(files, file), files.text("/b"), files.parts(), files.handles], [NO_SPACE, null, 1, 0]);
      assertEquals(create(files, "/c", { size: 2 }), NO_SPACE);
      assertEquals(create(files, "/a", { size: 2, append: true }), NO_SPACE);
      files.remove("/a", () => {});
      files.run();
      assertEquals(space(files), 6);
      const again = create(files, "/b", { size: 10 });
      assertEquals([write(files, again, "0123456789"), space(files)], [0, 0]);
      assertEquals([commit(files, again), space(files), files.text("/b")], [0, 0, "0123456789"]);
      files.put("/b", "");
      assertEquals(space(files), 10);
    });

    it("commits an exclusive file only once", () => {
      const files = make({});
      const first = create(files, "/a", { exclusive: true });
      assertEquals(create(files, "/a", { exclusive: true, owner: "bob" }), EXISTS);
      files.put("/a", "in between");
      assertEquals([commit(files, first), files.text("/a"), files.handles], [EXISTS, "in between", 0]);
    });

    it("does not commit over a folder", () => {
      const files = make({});
      const file = create(files, "/a", {});
      files.addDir("/a");
      assertEquals(commit(files, file), NOT_FILE);
    });

    it("refuses to remove a folder in which a part is written", () => {
      const files = make({});
      files.addDir("/dir");
      const file = create(files, "/dir/a", {});
      let result = -1;
      files.rmdir("/dir", (error) => (result = error));
      files.run();
      assertEquals([result, commit(files, file), files.text("/dir/a")], [BUSY, 0, ""]);
    });

    it("goes on after a power cut with the parts it had", () => {
      const files = make({});
      const file = create(files, "/a", {});
      write(files, file, "0123");
      if (later) files.write(file as File, "lost", 4, () => {});
      files.restart();
      assertEquals([files.handles, files.parts()], [0, 1]);
      const part = create(files, "/a", { append: true });
      write(files, part, "45");
      commit(files, part);
      assertEquals(files.text("/a"), "012345");
    });

    it("throws where a handle is misused", () => {
      const files = make({});
      const file = create(files, "/a", {}) as File;
      commit(files, file);
      assertThrows(() => files.write(file, "x", 1, () => {}), "closed");
      assertThrows(() => files.commit(file, () => {}), "closed");
      assertThrows(() => files.discard(file, false, () => {}), "closed");
    });
  });
}

describe("memory files", () => {
  it("asks for the size where it is told to", () => {
    const files = new MemoryFiles({});
    files.can = (files.can & ~CAN_SEEK) | WANTS_SIZE;
    assertEquals(create(files, "/a", {}), NEEDS_SIZE);
    assertEquals(commit(files, create(files, "/a", { size: 0 })), 0);
  });

  it("hands over chunks of its own, which do not live on", () => {
    const files = new MemoryFiles({ ownChunks: "bytes", block: 4 });
    files.put("/a", "0123456");
    assertEquals((files.can & OWN_CHUNKS) !== 0, true);
    let file: File = {};
    const seen: Uint8Array[] = [];
    files.open("/a", 0, new Entry(), (_error, opened) => (file = opened));
    files.read(file, null, (_error, chunk, length) => seen.push((chunk as Uint8Array).subarray(0, length)));
    assertEquals(seen[0], bytesOf("0123"));
    files.read(file, null, (_error, chunk, length) => seen.push((chunk as Uint8Array).subarray(0, length)));
    assertEquals([seen[0][3], seen[1].length], [0xdd, 3]);
    files.close(file, () => {});
    assertEquals(files.handles, 0);
  });

  it("hands over chunks of its own also where the block is null", () => {
    const files = new MemoryFiles({});
    files.put("/a", "0123456");
    let file: File = {};
    let text = 0;
    files.open("/a", 0, new Entry(), (_error, opened) => (file = opened));
    files.read(file, null, (_error, _chunk, length) => (text = length));
    assertEquals(text, 7);
  });

  it("notices a block or a chunk that is used while it is lent", () => {
    const files = new MemoryFiles({ later: true });
    files.put("/a", "0123456789");
    const block = new Uint8Array(8);
    files.open("/a", 0, new Entry(), (_error, file) => files.read(file, block, () => {}));
    files.step();
    block[3] = 1;
    assertThrows(() => files.step(), "the block was used");
    const chunk = bytesOf("chunk");
    files.write(create(files, "/b", {}) as File, chunk, 5, () => {});
    chunk[0] = 0;
    assertThrows(() => files.step(), "the chunk was changed");
  });

  it("throws at two reads, writes or nexts at once", () => {
    const files = new MemoryFiles({ later: true });
    files.put("/a", "0123456789");
    const file = create(files, "/b", {}) as File;
    files.write(file, "x", 1, () => {});
    assertThrows(() => files.write(file, "x", 1, () => {}), "outstanding");
    let reader: File = {};
    files.open("/a", 0, new Entry(), (_error, opened) => (reader = opened));
    files.run();
    files.read(reader, null, () => {});
    assertThrows(() => files.read(reader, null, () => {}), "outstanding");
    files.list("/", (_error, cursor) => {
      cursor.next(new Entry(), () => {});
      assertThrows(() => cursor.next(new Entry(), () => {}), "outstanding");
    });
    files.run();
  });

  it("keeps links inside the root", () => {
    const files = new MemoryFiles({});
    files.put("/dir/a", "inside");
    files.addLink("/dir/up", "../../dir/a");
    files.addLink("/dir/abs", "/dir/a");
    files.addLink("/dir/rel", "./a");
    const seen: (number | string)[] = [];
    for (const name of ["up", "abs", "rel"]) files.stat(`/dir/${name}`, "", new Entry(), (error, entry) => seen.push(error, entry.size));
    assertEquals(seen, [DENIED, -1, 0, 6, 0, 6]);
    assertEquals([files.text("/dir/rel"), files.bytes("/dir/up"), files.text("/none")], ["inside", null, null]);
  });
});
