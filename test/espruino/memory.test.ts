// What must hold on the real interpreters with the memory of a board: transfers complete, variables left over, nothing left behind.

// deno-lint-ignore-file no-explicit-any
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect as dial } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { connect } from "../../adapters/node/mod.ts";
import { noise } from "../conformance/filesystem-tools.ts";
import { type Device, freePorts, type Kind, reasonToSkip, start } from "./host/device.ts";
import { kindsHere } from "./host/namespace.ts";

/** Variables that must be free at the peak. The goals of the project are 500 of 1700, and 1200 of 4095. */
const FREE = { tiny: 500, both: 1200 };
/** For a device: tells what is in use after a collection. */
const GC = 'setInterval(function () { print("#gc " + process.memory().usage); }, 300);';
const MEGABYTE = noise(1048576, 7);
const FIRMWARE = noise(160000, 8);

const bundles: Record<string, string> = {};
const folder = mkdtempSync(join(tmpdir(), "picoftp-memory-"));
const big = join(folder, "big");
after(() => rmSync(folder, { recursive: true }));
before(async () => {
  const { bundle } = await import(pathToFileURL(join(process.cwd(), "tools/espruino/bundle.mjs")).href) as any;
  for (const name of ["picoftp-server", "picoftp"]) bundles[name] = (await bundle(name)).small;
  writeFileSync(big, MEGABYTE);
});

for (const kind of kindsHere(import.meta.url).filter((kind) => kind !== "host")) {
  test(`a megabyte onto a card and back, with memory left, on ${kind}`, (t) =>
    serving(t, kind, "picoftp-server", 'files: "sd", root: "card"', {}, async ({ device, port, url, total }) => {
      const client = await connect({ host: "127.0.0.1", port, user: "ana", password: "secret" });
      await client.put("ours", MEGABYTE);
      same(await client.getBytes("ours"), MEGABYTE);
      await client.close();
      await curl("-T", big, `${url}curl`);
      same(Buffer.from(device.file("curl") ?? "", "latin1"), MEGABYTE);
      same(await curl(`${url}ours`), MEGABYTE);
      left(t, device, total, kind === "small" ? FREE.tiny : 1200);
    }));

  test(`160 kB out of Storage, with memory left, on ${kind}`, (t) =>
    serving(t, kind, "picoftp-server", "", { firmware: Buffer.from(FIRMWARE).toString("latin1") }, async ({ device, port, url, total }) => {
      const client = await connect({ host: "127.0.0.1", port, user: "ana", password: "secret" });
      same(await client.getBytes("firmware"), FIRMWARE);
      await client.close();
      same(await curl(`${url}firmware`), FIRMWARE);
      left(t, device, total, kind === "small" ? FREE.tiny : 1200);
    }));

  if (kind === "small") continue;

  test(`server and client together, two sessions, on ${kind}`, (t) =>
    serving(t, kind, "picoftp", 'files: "sd", root: "card", sessions: 2', {}, async ({ device, port, total }) => {
      const clients = [];
      for (let i = 0; i < 2; i++) clients.push(await connect({ host: "127.0.0.1", port, user: "ana", password: "secret" }));
      await Promise.all(clients.map((client, i) => client.put(`file${i}`, MEGABYTE)));
      for (const found of await Promise.all(clients.map((client, i) => client.getBytes(`file${i}`)))) same(found, MEGABYTE);
      for (const client of clients) await client.close();
      left(t, device, total, FREE.both);
    }));

  for (const [tool, steps] of Object.entries({ lftp, rclone })) {
    test(`${tool} lists, stores and fetches on ${kind}`, async (t) => {
      if (!await promisify(execFile)("which", [tool]).catch(() => null)) return t.skip(`${tool} is not installed`);
      await serving(t, kind, "picoftp", 'files: "sd", root: "card", sessions: 3', {}, async ({ device, port }) => {
        const copy = join(folder, `${tool}-copy`);
        const listed = await steps(port, big, copy);
        assert.ok(listed.includes("sent.bin"), listed);
        same(Buffer.from(device.file("sent.bin") ?? "", "latin1"), MEGABYTE);
        same(readFileSync(copy), MEGABYTE);
      });
    });
  }

  test(
    `fifty sessions, a quarter of them cut off, leave nothing behind on ${kind}`,
    { timeout: 200000 },
    (t) =>
      serving(t, kind, "picoftp-server", 'files: "sd", root: "card"', {}, async ({ device, port }) => {
        const data = noise(3000, 3);
        const usage: number[] = [];
        for (let round = 0; round < 4; round++) {
          for (let i = 0; i < 12; i++) {
            const client = await free(port);
            await client.put("kept", data);
            for await (const entry of client.list()) assert.ok(entry.name === "kept", entry.name);
            same(await client.getBytes("kept"), data);
            await client.close();
            if (i % 4 === 0) await cut(port, noise(2000, i));
          }
          usage.push(await idle(device));
        }
        same(Buffer.from(device.file("kept") ?? "", "latin1"), data);
        t.diagnostic(`variables in use after each round: ${usage.join(", ")}`);
        assert.ok(usage[3] <= usage[0] + 2, `${usage}`);
      }, GC),
  );
}

interface Scene {
  device: Device;
  port: number;
  url: string;
  total: number;
}

/** A device with a server of that bundle. */
async function serving(
  t: any,
  kind: Kind,
  name: string,
  options: string,
  files: Record<string, string>,
  body: (scene: Scene) => Promise<void>,
  more = "",
): Promise<void> {
  const reason = reasonToSkip(kind);
  if (reason !== "") return t.skip(reason);
  const port = await freePorts(6);
  const main = `
    print("#total " + process.memory().total);
    require("${name}").start({ user: "ana", password: "secret", address: "127.0.0.1", port: ${port}, passiveFirst: ${port + 1},
      passiveLast: ${port + 5}, ${options} });
    ${more}
    print("#ready");`;
  const device = await start({ kind, main, modules: { [name]: bundles[name], ...files }, sample: 20 });
  try {
    const total = parseInt((await device.until("#total")).slice(7), 10);
    await device.until("#ready");
    await body({ device, port, url: `ftp://ana:secret@127.0.0.1:${port}/`, total });
    assert.deepEqual(device.faults, []);
  } finally {
    await device.stop();
  }
}

/** So many variables were free at the peak. */
function left(t: any, device: Device, total: number, least: number): void {
  const peak = device.memory.reduce((most, one) => Math.max(most, one), 0);
  t.diagnostic(`${total - peak} of ${total} variables free at the peak`);
  assert.ok(
    device.memory.length > 5 && total - peak >= least,
    `${total - peak} of ${total} variables free, ${device.memory.length} samples`,
  );
}

/** Variables in use after a collection, when all sessions have ended. */
async function idle(device: Device): Promise<number> {
  const found = (): number[] => device.lines.filter((line) => line.startsWith("#gc ")).map((line) => parseInt(line.slice(4), 10));
  const from = found().length;
  while (found().length < from + 4) await new Promise((resolve) => setTimeout(resolve, 20));
  return found().slice(from + 2).reduce((least, one) => Math.min(least, one));
}

/** Connects as soon as the session before has ended. */
async function free(port: number): Promise<Awaited<ReturnType<typeof connect>>> {
  for (;;) {
    try {
      return await connect({ host: "127.0.0.1", port, user: "ana", password: "secret" });
    } catch (error) {
      if ((error as { code?: number }).code !== 421) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

/** An upload that declares more than it sends, and whose connections are gone. */
async function cut(port: number, data: Uint8Array): Promise<void> {
  const client = await free(port);
  await client.send(`ALLO ${data.length + 1}`);
  const reply = await client.send("EPSV");
  const socket = dial(parseInt(/\|\|\|(\d+)\|/.exec(reply.text)![1], 10), "127.0.0.1");
  socket.on("error", () => undefined);
  const stored = client.send("STOR kept").catch(() => undefined);
  socket.end(data.subarray(0, data[0] * 7));
  await stored;
  await client.close();
}

async function lftp(port: number, from: string, to: string): Promise<string> {
  const script = `set net:max-retries 1; put ${from} -o sent.bin; ls; get sent.bin -o ${to}`;
  return await run("lftp", ["-u", "ana,secret", "-p", `${port}`, "-e", `${script}; bye`, "127.0.0.1"]);
}

async function rclone(port: number, from: string, to: string): Promise<string> {
  const { stdout } = await promisify(execFile)("rclone", ["obscure", "secret"]);
  const remote = `:ftp,host=127.0.0.1,port=${port},user=ana,pass=${stdout.trim()},concurrency=2:`;
  await run("rclone", ["copyto", from, `${remote}sent.bin`, "--retries", "1"]);
  await run("rclone", ["copyto", `${remote}sent.bin`, to, "--retries", "1"]);
  return await run("rclone", ["lsl", remote, "--retries", "1"]);
}

async function run(tool: string, args: string[]): Promise<string> {
  const env = { ...process.env, HOME: folder, RCLONE_CONFIG: join(folder, "none") };
  return (await promisify(execFile)(tool, args, { env, timeout: 60000 })).stdout;
}

async function curl(...args: string[]): Promise<Uint8Array> {
  const options = { encoding: "buffer", maxBuffer: 10000000 } as const;
  return (await promisify(execFile)("curl", ["-sS", "-m", "20", "--noproxy", "*", ...args], options)).stdout;
}

function same(actual: Uint8Array, expected: Uint8Array): void {
  assert.equal(actual.length, expected.length);
  assert.ok(Buffer.compare(actual, expected) === 0, "the bytes differ");
}
