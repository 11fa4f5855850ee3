// A device of the matrix: the imitating host or a real interpreter, with a bundle of ours in its Storage, told what to do by lines of code.

// deno-lint-ignore-file no-explicit-any
import { readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { MemoryFiles } from "../../adapters/memory/mod.ts";
import { CARD, type Device, type Kind, start } from "../espruino/host/device.ts";

/** How the bundle is called in its Storage. */
export const MODULE = "picoftp";
/** Storage of the host, in bytes: each byte of it is written once. */
const FLASH = 64 * 1048576;
/** Connections and listeners of the host. */
const SOCKETS = 32;
/** What ends the name of a part, or of a mark, in files.ts of the adapter. */
const PARTS = [".~", ".!"];

/** The interpreter ends when nothing is left to wait for. */
const STAY = "setInterval(function () {}, 10000);\n";

/** Its program begins with this; `files` is what options take. */
const PRELUDE: Record<string, string> = {
  memory: 'var mine = new p.MemoryFiles({ ownChunks: "text", clock: Date.now }), files = mine;',
  SD: 'var files = "sd";',
  Storage: 'var files = "flash";',
};

/** A device that runs a program. */
export class Board {
  readonly device: Device;
  private readonly storage: string;
  private count = 0;

  constructor(device: Device, storage: string) {
    this.device = device;
    this.storage = storage;
  }

  /** Switches it on. `files` are there from the start, by name. In memory of its own it has a bundle of its own: with MemoryFiles. */
  static async boot(kind: Kind, bundles: string, storage: string, main: string, files: Record<string, Uint8Array> = {}): Promise<Board> {
    const code = readFileSync(join(bundles, storage === "memory" ? "memory.js" : "shipped.js"), "latin1");
    const texts = Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, Buffer.from(bytes).toString("latin1")]));
    const device = await start({
      kind,
      main: `var p = require("${MODULE}"); ${PRELUDE[storage]}\n${main}\n${kind === "host" ? "" : STAY}print("#ready");`,
      modules: { [MODULE]: code, ...(storage === "Storage" ? texts : {}) },
      files: storage === "SD" ? texts : {},
      options: { storage: FLASH, sockets: SOCKETS },
    });
    await device.until("#ready");
    const board = new Board(device, storage);
    if (storage === "memory") { for (const [name, bytes] of Object.entries(files)) board.memory.put(`/${name}`, bytes); }
    return board;
  }

  /** Its files, where they are in memory. */
  get memory(): MemoryFiles {
    return this.run("mine");
  }

  /** Evaluates; only the host answers. */
  run(code: string): any {
    return this.device.machine ? this.device.machine.run(code) : this.device.say(code);
  }

  /** Another number. */
  next(): number {
    return this.count++;
  }

  /** What it has printed behind a beginning. */
  lines(start: string): string[] {
    return this.device.lines.filter((line) => line.startsWith(start)).map((line) => line.slice(start.length));
  }

  /** Puts a file there from outside. */
  put(name: string, bytes: Uint8Array): void {
    if (this.storage === "memory") return this.memory.put(`/${name}`, bytes);
    if (this.storage === "SD") return writeFileSync(join(this.device.folder, CARD, name), bytes);
    this.run(`(function (t) { require("Storage").write("${name}", t); })`)(text(bytes));
  }

  /** What a file holds; null where it is not there. */
  get(name: string): Uint8Array | null {
    if (this.storage === "memory") return this.memory.bytes(`/${name}`);
    const found = this.storage === "SD" ? this.device.file(name) : this.run(`require("Storage").read("${name}")`);
    return found === undefined ? null : Buffer.from(found, "latin1");
  }

  /** Takes a file away. */
  remove(name: string): void {
    if (this.storage === "memory") return void this.run(`mine.remove("/${name}", function () {})`);
    if (this.storage === "SD") return rmSync(join(this.device.folder, CARD, name));
    this.run(`require("Storage").erase("${name}")`);
  }

  /** Names of all its files. */
  names(): string[] {
    if (this.storage === "SD") return readdirSync(join(this.device.folder, CARD), { recursive: true }).map(String);
    return this.storage === "memory" ? [] : [...this.run('require("Storage").list()')];
  }

  /** Files that are open, in memory or on the card. */
  handles(): number {
    if (this.storage === "memory") return this.memory.handles;
    const open = `/proc/${this.device.pid}/fd`;
    const links = readdirSync(open).map((name) => target(`${open}/${name}`));
    return links.filter((link) => link.startsWith(join(this.device.folder, CARD))).length;
  }

  /** Parts and marks of uploads. */
  parts(): number {
    if (this.storage === "memory") return this.memory.parts();
    return this.names().filter((name) => PARTS.some((end) => name.endsWith(end))).length;
  }
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

function target(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return "";
  }
}
