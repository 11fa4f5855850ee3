// One interface for tests over the imitating host and the real interpreters.
//
//   const device = await start({
//     kind: "host",                       // or "real" (ESPRUINO), "small" (ESPRUINO_SMALL); see `reasonToSkip`
//     modules: { "picoftp-server": code },// into Storage, for require()
//     main: `print("#ready");`,           // runs at the start; its folder for files is "card"
//     files: { "a.txt": "..." },          // into the card's folder
//     options: { chunk: 268 },            // of the host only, see MachineOptions
//   });
//   await device.until("#ready");
//   ... real clients talk to 127.0.0.1, on ports from `freePorts` ...
//   assert.deepEqual(device.faults, []);
//   await device.stop();
//
// On the host `device.machine` reaches into it: `machine.flash.fuse.left = 10` cuts the power at the tenth flash write from now,
// `machine.cardFuse` counts changes of the card, `machine.run(script)` evaluates, `machine.boot(script)` starts again,
// `machine.figures` has what the sockets copied.

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Machine, type MachineOptions } from "./machine.ts";

/** The folder of files, for programs of the device. */
export const CARD = "card";
/** The Linux interpreter's flash, which the others have in their chips. */
const FLASH = { file: "espruino.flash", size: 262144, page: 1024 };
const INTERPRETERS: Record<string, string> = { real: "ESPRUINO", small: "ESPRUINO_SMALL" };

/** "host": imitated; "real": the interpreter that ESPRUINO names; "small": the one that ESPRUINO_SMALL names. */
export type Kind = "host" | "real" | "small";

/** Every kind, for loops over them. */
export const KINDS: Kind[] = ["host", "real", "small"];

/** What to start. */
export interface Start {
  kind: Kind;
  /** The program that runs at the start. */
  main: string;
  /** Files of Storage, by name. */
  modules?: Record<string, string>;
  /** Files of the card, by path in it. */
  files?: Record<string, string>;
  /** Works on the device's flash before the start. (The real interpreter is given the memory of a host.) */
  prepare?(machine: Machine): void;
  /** Lines "#mem N" are printed every so many milliseconds, and gathered in `memory`. */
  sample?: number;
  /** What the host is like. */
  options?: MachineOptions;
}

/** A device that runs. */
export interface Device {
  readonly kind: Kind;
  /** What it printed. */
  readonly lines: string[];
  /** Variables in use, from `sample`. */
  readonly memory: number[];
  /** What went wrong in it: exceptions that nobody caught, and on the host what a device would suffer from. */
  readonly faults: string[];
  /** The folder in which CARD is. */
  readonly folder: string;
  /** The host behind it. */
  readonly machine: Machine | null;
  /** The interpreter's process; that of the host is this one. */
  readonly pid: number | undefined;
  /** Evaluates a line, soon: the real interpreter is told it on its console. */
  say(code: string): void;
  /** The first line that begins with `start`, printed already or to come. Fails when the device ends or time is up (60 s). */
  until(start: string): Promise<string>;
  /** What a file of the card holds, as a byte string; undefined where it is not there. */
  file(path: string): string | undefined;
  /** Ends it, and removes its folder. */
  stop(): Promise<void>;
}

/** Why a kind cannot run here; "" where it can. */
export function reasonToSkip(kind: Kind): string {
  const variable = INTERPRETERS[kind];
  if (variable === undefined) return "";
  return process.env[variable] ? "" : `${variable} is not set`;
}

/** So many ports in a row that nobody uses. */
export async function freePorts(count: number): Promise<number> {
  for (;;) {
    const first = 20000 + Math.floor(Math.random() * 12000);
    const tries = Array.from({ length: count }, (_, i) => isFree(first + i));
    if ((await Promise.all(tries)).every((free) => free)) return first;
  }
}

/** Starts a device. */
export async function start(what: Start): Promise<Device> {
  const folder = mkdtempSync(join(tmpdir(), "picoftp-device-"));
  mkdirSync(join(folder, CARD));
  for (const [path, contents] of Object.entries(what.files ?? {})) {
    const place = join(folder, CARD, path);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, contents, "latin1");
  }
  const sampler = what.sample === undefined
    ? ""
    : `setInterval(function () { print("#mem " + process.memory(false).usage); }, ${what.sample});\n`;
  const main = sampler + what.main;
  return what.kind === "host" ? startHost(what, folder, main) : await startReal(what, folder, main);
}

function startHost(what: Start, folder: string, main: string): Device {
  const machine = new Machine({ folder, ...what.options });
  const output = new Output(machine.lines, machine.faults);
  machine.heard = (line) => output.heard(line);
  for (const [name, code] of Object.entries(what.modules ?? {})) machine.store(name, code);
  what.prepare?.(machine);
  machine.boot(main);
  const say = (code: string) => void machine.run(code);
  return output.device("host", { folder, machine, pid: process.pid, say }, () => Promise.resolve(machine.stop()));
}

async function startReal(what: Start, folder: string, main: string): Promise<Device> {
  const machine = new Machine({ storage: FLASH.size, page: FLASH.page });
  for (const [name, code] of Object.entries(what.modules ?? {})) machine.store(name, code);
  what.prepare?.(machine);
  writeFileSync(join(folder, FLASH.file), machine.flash.bytes);
  writeFileSync(join(folder, "main.js"), main, "latin1");
  // Its input stays open and silent: at the end of it the interpreter reads rubbish.
  const child: ChildProcess = spawn(process.env[INTERPRETERS[what.kind]]!, ["main.js"], { cwd: folder, stdio: ["pipe", "pipe", "ignore"] });
  const output = new Output([], []);
  const ended = new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => resolve());
  });
  let rest = "";
  let banner = true;
  child.stdout!.setEncoding("latin1").on("data", (chunk: string) => {
    const lines = (rest + chunk).split(/\r?\n/);
    rest = lines.pop()!;
    for (const raw of lines) {
      const line = raw.replace(/^(?:[>\b\r]|\x1b\[J)+/, "").replace(/^=undefined$/, "");
      if (banner) banner = !line.includes("espruino.com/Donate");
      else if (line !== "") output.print(line);
    }
  });
  ended.then(() => output.heard(""), () => output.heard(""));
  // The first character: no echo.
  const say = (code: string) => void child.stdin!.write(`\x10${code.replaceAll("\n", " ")}\n`, "latin1");
  return output.device(what.kind, { folder, machine: null, pid: child.pid, say }, async () => {
    child.kill("SIGKILL");
    await ended;
  });
}

/** Lines, and who waits for one. */
class Output {
  private readonly lines: string[];
  private readonly faults: string[];
  private readonly memory: number[] = [];
  private waiting: { start: string; done: (line: string | null) => void }[] = [];
  private over = false;

  constructor(lines: string[], faults: string[]) {
    this.lines = lines;
    this.faults = faults;
  }

  print(line: string): void {
    this.lines.push(line);
    if (/^Uncaught |Execution Interrupted|out of memory|ERROR: Out of Memory/i.test(line)) this.faults.push(line);
    this.heard(line);
  }

  /** "" is the end. */
  heard(line: string): void {
    this.over = line === "";
    if (line.startsWith("#mem ")) this.memory.push(parseInt(line.slice(5), 10));
    const fits = (one: { start: string }) => line === "" || line.startsWith(one.start);
    const told = this.waiting.filter(fits);
    this.waiting = this.waiting.filter((one) => !fits(one));
    for (const one of told) one.done(line === "" ? null : line);
  }

  device(kind: Kind, about: Pick<Device, "folder" | "machine" | "pid" | "say">, end: () => Promise<void>): Device {
    const { folder } = about;
    return {
      ...about,
      kind,
      lines: this.lines,
      memory: this.memory,
      faults: this.faults,
      until: (start) => this.until(start),
      file(path) {
        const place = join(folder, CARD, path);
        return existsSync(place) ? readFileSync(place, "latin1") : undefined;
      },
      async stop() {
        await end();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  }

  private until(start: string): Promise<string> {
    const there = this.lines.find((line) => line.startsWith(start));
    if (there !== undefined) return Promise.resolve(there);
    return new Promise((resolve, reject) => {
      const failed = (why: string) => reject(new Error(`${why} before "${start}"; it printed\n${this.lines.slice(-40).join("\n")}`));
      if (this.over) return failed("The device ended");
      const timer = setTimeout(() => failed("Time was up"), 60000);
      this.waiting.push({
        start,
        done(line) {
          clearTimeout(timer);
          if (line === null) failed("The device ended");
          else resolve(line);
        },
      });
    });
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
