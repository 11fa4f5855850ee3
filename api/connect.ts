// From `connect`'s options, or a URL, to a client that is logged in.

import { AUTO, PEER, SERVER } from "../core/client/options.ts";
import type { ClientOptions } from "../core/client/options.ts";
import { Client } from "./client.ts";
import type { ConnectOptions, OperationOptions } from "./clientoptions.ts";
import { isTransport, proxyOf, transport, wayIn } from "./proxy.ts";
import type { ProxyOptions } from "./proxy.ts";
import type { Runtime } from "./runtime.ts";
import { secrets } from "./session.ts";
import type { Setup } from "./session.ts";
import { clientOptions, IMPLICIT_PORT, tlsMode } from "./tls.ts";

const FAMILIES: { [family: string]: number[] } = { 4: [4], 6: [6], prefer4: [4, 6], prefer6: [6, 4] };
const SCHEMES: { [scheme: string]: "implicit" | "explicit" | undefined } = { "ftp:": undefined, "ftps:": "implicit", "ftpes:": "explicit" };
const PASSIVE_HOSTS: { [name: string]: number } = { control: PEER, server: SERVER, auto: AUTO };

/** Connects and logs in; the composition root's `connect` calls it. */
export async function open(runtime: Runtime, target: string | URL | (ConnectOptions & OperationOptions)): Promise<Client> {
  const options = typeof target === "string" || target instanceof URL ? parseUrl(target) : target;
  const proxy = proxyOf(options);
  const sockets = options.net ?? runtime.net;
  const carrier = proxy !== null && isTransport(proxy) ? runtime.proxy(sockets, transport(proxy)) : null;
  const setup: Setup = {
    core: coreOptions(options, proxy),
    encoding: options.encoding ?? "utf-8",
    listLimit: options.listLimit ?? 1000000,
    localPorts: portsOf(options.localPort ?? 0),
    noop: options.noop ?? 0,
    onClose: options.onClose,
    proxy: carrier,
  };
  // What a proxy was told stays between the two.
  const through = carrier ?? sockets;
  const net = options.trace === undefined ? through : runtime.trace(through, options.trace);
  const client = new Client({ ...runtime, net }, setup);
  await client.connect({ signal: (options as OperationOptions).signal });
  return client;
}

/**
 * The options in "ftp://user:password@host:port/"; ftps: is implicit TLS, ftpes: explicit. The path is the caller's. Throws
 * TypeError where it is no FTP URL.
 */
export function parseUrl(url: string | URL): ConnectOptions {
  const scheme = new URL(url).protocol;
  if (!Object.hasOwn(SCHEMES, scheme)) throw new TypeError(`Cannot connect to "${scheme}": only ftp:, ftps: and ftpes: are supported`);
  // Hosts are read right for schemes that browsers know, and the port that goes without saying is lost.
  const { hostname, port, username, password } = new URL(`${url}`.trim().replace(/^[a-z]+:/i, "ftp:"));
  const options: ConnectOptions = { host: hostname.replace(/^\[(.*)\]$/, "$1") };
  if (port !== "") options.port = Number(port);
  else if (/^[a-z]+:\/\/[^/?#]*:0*21([/?#]|$)/i.test(`${url}`.trim())) options.port = 21;
  if (SCHEMES[scheme] !== undefined) options.tls = SCHEMES[scheme];
  if (username !== "") options.user = decodeURIComponent(username);
  if (password !== "") options.password = decodeURIComponent(password);
  return options;
}

function coreOptions(options: ConnectOptions, proxy: ProxyOptions | null): Partial<ClientOptions> {
  const encoding = options.encoding ?? "utf-8";
  const implicit = tlsMode(options.tls, undefined) === "implicit";
  // TLS ends at a proxy that speaks FTP: the certificate is its own, and so is the port that goes without saying.
  const ours = proxy === null || isTransport(proxy) || proxy.type === "transparent";
  const port = options.port ?? (implicit && ours ? IMPLICIT_PORT : 21);
  const [portFirst, portLast] = options.activePorts ?? [0, 0];
  const host = hostOf(options.host);
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new RangeError(`Cannot connect to port "${port}"`);
  const name = options.virtualHost === true ? host : options.virtualHost || "";
  const way = wayIn(proxy, host, port, name === "" ? "" : hostOf(name), implicit ? IMPLICIT_PORT : 21);
  const core: { [name: string]: unknown } = {
    ...secrets(options, encoding),
    ...way,
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
    localHost: options.localHost,
    noDelay: options.noDelay,
    allo: options.allo,
    sizes: options.sizes,
    reply: options.replyLimit,
    line: options.lineLimit,
    block: options.block,
    utf8: encoding === "utf-8",
    tls: clientOptions(options, way.host as string, ours ? options.port : proxy.port),
  };
  for (const name in core) if (core[name] === undefined) delete core[name];
  return core;
}

/** A host as the network knows it: names beyond ASCII are encoded. Throws TypeError where it is none. */
function hostOf(host: string): string {
  if (typeof host !== "string" || !/^[^\s/]+$/.test(host) || host.includes("://")) {
    throw new TypeError(`Cannot connect to "${host}": a name or an address is needed, no URL`);
  }
  return /[^\x00-\x7f]/.test(host) ? new URL(`http://${host}`).hostname : host;
}

/** The ports to try, from one at random on. */
function portsOf(port: number | [number, number]): number[] {
  const [first, last] = typeof port === "number" ? [port, port] : port;
  const valid = Number.isInteger(first) && Number.isInteger(last) && first >= 0 && first <= last && last < 65536;
  if (!valid || (first === 0 && last > 0)) throw new RangeError(`Cannot connect from port "${port}"`);
  if (first === 0) return [];
  const count = last - first + 1;
  const start = Math.floor(Math.random() * count);
  return Array.from({ length: count }, (_none, i) => first + (start + i) % count);
}
