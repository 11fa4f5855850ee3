// CRC-32 of a part of a file, a block at a time with a pause after each. Takes the place of core/server/digest.ts on a device.

import { BAD_NAME, CANCELLED, NOT_FILE } from "../../../core/ports.ts";
import type { Chunk, File, ReadDone } from "../../../core/ports.ts";
import type { Session } from "../../../core/server/session.ts";
import { decimal, MOST } from "../../../core/wire/number.ts";
import { resolve } from "../../../core/wire/path.ts";

declare const E: { CRC32(text: string): number };
declare function setTimeout(
  call: (s: Session, file: File, got: ReadDone) => void,
  delay: number,
  s: Session,
  file: File,
  got: ReadDone,
): void;

/**
 * The CRC of what has `crc` and `text` behind it. E.CRC32 begins anew each time: four bytes that have that CRC go in front, found by
 * running the register backwards.
 */
function further(crc: number, text: string): number {
  let x = ~crc;
  for (let i = 0; i < 32; i++) x = x < 0 ? ((x ^ 0xedb88320) << 1) | 1 : x << 1;
  x = ~x;
  return E.CRC32(String.fromCharCode(x & 255, (x >> 8) & 255, (x >> 16) & 255, x >>> 24) + text);
}

/** For a timer. */
function read(s: Session, file: File, got: ReadDone): void {
  s.files.read(file, null, got);
}

/** XCRC: a path, or one in quotes with where to begin and to end behind it. */
export function hashPart(s: Session, argument: string, _name: string): void {
  const quote = argument.charAt(0) === '"' ? argument.lastIndexOf('"') : -1;
  const path = resolve(s.cwd, quote > 0 ? argument.substring(1, quote) : argument);
  const range = quote > 0 ? argument.substring(quote + 1).trim().split(" ") : [""];
  const start = range[0] === "" ? 0 : decimal(range[0], MOST);
  const end = range.length < 2 ? MOST : decimal(range[1], MOST);
  if (path === "") return s.refuse(BAD_NAME);
  if (start < 0 || range.length > 2 || end < start) return s.reply(501, 'Syntax: "<path>" [start] [end]');
  s.files.open(
    path,
    start,
    s.entry,
    s.ask((error: number, file: File): void => {
      let left = end - start;
      let crc = 0;
      if (error !== 0) return error === NOT_FILE ? s.reply(553, "Not a file") : s.refuse(error);
      const done = s.ask((error: number): void => {
        if (error !== 0) s.refuse(error);
        else s.reply(250, (crc + 4294967296).toString(16).substring(1).toUpperCase());
      });
      const got = (error: number, chunk: Chunk, length: number): void => {
        const used = Math.min(length, left);
        left -= used;
        if (used > 0) crc = further(crc, (chunk as string).substring(0, used));
        if (s.conn === null) error = CANCELLED;
        if (used > 0 && error === 0) setTimeout(read, 1, s, file, got);
        else s.files.close(file, (): void => done(error, undefined));
      };
      read(s, file, got);
    }),
  );
}

/** For HASH, which is not there. */
export function hashFile(): void {}

/** For HASH, which is not there. */
export function algorithms(): string {
  return "";
}

/** For HASH, which is not there. */
export function chooseHash(): void {}
