// The server of a bundle on a device, with its files on a card or in Storage, driven by our client on Node and by curl.

// deno-lint-ignore-file no-explicit-any
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { connect as dial } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { connect } from "../../adapters/node/mod.ts";
import type { Client } from "../../adapters/node/mod.ts";
import { noise } from "../conformance/filesystem-tools.ts";
import { find } from "../peers/process.ts";
import { type Device, freePorts, type Kind, reasonToSkip, start } from "./host/device.ts";
import { kindsHere } from "./host/namespace.ts";

const BUNDLE = {
  about: "test",
  preset: "full",
  exports: { start: "adapters/espruino/server.ts" },
  keep: ["core/ports.ts", "core/server/options.ts", "adapters/espruino/options.ts", "adapters/espruino/runtime.ts"],
};
/** A board must have so many variables for this bundle. */
const VARIABLES = 3500;
/** A device that takes its time: connection, bytes and end are all there when it looks. */
const SLOW = "a slow card";
const PLACES: Record<string, string> = { "a card": 'files: "sd", root: "card"', "Storage": 'files: "flash"' };

const withoutCurl = process.env.CI === undefined && find("curl") === "" ? "curl is not installed" : false;

let bundled = "";
before(async () => {
  const { bundle } = await import(pathToFileURL(join(process.cwd(), "tools/espruino/bundle.mjs")).href) as any;
  bundled = (await bundle("server", BUNDLE)).small;
});
const upload = join(tmpdir(), `picoftp-upload-${process.pid}`);
after(() => rmSync(upload, { force: true }));

for (const kind of kindsHere(import.meta.url)) {
  for (const where of Object.keys(PLACES).concat(kind === "host" ? SLOW : [])) {
    test(`our client lists, stores and fetches on ${where} of ${kind}`, (t) =>
      serving(t, kind, where, async ({ client }) => {
        const small = noise(700, 1);
        const large = noise(where === "Storage" ? 9000 : 40000, 2);
        await client.put("small.bin", small);
        await client.put("large.bin", large);
        await client.put("small.bin", large.subarray(0, 3000));
        assert.deepEqual(await names(client), [`large.bin ${large.length}`, "small.bin 3000"]);
        same(await client.getBytes("large.bin"), large);
        same(await client.getBytes("small.bin"), large.subarray(0, 3000));
        same(await client.getBytes("large.bin", { offset: large.length - 10 }), large.subarray(-10));
        assert.equal(await client.size("large.bin"), large.length);
        await client.remove("small.bin");
        await assert.rejects(client.getBytes("small.bin"), { code: 550 });
        await assert.rejects(client.remove("small.bin"), { code: 550 });
        assert.deepEqual(await names(client), [`large.bin ${large.length}`]);
        await client.remove("large.bin");
      }));

    test(`an upload that is broken off changes nothing on ${where} of ${kind}`, (t) =>
      serving(t, kind, where, async ({ client }) => {
        await client.put("kept.bin", noise(2000, 3));
        for (const name of ["kept.bin", "new.bin"]) {
          // Less than what was told before.
          const short = new ReadableStream<Uint8Array>({
            start(to) {
              to.enqueue(noise(600, 4));
            },
            pull(to) {
              to.error(new Error("called off"));
            },
          });
          await assert.rejects(client.put(name, short, { size: 5000 } as any));
        }
        same(await client.getBytes("kept.bin"), noise(2000, 3));
        assert.ok(!(await names(client)).some((name) => name.startsWith("new.bin")));
      }));

    test(
      `curl lists, stores and fetches on ${where} of ${kind}`,
      { skip: withoutCurl },
      (t) =>
        serving(t, kind, where, async ({ url, client }) => {
          const bytes = noise(where === "Storage" ? 900 : 20000, 5);
          writeFileSync(upload, bytes);
          await curl("-T", upload, `${url}curl.bin`);
          same(await client.getBytes("curl.bin"), bytes);
          same(await curl(`${url}curl.bin`), bytes);
          assert.match(`${await curl(url)}`, new RegExp(` ${bytes.length} .*curl\\.bin`));
          same(await curl("-r", "100-", `${url}curl.bin`), bytes.subarray(100));
          await curl("-Q", "DELE curl.bin", url);
          await assert.rejects(curl(`${url}curl.bin`), { code: 78 });
        }),
    );
  }

  test(`folders on a card of ${kind}`, (t) =>
    serving(t, kind, "a card", async ({ client, device }) => {
      await client.mkdir("one/two", { recursive: true });
      await client.put("one/two/three", "text");
      assert.equal(device.file("one/two/three"), "text");
      await client.cd("one/two");
      assert.equal(await client.pwd(), "/one/two");
      assert.deepEqual(await names(client), ["three 4"]);
      await assert.rejects(client.rmdir("/one"), { code: 550 });
      await client.remove("three");
      await client.cd("/");
      await client.rmdir("one/two");
      await client.rmdir("one");
      assert.deepEqual(await names(client), []);
    }));

  test(`a wrong password, and too many sessions, on ${kind}`, (t) =>
    serving(t, kind, "Storage", async ({ port, client }) => {
      const target = { host: "127.0.0.1", port, user: "ana" };
      await assert.rejects(connect({ ...target, password: "wrong!" }), { code: 530 });
      const second = await free({ ...target, password: "secret" });
      await assert.rejects(connect({ ...target, password: "secret" }), { code: 421 });
      await second.close();
      const third = await free({ ...target, password: "secret" });
      assert.equal(await third.pwd(), "/");
      await third.close();
      assert.equal(await client.pwd(), "/");
    }));
}

test("visitors who have left before they are seen take no session, and an empty file goes both ways", (t) =>
  serving(t, "host", SLOW, async ({ port, client, device }) => {
    for (let i = 0; i < 6; i++) {
      const visitor = dial(port, "127.0.0.1");
      visitor.on("error", () => undefined).end();
      await new Promise((resolve) => visitor.resume().once("close", resolve));
    }
    const second = await free({ host: "127.0.0.1", port, user: "ana", password: "secret" });
    assert.equal(await second.put("empty", new Uint8Array(0)), 0);
    assert.equal(device.file("empty"), "");
    same(await second.getBytes("empty"), new Uint8Array(0));
    await second.close();
    assert.equal(await client.pwd(), "/");
  }, 40));

interface Scene {
  device: Device;
  client: Client;
  port: number;
  url: string;
}

/** Runs `body` with a device that serves, and a client that is logged in. */
async function serving(t: any, kind: Kind, where: string, body: (scene: Scene) => Promise<void>, pace = 3): Promise<void> {
  const reason = reasonToSkip(kind);
  if (reason !== "") return t.skip(reason);
  const port = await freePorts(5);
  const main = `
    print("#total " + process.memory().total);
    if (process.memory().total >= ${VARIABLES}) require("server").start({
      user: "ana", password: "secret", address: "127.0.0.1", sessions: 2, ${PLACES[where] ?? PLACES["a card"]},
      port: ${port}, passiveFirst: ${port + 1}, passiveLast: ${port + 4},
    });
    print("#ready");`;
  // In Storage of its own: a list shows the program too.
  const device = await start({ kind, main, modules: { server: bundled }, options: where === SLOW ? { pace } : {} });
  try {
    const total = parseInt((await device.until("#total")).slice(7), 10);
    if (total < VARIABLES) return t.skip(`${total} variables do not hold the server of preset full`);
    await device.until("#ready");
    const client = await connect({ host: "127.0.0.1", port, user: "ana", password: "secret" });
    await body({ device, client, port, url: `ftp://ana:secret@127.0.0.1:${port}/` });
    await client.close();
    assert.deepEqual(device.faults, []);
    if (device.machine) {
      // One chunk for each drain: a longer queue is copied again and again.
      const { longest, copied, sent } = device.machine.figures;
      assert.ok(longest <= 1536, `${longest} bytes waited to be sent`);
      assert.ok(copied <= 16384 + sent / 4, `${copied} bytes were copied for ${sent}`);
    }
  } finally {
    await device.stop();
  }
}

/** Connects as soon as a session is free: that of a client who left ends a moment later. */
async function free(target: { host: string; port: number; user: string; password: string }): Promise<Client> {
  for (;;) {
    try {
      return await connect(target);
    } catch (error) {
      if ((error as { code?: number }).code !== 421) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

/** Files and their sizes, the program itself left out. */
async function names(client: Client): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of client.list()) if (entry.name !== "server") found.push(`${entry.name} ${entry.size}`);
  return found.sort();
}

/** As soon as a session is free: curl calls a 421 a timeout, at once. */
async function curl(...args: string[]): Promise<Uint8Array> {
  const options = { encoding: "buffer", maxBuffer: 10000000 } as const;
  for (;;) {
    try {
      return (await promisify(execFile)("curl", ["-sS", "-m", "20", "--noproxy", "*", ...args], options)).stdout;
    } catch (error) {
      if ((error as { code?: number }).code !== 28 || `${(error as { stderr?: unknown }).stderr}`.includes("timed out after")) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

function same(found: Uint8Array, expected: Uint8Array): void {
  assert.ok(Buffer.compare(found, expected) === 0, `${found.length} bytes, not the expected ${expected.length}`);
}
