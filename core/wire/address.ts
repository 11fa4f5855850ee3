// Addresses as PORT, EPRT and 227 write them: what a server needs. The client's half is in passive.ts.

import type { Address } from "../ports.ts";
import { isIPv4, isIPv6 } from "./host.ts";
import { decimal } from "./number.ts";

/** Six numbers as PORT and 227 tell them (RFC 959 section 4.1.2); `host` is IPv4. */
export function formatHostPort(host: string, port: number): string {
  return host.replaceAll(".", ",") + "," + Math.floor(port / 256) + "," + port % 256;
}

/** The argument of PORT: six decimal numbers from 0 to 255, commas, nothing else (RFC 959 section 5.3.2); null: 501. */
export function parsePort(argument: string): Address | null {
  const parts = argument.split(",");
  if (argument.length > 23 || parts.length !== 6) return null;
  const numbers: number[] = [];
  for (let i = 0; i < 6; i++) {
    numbers.push(decimal(parts[i], 255));
    if (numbers[i] < 0) return null;
  }
  const port = numbers[4] * 256 + numbers[5];
  if (port === 0) return null;
  return { host: numbers[0] + "." + numbers[1] + "." + numbers[2] + "." + numbers[3], port: port, family: 4 };
}

/**
 * The argument of EPRT, with any delimiter (RFC 2428 section 2); null: 501.
 * `family` 0: well written, but a protocol that is neither 1 nor 2 (522). The host is as it was sent: compare it with
 * `sameHost`.
 */
export function parseEprt(argument: string): Address | null {
  const delimiter = argument.charCodeAt(0);
  if (argument.length > 100 || !(delimiter > 32 && delimiter < 127)) return null;
  const parts = argument.split(argument.charAt(0));
  if (parts.length !== 5 || parts[4] !== "") return null;
  const protocol = decimal(parts[1], 65535);
  const port = decimal(parts[3], 65535);
  if (protocol < 0 || port < 1) return null;
  if (protocol < 1 || protocol > 2) return { host: parts[2], port: port, family: 0 };
  if (protocol === 1 ? !isIPv4(parts[2]) : !isIPv6(parts[2])) return null;
  return { host: parts[2], port: port, family: protocol === 1 ? 4 : 6 };
}
