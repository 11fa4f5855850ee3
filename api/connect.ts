// From `connect`'s options, or a URL, to a client that is logged in.

import { AUTO, PEER, SERVER } from "../core/client/options.ts";
import type { ClientOptions } from "../core/client/options.ts";
import { Client } from "./client.ts";
import type { ConnectOptions, OperationOptions } from "./clientoptions.ts";
import { encodeName } from "./names.ts";
import type { Runtime } from "./runtime.ts";

const FAMILIES: { [family: string]: number[] } = { 4: [4], 6: [6], prefer4: [4, 6], prefer6: [6, 4] };
const PASSIVE_HOSTS: { [name: string]: number } = { control: PEER, server: SERVER, auto: AUTO };

/** Connects and logs in; the composition root's `connect` calls it. */
export async function open(runtime: Runtime, target: string | URL | (ConnectOptions & OperationOptions)): Promise<Client> {
  const options = typeof target === "string" || target instanceof URL ? parseUrl(target) : target;
  const encoding = options.encoding ?? "utf-8";
  const used = options.net === undefined ? runtime : { ...runtime, net: options.net };
  const client = new Client(used, coreOptions(options), encoding, options.listLimit ?? 1000000);
  await client.connect({ signal: (options as OperationOptions).signal });
  return client;
}

/** The options in "ftp://user:password@host:port/". The path is the caller's. Throws TypeError where it is no FTP URL. */
export function parseUrl(url: string | URL): ConnectOptions {
  const { protocol, hostname, port, username, password } = new URL(url);
  if (protocol !== "ftp:") throw new TypeError(`Cannot connect to "${protocol}": only ftp: is supported`);
  const options: ConnectOptions = { host: hostname.replace(/^\[(.*)\]$/, "$1") };
  if (port !== "") options.port = Number(port);
  if (username !== "") options.user = decodeURIComponent(username);
  if (password !== "") options.password = decodeURIComponent(password);
  return options;
}

function coreOptions(options: ConnectOptions): Partial<ClientOptions> {
  const encoding = options.encoding ?? "utf-8";
  const user = options.user ?? "anonymous";
  const port = options.port ?? 21;
  const [portFirst, portLast] = options.activePorts ?? [0, 0];
  if (typeof options.host !== "string" || !/^[^\s/]+$/.test(options.host) || options.host.includes("://")) {
    throw new TypeError(`Cannot connect to "${options.host}": a name or an address is needed, no URL`);
  }
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new RangeError(`Cannot connect to port "${port}"`);
  const core: { [name: string]: unknown } = {
    host: options.host,
    port,
    user: secret(user, encoding),
    password: secret(options.password ?? (user === "anonymous" || user === "ftp" ? "anonymous@" : ""), encoding),
    account: secret(options.account ?? "", encoding),
    families: options.family === undefined ? undefined : FAMILIES[options.family],
    passive: options.mode === undefined ? undefined : options.mode === "passive",
    epsv: options.epsv,
    passiveHost: options.passiveHost === undefined ? undefined : PASSIVE_HOSTS[options.passiveHost],
    portFirst,
    portLast,
    activeHost: options.activeHost,
    connectTimeout: options.connectTimeout,
    replyTimeout: options.replyTimeout,
    dataTimeout: options.dataTimeout,
    stallTimeout: options.stallTimeout,
    abortTimeout: options.abortTimeout,
    keepAlive: options.keepAlive,
    allo: options.allo,
    sizes: options.sizes,
    reply: options.replyLimit,
    line: options.lineLimit,
    block: options.block,
    utf8: encoding === "utf-8",
  };
  for (const name in core) if (core[name] === undefined) delete core[name];
  return core;
}

/** Text of a login. Throws TypeError where it would end the line. */
function secret(text: string, encoding: "utf-8" | "latin1"): string {
  if (/[\r\n\0]/.test(text)) throw new TypeError("Cannot log in with a CR, LF or NUL in a name or a password");
  return encodeName(text, encoding);
}
