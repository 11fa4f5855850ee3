// picoftp ls: what is in a folder.

import type { FileInfo } from "../api/mod.ts";
import { OK } from "./command.ts";
import type { Command, Values } from "./command.ts";
import { printLine } from "./output.ts";
import { CONNECTING, parseTarget, PASSWORDS, session } from "./target.ts";

/** The subcommand. */
export const listCommand: Command = {
  name: "ls",
  args: "<url>",
  summary: "Lists a folder: a name on each line, folders with a slash.",
  notes: PASSWORDS,
  options: [{ name: "long", short: "l", text: "Show kind, size and time too" }, ...CONNECTING],
  least: 1,
  most: 1,
  run,
};

function run(args: string[], values: Values): Promise<number> {
  const target = parseTarget(args[0]);
  return session(target, values, async (client, signal) => {
    for await (const entry of client.list(target.path, { signal })) {
      if (values.json === true) printLine(JSON.stringify(entry));
      else printLine(values.long === true ? long(entry) : short(entry));
    }
    return OK;
  });
}

function short(entry: FileInfo): string {
  return entry.type === "directory" ? `${entry.name}/` : entry.name;
}

function long(entry: FileInfo): string {
  const time = entry.modified === undefined ? "" : entry.modified.toISOString().slice(0, 16).replace("T", " ");
  const to = entry.target === undefined ? "" : ` -> ${entry.target}`;
  return `${entry.type.padEnd(9)} ${String(entry.size ?? "").padStart(12)} ${time.padEnd(16)} ${short(entry)}${to}`;
}
