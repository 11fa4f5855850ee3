// What files.ts needs of a place for files: a card (the modules `fs` and `E`), or flash memory (the module `Storage`). Functions, not
// objects: a bundle makes one switch of them, which takes hardly any memory.

import { FlashFile } from "./storage.ts";
import type { Card, DiskFile, Flash, Stat } from "./runtime.ts";

declare function require(name: string): unknown;
declare const E: { openFile(place: string, mode: string): DiskFile | undefined; getSizeOf(what: unknown): number };

/** A disk that is a card. Any other number is Storage, and says how many bytes of an upload of unknown size may gather in memory. */
export const CARD = 0;

/** It is a card. */
export function isCard(disk: number): boolean {
  return disk === CARD;
}

/** undefined where there is nothing of that name. */
export function statAt(disk: number, place: string): Stat | undefined {
  if (isCard(disk)) return (require("fs") as Card).statSync(place);
  const flash = require("Storage") as Flash;
  const name = place.substring(1);
  const text = flash.read(name, 0, 200);
  if (text === undefined) return undefined;
  let size = text.length;
  // Where texts are not copied one can ask for all of it. Elsewhere its end is looked for.
  if (size === 200 && E.getSizeOf(text) < 10) size = (flash.read(name) as string).length;
  else if (size === 200) {
    size = 0;
    for (let step = 8388608; step >= 1; step /= 2) if (flash.read(name, size + step - 1, 1) !== "") size += step;
  }
  return { size: size, dir: false };
}

/**
 * The names of a folder; undefined where there is no such folder. In Storage a power cut in the middle of a header leaves a name with the
 * bytes 255 of empty flash in it, or one that is there twice.
 */
export function namesIn(disk: number, place: string): string[] | undefined {
  if (isCard(disk)) return (require("fs") as Card).readdirSync(place);
  const all = (require("Storage") as Flash).list(undefined, { sf: false });
  return all.filter((name: string, i: number): boolean => name.indexOf("\xFF") < 0 && all.indexOf(name) === i);
}

/** Removes a file, or from a card an empty folder. */
export function removeAt(disk: number, place: string): void {
  if (isCard(disk)) (require("fs") as Card).unlinkSync(place);
  else (require("Storage") as Flash).erase(place.substring(1));
}

/** Makes a folder of a card; throws. */
export function makeFolder(place: string): void {
  (require("fs") as Card).mkdirSync(place);
}

/** `size`: -1 where it is not known; only Storage asks. May throw. */
export function openAt(disk: number, place: string, mode: string, size: number): DiskFile | undefined {
  if (isCard(disk)) return E.openFile(place, mode);
  return new FlashFile(require("Storage") as Flash, place.substring(1), mode === "r" ? -2 : size, disk);
}

/** Bytes that are free in Storage. */
export function roomLeft(): number {
  return (require("Storage") as Flash).getFree();
}
