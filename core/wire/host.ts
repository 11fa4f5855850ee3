// IPv4 and IPv6 addresses as text: are they valid, and do two texts mean the same host.

import { decimal } from "./number.ts";

/** Dotted decimal, four numbers without leading zeros. */
export function isIPv4(text: string): boolean {
  if (text.length < 7 || text.length > 15) return false;
  const parts = text.split(".");
  if (parts.length !== 4) return false;
  for (let i = 0; i < 4; i++) {
    if (decimal(parts[i], 255) < 0) return false;
    if (parts[i].length > 1 && parts[i].charAt(0) === "0") return false;
  }
  return true;
}

/** An IPv6 group without leading zeros and in lower case; "" where it is none. */
function group(text: string): string {
  const value = parseInt(text, 16);
  if (text.length > 4 || !(value >= 0)) return "";
  const plain = value.toString(16);
  return plain.padStart(text.length, "0") === text ? plain : "";
}

/** The last group of an IPv6 address may be an IPv4 address (RFC 4291 section 2.2): as two groups, "" where it is wrong. */
function withoutDots(text: string): string {
  const colon = text.lastIndexOf(":");
  const tail = text.substring(colon + 1);
  if (!isIPv4(tail)) return "";
  const parts = tail.split(".");
  const high = parseInt(parts[0], 10) * 256 + parseInt(parts[1], 10);
  const low = parseInt(parts[2], 10) * 256 + parseInt(parts[3], 10);
  return text.substring(0, colon + 1) + high.toString(16) + ":" + low.toString(16);
}

/**
 * One text for all ways to write an address: eight groups, lower case, no leading zeros; the scope ("%eth0") stays.
 * An IPv4 address, and one mapped into IPv6, comes out dotted. "" where it is no address.
 */
export function canonicalHost(host: string): string {
  if (isIPv4(host)) return host;
  if (host.length > 80) return "";
  const percent = host.indexOf("%");
  let text = percent < 0 ? host.toLowerCase() : host.substring(0, percent).toLowerCase();
  const scope = percent < 0 ? "" : host.substring(percent);
  if (scope === "%") return "";
  if (text.indexOf(".") >= 0) text = withoutDots(text);
  // Also because "".split("::") is [] on Espruino.
  if (text.indexOf(":") < 0) return "";
  const halves = text.split("::");
  if (halves.length > 2) return "";
  const groups = halves[0] === "" ? [] : halves[0].split(":");
  if (halves.length === 2) {
    const right = halves[1] === "" ? [] : halves[1].split(":");
    if (groups.length + right.length > 7) return "";
    while (groups.length + right.length < 8) groups.push("0");
    for (let i = 0; i < right.length; i++) groups.push(right[i]);
  }
  if (groups.length !== 8) return "";
  for (let i = 0; i < 8; i++) {
    groups[i] = group(groups[i]);
    if (groups[i] === "") return "";
  }
  const plain = groups.join(":");
  if (!plain.startsWith("0:0:0:0:0:ffff:")) return plain + scope;
  const high = parseInt(groups[6], 16);
  const low = parseInt(groups[7], 16);
  return Math.floor(high / 256) + "." + high % 256 + "." + Math.floor(low / 256) + "." + low % 256;
}

/** IPv6 in any of its forms (RFC 4291 section 2.2), with or without a scope. */
export function isIPv6(text: string): boolean {
  return text.indexOf(":") >= 0 && canonicalHost(text) !== "";
}

/** Both are addresses of the same host. Scopes are not compared: a peer cannot know ours. */
export function sameHost(a: string, b: string): boolean {
  if (a === b) return true;
  const one = canonicalHost(a).split("%")[0];
  return one !== "" && one === canonicalHost(b).split("%")[0];
}
