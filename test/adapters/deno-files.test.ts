// The files of Deno pass the suite of every file system; then what only they have.

import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { assertEquals } from "../assert.ts";
import { DenoFiles } from "../../adapters/deno/files.ts";
import { BAD_NAME, Entry, NOT_FILE } from "../../core/ports.ts";
import { fileSystem } from "../conformance/filesystem.ts";
import { fails, Promised, text } from "../conformance/filesystem-tools.ts";
import { KINDS, make } from "./node-disk.ts";
import type { Disk } from "./node-disk.ts";

const here = "Deno" in globalThis;

async function disk(options: (typeof KINDS)[0][1]): Promise<Disk> {
  const made = await make(options);
  const files = new DenoFiles(join(made.top, "root"), options);
  return { ...made, files, fs: new Promised(files, 65536) };
}

if (!here) it("DenoFiles", { skip: "runs on Deno only" }, () => undefined);
else {
  for (const [name, options] of KINDS) fileSystem(name.replace("NodeFiles", "DenoFiles"), () => disk(options));

  describe("DenoFiles: on a disk", () => {
    const test = (title: string, body: (disk: Disk) => Promise<void>): void => {
      it(title, async () => {
        const made = await disk({});
        try {
          await body(made);
          assertEquals(made.handles?.(), 0, "Handles were left open");
        } finally {
          await made.cleanup();
        }
      });
    };

    test("an empty folder is no file", async ({ fs: files }) => {
      await files.mkdir("/empty");
      await fails(files.remove("/empty"), NOT_FILE);
      assertEquals(await files.names("/"), ["empty"]);
    });

    test("a listing that is broken off leaves nothing open", async ({ fs: files, put }) => {
      for (let i = 0; i < 200; i++) await put(`/${i}`, new Uint8Array(1));
      const cursor = await files.cursor("/");
      await files.next(cursor, new Entry());
      await files.closeCursor(cursor);
      await files.closeCursor(await files.cursor("/"));
    });

    test("names that are not UTF-8 cannot be used, and are not mistaken for others", async ({ fs: files, put, top }) => {
      await put("/\xef\xbf\xbd", Buffer.from("the name that stands for them all"));
      await files.mkdir("/dir");
      for (const path of ["/\xe4", "/\xc3", "/\xff/a", "/dir/\xed\xa0\x80"]) {
        await fails(files.create(path, {}), BAD_NAME);
        await fails(files.open(path, 0, new Entry()), BAD_NAME);
        await fails(files.stat(path, "ana"), BAD_NAME);
        await fails(files.cursor(path), BAD_NAME);
        await fails(files.setFacts(path, { modified: 0 }), BAD_NAME);
        await fails(files.mkdir(path), BAD_NAME);
        await fails(files.rmdir(path), BAD_NAME);
        await fails(files.remove(path), BAD_NAME);
        await fails(files.rename(path, "/x"), BAD_NAME);
        await fails(files.rename("/dir", path), BAD_NAME);
      }
      assertEquals(await files.names("/"), ["dir", "\xef\xbf\xbd"]);
      execFileSync("sh", ["-c", "touch \"$1/$(printf 'a\\344')\"", "sh", join(top, "root")]);
      assertEquals(await files.names("/"), ["dir", "\xef\xbf\xbd"], "It is there, but has no name");
    });

    test("a root with letters beyond ASCII", async ({ top }) => {
      const root = join(top, "root", "Gr\u00fc\u00dfe \u20ac");
      fs.mkdirSync(root);
      const files = new Promised(new DenoFiles(root), 1000);
      await files.store("/\xc3\xa4", {}, "x");
      fs.symlinkSync("\u00e4", join(root, "link"));
      assertEquals((await files.list("/")).map((entry) => [entry.name, entry.target]), [["link", "\xc3\xa4"], ["\xc3\xa4", ""]]);
      assertEquals(text(await files.read("/link", 0)), "x");
    });
  });
}
