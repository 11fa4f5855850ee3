// The suite that every file system passes: the frame, reading, listing. The other chapters are in filesystem-*.ts.

import { after, before, describe, it } from "node:test";
import { assert, assertEquals } from "../assert.ts";
import { BAD_OFFSET, CAN_DIRS, CAN_HASH, CAN_SEEK, CAN_SPACE, CAN_TIMES, CAN_WRITE } from "../../core/ports.ts";
import { DIR, Entry, FILE, NOT_DIR, NOT_FILE, NOT_FOUND, OWN_CHUNKS } from "../../core/ports.ts";
import { assertSameBytes, bytes, dirty, fails, noise, Promised, promised, text } from "./filesystem-tools.ts";
import type { Fixture } from "./filesystem-tools.ts";
import { changing } from "./filesystem-changing.ts";
import { naming } from "./filesystem-names.ts";
import { writing } from "./filesystem-writing.ts";

export type { Fixture } from "./filesystem-tools.ts";

/** What a test gets: the file system with promises, and the fixture behind it. */
export interface Stage extends Fixture {
  fs: Promised;
}

/** Declares a test, which is skipped where the file system lacks one of the capabilities or the fixture one of its ways. */
export type Declare = (name: string, needs: number, body: (stage: Stage) => Promise<void>, way?: keyof Fixture) => void;

/**
 * Declares the suite for one file system; `make` is called for every test and hands over an empty one. `skips`: what it cannot do by
 * its nature, by the title of the test, and why.
 */
export function fileSystem(name: string, make: () => Promise<Fixture>, skips: { [title: string]: string } = {}): void {
  describe(`file system ${name}`, () => {
    let can = 0;
    let ways: Fixture | null = null;
    before(async () => {
      ways = await make();
      can = ways.files.can;
    });
    after(async () => await ways?.cleanup());
    const unknown = new Set(Object.keys(skips));
    const declare: Declare = (title, needs, body, way) => {
      unknown.delete(title);
      it(title, async (context) => {
        if (skips[title] !== undefined) return context.skip(skips[title]);
        if ((can & needs) !== needs) return context.skip(`lacks capability ${needs & ~can}`);
        if (way !== undefined && ways?.[way] === undefined) return context.skip(`no ${way}`);
        const fixture = await make();
        try {
          await body({ ...fixture, fs: new Promised(fixture.files, 1000) });
          if (fixture.handles !== undefined) assertEquals(fixture.handles(), 0, "Handles were left open");
        } finally {
          await fixture.cleanup();
        }
      });
    };
    reading(declare);
    listing(declare);
    naming(declare);
    writing(declare);
    changing(declare);
    for (const title of unknown) throw new Error(`No test is called "${title}"`);
  });
}

function reading(test: Declare): void {
  test("reads a file, from its start and from offsets", 0, async ({ fs, put }) => {
    await put("/a", bytes("0123456789"));
    assertEquals(text(await fs.read("/a", 0)), "0123456789");
    if ((fs.files.can & CAN_SEEK) === 0) return;
    assertEquals(text(await fs.read("/a", 7)), "789");
    assertEquals(text(await fs.read("/a", 10)), "");
    await fails(fs.read("/a", 11), BAD_OFFSET);
  });

  test("goes on answering 0 bytes at the end", 0, async ({ fs, put }) => {
    await put("/a", bytes("abc"));
    const file = await fs.open("/a", 0, new Entry());
    const block = new Uint8Array(100);
    assertEquals(text(await fs.readSome(file, block)), "abc");
    assertEquals((await fs.readSome(file, block)).length, 0);
    assertEquals((await fs.readSome(file, block)).length, 0);
    await fs.close(file);
  });

  test("reads an empty file", 0, async ({ fs, put }) => {
    await put("/empty", new Uint8Array(0));
    assertEquals((await fs.read("/empty", 0)).length, 0);
    assertEquals((await fs.stat("/empty", "")).size, 0);
  });

  test("reads 1 MiB of noise with blocks of many sizes", 0, async ({ fs, put }) => {
    const data = noise(1048576, 7);
    await put("/big", data);
    for (const block of [4096, 65536, 65537, 2000000]) {
      assertSameBytes(await new Promised(fs.files, block).read("/big", 0), data);
    }
  });

  test("reads one file twice at once", 0, async ({ fs, put }) => {
    await put("/a", bytes("0123456789"));
    const files = [await fs.open("/a", 0, new Entry()), await fs.open("/a", 0, new Entry())];
    const blocks = [new Uint8Array(4), new Uint8Array(6)];
    const read = await Promise.all(files.map((file, i) => fs.readSome(file, blocks[i])));
    if ((fs.files.can & OWN_CHUNKS) === 0) assertEquals(read.map(text), ["0123", "012345"]);
    await fs.close(files[0]);
    if ((fs.files.can & OWN_CHUNKS) === 0) assertEquals(text(await fs.readSome(files[1], blocks[1])), "6789");
    await fs.close(files[1]);
  });

  test("fills the entry with open", 0, async ({ fs, put }) => {
    await put("/a", bytes("0123456789"));
    const entry = dirty();
    await fs.close(await fs.open("/a", 0, entry));
    assertEquals([entry.name, entry.type, entry.size], ["a", FILE, 10]);
    if ((fs.files.can & CAN_TIMES) !== 0) assert(entry.modified > 99, "No modification time");
    assert(!JSON.stringify(entry).includes("left over"), "A field was not filled");
  });

  test("refuses to open what is no file", CAN_DIRS, async ({ fs, put }) => {
    await put("/a", bytes("x"));
    await fs.mkdir("/dir");
    await fails(fs.read("/dir", 0), NOT_FILE);
    await fails(fs.read("/", 0), NOT_FILE);
    await fails(fs.read("/none", 0), NOT_FOUND);
    await fails(fs.read("/none/a", 0), NOT_FOUND);
    await fails(fs.read("/a/b", 0), NOT_DIR, NOT_FOUND);
  });

  test("waits with close for an outstanding read", 0, async ({ fs, put }) => {
    const data = noise(100000, 3);
    await put("/a", data);
    const file = await fs.open("/a", 0, new Entry());
    const block = new Uint8Array(65536);
    const order: string[] = [];
    const read = fs.readSome(file, block).then((piece) => {
      order.push("read");
      return piece;
    });
    await Promise.all([read, fs.close(file).then(() => order.push("close"))]);
    assertEquals(order, ["read", "close"]);
    const piece = await read;
    assertSameBytes(piece, data.subarray(0, piece.length));
  });

  test("does not touch the block after done", 0, async ({ fs, put }) => {
    await put("/a", noise(300000, 5));
    const file = await fs.open("/a", 0, new Entry());
    const block = new Uint8Array(65536);
    await fs.readSome(file, block);
    block.fill(1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await fs.close(file);
    assertEquals(block.indexOf(1), 0);
    assert(block.every((byte) => byte === 1), "The block changed after the read was done");
  });
}

function listing(test: Declare): void {
  test("lists the root, without . and ..", 0, async ({ fs, put }) => {
    assertEquals(await fs.names("/"), []);
    await put("/b", bytes("12345"));
    await put("/a", bytes(""));
    const entries = await fs.list("/");
    assertEquals(entries.map((entry) => [entry.name, entry.type, entry.size]), [["a", FILE, 0], ["b", FILE, 5]]);
    assert(entries[0].unique === "" || entries[0].unique !== entries[1].unique, "Two files have one unique fact");
  });

  test("fills all of an entry that was used before", CAN_DIRS, async ({ fs, put }) => {
    await put("/a", bytes("x"));
    await fs.mkdir("/dir");
    const cursor = await fs.cursor("/");
    const entry = dirty();
    while (await fs.next(cursor, entry)) {
      assert(!JSON.stringify(entry).includes("left over"), "A field was not filled");
      assertEquals(entry.type, entry.name === "dir" ? DIR : FILE);
    }
    await fs.closeCursor(cursor);
  });

  test("lists folders only", CAN_DIRS, async ({ fs, put }) => {
    await put("/a", bytes("x"));
    await fs.mkdir("/dir");
    await put("/dir/inner", bytes("x"));
    assertEquals(await fs.names("/dir"), ["inner"]);
    await fails(fs.cursor("/a"), NOT_DIR);
    await fails(fs.cursor("/none"), NOT_FOUND);
    await fails(fs.cursor("/a/b"), NOT_DIR, NOT_FOUND);
  });

  test("streams 1000 entries", 0, async ({ fs, put }) => {
    for (let i = 0; i < 1000; i++) await put(`/file-${i}`, bytes(String(i)));
    const cursor = await fs.cursor("/");
    const seen = new Set<string>();
    for (const entry = dirty(); await fs.next(cursor, entry);) {
      seen.add(entry.name);
      assertEquals(entry.size, entry.name.length - 5);
    }
    await fs.closeCursor(cursor);
    assertEquals(seen.size, 1000);
  });

  test("closes a cursor early, and one that was never read", 0, async ({ fs, put }) => {
    for (let i = 0; i < 50; i++) await put(`/file-${i}`, bytes("x"));
    const cursor = await fs.cursor("/");
    assertEquals(await fs.next(cursor, new Entry()), true);
    await fs.closeCursor(cursor);
    await fs.closeCursor(await fs.cursor("/"));
  });

  test("survives the removal of files while it lists", CAN_WRITE, async ({ fs, put }) => {
    for (let i = 0; i < 20; i++) await put(`/file-${i}`, bytes("x"));
    const cursor = await fs.cursor("/");
    await fs.next(cursor, new Entry());
    for (let i = 0; i < 20; i++) await fs.remove(`/file-${i}`);
    let more = 0;
    while (await fs.next(cursor, new Entry())) more++;
    assert(more < 20);
    await fs.closeCursor(cursor);
    assertEquals(await fs.names("/"), []);
  });

  test("stats the root, files, folders and nothing", 0, async ({ fs, put }) => {
    await put("/a", bytes("12345"));
    const root = await fs.stat("/", "");
    assertEquals(root.type, DIR);
    const entry = await fs.stat("/a", "ana");
    assertEquals([entry.name, entry.type, entry.size], ["a", FILE, 5]);
    assert(!JSON.stringify([entry, root]).includes("left over"), "A field was not filled");
    await fails(fs.stat("/none", "ana"), NOT_FOUND);
    await fails(fs.stat("/a/b", "ana"), NOT_DIR, NOT_FOUND);
  });

  test("knows the free space", CAN_SPACE, async ({ files }) => {
    const space = await promised<number>((done) => files.space?.("/", done));
    assert(space > 0 && Number.isSafeInteger(space));
  });

  test("has no hash of an unknown name", CAN_HASH, async ({ files }) => {
    assertEquals(files.hash?.("no such hash") ?? null, null);
  });
}
