// The tree of a MemoryFiles: files, folders, links and parts, and the way from a path to one of them.

import { BAD_NAME, DENIED, DIR, EXISTS, FILE, LINK, NOT_DIR, NOT_FOUND, TOO_LONG } from "../../core/ports.ts";
import type { Entry } from "../../core/ports.ts";
import { Content, Disk } from "./disk.ts";

/** What was uploaded of a file and not committed. */
export class Part {
  name: string;
  owner: string;
  content: Content;
  busy: boolean;
  modified: number;

  constructor(name: string, owner: string, modified: number) {
    this.name = name;
    this.owner = owner;
    this.content = new Content();
    this.busy = false;
    this.modified = modified;
  }
}

/** A file, a folder or a link. */
export class MemoryNode {
  name: string;
  type: number;
  id: number;
  parent: MemoryNode | null;
  /** Of a folder, under "/" + name. */
  children: { [key: string]: MemoryNode };
  parts: Part[];
  content: Content;
  target: string;
  mode: number;
  modified: number;
  created: number;

  constructor(type: number, id: number, now: number) {
    this.name = "";
    this.type = type;
    this.id = id;
    this.parent = null;
    this.children = {};
    this.parts = [];
    this.content = new Content();
    this.target = "";
    this.mode = type === DIR ? 493 : 420;
    this.modified = now;
    this.created = now;
  }

  child(name: string): MemoryNode | undefined {
    return this.children["/" + name];
  }

  /** Names in the order of their bytes. */
  names(): string[] {
    const names: string[] = [];
    for (const key in this.children) names.push(key.substring(1));
    return names.sort(byBytes);
  }

  put(name: string, node: MemoryNode): void {
    this.children["/" + name] = node;
    node.name = name;
    node.parent = this;
  }

  drop(name: string): void {
    const node = this.children["/" + name];
    if (node !== undefined) node.parent = null;
    delete this.children["/" + name];
  }

  part(name: string, owner: string): Part | null {
    for (let i = 0; i < this.parts.length; i++) {
      if (this.parts[i].name === name && this.parts[i].owner === owner) return this.parts[i];
    }
    return null;
  }

  /** Somebody is writing a part of that name ("": of any). */
  busy(name: string): boolean {
    for (let i = 0; i < this.parts.length; i++) {
      if (this.parts[i].busy && (name === "" || this.parts[i].name === name)) return true;
    }
    return false;
  }

  /** Fills every field of an entry. */
  describe(entry: Entry): void {
    entry.name = this.name;
    entry.type = this.type;
    entry.size = this.type === FILE ? this.content.size : -1;
    entry.modified = this.modified;
    entry.mode = this.mode;
    entry.owner = "ftp";
    entry.group = "ftp";
    entry.unique = "m" + this.id;
    entry.target = this.target;
    entry.perm = this.type === DIR ? "cdeflmp" : "adfrw";
  }
}

/** The folders and files from the root on. */
export class Tree {
  root: MemoryNode;
  disk: Disk;
  clock: () => number;
  lastId: number;
  /** What the last `find` met; 0 where it found something. */
  error: number;
  /** The folder of what the last `find` found, or would have found under `name`; null where there is none. */
  parent: MemoryNode | null;
  name: string;

  constructor(capacity: number, clock: () => number) {
    this.root = new MemoryNode(DIR, 1, clock());
    this.disk = new Disk(capacity);
    this.clock = clock;
    this.lastId = 1;
    this.error = 0;
    this.parent = null;
    this.name = "";
  }

  /** What a path leads to, or null and `error`. `follow`: a link at its end too. A link leads no higher than the root. */
  find(path: string, follow: boolean): MemoryNode | null {
    let names = split(path);
    let node: MemoryNode = this.root;
    let hops = 0;
    let i = 0;
    this.parent = null;
    this.name = "";
    while (i < names.length) {
      const name = names[i];
      const last = i === names.length - 1;
      const error = node.type === DIR ? nameError(name) : NOT_DIR;
      if (error !== 0) return this.miss(error, null, "");
      const next = name === ".." ? node.parent : node.child(name);
      if (next === null) return this.miss(DENIED, null, "");
      if (next === undefined) return this.miss(NOT_FOUND, last ? node : null, name);
      i++;
      if (next.type !== LINK || (last && !follow)) {
        this.parent = node;
        this.name = name;
        node = next;
        continue;
      }
      hops++;
      if (hops > 40) return this.miss(DENIED, null, "");
      names = split(next.target).concat(names.slice(i));
      if (next.target.charAt(0) === "/") node = this.root;
      i = 0;
    }
    this.error = 0;
    return node;
  }

  /** The content becomes the file of that name; who reads the old one goes on reading it. */
  place(folder: MemoryNode, name: string, content: Content): void {
    let node = folder.child(name);
    if (node !== undefined) this.disk.drop(node.content);
    if (node === undefined || node.type !== FILE) {
      node = this.node(FILE);
      folder.put(name, node);
    }
    node.content = content;
    node.modified = this.clock();
  }

  node(type: number): MemoryNode {
    this.lastId++;
    return new MemoryNode(type, this.lastId, this.clock());
  }

  /** The folder of a path, which is made where it is missing. */
  folder(path: string): MemoryNode {
    const names = path.split("/");
    let node = this.root;
    for (let i = 0; i < names.length - 1; i++) {
      let next = names[i] === "" ? node : node.child(names[i]);
      if (next === undefined) {
        next = this.node(DIR);
        node.put(names[i], next);
      }
      node = next;
    }
    return node;
  }

  /** Renames; the number of an error. */
  move(from: string, to: string): number {
    const node = this.find(from, false);
    const folder = this.parent;
    const name = this.name;
    if (node === null) return this.error;
    if (folder === null) return DENIED;
    const old = this.find(to, false);
    const target = this.parent;
    if (old === node && node.type !== DIR) return 0;
    if (old !== null && (old.type === DIR || node.type === DIR)) return EXISTS;
    if (target === null) return this.error;
    for (let above: MemoryNode | null = target; above !== null; above = above.parent) {
      if (above === node) return DENIED;
    }
    if (old !== null) this.disk.drop(old.content);
    if (old !== null) target.drop(this.name);
    folder.drop(name);
    target.put(this.name, node);
    return 0;
  }

  miss(error: number, parent: MemoryNode | null, name: string): null {
    this.error = error;
    this.parent = parent;
    this.name = name;
    return null;
  }
}

/** 0, or why it cannot be a name. */
function nameError(name: string): number {
  if (name.length > 255) return TOO_LONG;
  return name.indexOf("\x00") >= 0 ? BAD_NAME : 0;
}

function split(path: string): string[] {
  const names: string[] = [];
  const parts = path.split("/");
  for (let i = 0; i < parts.length; i++) {
    if (parts[i] !== "" && parts[i] !== ".") names.push(parts[i]);
  }
  return names;
}

/** The number of parts in a folder and below. */
export function countParts(folder: MemoryNode): number {
  let count = folder.parts.length;
  const names = folder.names();
  for (let i = 0; i < names.length; i++) count += countParts(folder.child(names[i]) as MemoryNode);
  return count;
}

/** Nobody writes in a folder or below any more. */
export function unlock(node: MemoryNode): void {
  node.content.writer = null;
  for (let i = 0; i < node.parts.length; i++) node.parts[i].busy = false;
  const names = node.names();
  for (let i = 0; i < names.length; i++) unlock(node.child(names[i]) as MemoryNode);
}

function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
