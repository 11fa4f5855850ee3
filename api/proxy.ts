// Proxies as a user names them: those that carry connections, and those that speak FTP.

import { loginScript, PROXIES } from "../core/client/login.ts";
import type { ClientOptions } from "../core/client/options.ts";
import type { ConnectOptions } from "./clientoptions.ts";
import { encodeName, secret } from "./names.ts";

/** What a proxy speaks. */
export type ProxyType =
  | "none"
  | "socks5"
  | "socks4"
  | "http"
  | "user"
  | "login"
  | "open"
  | "site"
  | "transparent"
  | "user@host"
  | "account"
  | "joined"
  | "other";

/** A proxy to go through. */
export interface ProxyOptions {
  /** "socks5", "socks4" and "http" carry every connection; the others speak FTP themselves. "none": as if there were no proxy. */
  type: ProxyType;
  /** Name or address of the proxy; "transparent" has none. */
  host?: string;
  /** Default 1080 for SOCKS, 8080 for HTTP, 21 for the others. 0 means the default too. */
  port?: number;
  /** The user on the proxy, where it wants one; never the one on the server. */
  user?: string;
  /** The password on the proxy. */
  password?: string;
}

const PORTS: { [type: string]: number } = { socks5: 1080, socks4: 1080, http: 8080 };
/** Schemes of URLs that are no types. */
const SCHEMES: { [scheme: string]: ProxyType } = { socks: "socks5", socks5h: "socks5", socks4a: "socks4", ftp: "user" };

/**
 * The options in "socks5://user:password@host:port", "socks4://", "http://", "ftp://" (type "user") or "ftp+login://" and the
 * like for the other FTP proxies. Throws TypeError where it is none of them.
 */
export function parseProxy(url: string): ProxyOptions {
  const [, scheme, rest] = /^([a-z0-9+@]+):\/\/(.*)$/is.exec(url) ?? [];
  const name = (scheme ?? "").toLowerCase().replace(/^ftp\+/, "");
  const type = SCHEMES[name] ?? name as ProxyType;
  if (!known(type)) throw new TypeError(`Cannot use the proxy "${url}": a URL such as socks5://host:1080 is needed`);
  // By a scheme whose ports all show.
  const { hostname, port, username, password } = new URL(`proxy://${rest}`);
  const options: ProxyOptions = { type, host: hostname.replace(/^\[(.*)\]$/, "$1") };
  if (port !== "") options.port = Number(port);
  if (username !== "") options.user = decodeURIComponent(username);
  if (password !== "") options.password = decodeURIComponent(password);
  return options;
}

/** The proxy that is meant, checked; null: none. */
export function proxyOf(options: ConnectOptions): ProxyOptions | null {
  const proxy = typeof options.proxy === "string" ? parseProxy(options.proxy) : options.proxy;
  if (proxy === undefined || proxy.type === "none") return null;
  const { type, host, port = 0 } = proxy;
  if (!known(type)) throw new TypeError(`Cannot use a proxy of type "${type}"`);
  if (type !== "transparent" && (!host || /[\s/]/.test(host))) throw new TypeError(`Cannot use the proxy "${host ?? ""}": no host`);
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new RangeError(`Cannot use port "${port}" of a proxy`);
  if (isTransport(proxy) && options.mode === "active") {
    throw new TypeError(`Cannot be active behind a proxy of type "${type}": nobody can connect to us`);
  }
  if (!isTransport(proxy) && type !== "other" && options.user === "") {
    throw new TypeError(`Cannot go through a proxy of type "${type}" without a user`);
  }
  return proxy;
}

function known(type: string): boolean {
  return Object.hasOwn(PORTS, type) || Object.hasOwn(PROXIES, type);
}

/** It carries connections, and the client does not notice. */
export function isTransport(proxy: ProxyOptions): boolean {
  return Object.hasOwn(PORTS, proxy.type);
}

/** For the runtime, as bytes. */
export function transport({ type, host, port, user, password }: ProxyOptions): {
  type: string;
  host: string;
  port: number;
  user: string;
  password: string;
} {
  const bytes = (text: string | undefined): string => encodeName(text ?? "", "utf-8");
  return { type, host: host as string, port: port || PORTS[type], user: bytes(user), password: bytes(password) };
}

/**
 * Whom the core dials, and how it logs in there: to the server at `host`, or to an FTP proxy on the way to it, whose port is
 * `usual` where it does not say.
 */
export function wayIn(
  proxy: ProxyOptions | null,
  host: string,
  port: number,
  virtualHost: string,
  usual: number,
): Partial<ClientOptions> {
  const ftp = proxy !== null && !isTransport(proxy);
  if (!ftp && virtualHost === "") return { host, port };
  const way = { kind: ftp ? proxy.type : "", host, port, user: "", password: "", virtualHost };
  if (!ftp) return { host, port, login: loginScript(way) };
  way.user = secret(proxy.user ?? "", "utf-8");
  way.password = secret(proxy.password ?? "", "utf-8");
  const dialled = proxy.type === "transparent" ? { host, port } : { host: proxy.host as string, port: proxy.port || usual };
  return { ...dialled, login: loginScript(way) };
}
