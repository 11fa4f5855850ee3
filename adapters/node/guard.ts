// From byte-string paths to places on the disk, none of them outside the root, whatever symbolic links say.
//
// Where there is /proc/self/fd (Linux), a place is a descriptor that was opened first and looked at afterwards: what is done
// there goes through the descriptor, so that nobody can swap a folder for a link in between. Elsewhere it is the real path.

import * as fs from "node:fs";
import { BAD_NAME, DENIED, NOT_DIR, NOT_FOUND } from "../../core/ports.ts";
import type { Done } from "../../core/ports.ts";
import { bytesOf } from "./disk.ts";
import type { Disk } from "./disk.ts";
import { fileError } from "./errors.ts";

const { O_DIRECTORY, O_RDONLY } = fs.constants;
/** Of Linux, where it needs no permission to read; Node does not name it. */
const O_PATH = 0x200000;
const PROC = "/proc/self/fd/";
/** Systems where two names may differ in case only and mean one file. */
const CASELESS = process.platform === "win32" || process.platform === "darwin";
const WIN32_NAME = /[\\:*?"<>|\x01-\x1f]|[. ](\/|$)|\/(con|prn|aux|nul|com\d|lpt\d)(\.|\/|$)/i;
const PARENT = /\/\.\.?(\/|$)/;
const NO_BYTE = /[^\x01-\xff]/;

/** Whether descriptors can be looked at. */
const LOOKS = process.platform === "linux" && hasProc();

/** A file or folder that was found inside the root. */
export class Spot {
  /** Its real path. */
  readonly real: string;
  private readonly fd: number;
  private readonly base: string;

  constructor(real: string, fd: number) {
    this.real = real;
    this.fd = fd;
    this.base = fd < 0 ? real : PROC + fd;
  }

  /** For node:fs, what it is itself. */
  get self(): Buffer {
    return Buffer.from(this.base === "" ? "/" : this.base, "latin1");
  }

  /** For node:fs, what is in this folder. */
  child(name: string): Buffer {
    return Buffer.from(`${this.base}/${name}`, "latin1");
  }

  stat(disk: Disk, done: (error: Error | null, stats: fs.Stats) => void): void {
    if (this.fd < 0) disk.lstat(this.self, done);
    else disk.fstat(this.fd, done);
  }

  /** Lets go of it; nothing more may be done there. A descriptor of this kind has nothing to flush. */
  leave(): void {
    if (this.fd >= 0) fs.closeSync(this.fd);
  }
}

/** What comes with an error. */
export const NOWHERE: Spot = new Spot("", -1);

/** The root, and who decides what is inside. */
export class Guard {
  /** What every real path inside starts with; no "/" at its end. */
  readonly root: string;
  /** Whom to ask small questions. */
  readonly disk: Disk;
  private readonly hidden: string;
  private readonly descriptors: boolean;

  /**
   * Throws where there is no such folder. `prefix`: names that start with it and end in ".part" are nobody's business.
   * `descriptors`: work through them where the system can.
   */
  constructor(root: string, prefix: string, descriptors: boolean, disk: Disk) {
    let problem = "it is no folder";
    let real = "";
    try {
      real = pathOf(fs.realpathSync.native(root, { encoding: "buffer" }));
      if (fs.statSync(root).isDirectory()) problem = "";
    } catch (error) {
      problem = (error as Error).message;
    }
    if (problem !== "") throw new Error(`Cannot serve "${root}": ${problem}`);
    this.root = real.endsWith("/") ? real.slice(0, -1) : real;
    this.hidden = fold(prefix);
    this.descriptors = descriptors && LOOKS;
    this.disk = disk;
  }

  /** 0, or why nothing can be done with a path. */
  refuse(path: string): number {
    if (path.charCodeAt(0) !== 47 || NO_BYTE.test(path) || PARENT.test(path)) return BAD_NAME;
    if (!this.disk.takes(path)) return BAD_NAME;
    if (process.platform === "win32" && WIN32_NAME.test(path)) return BAD_NAME;
    if (!fold(path).includes(`/${this.hidden}`)) return 0;
    return path.split("/").some((name) => this.hides(name)) ? BAD_NAME : 0;
  }

  /** Whether it is the name of a part. */
  hides(name: string): boolean {
    const folded = fold(name);
    return folded.startsWith(this.hidden) && folded.endsWith(".part");
  }

  /** A path for node:fs, not looked at yet. */
  native(path: string): Buffer {
    return Buffer.from(path === "/" ? this.root + "/" : this.root + path, "latin1");
  }

  /** The path of a real path inside. */
  virtual(real: string): string {
    return real.slice(this.root.length) || "/";
  }

  /** Finds what a path leads to, links followed; `folder`: it must be one. Whoever gets it has to leave it. */
  find(path: string, folder: boolean, done: Done<Spot>): void {
    const native = this.native(path);
    if (!this.descriptors) {
      fs.realpath.native(native, { encoding: "buffer" }, (error, real) => {
        if (error) return this.explain(path, findError(error, folder), (number) => done(number, NOWHERE));
        this.enter(pathOf(real), -1, done);
      });
      return;
    }
    this.disk.open(native, folder ? O_PATH | O_DIRECTORY : O_PATH, 0, (error, fd) => {
      if (error) return this.explain(path, findError(error, folder), (number) => done(number, NOWHERE));
      this.enter(realOf(fd), fd, done);
    });
  }

  /** Whether a file that was opened by this path is inside: 0 or an error. */
  verify(fd: number, path: string, stats: fs.Stats, done: (error: number) => void): void {
    if (this.descriptors) return done(this.inside(realOf(fd)) ? 0 : DENIED);
    fs.realpath.native(this.native(path), { encoding: "buffer" }, (error, real) => {
      if (error) return done(fileError(error));
      if (!this.inside(pathOf(real))) return done(DENIED);
      fs.lstat(real, (failure, there) => {
        if (failure) return done(fileError(failure));
        done(there.ino === stats.ino && there.dev === stats.dev ? 0 : NOT_FOUND);
      });
    });
  }

  /** What is not there may be not there behind a link that leads outside: that is DENIED like all that is there. */
  explain(path: string, error: number, done: (error: number) => void): void {
    const [folder] = split(path);
    if (folder === "/" || (error !== NOT_FOUND && error !== NOT_DIR)) return done(error);
    this.find(folder, false, (above, spot) => {
      if (above === 0) spot.leave();
      done(above === DENIED ? DENIED : error);
    });
  }

  private enter(real: string, fd: number, done: Done<Spot>): void {
    const spot = new Spot(real, fd);
    if (this.inside(real)) return done(0, spot);
    spot.leave();
    done(DENIED, NOWHERE);
  }

  private inside(real: string): boolean {
    return real === this.root || real.startsWith(this.root + "/");
  }
}

/** The folder that a path is in, and its bare name. */
export function split(path: string): [string, string] {
  const slash = path.lastIndexOf("/");
  return [slash === 0 ? "/" : path.slice(0, slash), path.slice(slash + 1)];
}

/** A native path as we have paths. */
function pathOf(native: Buffer | string): string {
  const path = bytesOf(native);
  return process.platform === "win32" ? path.replaceAll("\\", "/") : path;
}

/** The same for all names of one file, where case does not count. */
function fold(name: string): string {
  return CASELESS ? name.toLowerCase() : name;
}

/** In memory, so it does not block. What has no path is nowhere. */
function realOf(fd: number): string {
  try {
    return pathOf(fs.readlinkSync(PROC + fd, "buffer"));
  } catch {
    return "?";
  }
}

function findError(error: NodeJS.ErrnoException, folder: boolean): number {
  return folder && error.code === "ENOTDIR" ? NOT_DIR : fileError(error);
}

function hasProc(): boolean {
  try {
    const fd = fs.openSync("/", O_RDONLY | O_DIRECTORY);
    const real = fs.readlinkSync(PROC + fd);
    fs.closeSync(fd);
    return real === "/";
  } catch {
    return false;
  }
}
