// What the children share on Node, Deno and Bun: the adapter of the runtime that runs, and lines of input.

import process from "node:process";
import type { Client, ConnectOptions, ServeOptions, Server } from "../../adapters/node/mod.ts";
import type { Net } from "../../core/ports.ts";

/** What each adapter exports under the same names. */
export interface Adapter {
  /** `said`: what a device says, where a wrapped net cannot hear it. */
  connect(options: ConnectOptions, said?: string[]): Promise<Client>;
  serve(options: ServeOptions): Promise<Server>;
  net(): Net;
  /** Its client is that of a device, which has its files on the device only. */
  device?: boolean;
}

const NETS: Record<string, string> = { node: "NodeNet", deno: "DenoNet", bun: "BunNet" };

/** The adapter of this runtime. */
export async function adapter(): Promise<Adapter> {
  const name = "Deno" in globalThis ? "deno" : "Bun" in globalThis ? "bun" : "node";
  // The ending is .js where this file was compiled.
  const end = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const module = await import(new URL(`../../adapters/${name}/mod.${end}`, import.meta.url).href);
  return { connect: module.connect, serve: module.serve, net: () => new module[NETS[name]]() };
}

/** The lines of the input, until it ends. */
export async function* lines(): AsyncGenerator<string> {
  let text = "";
  for await (const data of process.stdin) {
    text += String(data);
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n")) {
      yield text.slice(0, end);
      text = text.slice(end + 1);
    }
  }
}

/** Says something to the parent. */
export function tell(value: unknown): void {
  console.log(JSON.stringify(value));
}
