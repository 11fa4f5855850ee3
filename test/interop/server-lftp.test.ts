// lftp against our server: mirrors both ways, pieces in parallel, going on, and the commands of its shell.

import { mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { assert, assertEquals } from "../assert.ts";
import { PASSWORD, USER } from "../peers/peer.ts";
import { against } from "./ours.ts";
import { expectCode, run } from "./run.ts";
import { assertSameTree, bytes, digest, digestOf, NAMES, plant, seconds } from "./tree.ts";

const BIG = 20 * 1024 * 1024;
const OLD = 1577934245;
const SETTINGS = [
  ...["net:max-retries 1", "net:timeout 10", "net:reconnect-interval-base 1", "cmd:fail-exit true", "ftp:ssl-allow no"],
  ...["xfer:clobber true", "net:persist-retries 0", "xfer:log false", "cmd:interactive false"],
];
/** Ways of the data connection, by lftp's settings. */
const WAYS: { name: string; settings: string[] }[] = [
  { name: "EPSV", settings: ["ftp:passive-mode true", "ftp:prefer-epsv true"] },
  { name: "PASV", settings: ["ftp:passive-mode true", "ftp:prefer-epsv false"] },
  { name: "PORT or EPRT", settings: ["ftp:passive-mode false"] },
];

await against("lftp", ["127.0.0.1", "::1"], (server) => {
  const lftp = async (code: number, settings: string[], ...commands: string[]): Promise<string> => {
    const set = [...SETTINGS, ...settings].map((setting) => `set ${setting}`);
    const open = `open -u "${USER},${PASSWORD}" ftp://${server.urlHost}:${server.port}`;
    const script = ["debug 5", ...set, open, ...commands].join("; ");
    const result = await run("lftp", ["-c", script], { home: server.home, limit: 40000 });
    expectCode(result, code, server.output);
    return result.out;
  };

  for (const way of WAYS) {
    test(`mirror and mirror -R of a tree, 4 at once, with ${way.name}`, async () => {
      const place = server.place(`mirror ${way.name}`);
      const source = join(place.local, "source");
      plant(source, NAMES, 100, 7);
      await lftp(0, way.settings, `mirror -R --parallel=4 "${source}" "${place.name}/up"`);
      assertSameTree(join(place.remote, "up"), source);
      await lftp(0, way.settings, `mirror --parallel=4 "${place.name}/up" "${place.local}/down"`);
      assertSameTree(join(place.local, "down"), source);
      // MFMT and MDTM carry the times.
      assertEquals(seconds(join(place.remote, "up/plain.txt")), seconds(join(source, "plain.txt")));
      assertEquals(seconds(join(place.local, "down/plain.txt")), seconds(join(source, "plain.txt")));
    });
  }

  test("mirror sees what has changed, and what is gone", async () => {
    const place = server.place("changes");
    const source = join(place.local, "source");
    plant(source, ["a", "b", "c"], 5, 8);
    await lftp(0, [], `mirror -R "${source}" "${place.name}/up"`);
    assertEquals(await lftp(0, [], `mirror -R --verbose=1 "${source}" "${place.name}/up"`), "");
    assertEquals(await lftp(0, [], `mirror --verbose=1 "${place.name}/up" "${source}"`), "");
    writeFileSync(join(source, "a"), "another one");
    rmSync(join(source, "b"));
    rmSync(join(source, "void"), { recursive: true });
    await lftp(0, [], `mirror -R --delete "${source}" "${place.name}/up"`);
    assertSameTree(join(place.remote, "up"), source);
    rmSync(join(place.remote, "up/deep"), { recursive: true });
    writeFileSync(join(place.remote, "up/c"), "changed there");
    await lftp(0, [], `mirror --delete "${place.name}/up" "${source}"`);
    assertSameTree(source, join(place.remote, "up"));
  });

  test("get -c, put -c, reget and reput go on", async () => {
    const place = server.place("go on");
    const content = bytes(2000000, 9);
    writeFileSync(join(place.remote, "file"), content);
    writeFileSync(join(place.local, "file"), content.subarray(0, 777777));
    await lftp(0, [], `get -c "${place.name}/file" -o "${place.local}/file"`);
    assertEquals(digestOf(join(place.local, "file")), digest(content));
    writeFileSync(join(place.remote, "up"), content.subarray(0, 888888));
    await lftp(0, [], `put -c "${place.local}/file" -o "${place.name}/up"`);
    assertEquals(digestOf(join(place.remote, "up")), digest(content));
  });

  test("put -c goes on with what arrived before lftp was killed", async () => {
    const place = server.place("killed");
    const content = bytes(4000000, 10);
    writeFileSync(join(place.local, "file"), content);
    const open = `set net:limit-rate 1000000; open -u "${USER},${PASSWORD}" ftp://${server.urlHost}:${server.port}`;
    await run("lftp", ["-c", `${open}; put "${place.local}/file" -o "${place.name}/up"`], { home: server.home, killAfter: 1500 });
    // A killed lftp ends its data connection in order, a moment before the other one.
    assertEquals(readdirSync(place.remote).filter((name) => !name.startsWith(".picoftp-")), []);
    await lftp(0, [], `put -c "${place.local}/file" -o "${place.name}/up"`);
    assertEquals(digestOf(join(place.remote, "up")), digest(content));
    assertEquals(readdirSync(place.remote), ["up"]);
  });

  test("pget -n 4 takes a file in four pieces", async () => {
    const place = server.place("pieces");
    const content = bytes(BIG, 11);
    writeFileSync(join(place.remote, "file"), content);
    await lftp(0, ["pget:min-chunk-size 1"], `pget -n 4 "${place.name}/file" -o "${place.local}/file"`);
    assertEquals(digestOf(join(place.local, "file")), digest(content));
  });

  test("20 MiB and an empty file, both ways", async () => {
    const place = server.place("sizes");
    for (const length of [BIG, 0]) {
      const content = bytes(length, 12);
      writeFileSync(join(place.local, "up"), content);
      await lftp(0, [], `put "${place.local}/up" -o "${place.name}/file"; get "${place.name}/file" -o "${place.local}/down"`);
      assertEquals(digestOf(join(place.remote, "file")), digest(content));
      assertEquals(digestOf(join(place.local, "down")), digest(content));
    }
  });

  test("ls, nlist, cls, du, find, cat and zcat of what is there", async () => {
    const place = server.place("look");
    mkdirSync(join(place.remote, "sub"));
    writeFileSync(join(place.remote, "file one"), "content");
    writeFileSync(join(place.remote, "sub/two"), bytes(5000, 1));
    utimesSync(join(place.remote, "file one"), OLD, OLD);
    const ls = await lftp(0, [], `cd "${place.name}"`, "ls");
    assert(/^-rw\S+ +1 \S+ +\S+ +7 Jan +2 +2020 file one$/m.test(ls), ls);
    assert(/^drwx\S+ .* sub$/m.test(ls), ls);
    assertEquals((await lftp(0, [], `cd "${place.name}"`, "nlist")).split("\n").sort(), ["", "file one", "sub"]);
    assertEquals((await lftp(0, [], `cd "${place.name}"`, "cls -1")).split("\n"), ["file one", "sub/", ""]);
    assert((await lftp(0, [], `cd "${place.name}"`, "cls -l --time-style=%s")).includes(`${OLD} file one`));
    assertEquals((await lftp(0, [], `cd "${place.name}"`, "find")).split("\n"), ["./", "./file one", "./sub/", "./sub/two", ""]);
    assert(/^5007\t/m.test(await lftp(0, [], `cd "${place.name}"`, "du -b -s .")));
    assertEquals(await lftp(0, [], `cat "${place.name}/file one"`), "content");
    const pwd = await lftp(0, [], `cd "${place.name}"`, "pwd");
    assert(pwd.endsWith(`@${server.urlHost}:${server.port}/${place.name}\n`), pwd);
  });

  test("mv, mkdir -p, rm, rm -r, rmdir, mmv and mput with patterns", async () => {
    const place = server.place("change");
    for (const name of ["a.txt", "b.txt", "c.bin"]) writeFileSync(join(place.local, name), name);
    const here = [`cd "${place.name}"`, `lcd "${place.local}"`];
    await lftp(0, [], ...here, "mput *.txt", "put c.bin", "mkdir -p x/y/z", "mv a.txt x/moved.txt", "rm b.txt");
    assertEquals(readdirSync(place.remote).sort(), ["c.bin", "x"]);
    assertEquals(readFileSync(join(place.remote, "x/moved.txt"), "latin1"), "a.txt");
    await lftp(0, [], ...here, "rmdir x/y/z", "mrm *.bin", "mv x renamed");
    assertEquals(readdirSync(place.remote), ["renamed"]);
    await lftp(0, [], ...here, "rm -r renamed");
    assertEquals(readdirSync(place.remote), []);
    await lftp(1, [], ...here, "rm nobody");
    await lftp(1, [], ...here, "get nobody");
    await lftp(1, [], "cd nobody");
  });

  test("ASCII get and put", async () => {
    const place = server.place("ascii");
    writeFileSync(join(place.remote, "text"), "one\ntwo\n");
    await lftp(0, [], `get -a "${place.name}/text" -o "${place.local}/text"`);
    assertEquals(readFileSync(join(place.local, "text"), "latin1"), "one\ntwo\n");
    await lftp(0, [], `put -a "${place.local}/text" -o "${place.name}/up"`);
    assertEquals(readFileSync(join(place.remote, "up"), "latin1").replaceAll("\r\n", "\n"), "one\ntwo\n");
  });

  test("with all of lftp's own defaults, and a wrong password", async () => {
    const place = server.place("defaults");
    writeFileSync(join(place.remote, "file"), "content");
    const open = (password: string): string => `open -u "${USER},${password}" ftp://${server.urlHost}:${server.port}`;
    const plain = await run("lftp", ["-c", `${open(PASSWORD)}; cat defaults/file`], { home: server.home });
    expectCode(plain, 0, server.output);
    assertEquals(plain.out, "content");
    const wrong = await run("lftp", ["-c", `set net:max-retries 1; ${open("wrong")}; ls`], { home: server.home });
    expectCode(wrong, 1, server.output);
    assert(wrong.err.includes("530"), wrong.err);
  });
});
