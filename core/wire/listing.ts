// Writes the lines of LIST as `ls -l` does, which every client reads. listparse.ts is the client's half.

import { DIR, LINK, OTHER } from "../ports.ts";
import type { Entry } from "../ports.ts";
import { oneLine } from "./path.ts";
import { listDate } from "./time.ts";

/**
 * One line without its CR LF, for a reader at `now` (milliseconds since 1970, UTC): mode, owner, group, size, date, name
 * and a link's target. What is not known is filled in: 0755 or 0644, "owner", "group", 0, 1970.
 */
export function formatUnix(entry: Entry, now: number): string {
  let mode = entry.mode;
  let type = "-";
  if (entry.type === DIR) type = "d";
  if (entry.type === LINK) type = "l";
  if (entry.type === OTHER) type = "s";
  if (mode < 0) mode = type === "d" ? 493 : 420;
  if (type === "l") mode = 511;
  const who = (entry.owner === "" ? "owner" : entry.owner).padEnd(8) + " " + (entry.group === "" ? "group" : entry.group).padEnd(8);
  const size = ("" + (entry.size < 0 ? 0 : entry.size)).padStart(12);
  let line = type;
  for (let shift = 6; shift >= 0; shift -= 3) {
    const at = ((mode >> shift) & 7) * 3;
    line += "-----x-w--wxr--r-xrw-rwx".substring(at, at + 3);
  }
  line += "   1 " + who + " " + size + " " + listDate(entry.modified, now) + " ";
  const target = type === "l" && entry.target !== "" ? " -> " + entry.target : "";
  return oneLine(line + entry.name + target);
}
