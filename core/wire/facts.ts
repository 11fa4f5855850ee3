// The facts of MLSD and MLST as lines (RFC 3659 section 7), and the choice among them (OPTS, FEAT). parsefacts.ts reads them.

import { DIR } from "../ports.ts";
import type { Entry } from "../ports.ts";
import { oneLine } from "./path.ts";
import { formatTime } from "./time.ts";

/** The facts there are: the one at index i has bit 2^i of a choice. A choice of -1 is all of them. */
export const FACTS = "type;size;modify;perm;unique;UNIX.mode;UNIX.owner;UNIX.group";

/** What the type fact says of an Entry's type, in the order of the types. */
const TYPES = ";file;dir;OS.unix=symlink;OS.unix=special";

/**
 * A line without its CR LF: what is known of the chosen facts, one space, `name` (MLSD: the name, MLST: the path).
 * Values that the format cannot hold, with a ";" or a space inside, are left out. Folders have no size.
 */
export function formatFacts(entry: Entry, choice: number, name: string): string {
  const names = FACTS.split(";");
  const values = [
    entry.target === "" ? TYPES.split(";")[entry.type] : "OS.unix=slink:" + entry.target,
    entry.type === DIR || entry.size < 0 ? "" : "" + entry.size,
    formatTime(entry.modified),
    entry.perm,
    entry.unique,
    entry.mode < 0 ? "" : "0" + entry.mode.toString(8),
    entry.owner,
    entry.group,
  ];
  let line = "";
  for (let i = 0; i < names.length; i++) {
    let value = values[i];
    if ((choice & (1 << i)) === 0) continue;
    if (value.indexOf(" ") >= 0 || value.indexOf(";") >= 0) value = i === 0 ? "OS.unix=symlink" : "";
    if (value !== "") line += names[i] + "=" + value + ";";
  }
  return oneLine(line + " " + name);
}

/** What FEAT says after "MLST ": all facts, those of the choice with a star (RFC 3659 section 7.8). */
export function features(choice: number): string {
  const names = FACTS.split(";");
  let text = "";
  for (let i = 0; i < names.length; i++) text += names[i] + ((choice & (1 << i)) === 0 ? ";" : "*;");
  return text;
}

/** The choice that the argument of OPTS MLST makes, without "MLST"; facts unknown here are passed over. */
export function selectFacts(argument: string): number {
  const names = FACTS.toLowerCase().split(";");
  const wanted = ";" + argument.trim().toLowerCase() + ";";
  let choice = 0;
  for (let i = 0; i < names.length; i++) if (wanted.lastIndexOf(";" + names[i] + ";") >= 0) choice += 1 << i;
  return choice;
}

/** What the 200 to OPTS MLST says after "MLST OPTS ": the facts of the choice (RFC 3659 section 7.9). */
export function chosen(choice: number): string {
  const names = FACTS.split(";");
  let text = "";
  for (let i = 0; i < names.length; i++) if ((choice & (1 << i)) !== 0) text += names[i] + ";";
  return text;
}
