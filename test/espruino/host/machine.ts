// One imitated device: flash, card and sockets that are there, and a context in which a program runs until the power goes.

// deno-lint-ignore-file no-explicit-any
import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { bytesOf, crc32, text } from "./bytes.ts";
import { adapt, ASSIGN } from "./adapt.ts";
import { Card, fsModule } from "./card.ts";
import { FlashFiles } from "./files.ts";
import { Flash, Fuse, PowerCut } from "./flash.ts";
import { LANGUAGE, languageText } from "./language.ts";
import { Loop } from "./loop.ts";
import { type NetworkFigures, type NetworkOptions, Sockets } from "./sockets.ts";
import { StorageFile, storageModule } from "./storage.ts";
import { type TlsKeys, Wire } from "./wire.ts";

/** What kind of device it is. */
export interface MachineOptions extends Partial<NetworkOptions> {
  /** The folder that is its card; without one there is no module `fs`. */
  folder?: string;
  /** FAT: paths below 64 bytes, no "." and "..", its own words for errors. */
  fat?: boolean;
  /** Bytes of its Storage. */
  storage?: number;
  /** Bytes of a flash page. */
  page?: number;
  /** Bytes that its flash writes at once: a power cut falls between them. */
  unit?: number;
  /** Bytes that its network takes of a socket before they are acknowledged. */
  sendBuffer?: number;
  /** Milliseconds from one turn of its loop to the next, at least. Default 0: as fast as it goes. */
  pace?: number;
  /** `BOARD` in the `env` of its process. */
  board?: string;
  /** What `require("Wifi").getIP().ip` answers; without it there is no module `Wifi`. */
  address?: string;
  /** `process.memory().total`. */
  variables?: number;
  /** The firmware has the module `tls`. */
  tls?: boolean;
  /** The longest piece of memory that is free, in bytes. Default: as long as it likes. */
  piece?: number;
}

/** The device. `boot` may be called again after the power went. */
export class Machine {
  readonly flash: Flash;
  readonly files: FlashFiles;
  /** Everything printed since the device was made. */
  readonly lines: string[] = [];
  /** What was thrown and not caught, and what a real device would suffer from. A test that expects none asserts that it is empty. */
  readonly faults: string[] = [];
  /** Counts what changes the card. */
  readonly cardFuse: Fuse = new Fuse();
  /** Called with every line, and with "" when the device stops. */
  heard: (line: string) => void = () => undefined;
  on = false;
  private readonly options: MachineOptions;
  private context: any = null;
  private loop: Loop | null = null;
  private wire: Wire | null = null;
  private sockets: Sockets | null = null;
  private card: Card | null = null;
  private scope: any = null;

  constructor(options: MachineOptions) {
    this.options = options;
    this.flash = new Flash(options.storage ?? 262144, options.page ?? 4096, options.unit ?? 4);
    this.files = new FlashFiles(this.flash);
    // At once, whatever the program catches: nothing that it does from here on is heard or stays.
    this.flash.fuse.blow = this.cardFuse.blow = () => this.stop();
  }

  /** Bytes that the sockets copied, sent and received since the last start. */
  get figures(): NetworkFigures {
    return this.sockets!.figures;
  }

  /** What the program holds of the machine: sockets, listeners with them, open files, timers. */
  get held(): { sockets: number; files: number; timers: number } {
    return { sockets: this.wire!.open, files: this.card === null ? 0 : this.card.open.size, timers: this.loop!.waiting };
  }

  /** Puts a file into Storage from outside, as an upload does. */
  store(name: string, contents: string): void {
    this.module("Storage").write(name, contents);
  }

  /** Switches it on: a new context, then `.boot0` to `.boot3` and `.bootcde` of Storage, then `script`. */
  boot(script: string): void {
    this.flash.fuse.blown = this.cardFuse.blown = false;
    this.flash.fuse.left = this.cardFuse.left = -1;
    this.on = true;
    this.prepare();
    this.guard(() => {
      for (const name of [".boot0", ".boot1", ".boot2", ".boot3", ".bootcde"]) {
        const code = this.module("Storage").read(name);
        if (code !== undefined) this.evaluate(code, name);
      }
    });
    this.run(script);
    if (this.on) this.loop!.queue(this.scope.E, this.scope.E["#oninit"], []);
  }

  /** Runs a program in the context, as if it were typed in; answers what its last expression came to. */
  run(script: string): any {
    let result: any;
    this.guard(() => result = this.evaluate(script, "main"));
    this.loop?.wake();
    return result;
  }

  /** The power goes: nothing runs any more, flash and card stay as they are. */
  stop(): void {
    if (!this.on) return;
    this.on = false;
    this.loop?.stop();
    this.wire?.stop();
    this.card?.stop();
    this.heard("");
  }

  private evaluate(code: string, name: string): any {
    return runInContext(adapt(code), this.context, { filename: name });
  }

  private guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.fault(error);
    }
  }

  private print(line: string): void {
    if (!this.on) return;
    for (const each of line.split("\n")) {
      this.lines.push(each);
      this.heard(each);
    }
  }

  private fault(error: any): void {
    if (error instanceof PowerCut || !this.on) return;
    const words = typeof error === "object" && error !== null && "message" in error ? `${error}` : JSON.stringify(error);
    this.faults.push(`Uncaught ${words}`);
    this.print(`Uncaught ${words}`);
  }

  private module(name: string): any {
    if (this.context === null) this.prepare();
    return this.scope.require(name);
  }

  private prepare(): void {
    const { options } = this;
    const context = this.context = createContext({});
    const scope = this.scope = runInContext("this", context);
    const inside = (code: string): any => runInContext(code, context);
    const fail: (kind: string, message: string) => never = inside("(function (kind, message) { throw new globalThis[kind](message); })");
    const failed = (message: string): never => fail("Error", message);
    const loop = this.loop = new Loop({ fault: (error) => this.fault(error), idle: () => this.idle() }, options.pace ?? 0);
    const wire = this.wire = new Wire(() => loop.wake(), options.sendBuffer ?? 16384, (fault) => {
      this.faults.push(`Uncaught ${fault}`);
      this.print(`Uncaught ${fault}`);
    });
    const classes = inside(
      `({ Socket: function Socket() {}, Server: function Server() {}, File: function File() {}, StorageFile: function StorageFile() {} })`,
    );
    const sockets = this.sockets = new Sockets(
      wire,
      loop,
      {
        chunk: options.chunk ?? 536,
        sockets: options.sockets ?? 10,
        blocking: options.blocking ?? true,
        singleListener: options.singleListener ?? false,
      },
      (kind) => new classes[kind](),
      fail,
      (message, fault) => {
        if (fault && !this.faults.includes(message)) this.faults.push(message);
        if (!fault) this.print(message);
      },
    );
    const native = {
      queue: (self: any, run: any, args: any[]) => loop.queue(self, run, args),
      late: (socket: any) => sockets.late(socket),
      init: () => undefined,
      unhandled: (reason: any) => this.fault(reason),
    };
    inside(languageText())(native, LANGUAGE);
    const list = inside("(function (values) { return Array.prototype.slice.call(values); })");
    const own = inside("(function (value) { return Object.assign({}, value); })");
    const json = inside("(function (value) { return JSON.stringify(value); })");
    const parse = inside("(function (text) { return JSON.parse(text); })");
    const view = inside("(function (length) { return new Uint8Array(length); })");
    const wrap = (kind: string, inner: any) => Object.defineProperty(new classes[kind](), "inner", { value: inner });
    methods(classes.Socket.prototype, {
      write: (self, data) => sockets.write(self, data === undefined ? "" : `${data}`),
      end(self, data) {
        if (data !== undefined) sockets.write(self, `${data}`);
        sockets.end(self);
      },
      available: (self) => sockets.available(self),
      read: (self, most) => sockets.read(self, most),
    });
    methods(classes.Server.prototype, { listen: (self, port) => sockets.listen(self, port), close: (self) => sockets.closeServer(self) });
    for (const kind of ["File", "StorageFile"]) {
      const names = kind === "File" ? ["read", "write", "seek", "skip", "close"] : ["read", "readLine", "write", "erase", "getLength"];
      methods(classes[kind].prototype, Object.fromEntries(names.map((name) => [name, (self, ...args) => self.inner[name](...args)])));
    }
    const storage = own(storageModule(this.files, failed, {
      list,
      json,
      parse,
      open: (name, mode) => wrap("StorageFile", new StorageFile(this.files, failed, name, mode)),
    }));
    this.card = options.folder === undefined ? null : new Card(options.folder, options.fat ?? false, this.cardFuse, failed);
    const card = this.card;
    const modules: Record<string, any> = {
      net: own({
        createServer: (callback: any) => sockets.createServer(callback),
        connect: (target: any, callback: any) => sockets.connect(target, callback),
      }),
      Storage: storage,
      crypto: own(hashes((bytes) => Object.assign(view(bytes.length), bytes).buffer)),
    };
    if (card) {
      modules.fs = own(
        fsModule(card, { list, date: inside("(function (time) { return new Date(time); })"), pipe: () => failed("No pipes here") }),
      );
    }
    if (options.tls) modules.tls = own({ connect: (target: any, callback: any) => sockets.connect(target, callback, this.keys(target)) });
    if (options.address !== undefined) modules.Wifi = own({ getIP: () => own({ ip: options.address }) });
    const known: Record<string, any> = {};
    scope.require = (name: any): any => {
      if (known[name] !== undefined) return known[name];
      if (modules[name] !== undefined) return known[name] = modules[name];
      const code = storage.read(name);
      if (code === undefined) return fail("Error", `Module "${name}" not found`);
      const module = inside("({ exports: {} })");
      inside(`(function (exports, module) {${adapt(code)}\n})`).call(module.exports, module.exports, module);
      return known[name] = module.exports;
    };
    scope.E = own(this.tools(view, failed));
    if (card) {
      scope.E.openFile = (path: any, mode: any) => {
        const file = card.openFile(path, mode);
        return file === undefined ? undefined : wrap("File", file);
      };
    }
    scope.process = own({
      env: own({ VERSION: "2v29.277", BOARD: options.board ?? "LINUX" }),
      version: "2v29.277",
      memory: () =>
        own({ free: (options.variables ?? 4095) - 1000, usage: 1000, total: options.variables ?? 4095, history: 0, blocksize: 13 }),
    });
    const print = (...args: any[]) =>
      this.print(args.map((each) => typeof each === "string" ? each : typeof each === "object" ? json(each) : `${each}`).join(" "));
    scope.print = print;
    scope.console = own({ log: print, warn: print, error: print, debug: print, info: print });
    scope[ASSIGN] = inside(`(function (object, length) {
      if (Array.isArray(object) || ArrayBuffer.isView(object)) throw new TypeError("Assignment to a constant");
      return object.length = length;
    })`);
    scope.getTime = () => Date.now() / 1000;
    scope.global = scope;
    scope.quit = () => this.stop();
    Object.assign(scope, this.clocks(loop, failed));
    scope.atob = (value: any) => Buffer.from(`${value}`, "base64").toString("latin1");
    scope.btoa = (value: any) => Buffer.from(bytesOf(value)).toString("base64");
  }

  /** A key and a certificate are files, in PEM. */
  private keys({ key, cert }: { key?: string; cert?: string }): TlsKeys {
    const file = (name: string | undefined) => name === undefined ? undefined : readFileSync(join(this.options.folder ?? "", name), "utf8");
    return { key: file(key), cert: file(cert) };
  }

  private idle(): boolean {
    try {
      this.wire!.poll();
      return this.sockets!.idle();
    } catch (error) {
      this.fault(error);
      return true;
    }
  }

  private clocks(loop: Loop, fail: (message: string) => never): any {
    const set = (every: boolean) => (run: any, delay: any, ...args: any[]): number => {
      if (typeof run === "string") return loop.add(() => this.evaluate(run, "timer"), delay, every, args);
      return typeof run === "function" ? loop.add(run, delay, every, args) : fail("Function or String not supplied!");
    };
    const clear = (name: string) => (...ids: any[]): void => {
      if (ids.length === 0) return loop.clearAll();
      if (ids[0] === undefined) fail(`${name}(undefined) not allowed. Use ${name}() instead`);
      loop.clear(ids[0]);
    };
    return {
      setTimeout: set(false),
      setInterval: set(true),
      clearTimeout: clear("clearTimeout"),
      clearInterval: clear("clearInterval"),
      changeInterval(id: any, delay: any) {
        if (!loop.change(id, delay)) fail("Unknown Interval");
      },
    };
  }

  private tools(view: (length: number) => any, fail: (message: string) => never): any {
    const all = (args: any[]) => bytesOf(args);
    const flags: Record<string, number> = {};
    return {
      toString: (...args: any[]) => text(all(args)),
      toUint8Array(...args: any[]) {
        const bytes = all(args);
        const made = view(bytes.length);
        made.set(bytes);
        return made;
      },
      toArrayBuffer(value: any) {
        if (typeof value !== "string") return undefined;
        const made = view(value.length);
        made.set(bytesOf(value));
        return made.buffer;
      },
      toFlatString: (...args: any[]) => {
        const bytes = all(args);
        return bytes.length > (this.options.piece ?? Infinity) ? undefined : text(bytes);
      },
      CRC32: (value: any) => crc32(bytesOf(value)),
      sum: (value: any) => bytesOf(value).reduce((sum, each) => sum + each, 0),
      hwRand: () => randomBytes(4).readInt32LE(0),
      clip: (value: number, least: number, most: number) => Math.min(most, Math.max(least, value)),
      getErrorFlags: () => [],
      getFlags: () => ({ ...flags }),
      setFlags: (set: any) => void Object.assign(flags, set),
      kickWatchdog: () => undefined,
      getSizeOf: () => 1,
      srand: () => undefined,
      reboot: () => this.stop(),
      connectSDCard: () => this.card === null ? fail("SD card must be setup with E.connectSDCard first") : undefined,
      unmountSD: () => this.card?.stop(),
    };
  }
}

function hashes(buffer: (bytes: Uint8Array) => any): any {
  const hash = (name: string) => (data: any) => buffer(createHash(name).update(bytesOf(data)).digest());
  return { SHA1: hash("sha1"), SHA224: hash("sha224"), SHA256: hash("sha256"), SHA384: hash("sha384"), SHA512: hash("sha512") };
}

/** Methods of a class of the device, not to be enumerated; the first parameter is `this`. */
function methods(prototype: any, table: Record<string, (self: any, ...args: any[]) => any>): void {
  for (const [name, run] of Object.entries(table)) {
    Object.defineProperty(prototype, name, {
      value(this: any, ...args: any[]) {
        return run(this, ...args);
      },
      writable: true,
      configurable: true,
    });
  }
}
