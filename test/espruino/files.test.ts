// A device's files, on a card and in Storage of the imitating host, pass the suite of file systems, but for what no device can do.

// deno-lint-ignore-file no-explicit-any
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { BAD_NAME, BUSY, CAN_DIRS } from "../../core/ports.ts";
import type { FileSystem } from "../../core/ports.ts";
import { fileSystem, type Fixture } from "../conformance/filesystem.ts";
import { Machine } from "./host/machine.ts";

const BUNDLE = {
  about: "test",
  preset: "full",
  exports: { filesOf: "adapters/espruino/places.ts" },
  keep: ["core/ports.ts", "adapters/espruino/runtime.ts", "adapters/espruino/options.ts"],
};
const MARKS = /\.[~!]$/;

let bundled = "";
before(async () => {
  const { bundle } = await import(pathToFileURL(join(process.cwd(), "tools/espruino/bundle.mjs")).href) as any;
  bundled = (await bundle("files", BUNDLE)).small;
});

/** The device's files. Its sockets bring texts and its reads take no block, so writes are given texts here. */
function filesOf(machine: Machine, options: string, mask: number): FileSystem {
  // Sent to it, not stored: a list would show the module.
  machine.boot(`var exports = {}; (function () { ${bundled} })();`);
  const device = machine.run(`exports.filesOf(${options}, 512)`) as FileSystem;
  const write: FileSystem["write"] = (file, chunk, length, done) => {
    const text = typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("latin1");
    device.write(file, text.substring(0, length), length, done);
  };
  const other: { [name: PropertyKey]: unknown } = { write, can: device.can & mask };
  return new Proxy(device, { get: (target: any, name) => other[name] ?? target[name]?.bind?.(target) ?? target[name] });
}

async function onCard(): Promise<Fixture> {
  const folder = mkdtempSync(join(tmpdir(), "picoftp-files-"));
  const card = join(folder, "card");
  mkdirSync(card);
  const machine = new Machine({ folder });
  const place = (path: string) => Buffer.from(card + path, "latin1");
  return {
    files: filesOf(machine, '{ files: "sd", root: "card" }', -1),
    cleanup: async () => {
      machine.stop();
      rmSync(folder, { recursive: true });
    },
    put: async (path, bytes) => writeFileSync(place(path), bytes),
    // Of an upload that is not complete a mark tells.
    get: async (path) => existsSync(place(path)) && !existsSync(place(path + ".!")) ? readFileSync(place(path)) : null,
    parts: async () => readdirSync(card, { recursive: true }).filter((name) => MARKS.test(`${name}`)).length,
    handles: () => machine.held.files,
  };
}

async function inStorage(): Promise<Fixture> {
  const machine = new Machine({ storage: 4194304 });
  // It has folders as far as CWD needs them: there is "/".
  const files = filesOf(machine, '{ files: "flash", gather: 4096 }', ~CAN_DIRS);
  const names = () => machine.run('require("Storage").list()') as string[];
  return {
    files,
    cleanup: async () => machine.stop(),
    put: async (path, bytes) => machine.store(path.slice(1), Buffer.from(bytes).toString("latin1")),
    get: async (path) => {
      const found = names().includes(path.slice(1) + ".!")
        ? undefined
        : machine.run(`require("Storage").read(${JSON.stringify(path.slice(1))})`);
      return found === undefined ? null : Buffer.from(found, "latin1");
    },
    parts: async () => names().filter((name) => MARKS.test(name)).length,
  };
}

const OWNERS = "a part has no owner: whoever may write goes on with it";
const FACTS = "the other facts stay as they were: a device's entries are filled by its files only";
const LENGTH = "longer than a path may be";
const ZERO = "no path has a zero byte in it: the server and the client refuse it before";
const COMMON = {
  "fills the entry with open": FACTS,
  "fills all of an entry that was used before": FACTS,
  "stats the root, files, folders and nothing": FACTS,
  [`takes the name "${"x".repeat(30)}"`]: LENGTH,
  [`takes the raw name ${JSON.stringify("\x80".repeat(30))}`]: LENGTH,
  "keeps raw names apart": LENGTH,
  "refuses names that cannot be": ZERO,
  "refuses a second writer of the same owner, not of another": OWNERS,
  "keeps the parts of two owners apart": OWNERS,
};
const EMPTY = "Storage has no empty files";
const NO_PARTS = "Storage keeps no part of an upload";

fileSystem("a card of a device", onCard, {
  ...COMMON,
  "shows a part to its owner only, in stat only, and only where there is no file": OWNERS,
});
fileSystem("Storage of a device", inStorage, {
  ...COMMON,
  "reads an empty file": EMPTY,
  "lists the root, without . and ..": EMPTY,
  "makes an empty file": EMPTY,
  [`takes the raw name "\xff"`]: "such a name is what a power cut left: it is refused, as another test shows",
  "keeps the old file until commit, and on discard": NO_PARTS,
  "goes on with a part at its size": NO_PARTS,
  "shows a part to its owner only, in stat only, and only where there is no file": NO_PARTS,
  "refuses other offsets of a part, which stays as it is": NO_PARTS,
  "forgets a resumed part that is discarded": NO_PARTS,
  "prefers the part at its size, the file at any other offset": NO_PARTS,
  "writes in place at an offset; what lies behind stays": "each byte of Storage is written once",
});

test("a name that Storage would not show is refused, and on a card it is not", async () => {
  const create = async (make: () => Promise<Fixture>) => {
    const { files, cleanup } = await make();
    let said = -1;
    files.create("/a\xff", { offset: 0, size: 4, append: false, exclusive: false, owner: "" }, (error) => said = error);
    await cleanup();
    return said;
  };
  assert.deepEqual([await create(inStorage), await create(onCard)], [BAD_NAME, 0]);
});

test("nothing is opened in the moment before Storage is compacted", async () => {
  const { files, cleanup } = await inStorage();
  const said: number[] = [];
  const create = () => files.create("/a", { offset: 0, size: 4, append: false, exclusive: false, owner: "" }, (error) => said.push(error));
  await new Promise<void>((resolve) => {
    files.compact?.(() => resolve());
    create();
    files.compact?.((error) => said.push(error));
  });
  create();
  files.compact?.((error) => said.push(error));
  await cleanup();
  assert.deepEqual(said, [BUSY, BUSY, 0, BUSY]);
});
