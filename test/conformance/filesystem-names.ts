// Of the suite that every file system passes: names that are not plain, and symbolic links.

import { assert, assertEquals } from "../assert.ts";
import { BAD_NAME, CAN_DIRS, CAN_WRITE, DENIED, Entry, FILE, LINK } from "../../core/ports.ts";
import { NOT_DIR, NOT_FOUND, RAW_NAMES, TOO_LONG } from "../../core/ports.ts";
import type { Declare } from "./filesystem.ts";
import { bytes, fails, Promised, text } from "./filesystem-tools.ts";
import type { Fixture } from "./filesystem-tools.ts";

const NAMES = [
  "with space",
  " leading and trailing ",
  "-dash",
  "back\\slash",
  "quote\"'`",
  "a*b?[c]{d}$e;f&g|h<i>j",
  "%20",
  "#",
  "~",
  "..a",
  "a..",
  "...",
  ".hidden",
  "CON",
  "__proto__",
  "constructor",
  "hasOwnProperty",
  "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80",
  "x".repeat(255),
];
const RAW = ["\xe4\xf6\xfc", "\xff", "half \xc3", "\xc3\xa4 and \xe4", "\xed\xa0\x80", "\x80".repeat(255)];

/** Declares the tests of names that are not plain, and of links. */
export function naming(test: Declare): void {
  names(test);
  links(test);
}

function names(test: Declare): void {
  for (const name of NAMES) test(`takes the name "${name.substring(0, 30)}"`, CAN_WRITE, ({ fs, get }) => roundTrip(fs, get, name));
  for (const name of RAW) {
    test(`takes the raw name ${JSON.stringify(name.substring(0, 30))}`, CAN_WRITE | RAW_NAMES, ({ fs, get }) => roundTrip(fs, get, name));
  }

  test("keeps raw names apart", CAN_WRITE | RAW_NAMES, async ({ fs }) => {
    for (const name of RAW) await fs.store(`/${name}`, {}, name);
    assertEquals((await fs.names("/")).length, RAW.length);
    for (const name of RAW) assertEquals(text(await fs.read(`/${name}`, 0)), name);
  });

  test("refuses names that cannot be", CAN_WRITE, async ({ fs }) => {
    const long = "x".repeat(256);
    await fails(fs.create(`/${long}`, {}), TOO_LONG, BAD_NAME);
    await fails(fs.open(`/${long}`, 0, new Entry()), TOO_LONG, BAD_NAME, NOT_FOUND);
    await fails(fs.stat(`/${long}`, ""), TOO_LONG, BAD_NAME, NOT_FOUND);
    await fails(fs.create("/nul\0byte", {}), BAD_NAME);
    await fails(fs.stat("/nul\0byte", ""), BAD_NAME, NOT_FOUND);
    assertEquals(await fs.names("/"), []);
  });
}

async function roundTrip(fs: Promised, get: Fixture["get"], name: string): Promise<void> {
  const path = `/${name}`;
  await fs.store(path, {}, "content");
  assertEquals(await fs.names("/"), [name]);
  assertEquals((await fs.stat(path, "")).name, name);
  assertEquals(text(await get(path)), "content");
  assertEquals(text(await fs.read(path, 0)), "content");
  await fs.remove(path);
  if ((fs.files.can & CAN_DIRS) !== 0) {
    await fs.mkdir(path);
    await fs.store(`${path}/${name}`, {}, "inner");
    assertEquals(await fs.names(path), [name]);
    await fs.remove(`${path}/${name}`);
    await fs.rmdir(path);
  }
  assertEquals(await fs.names("/"), []);
}

function links(test: Declare): void {
  test("follows a link inside the root", CAN_WRITE | CAN_DIRS, async ({ fs, put, makeLink }) => {
    await put("/a", bytes("12345"));
    await fs.mkdir("/dir");
    await makeLink?.("/to-a", "/a");
    await makeLink?.("/to-dir", "/dir");
    assertEquals(text(await fs.read("/to-a", 0)), "12345");
    assertEquals((await fs.stat("/to-a", "")).type, FILE);
    assertEquals((await fs.stat("/to-a", "")).size, 5);
    await fs.store("/to-dir/new", {}, "new");
    assertEquals(text(await fs.read("/dir/new", 0)), "new");
    const link = (await fs.list("/")).find((entry) => entry.name === "to-a");
    assert(link?.type === LINK || link?.type === FILE);
    await fs.remove("/to-a");
    assertEquals(await fs.names("/"), ["a", "dir", "to-dir"]);
  }, "makeLink");

  test("refuses a link that leads outside the root", CAN_WRITE | CAN_DIRS, async ({ fs, makeLink }) => {
    await makeLink?.("/out", null);
    await fails(fs.open("/out", 0, new Entry()), DENIED, NOT_FOUND);
    await fails(fs.stat("/out", ""), DENIED, NOT_FOUND);
    await fails(fs.cursor("/out"), DENIED, NOT_FOUND);
    await fails(fs.cursor("/out/etc"), DENIED, NOT_FOUND);
    await fails(fs.create("/out", {}), DENIED, NOT_FOUND);
    await fails(fs.create("/out/new", {}), DENIED, NOT_FOUND);
    await fails(fs.mkdir("/out/new"), DENIED, NOT_FOUND);
    await fails(fs.remove("/out/new"), DENIED, NOT_FOUND);
    await fails(fs.rename("/out/new", "/in"), DENIED, NOT_FOUND);
    await fs.names("/");
    await fs.remove("/out");
    assertEquals(await fs.names("/"), []);
  }, "makeLink");

  test("gives up on links in a circle", CAN_WRITE, async ({ fs, makeLink }) => {
    await makeLink?.("/a", "/b");
    await makeLink?.("/b", "/a");
    await fails(fs.stat("/a", ""), DENIED, NOT_FOUND);
    await fails(fs.create("/a/x", {}), DENIED, NOT_FOUND, NOT_DIR);
  }, "makeLink");
}
