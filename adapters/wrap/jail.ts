// Files below one folder of another file system, which looks like a root.
//
// Symbolic links are followed by the file system inside, within its own root: where users can make links, give them a file
// system of their own instead.

import { DENIED, EXISTS, NOT_FILE } from "../../core/ports.ts";
import type { Create, Cursor, Done, Entry, Facts, File, FileSystem } from "../../core/ports.ts";
import { ChangedCursor, NO_FILE, WrappedFiles } from "./files.ts";

/** The folder `root` ("/ana") of a file system, as a file system. The folder should exist. */
export function jail(files: FileSystem, root: string): FileSystem {
  return new JailedFiles(files, root);
}

class JailedFiles extends WrappedFiles {
  /** "" or "/ana": what goes before a path. */
  prefix: string;

  constructor(files: FileSystem, root: string) {
    super(files);
    this.prefix = root.charAt(root.length - 1) === "/" ? root.substring(0, root.length - 1) : root;
  }

  override open(path: string, offset: number, entry: Entry, done: Done<File>): void {
    if (path === "/") return done(NOT_FILE, NO_FILE);
    this.inner.open(this.at(path), offset, entry, (error, file) => {
      if (error === 0) this.show(entry, path);
      done(error, file);
    });
  }

  override create(path: string, how: Create, done: Done<File>): void {
    if (path === "/") return done(NOT_FILE, NO_FILE);
    this.inner.create(this.at(path), how, done);
  }

  override list(path: string, done: Done<Cursor>): void {
    const change = (entry: Entry): void => this.show(entry, path === "/" ? "/x" : path + "/x");
    this.inner.list(this.at(path), (error, cursor) => done(error, error === 0 ? new ChangedCursor(cursor, change) : cursor));
  }

  override stat(path: string, owner: string, entry: Entry, done: Done<Entry>): void {
    this.inner.stat(this.at(path), owner, entry, (error) => {
      if (error === 0) this.show(entry, path);
      done(error, entry);
    });
  }

  override setFacts(path: string, facts: Facts, done: Done<Facts>): void {
    this.inner.setFacts(this.at(path), facts, done);
  }

  override rename(from: string, to: string, done: Done<void>): void {
    if (from === "/") return done(DENIED, undefined);
    if (to === "/") return done(EXISTS, undefined);
    this.inner.rename(this.at(from), this.at(to), done);
  }

  override remove(path: string, done: Done<void>): void {
    if (path === "/") return done(NOT_FILE, undefined);
    this.inner.remove(this.at(path), done);
  }

  override mkdir(path: string, done: Done<void>): void {
    if (path === "/") return done(EXISTS, undefined);
    this.inner.mkdir(this.at(path), done);
  }

  override rmdir(path: string, done: Done<void>): void {
    if (path === "/") return done(DENIED, undefined);
    this.inner.rmdir(this.at(path), done);
  }

  override space(path: string, done: Done<number>): void {
    WrappedFiles.prototype.space.call(this, this.at(path), done);
  }

  /** The path outside. Paths are normal; one that is not all the same becomes a name that nothing can have. */
  at(path: string): string {
    if (path.charAt(0) !== "/" || (path + "/").lastIndexOf("/../") >= 0) return this.prefix + "/\x00";
    return path === "/" && this.prefix !== "" ? this.prefix : this.prefix + path;
  }

  /** Nothing of an entry tells what is outside. */
  show(entry: Entry, path: string): void {
    if (path === "/") entry.name = "";
    if (entry.target === "") return;
    if (entry.target.charAt(0) === "/") entry.target = this.inside(entry.target);
    else if (climbs(path, entry.target)) entry.target = "";
  }

  inside(target: string): string {
    if ((target + "/").lastIndexOf("/../") >= 0) return "";
    if (target === this.prefix) return "/";
    return target.substring(0, this.prefix.length + 1) === this.prefix + "/" ? target.substring(this.prefix.length) : "";
  }
}

/** Whether a relative target of the link at `path` leads above the root on its way. */
function climbs(path: string, target: string): boolean {
  const names = target.split("/");
  let depth = path.split("/").length - 2;
  for (let i = 0; i < names.length; i++) {
    if (names[i] === "..") depth--;
    else if (names[i] !== "" && names[i] !== ".") depth++;
    if (depth < 0) return true;
  }
  return false;
}
