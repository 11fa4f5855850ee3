// tnftp, the classic ftp command, against our server: scripted sessions.

import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { assert, assertEquals } from "../assert.ts";
import { PASSWORD, USER } from "../peers/peer.ts";
import { against } from "./ours.ts";
import { expectCode, run } from "./run.ts";
import { bytes, digest, digestOf, seconds } from "./tree.ts";

const OLD = 1577934245;
/** Ways of the data connection: tnftp's flags and commands. */
const WAYS: { name: string; flags: string[]; commands: string[] }[] = [
  { name: "EPSV", flags: ["-p"], commands: [] },
  { name: "PASV", flags: ["-p"], commands: ["epsv4"] },
  { name: "EPRT", flags: ["-A"], commands: [] },
  { name: "PORT", flags: ["-A"], commands: ["epsv4"] },
];

await against("tnftp", ["127.0.0.1", "::1"], (server) => {
  /** A session in `cwd`; -i asks nothing, -n logs in by our own command. */
  const tnftp = async (cwd: string, flags: string[], ...commands: string[]): Promise<string> => {
    const login = [`user "${USER}" "${PASSWORD}"`, "binary"];
    const input = [...login, ...commands, "bye"].join("\n") + "\n";
    const result = await run("tnftp", ["-i", "-n", "-v", ...flags, server.host, String(server.port)], { home: server.home, cwd, input });
    expectCode(result, 0, server.output);
    return result.out + result.err;
  };

  for (const way of WAYS) {
    test(`put, get, ls and nlist with ${way.name}`, async () => {
      const place = server.place(`way ${way.name}`);
      const content = bytes(300000, 51);
      writeFileSync(join(place.local, "up"), content);
      const commands = [`cd "${place.name}"`, "put up file", "get file down", "ls", "nlist"];
      const out = await tnftp(place.local, way.flags, ...way.commands, ...commands);
      assertEquals(digestOf(join(place.remote, "file")), digest(content));
      assertEquals(digestOf(join(place.local, "down")), digest(content));
      assert(/^-rw\S+ +1 .* 300000 .* file\r?$/m.test(out), out);
    });
  }

  test("mput, mget, mdelete, rename, mkdir, rmdir, names with spaces", async () => {
    const place = server.place("many");
    for (const name of ["a.txt", "b.txt", "c.bin", "with space"]) writeFileSync(join(place.local, name), name);
    await tnftp(
      place.local,
      [],
      "cd many",
      "mput *.txt",
      "put c.bin",
      'put "with space"',
      'rename c.bin "d d"',
      "mkdir sub",
      "mkdir gone",
      "rmdir gone",
    );
    assertEquals(readdirSync(place.remote).sort(), ["a.txt", "b.txt", "d d", "sub", "with space"]);
    mkdirSync(join(place.local, "back"));
    // tnftp leaves patterns to the server (NLST *.txt).
    await tnftp(join(place.local, "back"), [], "cd many", "mget *.txt", 'get "d d"', "mdelete ?.txt");
    assertEquals(readdirSync(join(place.local, "back")).sort(), ["a.txt", "b.txt", "d d"]);
    assertEquals(readdirSync(place.remote).sort(), ["d d", "sub", "with space"]);
  });

  test("reget and restart go on, newer asks, modtime and size tell, append appends", async () => {
    const place = server.place("go on");
    const content = bytes(1000000, 52);
    writeFileSync(join(place.remote, "file"), content);
    utimesSync(join(place.remote, "file"), OLD, OLD);
    writeFileSync(join(place.local, "file"), content.subarray(0, 400000));
    const out = await tnftp(place.local, ["-d"], 'cd "go on"', "reget file", "size file", "modtime file");
    assert(out.includes("REST 400000"), out);
    assertEquals(digestOf(join(place.local, "file")), digest(content));
    assert(/file\s+1000000/.test(out), out);
    assert(/file\s+.*2020/.test(out), out);
    writeFileSync(join(place.remote, "up"), content.subarray(0, 250000));
    await tnftp(place.local, [], 'cd "go on"', "restart 250000", "put file up");
    assertEquals(digestOf(join(place.remote, "up")), digest(content));
    const newer = await tnftp(place.local, ["-d"], 'cd "go on"', "newer up newer");
    assert(newer.includes("RETR"), newer);
    writeFileSync(join(place.local, "line"), "one ");
    await tnftp(place.local, [], 'cd "go on"', "append line log", "append line log");
    assertEquals(readFileSync(join(place.remote, "log"), "latin1"), "one one ");
    await tnftp(place.local, [], 'cd "go on"', "preserve on", "get file kept");
    assertEquals(seconds(join(place.local, "kept")), OLD);
  });

  test("system, status, features, help, quote, pwd, mlst, mlsd", async () => {
    const place = server.place("talk");
    writeFileSync(join(place.remote, "file"), "content");
    const out = await tnftp(
      place.local,
      [],
      "cd talk",
      "pwd",
      "system",
      "features",
      "rstatus",
      "rhelp",
      "mlst file",
      "mlsd",
      "quote NOOP",
      "site help",
    );
    for (const part of ["/talk", "UNIX Type: L8", "MLST", "211", "214", "size=7", "200 "]) assert(out.includes(part), `${part}: ${out}`);
  });

  test("ascii", async () => {
    const place = server.place("ascii");
    writeFileSync(join(place.remote, "text"), "one\ntwo\n");
    await tnftp(place.local, [], "cd ascii", "ascii", "get text", "put text up");
    assertEquals(readFileSync(join(place.local, "text"), "latin1"), "one\ntwo\n");
    assertEquals(readFileSync(join(place.remote, "up"), "latin1").replaceAll("\r\n", "\n"), "one\ntwo\n");
  });

  test("what is not there, and the session lives on; by URL; a wrong password", async () => {
    const place = server.place("errors");
    writeFileSync(join(place.remote, "file"), "content");
    const out = await tnftp(place.local, [], "cd errors", "get nobody", "cd nobody", "delete nobody", "get file");
    assertEquals(out.split("\n550 ").length, 4, out);
    assertEquals(readFileSync(join(place.local, "file"), "latin1"), "content");
    const url = `ftp://${USER}:${encodeURIComponent(PASSWORD)}@${server.urlHost}:${server.port}/errors/file`;
    const byUrl = await run("tnftp", ["-o", join(place.local, "by url"), url], { home: server.home });
    expectCode(byUrl, 0, server.output);
    assertEquals(readFileSync(join(place.local, "by url"), "latin1"), "content");
    const input = `user ${USER} wrong\nbye\n`;
    const wrong = await run("tnftp", ["-n", "-v", server.host, String(server.port)], { home: server.home, input });
    assert(wrong.out.includes("530 Login incorrect"), wrong.out);
  });
});
