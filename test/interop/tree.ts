// Trees of files: made from a seed, read back, compared byte by byte.

import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { assertEquals } from "../assert.ts";
import { bytes, digest } from "./bytes.ts";

export { bytes, digest };

/** A file's contents in short. */
export function digestOf(file: string): string {
  return digest(readFileSync(file));
}

/** Names that have tripped clients or servers. */
export const NAMES: string[] = [
  "plain.txt",
  "with space.txt",
  "two  spaces  inside",
  "grün é 漢字.txt",
  'quo"te".txt',
  "apo'strophe.txt",
  "per%20cent.txt",
  "ha#sh & co?.txt",
  "semi;type=colon.txt",
  "bra[ck]et {s}.txt",
  "a -> b",
  "2024",
  ".hidden",
];

/** Writes a tree below `root`: odd names, an empty file, an empty folder, depth, `many` small files, one of 300 000 bytes. */
export function plant(root: string, names: string[], many: number, seed: number): void {
  const put = (path: string, length: number): void => {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes(length, seed + path.length * 31 + length));
    // An even second of some years ago: clients that compare times see it, and it is no "now".
    utimesSync(file, 1577934245 + length, 1577934245 + length);
  };
  names.forEach((name, at) => put(name, 10 + at));
  names.forEach((name, at) => put(join("folder " + at % 3, name), 100 + at));
  put("empty", 0);
  put("deep/er/and/deeper/still/x.bin", 300000);
  mkdirSync(join(root, "void"), { recursive: true });
  for (let i = 0; i < many; i++) put(`many/f${String(i).padStart(4, "0")}.bin`, (i * 37) % 4096);
}

/** Every folder and file below `root` with what is in it, sorted. */
export function survey(root: string): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const full = join(entry.parentPath ?? entry.path, entry.name);
    const path = full.slice(root.length + 1);
    found.push(entry.isDirectory() ? path + "/" : `${path} ${digestOf(full)}`);
  }
  return found.sort();
}

/** Fails unless both trees hold the same; says only what differs. */
export function assertSameTree(actual: string, expected: string): void {
  const have = survey(actual);
  const want = survey(expected);
  const missing = want.filter((line) => !have.includes(line)).map((line) => `missing: ${line}`);
  const extra = have.filter((line) => !want.includes(line)).map((line) => `extra: ${line}`);
  assertEquals([...missing, ...extra], []);
}

/** Seconds since 1970 of a file's change. */
export function seconds(file: string): number {
  return Math.floor(statSync(file).mtimeMs / 1000);
}
