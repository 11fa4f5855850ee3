// The module `fs` and E.openFile, over a real folder that stands for the SD card (or for a Linux interpreter's working folder).

// deno-lint-ignore-file no-explicit-any
import { closeSync, fstatSync, mkdirSync, openSync, readdirSync, readSync, rmdirSync, statSync, unlinkSync, writeSync } from "node:fs";
import { join } from "node:path";
import { bytesOf } from "./bytes.ts";
import { type Fuse, PowerCut } from "./flash.ts";

/** Raises an error of the device's own. */
export type Fail = (message: string) => never;

/** JS_DIR_BUF_SIZE. */
const LONGEST = { fat: 64, linux: 256 };
const FLAGS: Record<string, string> = { "r": "r", "r+": "r+", "w": "w", "w+": "w+", "a": "a" };
/** FAT's words for Node's codes. */
const WORDS: Record<string, string> = {
  ENOENT: "NO_FILE",
  ENOTDIR: "NO_PATH",
  EEXIST: "EXIST",
  ENOTEMPTY: "DENIED",
  EISDIR: "DENIED",
  EACCES: "DENIED",
};

/** One card. Its fuse counts operations that change something; a write that is cut has written its first half. */
export class Card {
  readonly open: Set<CardFile> = new Set();
  readonly root: string;
  readonly fat: boolean;
  readonly fuse: Fuse;
  readonly fail: Fail;

  constructor(root: string, fat: boolean, fuse: Fuse, fail: Fail) {
    this.root = root;
    this.fat = fat;
    this.fuse = fuse;
    this.fail = fail;
  }

  /** A path of the device in the folder. "/" and "" are the folder itself, so that a test never leaves it. */
  place(path: any): Buffer {
    const name = path === undefined ? "" : `${path}`;
    if (name.length >= (this.fat ? LONGEST.fat : LONGEST.linux)) this.fail("File path too long");
    // Bytes that are no UTF-8 are names, too.
    return Buffer.concat([Buffer.from(this.root), Buffer.from(join("/", name), "latin1")]);
  }

  /** Does it and answers true, or raises the device's error. */
  attempt(what: string, action: () => void): boolean {
    try {
      action();
      return true;
    } catch (error) {
      if (error instanceof PowerCut) throw error;
      const code = (error as NodeJS.ErrnoException).code ?? "";
      return this.fail(`${what} : ${this.fat ? WORDS[code] ?? "DISK_ERR" : "UNKNOWN"}`);
    }
  }

  /** Before something that is done or not, never half. */
  change(): void {
    if (this.fuse.burn(1) < 1) throw new PowerCut();
  }

  openFile(path: any, mode: any): CardFile | undefined {
    if (path === undefined) this.fail("Path is undefined");
    const flags = FLAGS[mode === undefined ? "r" : `${mode}`];
    const place = this.place(path);
    if (flags === undefined) return undefined;
    let file: CardFile | undefined;
    this.attempt("Could not open file", () => {
      if (flags[0] === "w" || flags === "a") this.change();
      // "w+" keeps what is there on FAT, where it is FA_OPEN_ALWAYS; on Linux it is fopen's.
      const kept = this.fat && flags === "w+" && statSync(place, { throwIfNoEntry: false });
      file = new CardFile(this, openSync(place, kept ? "r+" : flags), flags);
    });
    this.open.add(file!);
    return file;
  }

  /** The device has lost its power: files are closed as they are. */
  stop(): void {
    for (const file of this.open) file.drop();
  }
}

/** What E.openFile gives. */
export class CardFile {
  private readonly card: Card;
  private handle: number;
  private readonly mode: string;
  private at: number;

  constructor(card: Card, handle: number, mode: string) {
    this.card = card;
    this.handle = handle;
    this.mode = mode;
    this.at = mode === "a" ? fstatSync(handle).size : 0;
  }

  read(length: any): string | undefined {
    const most = Math.max(0, Math.min(length | 0, 0x7fffffff));
    if (this.handle < 0 || this.mode === "w" || this.mode === "a" || most === 0) return undefined;
    const into = Buffer.alloc(Math.min(most, Math.max(0, fstatSync(this.handle).size - this.at)));
    const got = readSync(this.handle, into, 0, into.length, this.at);
    this.at += got;
    return got === 0 ? undefined : into.toString("latin1", 0, got);
  }

  /** Bytes written; 0 once it is closed. */
  write(data: any): number {
    if (data === undefined || this.handle < 0 || this.mode === "r") return 0;
    const bytes = bytesOf(data);
    const whole = this.card.fuse.burn(1) === 1;
    const part = whole ? bytes : bytes.subarray(0, bytes.length >> 1);
    this.card.attempt("Unable to write file", () => {
      writeSync(this.handle, part, 0, part.length, this.mode === "a" ? null : this.at);
    });
    this.at += part.length;
    if (!whole) throw new PowerCut();
    return bytes.length;
  }

  seek(at: any): void {
    if (this.handle >= 0 && at >= 0) this.at = at | 0;
  }

  skip(by: any): void {
    if (this.handle >= 0 && by >= 0) this.at += by | 0;
  }

  close(): void {
    if (this.handle >= 0) this.drop();
  }

  drop(): void {
    if (this.handle < 0) return;
    closeSync(this.handle);
    this.handle = -1;
    this.card.open.delete(this);
  }
}

/** What `require("fs")` gives. */
export function fsModule(
  card: Card,
  tools: { list(values: any[]): any[]; date(milliseconds: number): any; pipe(from: any, to: any, options: any): void },
): any {
  const readFile = (path: any): string | undefined => {
    const file = card.openFile(path, "r")!;
    const found = file.read(0x7fffffff);
    file.close();
    return found;
  };
  const put = (mode: string) => (path: any, data: any): boolean => {
    if (data === undefined) return false;
    const file = card.openFile(path, mode)!;
    const written = file.write(data);
    file.close();
    return written > 0;
  };
  const readdir = (path: any): string[] | undefined => {
    const place = card.place(path);
    let names: string[];
    try {
      names = readdirSync(place, "latin1");
    } catch (error) {
      return card.fat ? card.fail(`Unable to list files : ${WORDS[(error as NodeJS.ErrnoException).code ?? ""] ?? "NO_PATH"}`) : undefined;
    }
    return tools.list(card.fat ? names : [".", "..", ...names]);
  };
  const unlink = (path: any): boolean => {
    const place = card.place(path);
    return card.attempt("Unable to delete file", () => {
      const folder = statSync(place).isDirectory();
      card.change();
      if (folder) rmdirSync(place);
      else unlinkSync(place);
    });
  };
  const mkdir = (path: any): boolean => {
    const place = card.place(path);
    return card.attempt("Unable to create the directory", () => {
      card.change();
      mkdirSync(place);
    });
  };
  const stat = (path: any): any => {
    let found;
    try {
      found = statSync(card.place(path));
    } catch {
      return undefined;
    }
    return { size: found.size, dir: found.isDirectory(), mtime: tools.date(Math.floor(found.mtimeMs / 1000) * 1000) };
  };
  return {
    readFile,
    readFileSync: readFile,
    writeFile: put("w"),
    writeFileSync: put("w"),
    appendFile: put("a"),
    appendFileSync: put("a"),
    readdir,
    readdirSync: readdir,
    unlink,
    unlinkSync: unlink,
    mkdir,
    mkdirSync: mkdir,
    statSync: stat,
    pipe: tools.pipe,
  };
}
