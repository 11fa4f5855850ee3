// The sockets of Bun keep the contract; then what only they have.

import { it } from "node:test";
import { BunNet } from "../../adapters/bun/net.ts";
import { netContract } from "../conformance/net.ts";
import { tlsContract } from "../conformance/net-tls.ts";
import { ownTests } from "./deno-bun-net.ts";

const here = "Bun" in globalThis;

if (!here) it("BunNet", { skip: "runs on Bun only" }, () => undefined);
if (here) {
  netContract("BunNet", () => new BunNet());
  tlsContract("BunNet", () => new BunNet(), { lacks: ["names", "tickets"], halfClose: false });
  ownTests("BunNet", () => new BunNet());
}
