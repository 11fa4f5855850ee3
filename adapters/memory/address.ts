// Hosts as MemoryNet understands them: addresses as they are, every name but "*.invalid" as the loopback address.

import { CAN_IPV6 } from "../../core/ports.ts";

/** 6 for an address with a colon, else 4. */
export function familyOf(host: string): number {
  return host.indexOf(":") >= 0 ? 6 : 4;
}

/** The address of a host: itself without ::ffff:, or 127.0.0.1 or ::1 for a name. */
export function hostOf(host: string, family: number | undefined): string {
  if (host.substring(0, 7) === "::ffff:") return host.substring(7);
  if (host.indexOf(":") >= 0 || isIpv4(host)) return host;
  return family === 6 ? "::1" : "127.0.0.1";
}

/** Whether a host has an address: names below "invalid" have none (RFC 6761). */
export function resolves(host: string): boolean {
  return host.substring(host.length - 8) !== ".invalid";
}

/** The address that a listener on every address shows. */
export function wildcard(family: number | undefined, can: number): string {
  return family === 4 || (can & CAN_IPV6) === 0 ? "0.0.0.0" : "::";
}

function isIpv4(host: string): boolean {
  const parts = host.split(".");
  if (parts.length !== 4) return false;
  for (let i = 0; i < 4; i++) {
    const value = parseInt(parts[i], 10);
    if (String(value) !== parts[i] || value > 255) return false;
  }
  return true;
}
