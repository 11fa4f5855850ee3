#!/usr/bin/env node
// The command line: picks a subcommand, and turns what it throws into a message and an exit code.

import { ConnectionError, FileError, FtpError } from "../api/mod.ts";
import { CONNECTION, EXIT_CODES, FAULT, help, INTERRUPTED, LOCAL, OK, parse, REFUSED, USAGE, UsageError } from "./command.ts";
import type { Command } from "./command.ts";
import { mkdirCommand, moveCommand, removeCommand } from "./change.ts";
import { catCommand, getCommand } from "./get.ts";
import { listCommand } from "./list.ts";
import { putCommand } from "./put.ts";
import { serveCommand } from "./serve.ts";
import { VERSION } from "./version.ts";

const COMMANDS: Command[] = [serveCommand, listCommand, getCommand, putCommand, catCommand, removeCommand, mkdirCommand, moveCommand];

// Who reads our output has gone, as in "picoftp cat url | head": nothing more to do or to say.
process.stdout.on("error", () => process.exit(LOCAL));
process.exitCode = await main(process.argv.slice(2));
// Deno cannot take back a read of standard input, which would keep the process alive.
if (process.exitCode !== OK && "Deno" in globalThis) process.exit();

async function main(line: string[]): Promise<number> {
  const [name, ...rest] = line;
  const command = COMMANDS.find((each) => each.name === name);
  try {
    if (name === "--version" || name === "-V") return version();
    if (name === undefined || name === "help" || name === "--help" || name === "-h") return overview(rest[0], name === undefined);
    if (command === undefined) throw new UsageError(`Cannot run "${name}": there is no such command`);
    const { args, values } = parse(command, rest);
    if (values.help !== true) return await command.run(args, values);
    process.stdout.write(help(command));
    return OK;
  } catch (error) {
    const code = codeOf(error);
    console.error(`picoftp: ${(code === FAULT && (error as Error).stack) || (error as Error).message}`);
    if (error instanceof UsageError) console.error(`Try "picoftp ${command === undefined ? "" : `${command.name} `}--help"`);
    return code;
  }
}

function codeOf(error: unknown): number {
  if (error instanceof UsageError || error instanceof TypeError || error instanceof RangeError) return USAGE;
  if (error instanceof FtpError) return REFUSED;
  if (error instanceof ConnectionError) return CONNECTION;
  if (error instanceof FileError) return LOCAL;
  if ((error as Error).name === "AbortError") return INTERRUPTED;
  return FAULT;
}

function overview(name: string | undefined, missing: boolean): number {
  const command = COMMANDS.find((each) => each.name === name);
  if (name !== undefined && command === undefined) throw new UsageError(`Cannot help with "${name}": there is no such command`);
  const width = Math.max(...COMMANDS.map((each) => each.name.length + each.args.length + 1));
  const rows = COMMANDS.map((each) => `  ${`${each.name} ${each.args}`.padEnd(width)}  ${each.summary}`);
  const all = `Usage: picoftp <command> [options]\n\nCommands:\n${
    rows.join("\n")
  }\n\n"picoftp <command> --help" shows the options.\n\n${EXIT_CODES}`;
  (missing ? process.stderr : process.stdout).write(command === undefined ? all : help(command));
  return missing ? USAGE : OK;
}

function version(): number {
  console.log(VERSION);
  return OK;
}
