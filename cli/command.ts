// What every subcommand is made of: its options as rows, from which both the parser and the help text come.

import { parseArgs } from "node:util";

/** It worked. */
export const OK = 0;
/** The server said no. */
export const REFUSED = 1;
/** The command line makes no sense. */
export const USAGE = 2;
/** No connection, or it broke. */
export const CONNECTION = 3;
/** A local file could not be read or written. */
export const LOCAL = 4;
/** A fault of picoftp itself. */
export const FAULT = 70;
/** Stopped by a signal. */
export const INTERRUPTED = 130;

/** A row of the options. */
export interface Option {
  name: string;
  /** One letter. */
  short?: string;
  /** What the value is called in the help; without it the option is a switch. */
  value?: string;
  text: string;
}

/** The values that were given. */
export type Values = Record<string, string | boolean | undefined>;

/** One subcommand. */
export interface Command {
  name: string;
  /** What stands behind the name: "<url>". */
  args: string;
  summary: string;
  /** More, below the options. */
  notes?: string;
  options: Option[];
  /** How many arguments it takes. */
  least: number;
  most: number;
  /** Resolves to an exit code; an error becomes one in main.ts. */
  run(args: string[], values: Values): Promise<number>;
}

/** The command line makes no sense. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** Splits a command line into arguments and options. Throws a UsageError. */
export function parse(command: Command, line: string[]): { args: string[]; values: Values } {
  const options: Record<string, { type: "string" | "boolean"; short?: string }> = {};
  for (const { name, short, value } of all(command)) {
    options[name] = { type: value === undefined ? "boolean" : "string", ...(short === undefined ? {} : { short }) };
  }
  try {
    const { positionals, values } = parseArgs({ args: line, options, allowPositionals: true });
    if (values.help !== true) count(command, positionals);
    return { args: positionals, values: values as Values };
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError((error as Error).message.split(". ")[0]);
  }
}

/** What `--help` prints. */
export function help(command: Command): string {
  const rows = all(command).map(({ name, short, value, text }) => {
    const left = `${short === undefined ? "    " : `-${short}, `}--${name}${value === undefined ? "" : ` ${value}`}`;
    return `  ${left.padEnd(28)}  ${text}`;
  });
  const usage = `picoftp ${command.name} ${command.args}`.trimEnd();
  const notes = command.notes === undefined ? "" : `\n${command.notes}\n`;
  return `Usage: ${usage} [options]\n\n${command.summary}\n\nOptions:\n${rows.join("\n")}\n${notes}\n${EXIT_CODES}`;
}

/** The end of each help text. */
export const EXIT_CODES: string = `Exit codes: 0 it worked, 1 the server said no, 2 wrong command line, 3 no connection or it broke,
4 a local file could not be read or written, 70 a fault of picoftp, 130 interrupted.
`;

/** A number in an option. Throws a UsageError. */
export function number(values: Values, name: string, least: number, most: number): number | undefined {
  const text = values[name];
  if (typeof text !== "string") return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new UsageError(`Cannot use --${name} "${text}": it must be a number from ${least} to ${most}`);
  }
  return value;
}

/** The text in an option. */
export function text(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === "string" ? value : undefined;
}

function all(command: Command): Option[] {
  return [...command.options, { name: "help", short: "h", text: "Show this help" }];
}

function count(command: Command, args: string[]): void {
  if (args.length < command.least) throw new UsageError(`Cannot run "${command.name}": ${command.args} is missing`);
  if (args.length > command.most) throw new UsageError(`Cannot run "${command.name}" with "${args[command.most]}": too many arguments`);
}
