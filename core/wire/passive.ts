// The addresses a client reads from 227 and 229, and what it makes of them.

import type { Address } from "../ports.ts";
import { parsePort } from "./address.ts";
import { canonicalHost, isIPv4 } from "./host.ts";
import { decimal } from "./number.ts";

/** The first position from `at` on that holds no byte from `low` to `high`. */
function past(text: string, at: number, low: number, high: number): number {
  let end = at;
  while (text.charCodeAt(end) >= low && text.charCodeAt(end) <= high) end++;
  return end;
}

/**
 * The address in a 227: the first six numbers with commas between, wherever they stand (RFC 1123 section 4.1.2.6).
 * null: there are none, a number is over 255, or the port is 0.
 */
export function parsePasv(text: string): Address | null {
  let at = 0;
  while (at < text.length) {
    let end = at;
    let list = "";
    for (let count = 1; count < 7; count++) {
      const start = end;
      end = past(text, start, 48, 57);
      if (end === start) break;
      list += text.substring(start, end);
      if (count === 6) return parsePort(list);
      end = past(text, end, 32, 32);
      if (text.charAt(end) !== ",") break;
      list += ",";
      end = past(text, end + 1, 32, 32);
    }
    at = Math.max(at + 1, past(text, at, 48, 57));
  }
  return null;
}

/** The port between the third and the fourth delimiter, where the text from `at` on looks like "|||port|"; else 0. */
function epsvPort(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code < 33 || code > 126 || (code > 47 && code < 58)) return 0;
  const delimiter = text.charAt(at);
  const protocol = text.charAt(at + 1);
  let second = at + 1;
  if (protocol === "1" || protocol === "2") second++;
  if (text.charAt(second) !== delimiter) return 0;
  const third = text.indexOf(delimiter, second + 1);
  if (third < 0) return 0;
  const end = past(text, third + 1, 48, 57);
  if (text.charAt(end) !== delimiter) return 0;
  return Math.max(0, decimal(text.substring(third + 1, end), 65535));
}

/**
 * The port in a 229 (RFC 2428 section 3), with any delimiter, with or without parentheses, also where the fields for
 * protocol and host are filled: the host is the control connection's peer all the same. 0: there is none.
 */
export function parseEpsv(text: string): number {
  const open = text.indexOf("(");
  let port = open < 0 ? 0 : epsvPort(text, open + 1);
  for (let at = 0; port === 0 && at < text.length; at++) port = epsvPort(text, at);
  return port;
}

/** The argument of EPRT (RFC 2428 section 2). A scope is left out: it means nothing to the server. */
export function formatEprt(host: string, port: number): string {
  return (host.indexOf(":") < 0 ? "|1|" : "|2|") + host.split("%")[0] + "|" + port + "|";
}

/** How far an address can be reached: 0 nowhere, 1 on its host, 2 on its link, 3 in its private net, 4 everywhere. */
function reach(host: string): number {
  const text = canonicalHost(host);
  const first = parseInt(text, text.indexOf(":") < 0 ? 10 : 16);
  if (!isIPv4(text)) {
    if (text.startsWith("0:0:0:0:0:0:0:")) return text === "0:0:0:0:0:0:0:1" ? 1 : 0;
    if (first >= 0xff00) return 0;
    if (first >= 0xfe80 && first < 0xfec0) return 2;
    return first >= 0xfc00 && first < 0xfe00 ? 3 : 4;
  }
  const second = parseInt(text.split(".")[1], 10);
  if (first === 0 || first > 223) return 0;
  if (first === 127) return 1;
  if (first === 169 && second === 254) return 2;
  if (first === 10 || (first === 192 && second === 168)) return 3;
  if (first === 172 && second > 15 && second < 32) return 3;
  return first === 100 && second > 63 && second < 128 ? 3 : 4;
}

/**
 * The address of a 227 cannot be meant for us, and the control connection's `peer` shall be used instead: it is nobody's
 * (0.0.0.0, multicast), or reaches less far than the peer's, as a private one behind a NAT does.
 */
export function mustReplace(host: string, peer: string): boolean {
  const far = reach(host);
  return far === 0 || far < reach(peer);
}
