// From a URL on the command line to a session: who, where, with which password, and which path.

import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { parseProxy, parseUrl } from "../api/mod.ts";
import type { Client, ConnectOptions, DownloadOptions } from "../api/mod.ts";
import { decodeName } from "../api/names.ts";
import { pem } from "./certificate.ts";
import { number, text, UsageError } from "./command.ts";
import type { Option, Values } from "./command.ts";
import { findNetrc } from "./netrc.ts";
import { askPassword } from "./prompt.ts";
import { adapter, environment } from "./runtime.ts";

/** Options of all subcommands that connect. */
export const CONNECTING: Option[] = [
  { name: "netrc-file", value: "<file>", text: "Where passwords are looked up (default ~/.netrc)" },
  { name: "active", text: "The server connects to us for data, in the place of we to it" },
  { name: "proxy", value: "<url>", text: "A proxy: socks5://, socks4://, http://, ftp:// or ftp+login:// and the like" },
  { name: "tls", text: "Explicit TLS (AUTH TLS), as ftpes:// has it; ftps:// is implicit TLS" },
  { name: "pin", value: "<fingerprint>", text: "The SHA-256 fingerprint of the server's certificate, in the place of other checks" },
  { name: "ca", value: "<file>", text: "Authorities to trust (PEM), in the place of the runtime's own" },
  { name: "insecure", text: "Take any certificate: somebody on the way can read all" },
  { name: "latin1", text: "The server's names are in latin1 (default UTF-8)" },
  { name: "timeout", value: "<seconds>", text: "How long the server may be silent (default 60)" },
  { name: "verbose", short: "v", text: "Show commands and replies on standard error" },
  { name: "json", text: "Print JSON" },
];

/** Options of those that move a file. */
export const MOVING: Option[] = [
  { name: "text", short: "t", text: "It is text: line ends become those of this side" },
  { name: "verify", text: "Compare the files afterwards, by the best hash that the server has, else by size" },
  { name: "retries", value: "<n>", text: "Attempts after one that failed for a reason that may pass (default 0)" },
  { name: "quiet", short: "q", text: "No progress and no sums" },
];

/** What `MOVING` means for a transfer. Throws a UsageError. */
export function moving(values: Values): Pick<DownloadOptions, "ascii" | "verify" | "retries"> {
  if (values.text === true && values.resume === true) throw new UsageError("Cannot use --resume with --text: sizes differ on both sides");
  return { ascii: values.text === true, verify: values.verify === true, retries: number(values, "retries", 0, 1000000) };
}

/** What all of them say below their options. */
export const PASSWORDS =
  `The password is taken from the URL, else from PICOFTP_PASSWORD, else from the netrc file, else it is asked for on a
terminal. Without a user name the netrc file decides, else it is anonymous. A path is relative to the folder that the
server starts in; "ftp://host//path" is absolute. "%20" and the like stand for bytes.`;

/** Where a URL leads to. */
export interface Target {
  options: ConnectOptions;
  /** "" is the folder that the server starts in. */
  path: string;
}

/** Takes a URL apart. Throws a UsageError. */
export function parseTarget(url: string): Target {
  try {
    const options = parseUrl(url);
    return { options, path: pathOf(url) };
  } catch {
    throw new UsageError(`Cannot use "${url}": a URL such as ftp://user@host/path is needed`);
  }
}

/** Connects, does the work, says good-bye. Ctrl-C aborts what runs; the second one ends the process. */
export async function session(
  target: Target,
  values: Values,
  work: (client: Client, signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const stop = new AbortController();
  const interrupt = (): void => {
    if (stop.signal.aborted) process.exit(130);
    stop.abort(new DOMException("Interrupted", "AbortError"));
  };
  await complete(target.options, values);
  for (const signal of SIGNALS) process.on(signal, interrupt);
  try {
    const client = await adapter.connect({ ...target.options, signal: stop.signal });
    try {
      return await work(client, stop.signal);
    } finally {
      await client.quit();
    }
  } finally {
    for (const signal of SIGNALS) process.removeListener(signal, interrupt);
  }
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

async function complete(options: ConnectOptions, values: Values): Promise<void> {
  const seconds = number(values, "timeout", 1, 86400);
  if (values.active === true) options.mode = "active";
  if (values.latin1 === true) options.encoding = "latin1";
  if (values.tls === true) options.tls ??= "explicit";
  if (values.insecure === true) options.rejectUnauthorized = false;
  if (text(values, "pin") !== undefined) options.pin = text(values, "pin");
  if (text(values, "ca") !== undefined) options.ca = pem(text(values, "ca") as string);
  options.proxy = text(values, "proxy");
  if (options.proxy !== undefined) check(options.proxy);
  if (seconds !== undefined) { for (const name of TIMEOUTS) options[name] = seconds * 1000; }
  if (values.verbose === true) options.trace = (line) => process.stderr.write(`${line}\n`);
  await authenticate(options, text(values, "netrc-file"));
}

function check(proxy: string): void {
  try {
    parseProxy(proxy);
  } catch {
    throw new UsageError(`Cannot use --proxy "${proxy}": a URL such as socks5://host:1080 is needed`);
  }
}

const TIMEOUTS = ["connectTimeout", "replyTimeout", "dataTimeout", "stallTimeout"] as const;

async function authenticate(options: ConnectOptions, file: string | undefined): Promise<void> {
  if (options.password !== undefined) return;
  const password = environment("PICOFTP_PASSWORD");
  if (options.user !== undefined && password !== undefined) {
    options.password = password;
    return;
  }
  const entry = findNetrc(await netrc(file), options.host, options.user);
  if (entry !== null && (entry.login !== "" || options.user !== undefined)) {
    options.user ??= entry.login;
    options.password = entry.password;
    if (entry.account !== "") options.account = entry.account;
    return;
  }
  if (options.user === undefined || options.user === "anonymous" || options.user === "ftp") return;
  if (!process.stdin.isTTY) throw new UsageError(`Cannot log in as "${options.user}" without a password: set PICOFTP_PASSWORD`);
  options.password = await askPassword(`Password of ${options.user} on ${options.host}: `);
}

async function netrc(file: string | undefined): Promise<string> {
  try {
    return await readFile(file ?? environment("NETRC") ?? path.join(homedir(), ".netrc"), "utf8");
  } catch {
    if (file !== undefined) throw new UsageError(`Cannot read "${file}"`);
    return "";
  }
}

/** As it was written: neither "?" nor "#" mean anything to FTP, and ".." is the server's business. */
function pathOf(url: string): string {
  const [, escaped] = /^[a-z]+:\/\/[^/]*\/?(.*)$/is.exec(url) as RegExpExecArray;
  const bytes = Buffer.from(escaped).toString("latin1").replace(/%([0-9a-f]{2})/gi, (_all, hex) => String.fromCharCode(parseInt(hex, 16)));
  return decodeName(bytes, "utf-8");
}
