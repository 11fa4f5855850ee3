// Of the suite that every file system passes: new files, parts and writing in place.

import { assertEquals } from "../assert.ts";
import { BAD_OFFSET, BUSY, CAN_APPEND, CAN_DIRS, CAN_SEEK, CAN_WRITE } from "../../core/ports.ts";
import { EXISTS, FILE, NOT_DIR, NOT_FILE, NOT_FOUND } from "../../core/ports.ts";
import type { Declare } from "./filesystem.ts";
import { assertSameBytes, bytes, fails, noise, text } from "./filesystem-tools.ts";

/** Declares the tests of `create`, `write`, `commit` and `discard`. */
export function writing(test: Declare): void {
  newFiles(test);
  resuming(test);
  inPlace(test);
}

function newFiles(test: Declare): void {
  test("shows nothing before commit, all of it after", CAN_WRITE, async ({ fs, get, parts }) => {
    const file = await fs.create("/a", {});
    await fs.write(file, bytes("first "));
    await fs.write(file, "second");
    assertEquals(await get("/a"), null);
    assertEquals(await fs.names("/"), []);
    await fails(fs.stat("/a", ""), NOT_FOUND);
    await fails(fs.read("/a", 0), NOT_FOUND);
    await fs.commit(file);
    assertEquals(text(await get("/a")), "first second");
    assertEquals(await fs.names("/"), ["a"]);
    if (parts !== undefined) assertEquals(await parts(), 0);
  });

  test("keeps the old file until commit, and on discard", CAN_WRITE, async ({ fs, put, get, parts }) => {
    await put("/a", bytes("old"));
    for (const keep of [false, true]) {
      const file = await fs.create("/a", {});
      await fs.write(file, "much longer than the old one");
      assertEquals(text(await fs.read("/a", 0)), "old");
      await fs.discard(file, keep);
      assertEquals(text(await get("/a")), "old");
      if (parts !== undefined) assertEquals(await parts(), keep ? 1 : 0);
    }
    await fs.store("/a", {}, "new");
    assertEquals(text(await get("/a")), "new");
    if (parts !== undefined) assertEquals(await parts(), 0);
  });

  test("leaves nothing of a discarded file", CAN_WRITE, async ({ fs, parts }) => {
    const file = await fs.create("/a", {});
    await fs.write(file, "gone");
    await fs.discard(file, false);
    assertEquals(await fs.names("/"), []);
    await fails(fs.stat("/a", "ana"), NOT_FOUND);
    if (parts !== undefined) assertEquals(await parts(), 0);
  });

  test("makes an empty file", CAN_WRITE, async ({ fs, put, get }) => {
    await fs.store("/empty", { size: 0 });
    assertEquals(text(await get("/empty")), "");
    await put("/full", bytes("full"));
    await fs.store("/full", { size: 0 });
    assertEquals(text(await get("/full")), "");
  });

  test("writes 1 MiB of noise, bytes and strings, from one block that is used again", CAN_WRITE, async ({ fs, get }) => {
    const data = noise(1048576, 11);
    const file = await fs.create("/big", { size: data.length });
    const block = new Uint8Array(65536);
    for (let at = 0; at < data.length; at += block.length) {
      block.set(data.subarray(at, at + block.length));
      if (at % 131072 === 0) await fs.write(file, block);
      else await fs.write(file, text(block) as string);
      block.fill(0);
    }
    await fs.commit(file);
    assertSameBytes(await get("/big"), data);
  });

  test("writes the stated length of a longer chunk", CAN_WRITE, async ({ fs, files, get }) => {
    const file = await fs.create("/a", {});
    await new Promise<void>((resolve) => files.write(file, bytes("12345678"), 5, () => resolve()));
    await fs.commit(file);
    assertEquals(text(await get("/a")), "12345");
  });

  test("waits with commit and discard for an outstanding write", CAN_WRITE, async ({ fs, get, parts }) => {
    const data = noise(300000, 13);
    for (const last of ["commit", "discard"] as const) {
      const file = await fs.create(`/${last}`, { size: data.length });
      const order: string[] = [];
      const write = fs.write(file, data).then(() => order.push("write"));
      const end = last === "commit" ? fs.commit(file) : fs.discard(file, false);
      await Promise.all([write, end.then(() => order.push(last))]);
      assertEquals(order, ["write", last]);
    }
    assertSameBytes(await get("/commit"), data);
    assertEquals(await fs.names("/"), ["commit"]);
    if (parts !== undefined) assertEquals(await parts(), 0);
  });

  test("refuses a second writer of the same owner, not of another", CAN_WRITE, async ({ fs, get, parts }) => {
    const first = await fs.create("/a", {});
    await fs.write(first, "ana");
    await fails(fs.create("/a", {}), BUSY);
    const other = await fs.create("/a", { owner: "bob" });
    await fs.write(other, "bob");
    if (parts !== undefined) assertEquals(await parts(), 2);
    await fs.commit(other);
    assertEquals(text(await get("/a")), "bob");
    await fs.commit(first);
    assertEquals(text(await get("/a")), "ana");
    const again = await fs.create("/a", {});
    await fs.discard(again, false);
    assertEquals(text(await get("/a")), "ana");
  });

  test("creates exclusively", CAN_WRITE, async ({ fs, put, get }) => {
    await put("/a", bytes("old"));
    await fails(fs.create("/a", { exclusive: true }), EXISTS);
    await fs.store("/b", { exclusive: true }, "new");
    assertEquals([text(await get("/a")), text(await get("/b"))], ["old", "new"]);
  });

  test("refuses to create where it cannot be", CAN_WRITE | CAN_DIRS, async ({ fs, put, parts }) => {
    await put("/a", bytes("x"));
    await fs.mkdir("/dir");
    await fails(fs.create("/dir", {}), NOT_FILE);
    await fails(fs.create("/", {}), NOT_FILE);
    await fails(fs.create("/none/b", {}), NOT_FOUND);
    await fails(fs.create("/a/b", {}), NOT_DIR, NOT_FOUND);
    if (parts !== undefined) assertEquals(await parts(), 0);
  });
}

function resuming(test: Declare): void {
  test("goes on with a part at its size", CAN_WRITE | CAN_SEEK, async ({ fs, get, parts }) => {
    await fs.storePart("/a", { size: 11 }, "0123");
    await fs.storePart("/a", { offset: 4, size: 7 }, "456", "7");
    if (parts !== undefined) assertEquals(await parts(), 1);
    assertEquals(await get("/a"), null);
    await fs.store("/a", { offset: 8, size: 3 }, "89A");
    assertEquals(text(await get("/a")), "0123456789A");
    if (parts !== undefined) assertEquals(await parts(), 0);
  });

  test("starts a part anew at offset 0", CAN_WRITE, async ({ fs, get, parts }) => {
    await fs.storePart("/a", {}, "long first try");
    await fs.store("/a", {}, "second");
    assertEquals(text(await get("/a")), "second");
    if (parts !== undefined) assertEquals(await parts(), 0);
  });

  test("appends to a part where there is no file", CAN_WRITE | CAN_APPEND, async ({ fs, get, parts }) => {
    await fs.storePart("/a", {}, "0123");
    await fs.store("/a", { append: true }, "4567");
    assertEquals(text(await get("/a")), "01234567");
    await fs.store("/b", { append: true }, "new");
    assertEquals(text(await get("/b")), "new");
    if (parts !== undefined) assertEquals(await parts(), 0);
  });

  test("shows a part to its owner only, in stat only, and only where there is no file", CAN_WRITE, async ({ fs, put }) => {
    await fs.storePart("/a", {}, "0123");
    const part = await fs.stat("/a", "ana");
    assertEquals([part.name, part.type, part.size], ["a", FILE, 4]);
    await fails(fs.stat("/a", "bob"), NOT_FOUND);
    await fails(fs.stat("/a", ""), NOT_FOUND);
    await fails(fs.open("/a", 0, part), NOT_FOUND);
    await fails(fs.remove("/a"), NOT_FOUND);
    assertEquals(await fs.names("/"), []);
    await put("/a", bytes("committed"));
    assertEquals((await fs.stat("/a", "ana")).size, 9);
    assertEquals(await fs.names("/"), ["a"]);
  });

  test("keeps the parts of two owners apart", CAN_WRITE | CAN_SEEK, async ({ fs, get }) => {
    await fs.storePart("/a", {}, "ana");
    await fs.storePart("/a", { owner: "bob" }, "bobby");
    await fails(fs.create("/a", { offset: 5 }), BAD_OFFSET);
    await fs.store("/a", { offset: 3 }, "!");
    assertEquals(text(await get("/a")), "ana!");
    await fs.store("/a", { owner: "bob", offset: 5 }, "!");
    assertEquals(text(await get("/a")), "bobby!");
  });

  test("refuses other offsets of a part, which stays as it is", CAN_WRITE | CAN_SEEK, async ({ fs, get }) => {
    await fails(fs.create("/a", { offset: 1 }), BAD_OFFSET);
    await fs.storePart("/a", {}, "01234");
    await fails(fs.create("/a", { offset: 3 }), BAD_OFFSET);
    await fails(fs.create("/a", { offset: 6 }), BAD_OFFSET);
    assertEquals((await fs.stat("/a", "ana")).size, 5);
    await fs.store("/a", { offset: 5 }, "5");
    assertEquals(text(await get("/a")), "012345");
  });

  test("forgets a resumed part that is discarded", CAN_WRITE | CAN_SEEK, async ({ fs, parts }) => {
    await fs.storePart("/a", {}, "01234");
    const file = await fs.create("/a", { offset: 5 });
    await fails(fs.create("/a", { offset: 5 }), BUSY);
    await fs.discard(file, false);
    await fails(fs.create("/a", { offset: 5 }), BAD_OFFSET);
    if (parts !== undefined) assertEquals(await parts(), 0);
  });

  test("prefers the part at its size, the file at any other offset", CAN_WRITE | CAN_SEEK, async ({ fs, put, get }) => {
    await put("/a", bytes("abcdefghij"));
    await fs.storePart("/a", {}, "01234");
    await fs.store("/a", { offset: 2 }, "XY");
    assertEquals(text(await get("/a")), "abXYefghij");
    await fs.store("/a", { offset: 5 }, "567");
    assertEquals(text(await get("/a")), "01234567");
  });
}

function inPlace(test: Declare): void {
  test("appends to a file in place", CAN_WRITE | CAN_APPEND, async ({ fs, put, get, parts }) => {
    await put("/a", bytes("0123"));
    const file = await fs.create("/a", { append: true });
    await fs.write(file, "45");
    await fails(fs.create("/a", { append: true }), BUSY);
    await fails(fs.create("/a", { append: true, owner: "bob" }), BUSY);
    await fs.write(file, "67");
    await fs.commit(file);
    await fs.store("/a", { append: true }, "8");
    assertEquals(text(await get("/a")), "012345678");
    if (parts !== undefined) assertEquals(await parts(), 0);
  });

  test("writes in place at an offset; what lies behind stays", CAN_WRITE | CAN_SEEK, async ({ fs, put, get, parts }) => {
    await put("/a", bytes("0123456789"));
    await fs.store("/a", { offset: 4 }, "ab");
    assertEquals(text(await get("/a")), "0123ab6789");
    await fs.store("/a", { offset: 8 }, "wxyz");
    assertEquals(text(await get("/a")), "0123ab67wxyz");
    await fs.store("/a", { offset: 12 }, "!");
    assertEquals(text(await get("/a")), "0123ab67wxyz!");
    if (parts !== undefined) assertEquals(await parts(), 0);
  });

  test("refuses an offset beyond the end, and changes nothing", CAN_WRITE | CAN_SEEK, async ({ fs, put, get, parts }) => {
    await put("/a", bytes("0123"));
    await fails(fs.create("/a", { offset: 5 }), BAD_OFFSET);
    await fails(fs.create("/a", { offset: 9007199254740991 }), BAD_OFFSET);
    assertEquals(text(await get("/a")), "0123");
    if (parts !== undefined) assertEquals(await parts(), 0);
  });
}
