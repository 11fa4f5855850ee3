// Of the suite that every file system passes: renaming, removing, folders and facts.

import { assert, assertEquals } from "../assert.ts";
import { BUSY, CAN_DIRS, CAN_FACTS, CAN_RENAME, CAN_SEEK, CAN_WRITE } from "../../core/ports.ts";
import { DENIED, DIR, EXISTS, NOT_DIR, NOT_EMPTY, NOT_FILE, NOT_FOUND } from "../../core/ports.ts";
import type { Declare } from "./filesystem.ts";
import { bytes, fails, text } from "./filesystem-tools.ts";

/** Declares the tests of what changes a tree. */
export function changing(test: Declare): void {
  renaming(test);
  folders(test);
  facts(test);
}

function renaming(test: Declare): void {
  test("renames a file, also over another", CAN_WRITE | CAN_RENAME, async ({ fs, put, get }) => {
    await put("/a", bytes("a"));
    await put("/b", bytes("b"));
    await fs.rename("/a", "/c");
    await fs.rename("/c", "/b");
    assertEquals([await fs.names("/"), text(await get("/b"))], [["b"], "a"]);
    await fs.rename("/b", "/b");
    assertEquals(text(await get("/b")), "a");
    await fails(fs.rename("/none", "/b"), NOT_FOUND);
    assertEquals(text(await get("/b")), "a");
  });

  test("renames folders with what is in them", CAN_WRITE | CAN_RENAME | CAN_DIRS, async ({ fs, put, get }) => {
    await fs.mkdir("/dir");
    await fs.mkdir("/other");
    await put("/dir/a", bytes("a"));
    await put("/file", bytes("f"));
    await fs.rename("/dir", "/other/new");
    assertEquals(text(await get("/other/new/a")), "a");
    await fs.rename("/other/new/a", "/a");
    assertEquals(await fs.names("/"), ["a", "file", "other"]);
    await fails(fs.rename("/a", "/other"), EXISTS);
    await fails(fs.rename("/other/new", "/file"), EXISTS, NOT_DIR);
    await fails(fs.rename("/a", "/none/a"), NOT_FOUND);
    await fails(fs.rename("/a", "/file/a"), NOT_DIR, NOT_FOUND);
    await fails(fs.rename("/other", "/other/new/inner"), DENIED, BUSY, EXISTS);
    await fails(fs.rename("/", "/root"), DENIED);
    await fails(fs.rename("/a", "/"), EXISTS, DENIED);
    assertEquals([text(await get("/a")), text(await get("/file"))], ["a", "f"]);
    assertEquals(await fs.names("/other"), ["new"]);
  });

  test("takes the parts along with their folder", CAN_WRITE | CAN_RENAME | CAN_DIRS | CAN_SEEK, async ({ fs, get }) => {
    await fs.mkdir("/dir");
    await fs.storePart("/dir/a", {}, "0123");
    await fs.rename("/dir", "/moved");
    assertEquals((await fs.stat("/moved/a", "ana")).size, 4);
    await fs.store("/moved/a", { offset: 4 }, "45");
    assertEquals(text(await get("/moved/a")), "012345");
  });

  test("removes files, not folders", CAN_WRITE | CAN_DIRS, async ({ fs, put }) => {
    await put("/a", bytes("a"));
    await fs.mkdir("/dir");
    await fs.remove("/a");
    await fails(fs.remove("/a"), NOT_FOUND);
    await fails(fs.remove("/dir"), NOT_FILE);
    await fails(fs.remove("/"), NOT_FILE, DENIED);
    assertEquals(await fs.names("/"), ["dir"]);
  });
}

function folders(test: Declare): void {
  test("makes and removes folders", CAN_WRITE | CAN_DIRS, async ({ fs, put }) => {
    await put("/file", bytes("x"));
    await fs.mkdir("/a");
    await fs.mkdir("/a/b");
    assertEquals((await fs.stat("/a/b", "")).type, DIR);
    await fails(fs.mkdir("/a"), EXISTS);
    await fails(fs.mkdir("/file"), EXISTS);
    await fails(fs.mkdir("/"), EXISTS);
    await fails(fs.mkdir("/none/b"), NOT_FOUND);
    await fails(fs.mkdir("/file/b"), NOT_DIR, NOT_FOUND);
    await fails(fs.rmdir("/a"), NOT_EMPTY);
    await fails(fs.rmdir("/file"), NOT_DIR);
    await fails(fs.rmdir("/none"), NOT_FOUND);
    await fs.rmdir("/a/b");
    await fs.rmdir("/a");
    assertEquals(await fs.names("/"), ["file"]);
  });

  test("never removes the root", CAN_WRITE | CAN_DIRS, async ({ fs, put }) => {
    await fails(fs.rmdir("/"), DENIED);
    await put("/a", bytes("x"));
    await fails(fs.rmdir("/"), DENIED);
  });

  test("removes a folder in which only a part is left", CAN_WRITE | CAN_DIRS, async ({ fs, parts }) => {
    await fs.mkdir("/dir");
    await fs.storePart("/dir/a", {}, "0123");
    assertEquals(await fs.names("/dir"), []);
    await fs.rmdir("/dir");
    assertEquals(await fs.names("/"), []);
    if (parts !== undefined) assertEquals(await parts(), 0);
  });
}

function facts(test: Declare): void {
  test("sets the modification time, and tells what it became", CAN_WRITE | CAN_FACTS, async ({ fs, put }) => {
    await put("/a", bytes("x"));
    for (const wish of [1600000000123, 86400000, 4102444800999]) {
      const set = await fs.setFacts("/a", { modified: wish });
      assert(Math.abs(set.modified - wish) <= 2000, `Asked for ${wish}, got ${set.modified}`);
      assertEquals((await fs.stat("/a", "")).modified, set.modified);
      assertEquals((await fs.list("/"))[0].modified, set.modified);
      assertEquals([set.created, set.mode], [-1, -1]);
    }
    await fails(fs.setFacts("/none", { modified: 0 }), NOT_FOUND);
  });

  test("sets the mode, or tells that it did not", CAN_WRITE | CAN_FACTS, async ({ fs, put }) => {
    await put("/a", bytes("x"));
    const before = (await fs.stat("/a", "")).modified;
    const set = await fs.setFacts("/a", { mode: 384 });
    const entry = await fs.stat("/a", "");
    if (set.mode !== -1) assertEquals([set.mode, entry.mode], [384, 384]);
    assertEquals([set.modified, entry.modified], [-1, before]);
  });

  test("sets facts of folders", CAN_WRITE | CAN_FACTS | CAN_DIRS, async ({ fs }) => {
    await fs.mkdir("/dir");
    const set = await fs.setFacts("/dir", { modified: 1600000000000 });
    assertEquals((await fs.stat("/dir", "")).modified, set.modified);
  });
}
