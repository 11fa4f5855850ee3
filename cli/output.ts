// What goes to the terminal or into a pipe: names, a progress bar, sums.

import { encodeName } from "../api/names.ts";
import type { Progress } from "../api/mod.ts";
import type { Values } from "./command.ts";

// deno-lint-ignore no-control-regex
const CONTROL = /[\x00-\x1f\x7f-\x9f]/g;
const BAR = 24;

/** Writes a line that may hold names of a server: their bytes into a pipe, nothing that controls a terminal onto one. */
export function printLine(line: string): void {
  if (process.stdout.isTTY) process.stdout.write(`${line.replace(CONTROL, "?")}\n`);
  else process.stdout.write(Buffer.from(encodeName(`${line}\n`, "utf-8"), "latin1"));
}

/** Writes to standard output and waits until it was taken. */
export async function pour(chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of chunks) {
    await new Promise<void>((resolve, reject) => process.stdout.write(chunk, (error) => error ? reject(error) : resolve()));
  }
}

/** Bytes for people: "1.5 MB". */
export function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  while (bytes >= 1000 && unit < units.length - 1) {
    bytes /= 1000;
    unit++;
  }
  return `${unit === 0 || bytes >= 100 ? Math.round(bytes) : bytes.toFixed(1)} ${units[unit]}`;
}

/** Tells how a transfer goes: a bar on a terminal, a line at the end elsewhere. All on standard error. */
export class Meter {
  private readonly name: string;
  private readonly bar: boolean;
  private readonly silent: boolean;
  private readonly began: number = performance.now();

  constructor(name: string, values: Values) {
    this.name = name.replace(CONTROL, "?");
    this.silent = values.quiet === true || values.json === true;
    this.bar = !this.silent && process.stderr.isTTY === true;
  }

  /** For `onProgress`. */
  readonly update = (progress: Progress): void => {
    if (this.bar) process.stderr.write(`\r\x1b[K${this.line(progress)}`);
  };

  /** It is done: bytes, and where to. */
  end(bytes: number, values: Values): void {
    const seconds = (performance.now() - this.began) / 1000;
    if (values.json === true) console.log(JSON.stringify({ name: this.name, bytes, seconds: Number(seconds.toFixed(3)) }));
    if (this.silent) return;
    process.stderr.write(
      `${this.bar ? "\r\x1b[K" : ""}${this.name}: ${bytes} bytes in ${seconds.toFixed(2)} s (${size(bytes / seconds)}/s)\n`,
    );
  }

  /** It failed: the bar makes room for the message. */
  fail(): void {
    if (this.bar) process.stderr.write("\r\x1b[K");
  }

  private line({ bytes, total, rate, eta }: Progress): string {
    const speed = `${size(bytes)} ${size(rate)}/s`;
    if (total === undefined || total <= 0) return `${this.name} ${speed}`;
    const share = Math.min(1, bytes / total);
    const done = "#".repeat(Math.round(share * BAR)).padEnd(BAR, ".");
    const left = eta === undefined ? "" : ` ${Math.floor(eta / 60)}:${String(Math.round(eta % 60)).padStart(2, "0")}`;
    return `${this.name} [${done}] ${Math.floor(share * 100)}% ${speed}${left}`;
  }
}
