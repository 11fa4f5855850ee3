// curl against our server: every way in which curl speaks FTP.

import { mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { assert, assertEquals } from "../assert.ts";
import { PASSWORD, USER } from "../peers/peer.ts";
import { against, type Place } from "./ours.ts";
import { expectCode, type Result, run } from "./run.ts";
import { bytes, digest, digestOf, NAMES, seconds } from "./tree.ts";

const BIG = 20 * 1024 * 1024;
const OLD = 1577934245;

/** Ways of the data connection, by curl's options. */
const WAYS: { name: string; flags: string[]; sent: Record<string, string> }[] = [
  { name: "EPSV", flags: [], sent: { "127.0.0.1": "EPSV", "::1": "EPSV" } },
  { name: "PASV", flags: ["--disable-epsv"], sent: { "127.0.0.1": "PASV", "::1": "EPSV" } },
  { name: "EPRT", flags: ["--ftp-port", "-"], sent: { "127.0.0.1": "EPRT", "::1": "EPRT" } },
  { name: "PORT", flags: ["--ftp-port", "-", "--disable-eprt"], sent: { "127.0.0.1": "PORT", "::1": "EPRT" } },
];

await against("curl", ["127.0.0.1", "::1"], (server) => {
  const curl = async (code: number, ...args: string[]): Promise<Result> => {
    const result = await run("curl", ["-sSv", "-m", "25", "-u", `${USER}:${PASSWORD}`, ...args], { home: server.home });
    expectCode(result, code, server.output);
    return result;
  };
  const url = (place: Place, path: string): string => server.url(`${place.name}/${path}`);

  for (const way of WAYS) {
    test(`get, put and list with ${way.name}`, async () => {
      const place = server.place(`way ${way.name}`);
      const content = bytes(300000, 1);
      writeFileSync(join(place.local, "up"), content);
      const put = await curl(0, ...way.flags, "-T", join(place.local, "up"), url(place, "file.bin"));
      assert(put.err.includes(`> ${way.sent[server.host]}`), put.err);
      assertEquals(digestOf(join(place.remote, "file.bin")), digest(content));
      await curl(0, ...way.flags, "-o", join(place.local, "down"), url(place, "file.bin"));
      assertEquals(digestOf(join(place.local, "down")), digest(content));
      const names = await curl(0, ...way.flags, "--list-only", url(place, ""));
      assertEquals(names.out, "file.bin\r\n".replace("\r", names.out.includes("\r") ? "\r" : ""));
      const list = await curl(0, ...way.flags, url(place, ""));
      assert(/^-rw\S+ +1 \S+ +\S+ +300000 \w{3} +\d+ +\d+:\d+ file\.bin\r?\n$/.test(list.out), list.out);
    });
  }

  test("an empty file and 20 MiB, both ways", async () => {
    const place = server.place("sizes");
    for (const length of [0, BIG]) {
      const content = bytes(length, 2);
      writeFileSync(join(place.local, "up"), content);
      await curl(0, "-T", join(place.local, "up"), url(place, "file"));
      assertEquals(digestOf(join(place.remote, "file")), digest(content));
      await curl(0, "-o", join(place.local, "down"), url(place, "file"));
      if (length > 0) assertEquals(digestOf(join(place.local, "down")), digest(content));
    }
  });

  test("-C - goes on with a download", async () => {
    const place = server.place("resume down");
    const content = bytes(500000, 3);
    writeFileSync(join(place.remote, "file"), content);
    writeFileSync(join(place.local, "file"), content.subarray(0, 123456));
    const result = await curl(0, "-C", "-", "-o", join(place.local, "file"), url(place, "file"));
    assert(result.err.includes("> REST 123456"), result.err);
    assertEquals(digestOf(join(place.local, "file")), digest(content));
    // All there is already.
    await curl(0, "-C", "-", "-o", join(place.local, "file"), url(place, "file"));
    assertEquals(digestOf(join(place.local, "file")), digest(content));
  });

  test("-C - goes on with an upload, after a whole file and after a broken one", async () => {
    const place = server.place("resume up");
    const content = bytes(3000000, 4);
    writeFileSync(join(place.local, "file"), content);
    writeFileSync(join(place.remote, "short"), content.subarray(0, 1234567));
    await curl(0, "-C", "-", "-T", join(place.local, "file"), url(place, "short"));
    assertEquals(digestOf(join(place.remote, "short")), digest(content));

    writeFileSync(join(place.remote, "broken"), "the old one");
    const slow = ["-sS", "-u", `${USER}:${PASSWORD}`, "--limit-rate", "1M", "-T", join(place.local, "file"), url(place, "broken")];
    await run("curl", slow, { home: server.home, killAfter: 1200 });
    assertEquals(digestOf(join(place.remote, "broken")), digest(new TextEncoder().encode("the old one")));
    await run("curl", slow.slice(0, -1).concat(url(place, "new")), { home: server.home, killAfter: 1200 });
    const result = await curl(0, "-C", "-", "-T", join(place.local, "file"), url(place, "new"));
    assert(/< 213 [1-9]/.test(result.err), result.err);
    assert(/> (APPE|REST)/.test(result.err), result.err);
    assertEquals(digestOf(join(place.remote, "new")), digest(content));
  });

  test("-r takes ranges", async () => {
    const place = server.place("ranges");
    const content = bytes(100000, 5);
    writeFileSync(join(place.remote, "file"), content);
    const part = async (range: string, from: number, to: number): Promise<void> => {
      await curl(0, "-r", range, "-o", join(place.local, "part"), url(place, "file"));
      assertEquals(digestOf(join(place.local, "part")), digest(content.subarray(from, to)));
    };
    await part("0-9", 0, 10);
    await part("100-50099", 100, 50100);
    await part("99000-", 99000, 100000);
    await part("-100", 99900, 100000);
  });

  test("a range of a big file is broken off with ABOR", async () => {
    const place = server.place("break off");
    const content = bytes(BIG, 6);
    writeFileSync(join(place.remote, "big"), content);
    writeFileSync(join(place.remote, "small"), "small");
    const small = join(place.local, "small");
    const next = ["--next", "-sSv", "-u", `${USER}:${PASSWORD}`, "-o", small, url(place, "small")];
    const result = await curl(0, "-r", "0-99", "-o", join(place.local, "big"), url(place, "big"), ...next);
    assert(result.err.includes("> ABOR"), result.err);
    assert(/< 426 .*\r?\n(?:[^<].*\r?\n)*< 226 /.test(result.err), result.err);
    assertEquals(digestOf(join(place.local, "big")), digest(content.subarray(0, 100)));
    assertEquals(readFileSync(small, "latin1"), "small");
    assert(!result.err.includes("500 "), result.err);
  });

  test("-a appends", async () => {
    const place = server.place("append");
    writeFileSync(join(place.remote, "file"), "one");
    writeFileSync(join(place.local, "file"), " two");
    await curl(0, "-a", "-T", join(place.local, "file"), url(place, "file"));
    await curl(0, "-a", "-T", join(place.local, "file"), url(place, "none"));
    assertEquals(readFileSync(join(place.remote, "file"), "latin1"), "one two");
    assertEquals(readFileSync(join(place.remote, "none"), "latin1"), " two");
  });

  test("-Q sends commands before, between and after", async () => {
    const place = server.place("quotes");
    writeFileSync(join(place.remote, "file"), "content");
    const quotes = ["-Q", `MKD ${place.name}/made`, "-Q", "+NOOP", "-Q", "-RNFR file", "-Q", "-RNTO made/moved", "-Q", "*DELE nobody"];
    const result = await curl(0, ...quotes, url(place, "file"));
    assertEquals(result.out, "content");
    assert(result.err.indexOf("> NOOP") > result.err.indexOf("> TYPE"), result.err);
    assertEquals(readFileSync(join(place.remote, "made/moved"), "latin1"), "content");
    await curl(0, "-Q", "-DELE made/moved", "-Q", "-RMD made", url(place, ""));
    assertEquals((await curl(0, "-l", url(place, ""))).out, "");
    await curl(21, "-Q", "DELE nobody", url(place, ""));
  });

  test("--ftp-create-dirs makes the folders", async () => {
    const place = server.place("create");
    writeFileSync(join(place.local, "file"), "content");
    await curl(9, "-T", join(place.local, "file"), url(place, "a/b c/d/file"));
    await curl(0, "--ftp-create-dirs", "-T", join(place.local, "file"), url(place, "a/b c/d/file"));
    assertEquals(readFileSync(join(place.remote, "a/b c/d/file"), "latin1"), "content");
  });

  test("--ftp-method: a folder for each part, one for all, or none", async () => {
    const place = server.place("methods");
    mkdirSync(join(place.remote, "a/b"), { recursive: true });
    writeFileSync(join(place.remote, "a/b/file"), "content");
    for (const method of ["multicwd", "singlecwd", "nocwd"]) {
      assertEquals((await curl(0, "--ftp-method", method, url(place, "a/b/file"))).out, "content");
      // Where NLST was given a path, the names come with it, as from vsftpd.
      const names = (await curl(0, "--ftp-method", method, "-l", url(place, "a/"))).out.trim();
      assertEquals(names.slice(names.lastIndexOf("/") + 1), "b");
    }
    // A path from the root, as RFC 1738 section 3.2.2 spells it.
    assertEquals((await curl(0, `ftp://${server.urlHost}:${server.port}/%2F${place.name}/a/b/file`)).out, "content");
  });

  test("-R keeps the time, -z asks for it, -I tells size and time", async () => {
    const place = server.place("times");
    const file = join(place.remote, "file");
    writeFileSync(file, "content");
    utimesSync(file, OLD, OLD);
    await curl(0, "-R", "-o", join(place.local, "file"), url(place, "file"));
    assertEquals(seconds(join(place.local, "file")), OLD);
    assertEquals((await curl(0, "-z", "1 Jan 2020", url(place, "file"))).out, "content");
    assertEquals((await curl(0, "-z", "1 Jan 2021", url(place, "file"))).out, "");
    assertEquals((await curl(0, "-z", "-1 Jan 2021", url(place, "file"))).out, "content");
    const head = (await curl(0, "-I", url(place, "file"))).out;
    assert(head.includes("Content-Length: 7\r\n"), head);
    assert(head.includes("Last-Modified: Thu, 02 Jan 2020 03:04:05 GMT\r\n"), head);
    assert(head.includes("Accept-ranges: bytes\r\n"), head);
  });

  test("odd names, encoded in the URL", async () => {
    const place = server.place("names");
    for (const name of NAMES) {
      writeFileSync(join(place.local, "up"), `content of ${name}`);
      await curl(0, "-T", join(place.local, "up"), url(place, name));
      assertEquals(readFileSync(join(place.remote, name), "utf8"), `content of ${name}`);
      assertEquals((await curl(0, url(place, name))).out, `content of ${name}`);
    }
    const names = (await curl(0, "-l", url(place, ""))).out.split(/\r?\n/).filter((name) => name !== "").sort();
    assertEquals(names, [...NAMES].sort());
  });

  test("a name that is no UTF-8 survives", async () => {
    const place = server.place("latin");
    writeFileSync(join(place.local, "up"), "content");
    const address = `ftp://${server.urlHost}:${server.port}/${place.name}/gr%FCn`;
    await curl(0, "-T", join(place.local, "up"), address);
    assertEquals((await curl(0, address)).out, "content");
    assertEquals(statSync(Buffer.concat([Buffer.from(place.remote + "/gr"), Buffer.from([0xfc, 0x6e])])).size, 7);
  });

  test("-B turns line ends", async () => {
    const place = server.place("ascii");
    writeFileSync(join(place.remote, "text"), "one\ntwo\nthree\n");
    assertEquals((await curl(0, "-B", url(place, "text"))).out.replaceAll("\r\n", "\n"), "one\ntwo\nthree\n");
    writeFileSync(join(place.local, "text"), "one\r\ntwo\r\n");
    await curl(0, "-B", "-T", join(place.local, "text"), url(place, "up"));
    assertEquals(readFileSync(join(place.remote, "up"), "latin1").replaceAll("\r\n", "\n"), "one\ntwo\n");
  });

  test("100 files over one connection", async () => {
    const place = server.place("hundred");
    for (let i = 0; i < 100; i++) writeFileSync(join(place.local, `f${i}`), bytes(4096, i));
    const files = `{${Array.from({ length: 100 }, (_, i) => join(place.local, `f${i}`)).join(",")}}`;
    // Active: in passive mode curl 7.88 sleeps a whole second where the 229 comes before it has gone to sleep.
    const put = await curl(0, "--ftp-port", "-", "-T", files, url(place, ""));
    assertEquals(put.err.split("> USER").length, 2);
    await curl(0, "--ftp-port", "-", "-o", join(place.local, "g#1"), url(place, "") + "f[0-99]");
    for (let i = 0; i < 100; i++) {
      assertEquals(digestOf(join(place.remote, `f${i}`)), digest(bytes(4096, i)));
      assertEquals(digestOf(join(place.local, `g${i}`)), digest(bytes(4096, i)));
    }
  });

  test("what is not there, and who is not let in", async () => {
    const place = server.place("errors");
    await curl(78, url(place, "none"));
    await curl(9, url(place, "none/file"));
    const result = await run("curl", ["-sS", "-m", "20", "-u", `${USER}:wrong`, url(place, "")], { home: server.home });
    expectCode(result, 67, server.output);
  });

  test("four at once (-Z)", async () => {
    const place = server.place("parallel");
    for (let i = 0; i < 4; i++) writeFileSync(join(place.remote, `f${i}`), bytes(2000000, i));
    const jobs = [0, 1, 2, 3].flatMap((i) => ["-o", join(place.local, `f${i}`), url(place, `f${i}`)]);
    await curl(0, "-Z", ...jobs);
    for (let i = 0; i < 4; i++) assertEquals(digestOf(join(place.local, `f${i}`)), digest(bytes(2000000, i)));
  });
});
