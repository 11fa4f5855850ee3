// What is said to SOCKS and HTTP proxies, and what their answers mean: byte strings in and out, no connection in sight.

import { PROTOCOL, PROXY, REFUSED, TIMEOUT, UNREACHABLE, UNSUPPORTED } from "../../core/ports.ts";
import type { Target } from "../../core/ports.ts";
import { canonicalHost, isIPv4 } from "../../core/wire/host.ts";

/** Which proxy, and who we are to it. */
export interface Proxy {
  /** "socks5", "socks4" (4A: names are looked up by the proxy) or "http" (CONNECT). */
  type: string;
  /** Name or address. */
  host: string;
  port: number;
  /** A byte string; "": the proxy is not told who we are. */
  user: string;
  /** A byte string. */
  password: string;
}

/** What came of a proxy's words. */
export interface Answer {
  /** Bytes that were understood; 0: more must come. */
  used: number;
  /** What to say next; "": the proxy has said yes, what follows is the server's. */
  say: string;
  /** It said no. */
  error: number;
  /** How it has worded that. */
  why: string;
}

/** The talk with one kind of proxy about one target. */
export interface Words {
  /** What is said first; "": it cannot be asked for this target. */
  hello(): string;
  /** Looks at all that came since the last answer. */
  hear(text: string): Answer;
}

/** RFC 1928 section 6. */
const SOCKS5: [number, string][] = [
  [0, ""],
  [PROXY, "general failure"],
  [PROXY, "not allowed by its rules"],
  [UNREACHABLE, "network unreachable"],
  [UNREACHABLE, "host unreachable"],
  [REFUSED, "connection refused"],
  [TIMEOUT, "time to live expired"],
  [UNSUPPORTED, "it knows no CONNECT"],
  [UNSUPPORTED, "it does not know this kind of address"],
];

/** The talks there are, by `type` of a Proxy. */
export const TALKS: { [type: string]: (proxy: Proxy, target: Target) => Words } = {
  socks5: (proxy: Proxy, target: Target): Words => new Socks5(proxy, target),
  socks4: (proxy: Proxy, target: Target): Words => new Socks4(proxy, target),
  http: (proxy: Proxy, target: Target): Words => new Http(proxy, target),
};

function waits(): Answer {
  return { used: 0, say: "", error: 0, why: "" };
}

function goesOn(used: number, say: string): Answer {
  return { used: used, say: say, error: 0, why: "" };
}

function no(error: number, why: string): Answer {
  return { used: 0, say: "", error: error, why: why };
}

/** Two bytes, the high one first. */
function word(value: number): string {
  return String.fromCharCode(Math.floor(value / 256), value % 256);
}

/** A text behind its length in one byte. */
function counted(text: string): string {
  return String.fromCharCode(text.length) + text;
}

function dotted(host: string): string {
  const parts = host.split(".");
  let bytes = "";
  for (let i = 0; i < 4; i++) bytes += String.fromCharCode(parseInt(parts[i], 10));
  return bytes;
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** RFC 4648 section 4. */
function base64(bytes: string): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const bits = bytes.charCodeAt(i) * 65536 + (left > 1 ? bytes.charCodeAt(i + 1) * 256 : 0) + (left > 2 ? bytes.charCodeAt(i + 2) : 0);
    text += DIGITS.charAt(bits >> 18) + DIGITS.charAt((bits >> 12) & 63);
    text += (left > 1 ? DIGITS.charAt((bits >> 6) & 63) : "=") + (left > 2 ? DIGITS.charAt(bits & 63) : "=");
  }
  return text;
}

/** ATYP and the address (RFC 1928 section 5). */
function socksAddress(host: string): string {
  const plain = canonicalHost(host).split("%")[0];
  if (plain === "") return "\x03" + counted(host);
  if (isIPv4(plain)) return "\x01" + dotted(plain);
  const groups = plain.split(":");
  let bytes = "\x04";
  for (let i = 0; i < 8; i++) bytes += word(parseInt(groups[i], 16));
  return bytes;
}

/** SOCKS 5 (RFC 1928), without a login or with a name and a password (RFC 1929). */
class Socks5 implements Words {
  proxy: Proxy;
  target: Target;
  /** What the next answer is about: 0 the way to log in, 1 the login, 2 the connection. */
  at: number;

  constructor(proxy: Proxy, target: Target) {
    this.proxy = proxy;
    this.target = target;
    this.at = 0;
  }

  hello(): string {
    if (this.target.host.length > 255 || this.proxy.user.length > 255 || this.proxy.password.length > 255) return "";
    return this.proxy.user === "" ? "\x05\x01\x00" : "\x05\x02\x00\x02";
  }

  hear(text: string): Answer {
    if (text.length < 2) return waits();
    const code = text.charCodeAt(1);
    if (text.charAt(0) !== (this.at === 1 ? "\x01" : "\x05")) return no(PROTOCOL, "it does not speak SOCKS 5");
    if (this.at === 0) return this.way(code);
    if (this.at === 1) return code === 0 ? this.ask() : no(PROXY, "wrong name or password");
    if (code !== 0) return code < SOCKS5.length ? no(SOCKS5[code][0], SOCKS5[code][1]) : no(PROXY, "SOCKS error " + code);
    if (text.length < 5) return waits();
    // The address that it connects from is of no use, but has a length.
    const kind = text.charCodeAt(3);
    const length = kind === 3 ? 7 + text.charCodeAt(4) : kind === 4 ? 22 : 10;
    return text.length < length ? waits() : goesOn(length, "");
  }

  way(code: number): Answer {
    if (code === 0) return this.ask();
    if (code !== 2 || this.proxy.user === "") return no(PROXY, this.proxy.user === "" ? "it wants a login" : "no login that it takes");
    this.at = 1;
    return goesOn(2, "\x01" + counted(this.proxy.user) + counted(this.proxy.password));
  }

  ask(): Answer {
    this.at = 2;
    return goesOn(2, "\x05\x01\x00" + socksAddress(this.target.host) + word(this.target.port));
  }
}

/** SOCKS 4, and 4A where the target is a name. It knows no IPv6. */
class Socks4 implements Words {
  proxy: Proxy;
  target: Target;

  constructor(proxy: Proxy, target: Target) {
    this.proxy = proxy;
    this.target = target;
  }

  hello(): string {
    const host = this.target.host;
    const name = isIPv4(host) ? "" : host + "\x00";
    if (host.indexOf(":") >= 0 || (host + this.proxy.user).indexOf("\x00") >= 0) return "";
    const address = name === "" ? dotted(host) : "\x00\x00\x00\x01";
    return "\x04\x01" + word(this.target.port) + address + this.proxy.user + "\x00" + name;
  }

  hear(text: string): Answer {
    if (text.length < 2) return waits();
    const code = text.charCodeAt(1);
    if (text.charAt(0) !== "\x00" || code < 90 || code > 93) return no(PROTOCOL, "it does not speak SOCKS 4");
    if (code !== 90) return no(PROXY, code === 91 ? "refused or failed" : "it wants another user");
    return text.length < 8 ? waits() : goesOn(8, "");
  }
}

/** CONNECT (RFC 9110 section 9.3.6), without a login or with Basic (RFC 7617). */
class Http implements Words {
  proxy: Proxy;
  target: Target;

  constructor(proxy: Proxy, target: Target) {
    this.proxy = proxy;
    this.target = target;
  }

  hello(): string {
    const host = this.target.host;
    const authority = (host.indexOf(":") >= 0 ? "[" + host + "]" : host) + ":" + this.target.port;
    const user = this.proxy.user;
    const login = user === "" ? "" : "Proxy-Authorization: Basic " + base64(user + ":" + this.proxy.password) + "\r\n";
    if (authority.indexOf("\r") >= 0 || authority.indexOf("\n") >= 0 || authority.indexOf(" ") >= 0) return "";
    return "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n" + login + "\r\n";
  }

  hear(text: string): Answer {
    const end = text.split("\r\n\r\n")[0].length;
    if (!text.startsWith("HTTP/1.".substring(0, text.length))) return no(PROTOCOL, "it does not speak HTTP");
    if (end === text.length) return waits();
    const line = text.substring(0, text.indexOf("\r"));
    const words = line.substring(line.indexOf(" ") + 1);
    const code = words.substring(0, 1);
    if (code === "2") return goesOn(end + 4, "");
    return no(code === "5" ? UNREACHABLE : PROXY, words);
  }
}
