// picoftp rm, mkdir and mv: what changes names on the server.

import type { Client } from "../api/mod.ts";
import { OK, UsageError } from "./command.ts";
import type { Command, Values } from "./command.ts";
import { CONNECTING, parseTarget, PASSWORDS, session } from "./target.ts";

/** The subcommand rm. */
export const removeCommand: Command = {
  name: "rm",
  args: "<url>",
  summary: "Removes a file, or a folder with --recursive or --folder.",
  notes: PASSWORDS,
  options: [
    { name: "recursive", short: "r", text: "Remove a folder with all that is in it" },
    { name: "folder", short: "d", text: "Remove an empty folder" },
    ...CONNECTING,
  ],
  least: 1,
  most: 1,
  run: (args, values) =>
    change(args[0], values, (client, path, signal) => {
      if (values.recursive === true || values.folder === true) return client.rmdir(path, { recursive: values.recursive === true, signal });
      return client.remove(path, { signal });
    }),
};

/** The subcommand mkdir. */
export const mkdirCommand: Command = {
  name: "mkdir",
  args: "<url>",
  summary: "Makes a folder.",
  notes: PASSWORDS,
  options: [{ name: "parents", short: "p", text: "Make the folders above too; a folder that is there is fine" }, ...CONNECTING],
  least: 1,
  most: 1,
  run: (args, values) =>
    change(args[0], values, (client, path, signal) => client.mkdir(path, { recursive: values.parents === true, signal })),
};

/** The subcommand mv. */
export const moveCommand: Command = {
  name: "mv",
  args: "<url> <url or path>",
  summary: "Renames or moves a file or a folder on one server.",
  notes: PASSWORDS,
  options: CONNECTING,
  least: 2,
  most: 2,
  run([from, to], values) {
    const target = parseTarget(from);
    const goal = to.includes("://") ? parseTarget(to) : { options: target.options, path: to };
    if (goal.options.host !== target.options.host || goal.options.port !== target.options.port) {
      throw new UsageError(`Cannot move to "${to}": it is another server`);
    }
    return change(from, values, (client, path, signal) => client.rename(path, goal.path, { signal }));
  },
};

function change(url: string, values: Values, work: (client: Client, path: string, signal: AbortSignal) => Promise<void>): Promise<number> {
  const target = parseTarget(url);
  if (target.path === "") throw new UsageError(`Cannot use "${url}": it names no file or folder`);
  return session(target, values, async (client, signal) => {
    await work(client, target.path, signal);
    if (values.json === true) console.log(JSON.stringify({ path: target.path }));
    return OK;
  });
}
