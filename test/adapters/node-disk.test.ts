// What only a real disk has: links, parts beside the files, other processes, and a power cut of our own.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { assert, assertEquals } from "../assert.ts";
import { NodeFiles } from "../../adapters/node/files.ts";
import type { NodeFilesOptions } from "../../adapters/node/files.ts";
import { BAD_NAME, BAD_OFFSET, DENIED, Entry, EXISTS, FILE, LINK, NOT_FILE, NOT_FOUND, OTHER } from "../../core/ports.ts";
import { fails, Promised, promised, text } from "../conformance/filesystem-tools.ts";
import { KINDS, make } from "./node-disk.ts";
import type { Disk } from "./node-disk.ts";

/** No path of ours. */
const ABNORMAL = ["", "a", "/..", "/../outside/secret", "/a/../../outside", "/.", "/a/./b", "/a\0b", "/\u012e\u012e/outside", "/\u0100"];

/** Makes a folder a link to the outside and a folder again, as fast as it can. */
const SWAP = `
  const { renameSync, symlinkSync, unlinkSync } = require("node:fs");
  const [dir, real] = require("node:worker_threads").workerData;
  for (;;) {
    renameSync(dir, real);
    symlinkSync("../outside", dir);
    unlinkSync(dir);
    renameSync(real, dir);
  }`;

for (const [name, options] of KINDS) {
  describe(`${name}: on a disk`, () => {
    const test = (title: string, body: (disk: Disk) => Promise<void>): void => {
      it(title, { timeout: 20000 }, async () => {
        const disk = await make(options);
        try {
          await body(disk);
          assertEquals(disk.handles?.(), 0, "Handles were left open");
        } finally {
          await disk.cleanup();
        }
      });
    };

    test("nothing behind a link that leads outside can be seen or changed", async ({ fs: files, top, makeLink, files: raw }) => {
      const root = join(top, "root");
      await makeLink?.("/out", null);
      fs.symlinkSync("../outside/secret", join(root, "secret"));
      fs.symlinkSync("out", join(root, "chain"));
      fs.mkdirSync(join(root, "dir"));
      fs.symlinkSync("../../outside", join(root, "dir", "deep"));
      for (const path of ["/out/secret", "/secret", "/chain/secret", "/dir/deep/secret"]) {
        await fails(files.open(path, 0, new Entry()), DENIED);
        await fails(files.stat(path, "ana"), DENIED);
        await fails(files.create(path, {}), DENIED);
        await fails(files.create(path, { append: true }), DENIED);
        await fails(files.create(path, { offset: 3 }), DENIED);
        await fails(files.setFacts(path, { mode: 0, modified: 0 }), DENIED);
        await fails(promised((done) => raw.space?.(path, done)), DENIED);
      }
      for (const folder of ["/out", "/chain", "/dir/deep"]) {
        await fails(files.cursor(folder), DENIED);
        await fails(files.cursor(`${folder}/etc`), DENIED);
        await fails(files.stat(`${folder}/none/none`, ""), DENIED);
        await fails(files.open(`${folder}/none`, 0, new Entry()), DENIED);
        await fails(files.mkdir(`${folder}/new`), DENIED);
        await fails(files.rmdir(`${folder}/etc`), DENIED);
        await fails(files.remove(`${folder}/secret`), DENIED);
        await fails(files.rename(`${folder}/secret`, "/stolen"), DENIED);
        await fails(files.rename("/dir", `${folder}/given`), DENIED);
        await fails(files.create(`${folder}/new`, {}), DENIED);
      }
      assertEquals(fs.readdirSync(join(top, "outside")).sort(), ["etc", "secret"]);
      assertEquals(fs.readFileSync(join(top, "outside", "secret"), "utf8"), "secret");
    });

    test("links in listings", async ({ fs: files, top, put, makeLink }) => {
      const root = join(top, "root");
      await put("/a", Buffer.from("12345"));
      await makeLink?.("/absolute", "/a");
      fs.symlinkSync("a", join(root, "relative"));
      fs.symlinkSync("nothing", join(root, "broken"));
      await makeLink?.("/out", null);
      const entries = await files.list("/");
      assertEquals(
        entries.map((entry) => [entry.name, entry.type, entry.size, entry.target]),
        [["a", FILE, 5, ""], ["absolute", LINK, -1, "/a"], ["broken", LINK, -1, ""], ["out", LINK, -1, ""], ["relative", LINK, -1, "a"]],
      );
      await fails(files.stat("/broken", "ana"), NOT_FOUND);
      for (const name of ["absolute", "relative", "broken", "out"]) await files.remove(`/${name}`);
      assertEquals(await files.names("/"), ["a"]);
      assertEquals(fs.readdirSync(join(top, "outside")).sort(), ["etc", "secret"]);
    });

    test("an upload through a link inside becomes what the link leads to", async ({ fs: files, top, put, get, makeLink }) => {
      fs.mkdirSync(join(top, "root", "releases"));
      await put("/releases/5", Buffer.from("five"));
      await makeLink?.("/current", "/releases/5");
      await files.store("/current", {}, "six");
      assertEquals(text(await get("/releases/5")), "six");
      assert(fs.lstatSync(join(top, "root", "current")).isSymbolicLink());
      await files.store("/current", { append: true }, "!");
      assertEquals(text(await get("/releases/5")), "six!");
    });

    test("a folder that is a link is there for rename", async ({ fs: files, top, put, makeLink }) => {
      fs.mkdirSync(join(top, "root", "dir"));
      await put("/a", Buffer.from("a"));
      await makeLink?.("/link", "/dir");
      await fails(files.rename("/a", "/link"), EXISTS);
      await files.rename("/link", "/moved");
      await files.rename("/a", "/moved/a");
      assertEquals(await files.names("/dir"), ["a"]);
    });

    test("no part can be reached or seen", async ({ fs: files, top, put }) => {
      await files.storePart("/a", {}, "0123");
      const part = fs.readdirSync(join(top, "root"))[0];
      await put("/b", Buffer.from("b"));
      assertEquals(await files.names("/"), ["b"]);
      const path = `/${part}`;
      await fails(files.open(path, 0, new Entry()), BAD_NAME);
      await fails(files.stat(path, "ana"), BAD_NAME);
      await fails(files.create(path, {}), BAD_NAME);
      await fails(files.remove(path), BAD_NAME);
      await fails(files.rename(path, "/mine"), BAD_NAME);
      await fails(files.rename("/b", path), BAD_NAME);
      await fails(files.mkdir(path), BAD_NAME);
      await fails(files.rmdir(path), BAD_NAME);
      await fails(files.cursor(`${path}/x`), BAD_NAME);
      await fails(files.setFacts(path, { mode: 0 }), BAD_NAME);
      assertEquals((await files.stat("/a", "ana")).size, 4);
    });

    test("paths that are not normal are refused", async ({ fs: files }) => {
      for (const path of ABNORMAL) {
        await fails(files.open(path, 0, new Entry()), BAD_NAME);
        await fails(files.stat(path, "ana"), BAD_NAME);
        await fails(files.create(path, {}), BAD_NAME);
        await fails(files.cursor(path), BAD_NAME);
        await fails(files.mkdir(path), BAD_NAME);
        await fails(files.rmdir(path), BAD_NAME);
        await fails(files.remove(path), BAD_NAME);
        await fails(files.rename(path, "/x"), BAD_NAME);
      }
    });

    test("a FIFO and a device hang nobody", async ({ fs: files, top }) => {
      const fifo = join(top, "root", "fifo");
      execFileSync("mkfifo", [fifo]);
      await fails(files.open("/fifo", 0, new Entry()), NOT_FILE);
      await fails(files.create("/fifo", {}), NOT_FILE);
      await fails(files.create("/fifo", { append: true }), NOT_FILE);
      assertEquals((await files.list("/"))[0].type, OTHER);
      assertEquals((await files.stat("/fifo", "")).type, OTHER);
      await files.remove("/fifo");
      assertEquals(await files.names("/"), []);
    });

    test("what is replaced keeps its mode", async ({ fs: files, top, put }) => {
      await put("/a", Buffer.from("old"));
      const native = join(top, "root", "a");
      fs.chmodSync(native, 0o640);
      if (process.getuid?.() === 0) fs.chownSync(native, 1234, 4321);
      await files.store("/a", {}, "new");
      const stats = fs.statSync(native);
      assertEquals(stats.mode & 0o7777, 0o640);
      if (process.getuid?.() === 0) assertEquals([stats.uid, stats.gid], [1234, 4321]);
      await files.store("/fresh", {}, "new");
      assertEquals(fs.statSync(join(top, "root", "fresh")).mode & 0o777, 0o666 & ~process.umask());
      await files.setFacts("/a", { mode: 0o6755 });
      assertEquals(fs.statSync(native).mode & 0o7777, 0o755);
    });

    test("who reads the old file goes on reading it", async ({ fs: files, put }) => {
      await put("/a", Buffer.from("old content"));
      const file = await files.open("/a", 0, new Entry());
      await files.store("/a", {}, "new");
      assertEquals(text(await files.readSome(file, new Uint8Array(100))), "old content");
      await files.close(file);
    });

    test("an exclusive file that somebody else made meanwhile stays", async ({ fs: files, put, get, parts }) => {
      const file = await files.create("/a", { exclusive: true });
      await files.write(file, "mine");
      await put("/a", Buffer.from("theirs"));
      await fails(files.commit(file), EXISTS);
      assertEquals(text(await get("/a")), "theirs");
      assertEquals(await parts?.(), 1);
      const again = await files.create("/b", { exclusive: true });
      await files.commit(again);
      assertEquals(text(await get("/b")), "");
    });

    test("a link in the place of a part is not followed", async ({ fs: files, top, get }) => {
      const root = join(top, "root");
      await files.storePart("/a", {}, "0123");
      const part = join(root, fs.readdirSync(root)[0]);
      fs.unlinkSync(part);
      fs.symlinkSync("../outside/secret", part);
      await fails(files.create("/a", { offset: 6 }), BAD_OFFSET);
      await fails(files.stat("/a", "ana"), NOT_FOUND);
      await files.store("/a", {}, "mine");
      fs.linkSync(join(top, "outside", "secret"), part);
      await fails(files.create("/b", { offset: 6 }), BAD_OFFSET);
      assertEquals(text(await get("/a")), "mine");
      assertEquals(fs.readFileSync(join(top, "outside", "secret"), "utf8"), "secret");
    });

    test("a part goes with its folder while it is being written", async ({ fs: files, top, get }) => {
      if (options.descriptors === false) return;
      fs.mkdirSync(join(top, "root", "dir"));
      const file = await files.create("/dir/a", {});
      await files.write(file, "0123");
      await files.rename("/dir", "/moved");
      await files.commit(file);
      assertEquals(text(await get("/moved/a")), "0123");
    });

    test("a folder that is swapped for a link again and again lets nothing out", async ({ fs: files, top }) => {
      if (options.descriptors === false) return;
      const dir = join(top, "root", "dir");
      fs.mkdirSync(dir);
      const swapping = new Worker(SWAP, { eval: true, workerData: [dir, join(top, "root", "real")] });
      await once(swapping, "online");
      let stored = 0;
      let refused = 0;
      const end = performance.now() + 10000;
      for (let i = 0; performance.now() < end && (i < 200 || stored < 20 || refused < 20); i++) {
        await files.store("/dir/secret", {}, "x").then(() => stored++, () => refused++);
        await files.mkdir("/dir/new").catch(() => undefined);
        await files.remove("/dir/secret").catch(() => undefined);
        await files.read("/dir/secret", 0).then((data) => assertEquals(text(data), "x"), () => undefined);
        const names = await files.names("/dir").catch((): string[] => []);
        assert(!names.includes("etc"), "The outside was listed");
      }
      await swapping.terminate();
      assert(stored > 0 && refused > 0, `${stored} stored, ${refused} refused`);
      assertEquals(fs.readdirSync(join(top, "outside")).sort(), ["etc", "secret"]);
      assertEquals(fs.readFileSync(join(top, "outside", "secret"), "utf8"), "secret");
    });

    test("kill -9 in the middle of an upload leaves a part and the old file", async ({ fs: files, top, put }) => {
      await put("/old", Buffer.from("old"));
      for (const name of ["old", "new"]) {
        const written = await killedUpload(join(top, "root"), options, `/${name}`);
        const after = new Promised(new NodeFiles(join(top, "root"), options), 65536);
        assertEquals(await after.names("/"), ["old"]);
        assertEquals(text(await after.read("/old", 0)), "old");
        await fails(after.stat("/new", "bob"), NOT_FOUND);
        const part = fs.readdirSync(join(top, "root")).find((one) => one !== "old") as string;
        const size = fs.statSync(join(top, "root", part)).size;
        assert(size >= written && written > 0, `${size} of ${written} bytes`);
        if (name === "new") assertEquals((await after.stat("/new", "ana")).size, size);
        await after.store(`/${name}`, { offset: size }, "the end");
        const data = await after.read(`/${name}`, 0);
        assertEquals([data.length, text(data.subarray(-8))], [size + 7, "xthe end"]);
        await files.remove(`/${name}`);
        await put("/old", Buffer.from("old"));
      }
    });
  });
}

/** Runs a child that uploads without end, and kills it. Resolves to the bytes that it said were written. */
function killedUpload(root: string, options: NodeFilesOptions, path: string): Promise<number> {
  const module = fileURLToPath(new URL("../../adapters/node/files.js", import.meta.url));
  const script = `
    const { NodeFiles } = await import(${JSON.stringify(module)});
    const files = new NodeFiles(${JSON.stringify(root)}, ${JSON.stringify(options)});
    const chunk = new Uint8Array(65536).fill(120);
    files.create(${JSON.stringify(path)}, { offset: 0, size: -1, append: false, exclusive: false, owner: "ana" }, (error, file) => {
      let written = 0;
      const more = () => files.write(file, chunk, chunk.length, () => {
        written += chunk.length;
        process.stdout.write(written + "\\n");
        setTimeout(more, 1);
      });
      more();
    });`;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.on("data", (data: Buffer) => {
      output += data.toString();
      if (output.split("\n").length > 5) child.kill("SIGKILL");
    });
    child.on("error", reject);
    child.on("close", () => resolve(Number(output.trim().split("\n").at(-1))));
  });
}
