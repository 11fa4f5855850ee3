// Writing behind on Bun: in order, bounded, and what fails is told before anything is committed.

import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { assert, assertEquals } from "../assert.ts";
import { markFresh } from "../../adapters/bun/blocks.ts";
import { BunDisk } from "../../adapters/bun/disk.ts";

const here = "Bun" in globalThis;
const MIB = 1048576;

type Problem = NodeJS.ErrnoException | null;

/** A chunk as it comes from a socket, or one that is used again. */
function chunk(length: number, value: number, fresh = true): Uint8Array {
  const bytes = new Uint8Array(length).fill(value);
  if (fresh) markFresh(bytes);
  return bytes;
}

/** Writes all of a chunk; whether it was answered at once, and the answer. */
function write(disk: BunDisk, fd: number, bytes: Uint8Array, at: number): { atOnce: boolean; answer: Promise<Problem> } {
  let answered = false;
  const answer = new Promise<Problem>((resolve) => {
    disk.write(fd, bytes, 0, bytes.length, at, (error, length) => {
      answered = true;
      if (!error) assertEquals(length, bytes.length);
      resolve(error);
    });
  });
  return { atOnce: answered, answer };
}

function flush(disk: BunDisk, fd: number, sync: boolean): Promise<Problem> {
  return new Promise((resolve) => disk.flush(fd, sync, resolve));
}

function close(disk: BunDisk, fd: number): Promise<Problem> {
  return new Promise((resolve) => disk.close(fd, (error) => resolve(error ?? null)));
}

function test(name: string, body: (folder: string) => Promise<void>): void {
  it(name, { skip: here ? false : "runs on Bun only" }, async () => {
    const folder = fs.mkdtempSync(join(tmpdir(), "picoftp-behind-"));
    try {
      await body(folder);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
}

test("fresh chunks of any size and others between them land in order, from where the file was opened", async (folder) => {
  const path = join(folder, "file");
  const parts: Uint8Array[] = [];
  const disk = new BunDisk(false);
  fs.writeFileSync(path, "before");
  const fd = fs.openSync(path, "r+");
  let at = 6;
  for (let i = 0; i < 1500; i++) {
    const length = i % 97 === 0 ? 300000 : 1 + (i * 7919) % 5000;
    const bytes = chunk(length, i & 255, i % 50 !== 49);
    const { answer } = write(disk, fd, bytes, at);
    // Only what is fresh may be looked at after the answer.
    assertEquals(await answer, null);
    parts.push(bytes.slice());
    if (i % 50 === 49) bytes.fill(255);
    at += length;
  }
  assertEquals(await flush(disk, fd, true), null);
  assertEquals(fs.statSync(path).size, at);
  assertEquals(await close(disk, fd), null);
  assert(Buffer.concat([Buffer.from("before"), ...parts]).equals(fs.readFileSync(path)), "Other bytes than were written");
});

test("a close waits for what is to be written", async (folder) => {
  const path = join(folder, "file");
  const disk = new BunDisk(false);
  const fd = fs.openSync(path, "w");
  for (let i = 0; i < 3; i++) assertEquals(write(disk, fd, chunk(MIB, i), i * MIB).atOnce, true);
  assertEquals(await close(disk, fd), null);
  assertEquals(fs.statSync(path).size, 3 * MIB);
});

test("one file holds 4 MiB, all together 16, and then each waits for its own", async (folder) => {
  const disk = new BunDisk(false);
  const fds = Array.from({ length: 8 }, (_, i) => fs.openSync(join(folder, `${i}`), "w"));
  const first = fds.slice(0, 4).map((fd) => {
    for (let i = 0; i < 3; i++) assertEquals(write(disk, fd, chunk(MIB, 1), i * MIB).atOnce, true);
    return write(disk, fd, chunk(MIB, 1), 3 * MIB);
  });
  assertEquals(first.map(({ atOnce }) => atOnce), [false, false, false, false]);
  const later = fds.slice(4).map((fd) => write(disk, fd, chunk(100000, 2), 0));
  assertEquals(later.map(({ atOnce }) => atOnce), [false, false, false, false]);
  for (const { answer } of [...first, ...later]) assertEquals(await answer, null);
  for (const fd of fds) assertEquals(await close(disk, fd), null);
  assertEquals(write(disk, fds[0] = fs.openSync(join(folder, "new"), "w"), chunk(MIB, 3), 0).atOnce, true);
  assertEquals(await close(disk, fds[0]), null);
});

test("where the disk is full, the next write, the flush and nothing else tell it; the number of the file is clean afterwards", async (folder) => {
  const disk = new BunDisk(false);
  const fd = fs.openSync("/dev/full", "w");
  assertEquals(await write(disk, fd, chunk(MIB, 0), 0).answer, null);
  assertEquals((await flush(disk, fd, true))?.code, "ENOSPC");
  assertEquals((await write(disk, fd, chunk(MIB, 0), MIB).answer)?.code, "ENOSPC");
  assertEquals((await write(disk, fd, chunk(10, 0, false), MIB).answer)?.code, "ENOSPC");
  assertEquals(await close(disk, fd), null);
  const next = fs.openSync(join(folder, "file"), "w");
  assertEquals(await write(disk, next, chunk(MIB, 0), 0).answer, null);
  assertEquals(await flush(disk, next, false), null);
  assertEquals(await close(disk, next), null);
});

test("an upload and a download that outgrow the disk fail, and leave neither a file nor a part", async (folder) => {
  const entry = new URL("../../adapters/bun/mod.ts", import.meta.url).href;
  const script = `
    const { connect, serve } = await import(${JSON.stringify(entry)});
    const top = process.argv.at(-1);
    const server = await serve({ root: top + "/served", host: "127.0.0.1", port: 0, users: { ana: { password: "x" } } });
    const client = await connect({ host: "127.0.0.1", port: server.port, user: "ana", password: "x" });
    const seen = [];
    const see = (error) => seen.push(error.code ?? error.reason);
    await client.put("big", new Uint8Array(3000000)).catch(see);
    for (let i = 0; i < 5; i++) await client.put("bit", new Uint8Array(1050000 + i * 20000)).catch(see);
    await client.put("small", new Uint8Array(900000)).catch(see);
    await client.download("huge", top + "/local/huge").catch(see);
    await client.download("small", top + "/local/small").catch(see);
    await client.quit();
    await server.close();
    console.log(JSON.stringify(seen));
  `;
  for (const name of ["served", "local"]) fs.mkdirSync(join(folder, name));
  fs.writeFileSync(join(folder, "served", "huge"), new Uint8Array(3000000));
  // Blocks of 512 bytes: a file gets 1 MiB.
  const limited = 'trap "" XFSZ; ulimit -f 2048; exec "$0" -e "$1" -- "$2"';
  const out = execFileSync("sh", ["-c", limited, process.execPath, script, folder], { encoding: "utf8" });
  assertEquals(JSON.parse(out), [452, 452, 452, 452, 452, 452, "no space"]);
  assertEquals(fs.readdirSync(join(folder, "served")).sort(), ["huge", "small"]);
  assertEquals(fs.readdirSync(join(folder, "local")), ["small"]);
});
