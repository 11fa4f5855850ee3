// The three facts that a device knows: type, size, modify. Takes the place of core/wire/facts.ts where nobody can choose.

import { DIR } from "../../../core/ports.ts";
import type { Entry } from "../../../core/ports.ts";
import { oneLine } from "../../../core/wire/path.ts";
import { formatTime } from "../../../core/wire/time.ts";

/** A line without its CR LF. */
export function formatFacts(entry: Entry, _choice: number, name: string): string {
  const time = formatTime(entry.modified);
  const size = entry.type === DIR || entry.size < 0 ? "" : "size=" + entry.size + ";";
  return (entry.type === DIR ? "type=dir;" : "type=file;") + size + (time === "" ? "" : "modify=" + time + ";") + " " + oneLine(name);
}

/** What FEAT says after "MLST ". */
export function features(): string {
  return "type*;size*;modify*;";
}

/** For OPTS, which is not there. */
export function selectFacts(): number {
  return -1;
}

/** For OPTS, which is not there. */
export function chosen(): string {
  return "";
}
