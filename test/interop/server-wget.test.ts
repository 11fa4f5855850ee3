// wget against our server: whole trees (it reads LIST), going on, and times.

import { existsSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { assert, assertEquals } from "../assert.ts";
import { PASSWORD, USER } from "../peers/peer.ts";
import { against } from "./ours.ts";
import { expectCode, type Result, run } from "./run.ts";
import { assertSameTree, bytes, digest, digestOf, NAMES, plant, seconds } from "./tree.ts";

const OLD = 1577934245;
/** Ways of the data connection, by wget's options. */
const WAYS: { name: string; flags: string[] }[] = [
  { name: "passive", flags: [] },
  { name: "active", flags: ["--no-passive-ftp"] },
];

await against("wget", ["127.0.0.1", "::1"], (server) => {
  const wget = async (code: number, cwd: string, ...args: string[]): Promise<Result> => {
    const login = ["--user", USER, "--password", PASSWORD, "--tries", "1", "--timeout", "10"];
    const result = await run("wget", ["-d", "-nv", "--restrict-file-names=nocontrol", ...login, ...args], { home: server.home, cwd });
    expectCode(result, code, server.output);
    return result;
  };

  for (const way of WAYS) {
    test(`-r of a tree, ${way.name}`, async () => {
      const place = server.place(`tree ${way.name}`);
      // wget takes " -> " for a link, what looks like a year for one, and decodes what a folder's listing says.
      const names = NAMES.filter((name) => name !== "a -> b" && name !== "2024" && !name.includes("%"));
      plant(join(place.remote, "source"), names, 50, 41);
      await wget(0, place.local, ...way.flags, "-r", "-l", "inf", "-nH", "--cut-dirs=1", server.url(`${place.name}/source/`));
      assertSameTree(join(place.local, "source"), join(place.remote, "source"));
    });
  }

  test("-c goes on, -N asks for the time, -O takes one file, --spider none", async () => {
    const place = server.place("single");
    const content = bytes(1000000, 42);
    const file = join(place.remote, "the file");
    writeFileSync(file, content);
    utimesSync(file, OLD, OLD);
    writeFileSync(join(place.local, "the file"), content.subarray(0, 345678));
    const result = await wget(0, place.local, "-c", server.url("single/the file"));
    assert(result.err.includes("REST 345678"), result.err);
    assertEquals(digestOf(join(place.local, "the file")), digest(content));
    rmSync(join(place.local, "the file"));
    await wget(0, place.local, "-N", server.url("single/the file"));
    // In the listing the time is no finer than the day, six months on.
    assert(Math.abs(seconds(join(place.local, "the file")) - OLD) < 86400);
    const again = await wget(0, place.local, "-N", server.url("single/the file"));
    assert(!again.err.includes("RETR"), again.err);
    await wget(0, place.local, "-O", "other", server.url("single/the file"));
    assertEquals(digestOf(join(place.local, "other")), digest(content));
    await wget(0, place.local, "--spider", server.url("single/the file"));
    await wget(8, place.local, "--spider", server.url("single/nobody"));
  });

  test("patterns, a folder's listing as a page, an empty file", async () => {
    const place = server.place("patterns");
    for (const name of ["a.txt", "b.txt", "c.bin"]) writeFileSync(join(place.remote, name), name);
    writeFileSync(join(place.remote, "empty"), "");
    await wget(0, place.local, server.url("patterns/") + "*.txt");
    assert(existsSync(join(place.local, "a.txt")) && existsSync(join(place.local, "b.txt")) && !existsSync(join(place.local, "c.bin")));
    await wget(0, place.local, server.url("patterns/empty"));
    assertEquals(digestOf(join(place.local, "empty")), digest(new Uint8Array(0)));
    await wget(0, place.local, "-O", "index.html", server.url("patterns/"));
    assert(existsSync(join(place.local, "index.html")));
  });

  test("what is not there, and a wrong password", async () => {
    await wget(8, server.local, server.url("nobody"));
    await wget(8, server.local, server.url("no folder/file"));
    const wrong = await run("wget", ["--tries", "1", "--user", USER, "--password", "wrong", server.url("x")], { home: server.home });
    expectCode(wrong, 6, server.output);
  });
});
