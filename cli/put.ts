// picoftp put: from a file or standard input to the server.

import path from "node:path";
import { OK, UsageError } from "./command.ts";
import type { Command, Values } from "./command.ts";
import { Meter } from "./output.ts";
import { CONNECTING, MOVING, moving, parseTarget, PASSWORDS, session } from "./target.ts";

/** The subcommand. */
export const putCommand: Command = {
  name: "put",
  args: "<file> <url>",
  summary: 'Uploads a file; "-" is standard input. Where the URL ends with a slash the file keeps its name.',
  notes: PASSWORDS,
  options: [
    { name: "resume", short: "c", text: "Go on behind what the server has of the file" },
    { name: "append", short: "a", text: "Write at the end of the server's file" },
    ...MOVING,
    ...CONNECTING,
  ],
  least: 2,
  most: 2,
  run,
};

function run([local, url]: string[], values: Values): Promise<number> {
  const target = parseTarget(url);
  const inside = target.path === "" || target.path.endsWith("/");
  if (inside && local === "-") throw new UsageError(`Cannot upload to "${url}": it names no file`);
  if (values.resume === true && (local === "-" || values.append === true)) throw new UsageError("Cannot use --resume here");
  const { retries, ...how } = moving(values);
  if (retries && (local === "-" || values.append === true)) {
    throw new UsageError("Cannot use --retries here: nobody knows what has arrived");
  }
  if (how.verify && values.append === true) throw new UsageError("Cannot use --verify with --append: only whole files are compared");
  const remote = inside ? target.path + path.basename(local) : target.path;
  return session(target, values, async (client, signal) => {
    const meter = new Meter(remote, values);
    const options = { ...how, append: values.append === true, signal, onProgress: meter.update };
    try {
      const bytes = local === "-"
        ? await client.put(remote, process.stdin, options)
        : await client.upload(local, remote, { ...options, retries, resume: values.resume === true });
      meter.end(bytes, values);
      return OK;
    } catch (error) {
      meter.fail();
      throw error;
    } finally {
      // An input that is still open would keep the process alive.
      if (local === "-") process.stdin.destroy();
    }
  });
}
