// Addresses on a device, which has IPv4 only. Takes the place of core/wire/host.ts.

/** Left to the runtime: what is no address cannot be the peer's. */
export function isIPv4(): boolean {
  return true;
}

/** There are none. */
export function isIPv6(): boolean {
  return false;
}

/** As it is. */
export function canonicalHost(host: string): string {
  return host;
}

/** Both come from the runtime or are compared with what does. */
export function sameHost(a: string, b: string): boolean {
  return a === b;
}
