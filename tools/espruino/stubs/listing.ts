// Lines of LIST that every client reads, with what a device knows. Takes the place of core/wire/listing.ts.

import { DIR } from "../../../core/ports.ts";
import type { Entry } from "../../../core/ports.ts";
import { oneLine } from "../../../core/wire/path.ts";

/** One line without its CR LF; the day and the year, no clock. */
export function formatUnix(entry: Entry): string {
  // "Fri, 21 Nov 2025 ..."
  const date = new Date(Math.max(0, entry.modified)).toUTCString().split(" ");
  return (entry.type === DIR ? "drwxr-xr-x 1 x x " : "-rw-r--r-- 1 x x ") + Math.max(0, entry.size) + " " +
    date[2] + " " + date[1] + "  " + date[3] + " " + oneLine(entry.name);
}
