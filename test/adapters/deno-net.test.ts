// The sockets of Deno keep the contract: its own, and those for a dial from a local address; then what only they have.

import { it } from "node:test";
import { DenoNet } from "../../adapters/deno/net.ts";
import type { Conn, ConnHandler, Target } from "../../core/ports.ts";
import { netContract } from "../conformance/net.ts";
import { tlsContract } from "../conformance/net-tls.ts";
import { ownTests } from "./deno-bun-net.ts";

const here = "Deno" in globalThis;

/** Options that Deno would ignore. */
const LACKS = ["ciphers", "legacy", "tickets"] as const;

/** Dials as a server does in active mode. */
class BoundNet extends DenoNet {
  override connect(target: Target, handler: ConnHandler): Conn {
    const bound = target.host === "127.0.0.1" ? { localHost: "127.0.0.1", ...target } : target;
    return super.connect(bound, handler);
  }
}

if (!here) it("DenoNet", { skip: "runs on Deno only" }, () => undefined);
if (here) {
  netContract("DenoNet", () => new DenoNet());
  netContract("DenoNet, blocks of 4096", () => new DenoNet({ readBlock: 4096 }));
  netContract("DenoNet from a local address", () => new BoundNet());
  tlsContract("DenoNet", () => new DenoNet(), { tied: false, reuse: ["TLSv1.2"], lacks: LACKS });
  tlsContract("DenoNet from a local address", () => new BoundNet(), { tied: false, reuse: [], lacks: LACKS }, {
    "abort is a reset for the peer": "Deno's reset begins as an end, and node:net on Deno may be too quick to see more",
  });
  ownTests("DenoNet", () => new DenoNet());
}
