// XCRC and SITE COMPACT of the server with all rows, on a card and in Storage, by its name as a module.

// deno-lint-ignore-file no-explicit-any
import assert from "node:assert/strict";
import { join } from "node:path";
import { before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { noise } from "../conformance/filesystem-tools.ts";
import { Raw } from "../interop/raw.ts";
import { connect } from "../../adapters/node/mod.ts";
import type { Client } from "../../adapters/node/mod.ts";
import { crc32 } from "./host/bytes.ts";
import { type Device, freePorts, type Kind, reasonToSkip, start } from "./host/device.ts";
import { kindsHere } from "./host/namespace.ts";

const NAME = "picoftp-server-full";
/** Variables that the full server takes with two sessions. */
const TWO_SESSIONS = 2000;
const PLACES: Record<string, string> = { "a card": 'files: "sd", root: "card"', "Storage": 'files: "flash"' };
const PEER = { host: "127.0.0.1", user: "ana", password: "secret" };

const bundles: Record<string, string> = {};
before(async () => {
  const { bundle } = await import(pathToFileURL(join(process.cwd(), "tools/espruino/bundle.mjs")).href) as any;
  for (const name of [NAME, "picoftp-server"]) bundles[name] = (await bundle(name)).small;
});

for (const kind of kindsHere(import.meta.url)) {
  for (const where of Object.keys(PLACES)) {
    test(`XCRC by pieces on ${where} of ${kind}`, (t) =>
      serving(t, kind, NAME, PLACES[where], async (client) => {
        const data = noise(20001, 9);
        await client.put("a file", data);
        // More than one block, one that is cut off, one byte, and nothing.
        for (const [from, to] of [[0, 20001], [0, 512], [1, 512], [511, 1025], [7000, 20000], [20000, 20001], [5, 5]]) {
          assert.equal((await client.send(`XCRC "a file" ${from} ${to}`)).text, sum(data.subarray(from, to)), `${from} to ${to}`);
        }
        assert.equal((await client.send("XCRC a file")).text, sum(data));
        assert.equal((await client.send('XCRC "a file" 513')).text, sum(data.subarray(513)));
        await client.put("digits", "123456789");
        assert.equal((await client.send("XCRC digits")).text, "CBF43926");
        for (
          const [line, code] of [["XCRC none", 550], ["XCRC /", 553], ["XCRC", 501], ['XCRC "digits" x', 501], ['XCRC "digits" 3 2', 501]]
        ) {
          assert.equal((await client.send(line as string)).code, code, line as string);
        }
        assert.equal((await client.send("XCRC digits")).text, "CBF43926");
      }));
  }

  test(`the smallest server has XCRC, on ${kind}`, (t) =>
    serving(t, kind, "picoftp-server", PLACES["a card"], async (client) => {
      const data = noise(3000, 9);
      await client.put("a", data);
      assert.match((await client.send("FEAT")).text, /^ ?XCRC$/m);
      assert.equal((await client.send("XCRC a")).text, sum(data));
    }));

  test(`SITE COMPACT gives back the room of what was removed, when no file is open, on ${kind}`, (t) =>
    serving(t, kind, NAME, `${PLACES["Storage"]}, sessions: 2`, async (client, port, device) => {
      const kept = noise(30000, 4);
      await client.put("gone", noise(40000, 3));
      await client.put("kept", kept);
      await client.remove("gone");
      const before = await room(device);
      // An upload that goes on.
      const other = await Raw.open(port);
      await other.reply();
      for (const line of ["USER ana", "PASS secret", "TYPE I"]) await other.ask(line);
      const upload = await other.passive();
      await other.ask("ALLO 8000");
      assert.match(await other.ask("STOR slow"), /^150 /);
      upload.write(noise(3000, 1));
      assert.equal((await client.send("SITE COMPACT")).code, 450);
      upload.end(noise(5000, 2));
      assert.match(await other.reply(), /^226 /);
      assert.equal((await client.send("SITE COMPACT")).code, 200);
      const after = await room(device);
      assert.ok(after >= before + 40000 - 8100, `${before} bytes were free, then ${after}`);
      for (const [name, data] of [["kept", kept], ["slow", Buffer.concat([noise(3000, 1), noise(5000, 2)])]] as const) {
        assert.ok(Buffer.compare(await client.getBytes(name), data) === 0, name);
      }
      await client.put("next", kept);
      assert.equal((await client.send("XCRC next")).text, sum(kept));
      other.cut(1);
    }, TWO_SESSIONS));
}

/** Bytes that are free, as the device prints them over and over. */
async function room(device: Device): Promise<number> {
  const found = (): string[] => device.lines.filter((line) => line.startsWith("#free "));
  const from = found().length;
  while (found().length < from + 2) await new Promise((resolve) => setTimeout(resolve, 20));
  return parseInt(found().pop()!.slice(6), 10);
}

function sum(bytes: Uint8Array): string {
  return crc32(bytes).toString(16).padStart(8, "0").toUpperCase();
}

/** Runs `body` with a device that serves, and a client that is logged in. */
async function serving(
  t: any,
  kind: Kind,
  name: string,
  options: string,
  body: (client: Client, port: number, device: Device) => Promise<void>,
  least = 0,
): Promise<void> {
  const reason = reasonToSkip(kind);
  if (reason !== "") return t.skip(reason);
  const port = await freePorts(5);
  const main = `
    print("#total " + process.memory().total);
    require("${name}").start({ user: "ana", password: "secret", address: "127.0.0.1", port: ${port}, passiveFirst: ${port + 1},
      passiveLast: ${port + 4}, ${options} });
    setInterval(function () { print("#free " + require("Storage").getFree()); }, 100);
    print("#ready");`;
  const device = await start({ kind, main, modules: { [name]: bundles[name] } });
  try {
    const total = parseInt((await device.until("#total")).slice(7), 10);
    if (total < least) return t.skip(`${total} variables do not hold the full server with two sessions`);
    await device.until("#ready");
    const client = await connect({ ...PEER, port });
    await body(client, port, device);
    await client.close();
    assert.deepEqual(device.faults, []);
  } finally {
    await device.stop();
  }
}
