// ncftpput, ncftpget and ncftpls against our server: whole folders both ways. They know IPv4 only.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { assert, assertEquals } from "../assert.ts";
import { PASSWORD, USER } from "../peers/peer.ts";
import { against } from "./ours.ts";
import { expectCode, type Result, run } from "./run.ts";
import { assertSameTree, bytes, digest, digestOf, NAMES, plant, seconds } from "./tree.ts";

/** Ways of the data connection, by ncftp's options. */
const WAYS: { name: string; flag: string }[] = [{ name: "passive", flag: "-F" }, { name: "active", flag: "-E" }];

await against("ncftpput", ["127.0.0.1"], (server) => {
  const ncftp = async (code: number, program: string, flags: string[], ...args: string[]): Promise<Result> => {
    const login = ["-u", USER, "-p", PASSWORD, "-P", String(server.port)];
    const hosted = program === "ncftpls" ? args : [server.host, ...args];
    const result = await run(program, ["-t", "10", ...flags, ...login, ...hosted], { home: server.home });
    expectCode(result, code, server.output);
    return result;
  };

  for (const way of WAYS) {
    test(`ncftpput -R and ncftpget -R, ${way.name}`, async () => {
      const place = server.place(`tree ${way.name}`);
      const source = join(place.local, "source");
      plant(source, NAMES, 50, 31);
      mkdirSync(join(place.local, "down"));
      await ncftp(0, "ncftpput", ["-R", way.flag], `/${place.name}`, source);
      assertSameTree(join(place.remote, "source"), source);
      await ncftp(0, "ncftpget", ["-R", way.flag], join(place.local, "down"), `/${place.name}/source`);
      assertSameTree(join(place.local, "down/source"), source);
      assertEquals(seconds(join(place.local, "down/source/plain.txt")), seconds(join(source, "plain.txt")));
    });

    test(`ncftpls, ${way.name}`, async () => {
      const place = server.place(`list ${way.name}`);
      mkdirSync(join(place.remote, "sub"));
      writeFileSync(join(place.remote, "file one"), "content");
      const url = `ftp://${server.host}:${server.port}/${place.name.replace(" ", "%20")}/`;
      assertEquals((await ncftp(0, "ncftpls", ["-1", way.flag], url)).out.split("\n").sort(), ["", "file one", "sub"]);
      const long = (await ncftp(0, "ncftpls", ["-l", way.flag], url)).out;
      assert(/^-rw\S+ .* 7 .* file one$/m.test(long), long);
    });
  }

  // ncftpput -z is left out: ncftp 3.2.6 sends REST 400000 and then the whole file, to every server.
  test("ncftpget -z goes on, ncftpput -A appends", async () => {
    const place = server.place("go on");
    const content = bytes(1000000, 32);
    writeFileSync(join(place.remote, "down"), content);
    writeFileSync(join(place.local, "down"), content.subarray(0, 300000));
    await ncftp(0, "ncftpget", ["-z"], place.local, "/go on/down");
    assertEquals(digestOf(join(place.local, "down")), digest(content));
    writeFileSync(join(place.remote, "log"), "one ");
    writeFileSync(join(place.local, "log"), "two");
    await ncftp(0, "ncftpput", ["-A"], "/go on", join(place.local, "log"));
    assertEquals(readFileSync(join(place.remote, "log"), "latin1"), "one two");
  });

  test("-T and -S: under another name first; -m makes the folder; -a is ASCII", async () => {
    const place = server.place("names");
    writeFileSync(join(place.local, "file"), "one\ntwo\n");
    await ncftp(0, "ncftpput", ["-m", "-T", "tmp."], "/names/new", join(place.local, "file"));
    await ncftp(0, "ncftpput", ["-a", "-S", ".tmp"], "/names", join(place.local, "file"));
    assertEquals(readFileSync(join(place.remote, "new/file"), "latin1"), "one\ntwo\n");
    assertEquals(readFileSync(join(place.remote, "file"), "latin1").replaceAll("\r\n", "\n"), "one\ntwo\n");
  });

  test("what is not there", async () => {
    await ncftp(3, "ncftpget", [], server.local, "/nobody");
  });
});
