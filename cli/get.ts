// picoftp get and cat: from the server to a file or to standard output.

import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { OK, UsageError } from "./command.ts";
import type { Command, Values } from "./command.ts";
import { Meter, pour } from "./output.ts";
import { CONNECTING, MOVING, moving, parseTarget, PASSWORDS, session } from "./target.ts";

/** The subcommand get. */
export const getCommand: Command = {
  name: "get",
  args: "<url> [file]",
  summary: 'Downloads a file, which appears when it is complete; "-" is standard output.',
  notes: PASSWORDS,
  options: [
    { name: "resume", short: "c", text: "Go on with what an interrupted --resume left" },
    ...MOVING,
    ...CONNECTING,
  ],
  least: 1,
  most: 2,
  run: get,
};

/** The subcommand cat. */
export const catCommand: Command = {
  name: "cat",
  args: "<url>",
  summary: "Writes a file of the server to standard output.",
  notes: PASSWORDS,
  options: CONNECTING,
  least: 1,
  most: 1,
  run: cat,
};

function get(args: string[], values: Values): Promise<number> {
  if (args[1] === "-") return cat(args, values);
  const target = parseTarget(args[0]);
  const name = target.path.slice(target.path.lastIndexOf("/") + 1);
  if (name === "" || name === "..") throw new UsageError(`Cannot download "${args[0]}": it names no file`);
  const local = args[1] === undefined || isFolder(args[1]) ? path.join(args[1] ?? ".", safe(name)) : args[1];
  const how = { ...moving(values), resume: values.resume === true };
  return session(target, values, async (client, signal) => {
    const meter = new Meter(name, values);
    try {
      const bytes = await client.download(target.path, local, { ...how, signal, onProgress: meter.update });
      meter.end(bytes, values);
      return OK;
    } catch (error) {
      meter.fail();
      throw error;
    }
  });
}

function cat(args: string[], values: Values): Promise<number> {
  const target = parseTarget(args[0]);
  return session(target, values, async (client, signal) => {
    await pour(await client.get(target.path, { ascii: values.text === true, signal }));
    return OK;
  });
}

function isFolder(file: string): boolean {
  return file.endsWith("/") || (existsSync(file) && statSync(file).isDirectory());
}

/** "%5C" in a URL is no way out of the folder on Windows. */
function safe(name: string): string {
  return process.platform === "win32" ? path.win32.basename(name) : name;
}
