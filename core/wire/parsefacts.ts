// Reads a line of MLSD or MLST into an Entry (RFC 3659 section 7), as real servers write it.

import { DIR, FILE, LINK, OTHER } from "../ports.ts";
import type { Entry } from "../ports.ts";
import { clearEntry, LISTED, listed, PARENT, SELF, SKIPPED, UNREADABLE } from "./entry.ts";
import { decimal, MOST } from "./number.ts";
import { parseTime } from "./time.ts";

/** Where the facts end and the name's separator stands: the first space, or a tab that follows a ";"; -1: nowhere. */
function separator(line: string): number {
  const space = line.indexOf(" ");
  const tab = line.indexOf("\t");
  if (tab >= 0 && (space < 0 || (tab < space && (tab === 0 || line.charAt(tab - 1) === ";")))) return tab;
  // A link's target may hold spaces, against the format.
  const last = line.lastIndexOf(";", space) + 1;
  if (line.substring(last, space).toLowerCase().lastIndexOf("=os.unix=slink:") < 0) return space;
  const end = space + line.substring(space).split("; ")[0].length;
  return line.charAt(end + 1) === " " ? end + 1 : space;
}

/** The type fact; cdir and pdir are told by the result. */
function readType(entry: Entry, value: string): number {
  const type = value.toLowerCase();
  if (type === "file") entry.type = FILE;
  else if (type === "dir" || type === "cdir" || type === "pdir") entry.type = DIR;
  else if (type.startsWith("os.unix=slink") || type.startsWith("os.unix=symlink")) {
    const colon = value.indexOf(":");
    entry.type = LINK;
    if (colon > 0) entry.target = value.substring(colon + 1);
  } else if (type !== "") entry.type = OTHER;
  if (type === "cdir") return SELF;
  return type === "pdir" ? PARENT : LISTED;
}

/** Any other fact; unknown ones are passed over. */
function readFact(entry: Entry, fact: string, value: string): void {
  if (fact === "size" || fact === "sizd") entry.size = decimal(value, MOST);
  else if (fact === "modify") entry.modified = parseTime(value);
  else if (fact === "perm") entry.perm = value.toLowerCase();
  else if (fact === "unique") entry.unique = value;
  else if (fact === "unix.ownername" || (fact === "unix.owner" && entry.owner === "")) entry.owner = value;
  else if (fact === "unix.groupname" || (fact === "unix.group" && entry.group === "")) entry.group = value;
  else if (fact === "unix.mode") {
    const mode = parseInt(value, 8);
    entry.mode = decimal(value, MOST) >= 0 && mode >= 0 ? mode % 4096 : -1;
  }
}

/**
 * Fills `entry` from a line without its CR LF and answers what the line is: LISTED, SELF or PARENT, where the server
 * lists the folder and the one above too; SKIPPED, UNREADABLE (see entry.ts). The name is everything behind one space.
 * The lines inside a reply to MLST start with one more space, which the caller takes off.
 */
export function parseFacts(line: string, entry: Entry): number {
  clearEntry(entry, line);
  if (line.replaceAll(" ", "") === "") return SKIPPED;
  const space = separator(line);
  const facts = space < 0 ? line : line.substring(0, space);
  if (space < 0 || (facts !== "" && facts.indexOf("=") < 0)) return UNREADABLE;
  let kind = LISTED;
  entry.name = line.substring(space + 1);
  let at = 0;
  while (at < facts.length) {
    let end = facts.indexOf(";", at);
    if (end < 0) end = facts.length;
    const equals = facts.indexOf("=", at);
    if (equals > at && equals < end) {
      const fact = facts.substring(at, equals).toLowerCase();
      if (fact === "type") kind = readType(entry, facts.substring(equals + 1, end));
      else readFact(entry, fact, facts.substring(equals + 1, end));
    }
    at = end + 1;
  }
  return kind === LISTED || entry.name === "" ? listed(entry, line) : kind;
}
