// The examples for devices run, and the client that is shipped puts, gets and lists, each by the name of its module.

// deno-lint-ignore-file no-explicit-any
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { MemoryFiles } from "../../adapters/memory/mod.ts";
import { serve } from "../../adapters/node/mod.ts";
import { noise } from "../conformance/filesystem-tools.ts";
import { crc32 } from "./host/bytes.ts";
import { freePorts, reasonToSkip, start } from "./host/device.ts";
import { kindsHere } from "./host/namespace.ts";

const PUSH = fileURLToPath(new URL("../../examples/espruino/push.js", import.meta.url));
const example = (name: string): string => readFileSync(join(process.cwd(), "examples/espruino", name), "utf8");
/** A client with a file on a card, one in Storage, and a folder to list. */
const CLIENT = `
  require("fs").writeFileSync("card/up.bin", "0123456789".repeat(300));
  require("picoftp-client").connect({ host: "127.0.0.1", port: PORT, user: "ana", password: "secret", FILES }, function (error, ftp) {
    print("#connect " + error);
    ftp.put("/up.bin", "/dir/up.bin", function (error, bytes) {
      print("#put " + error + " " + bytes);
      ftp.get("/dir/down.bin", "/down.bin", function (error, bytes) {
        print("#get " + error + " " + bytes);
        var names = [];
        ftp.list("/dir", function (entry) { names.push(entry.name + " " + entry.type + " " + entry.size); }, function (error) {
          print("#list " + error + " " + names.sort().join());
          ftp.get("/none", "/none", function (error) {
            print("#none " + error + " " + ftp.reply().substring(0, 3));
            ftp.quit(function (error) { print("#quit " + error); });
          });
        });
      });
    });
  });`;

const bundles: Record<string, string> = {};
before(async () => {
  const { bundle } = await import(pathToFileURL(join(process.cwd(), "tools/espruino/bundle.mjs")).href) as any;
  for (const name of ["picoftp-server", "picoftp-client"]) bundles[name] = (await bundle(name)).small;
});

for (const kind of kindsHere(import.meta.url)) {
  test(`a script pushes three files to a device that serves, on ${kind}`, async (t) => {
    const reason = reasonToSkip(kind);
    if (reason !== "") return t.skip(reason);
    const port = await freePorts(11);
    const more = `port: ${port}, address: "127.0.0.1", passiveFirst: ${port + 1}`;
    const main = example("server.js").replace("port: 21", more);
    assert.ok(main.includes(more));
    const device = await start({ kind, main, modules: { "picoftp-server": bundles["picoftp-server"] } });
    try {
      await device.until("ready");
      const { stdout } = await promisify(execFile)(process.execPath, [PUSH, "127.0.0.1", `${port}`]);
      const verified =
        "app.js 16 bytes, verified by CRC32\nconfig.json 13 bytes, verified by CRC32\ntable.bin 15000 bytes, verified by CRC32\n";
      assert.equal(stdout, verified);
      assert.equal(device.machine?.run('require("Storage").read("app.js")') ?? 'print("Hello");\n', 'print("Hello");\n');
      assert.deepEqual(device.faults, []);
    } finally {
      await device.stop();
    }
  });

  test(`a device pulls a file into Storage, on ${kind}`, async (t) => {
    const reason = reasonToSkip(kind);
    if (reason !== "") return t.skip(reason);
    const files = new MemoryFiles({});
    files.mkdir("/firmware", () => undefined);
    files.put("/firmware/app.js", noise(5001, 3));
    await using server = await serve({ files, host: "127.0.0.1", port: 0, users: { ana: { password: "secret" } } });
    const main = example("client.js").replace('host: "192.168.1.5", port: 21', `host: "127.0.0.1", port: ${server.port}`) + `
      setInterval(function () {
        var text = require("Storage").read("app.js");
        if (text !== undefined && require("Storage").read("app.js.!") === undefined) print("#crc " + E.CRC32(text));
      }, 50);`;
    const device = await start({ kind, main, modules: { "picoftp-client": bundles["picoftp-client"] } });
    try {
      assert.equal(await device.until("5001 bytes"), "5001 bytes in Storage");
      const told = await device.until("#crc ");
      assert.equal(told, `#crc ${crc32(noise(5001, 3))}`);
      assert.deepEqual(device.faults, []);
    } finally {
      await device.stop();
    }
  });

  test(`the client puts from a card, gets and lists, on ${kind}`, async (t) => {
    const reason = reasonToSkip(kind);
    if (reason !== "") return t.skip(reason);
    const files = new MemoryFiles({});
    files.mkdir("/dir", () => undefined);
    files.put("/dir/down.bin", noise(7777, 5));
    await using server = await serve({ files, host: "127.0.0.1", port: 0, users: { ana: { password: "secret" } } });
    const main = CLIENT.replace("PORT", `${server.port}`).replace("FILES", 'files: "sd", root: "card"');
    const device = await start({ kind, main, modules: { "picoftp-client": bundles["picoftp-client"] } });
    try {
      await device.until("#quit");
      const said = device.lines.filter((line) => line.startsWith("#"));
      const list = "#list 0 down.bin 1 7777,up.bin 1 3000";
      assert.deepEqual(said, ["#connect 0", "#put 0 3000", "#get 0 7777", list, "#none 26 550", "#quit 0"]);
      assert.equal(Buffer.from(files.bytes("/dir/up.bin")!).toString(), "0123456789".repeat(300));
      assert.ok(Buffer.compare(Buffer.from(device.file("down.bin") ?? "", "latin1"), noise(7777, 5)) === 0, "down.bin differs");
      // What is kept of a transfer that failed has a mark beside it.
      assert.equal(device.file("none") === undefined, device.file("none.!") === undefined);
      assert.deepEqual(device.faults, []);
    } finally {
      await device.stop();
    }
  });
}
