// What is the same of a dial on Node, Deno and Bun: why it need not be tried, and what node:net is asked for.

import { isIP } from "node:net";
import type { TcpSocketConnectOpts } from "node:net";
import { NO_HOST, UNREACHABLE } from "../core/ports.ts";
import type { Target } from "../core/ports.ts";

/** The error of a dial that need not be tried; 0: it may succeed. */
export function refusal(target: Target): number {
  const family = isIP(target.host);
  if (family !== 0 && target.family && target.family !== family) return NO_HOST;
  if (target.localHost && isIP(target.localHost) === 0) return NO_HOST;
  return target.port > 0 && target.port < 65536 ? 0 : UNREACHABLE;
}

/** Where to, and where from. */
export function dialOptions(target: Target): TcpSocketConnectOpts {
  const options: TcpSocketConnectOpts = { host: target.host, port: target.port };
  const family = target.family || (target.localHost ? isIP(target.localHost) : 0);
  if (family !== 0) options.family = family;
  if (target.localHost) options.localAddress = target.localHost;
  if (target.localPort) options.localPort = target.localPort;
  return options;
}
