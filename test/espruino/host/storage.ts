// The module `Storage` over a flash memory: names are cut at 28 bytes, each byte is written once, nothing is ever renamed.

// deno-lint-ignore-file no-explicit-any
import { bytesOf, text } from "./bytes.ts";
import { FlashFiles, type Found, NAME, nameOf, shown, STORAGE_FILE } from "./files.ts";

/** Raises an error of the device's own. */
export type Fail = (message: string) => never;

/** Bytes of a StorageFile's piece, without its header. */
const PIECE = 1024 - 32;

/** What `require("Storage")` gives. `list` makes an array of the device's own, `json` a text of an object. */
export function storageModule(
  files: FlashFiles,
  fail: Fail,
  tools: { list(values: any[]): any[]; json(value: any): string; parse(text: string): any; open(name: string, mode: string): any },
): any {
  const named = (name: any) => nameOf(`${name}`);
  const write = (name: any, data: any, offset: any, size: any): boolean => {
    const plain = typeof data === "object" && data !== null && !Array.isArray(data) && !ArrayBuffer.isView(data);
    if (plain) return writeFile(files, named(name), bytesOf(tools.json(data)), 0, 0, 0, fail);
    return writeFile(files, named(name), bytesOf(data), 0, offset | 0, size | 0, fail);
  };
  const read = (name: any, offset?: any, length?: any): string | undefined => {
    const file = files.find(named(name));
    if (!file) return undefined;
    const from = Math.min(Math.max(0, offset | 0), file.size);
    const most = (length | 0) <= 0 ? file.size : length | 0;
    return text(files.flash.read(file.at + from, Math.min(most, file.size - from)));
  };
  return {
    write,
    read,
    writeJSON: (name: any, data: any) => write(name, tools.json(data), 0, 0),
    readJSON(name: any, quiet: any) {
      const found = read(name);
      if (found === undefined) return undefined;
      try {
        return tools.parse(found);
      } catch (error) {
        if (!quiet) throw error;
      }
    },
    readArrayBuffer(name: any) {
      const found = read(name);
      return found === undefined ? undefined : Uint8Array.from(bytesOf(found)).buffer;
    },
    erase(name: any) {
      const file = files.find(named(name));
      if (file) files.erase(file);
    },
    eraseAll() {
      for (let page = 0; page < files.flash.bytes.length; page += files.flash.page) files.flash.erase(page);
    },
    list(pattern: any, filter: any) {
      const wanted = filter && typeof filter === "object" ? filter.sf : undefined;
      const names: string[] = [];
      for (const file of files.all()) {
        if (!file.real) continue;
        const piece = file.flags === STORAGE_FILE;
        if (wanted !== undefined && Boolean(wanted) !== piece) continue;
        const whole = shown(file.name);
        if (piece && !whole.endsWith("\x01")) continue;
        const name = piece && wanted ? whole.slice(0, -1) : whole;
        if (pattern === undefined || pattern.exec(name) !== null) names.push(name);
      }
      return tools.list(names);
    },
    compact: () => void files.compact(),
    getFree: () => files.stats().freeBytes,
    getStats: () => files.stats(),
    hash: () => 0,
    optimise: () => undefined,
    open: tools.open,
  };
}

/** jsfWriteFile. Size 0: as many bytes as there are. */
export function writeFile(
  files: FlashFiles,
  name: string,
  data: Uint8Array,
  flags: number,
  offset: number,
  asked: number,
  fail: Fail,
): boolean {
  if (offset < 0 || asked < 0) return false;
  const size = asked === 0 ? data.length : asked;
  if (size === 0) return fail("Can't create zero length file");
  const { flash } = files;
  let file = files.find(name);
  const wrong = file !== null && offset === 0 && (file.flags !== flags || file.size !== size || !flash.isErased(file.at, size));
  if (file === null ? offset === 0 : wrong) {
    if (file && isSame(files, file, data, flags, size)) return true;
    if (file) files.erase(file);
    file = files.create(name, size, flags);
  }
  if (!file) return fail("Unable to find or create file");
  if (offset + data.length > file.size) return fail("Too much data for file size");
  if (!flash.isErased(file.at + offset, data.length)) return fail("File already written with different data");
  flash.write(file.at + offset, data);
  return true;
}

function isSame(files: FlashFiles, file: Found, data: Uint8Array, flags: number, size: number): boolean {
  return file.size === size && file.flags === flags && data.length === size &&
    Buffer.compare(files.flash.read(file.at, size), data) === 0;
}

/** A StorageFile: pieces "name\1", "name\2" ...; a byte 255 is its end, so it holds no bytes but text. */
export class StorageFile {
  private readonly files: FlashFiles;
  private readonly fail: Fail;
  private readonly name: string;
  private mode: string;
  private piece = 1;
  private offset = 0;

  constructor(files: FlashFiles, fail: Fail, name: string, mode: string) {
    if (mode !== "r" && mode !== "w" && mode !== "a") fail(`Invalid mode ${JSON.stringify(mode)}`);
    this.files = files;
    this.fail = fail;
    this.name = shown(name).slice(0, NAME - 1);
    this.mode = mode;
    if (mode === "w") this.wipe();
    if (mode !== "a") return;
    let file = this.at(this.piece);
    while (file && files.flash.read(file.at + file.size - 1, 1)[0] !== 255) file = this.at(++this.piece);
    if (file) this.offset = this.filled(file);
  }

  write(data: any): void {
    if (this.mode !== "w" && this.mode !== "a") this.fail("Can't write in this mode");
    const bytes = bytesOf(`${data}`);
    if (bytes.length === 0) return;
    const file = this.at(this.piece);
    if (!file) return this.start(bytes);
    const left = file.size - this.offset;
    const part = bytes.subarray(0, left);
    this.files.flash.write(file.at + this.offset, part);
    this.offset += part.length;
    if (bytes.length < left) return;
    this.piece++;
    if (bytes.length > left) this.start(bytes.subarray(left));
    else this.start(new Uint8Array(0));
  }

  read(most: any): string | undefined {
    if (this.mode !== "r") this.fail("Can't read in this mode");
    let made = "";
    while (made.length < most) {
      const file = this.at(this.piece);
      if (!file) break;
      const end = this.filled(file);
      const length = Math.min(end - this.offset, most - made.length);
      made += text(this.files.flash.read(file.at + this.offset, length));
      this.offset += length;
      if (this.offset < file.size) break;
      this.piece++;
      this.offset = 0;
    }
    return made === "" ? undefined : made;
  }

  readLine(): string | undefined {
    let line = "";
    for (;;) {
      const one = this.read(1);
      if (one === undefined) return line === "" ? undefined : line;
      line += one;
      if (one === "\n") return line;
    }
  }

  getLength(): number {
    let sum = 0;
    for (let piece = 1;; piece++) {
      const file = this.at(piece);
      if (!file) return sum;
      sum += this.filled(file);
    }
  }

  erase(): void {
    this.wipe();
    this.mode = "";
    this.piece = 1;
    this.offset = 0;
  }

  private wipe(): void {
    for (let piece = 1;; piece++) {
      const file = this.at(piece);
      if (!file) return;
      this.files.erase(file);
    }
  }

  private at(piece: number): Found | null {
    return this.files.find(this.pieceName(piece));
  }

  private start(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    writeFile(this.files, this.pieceName(this.piece), bytes, STORAGE_FILE, 0, PIECE, this.fail);
    this.offset = bytes.length;
  }

  private pieceName(piece: number): string {
    return nameOf(this.name + String.fromCharCode(piece));
  }

  private filled(file: Found): number {
    const end = this.files.flash.read(file.at, file.size).indexOf(255);
    return end < 0 ? file.size : end;
  }
}
