// The runtimes of the matrix: how a client child and a server child of each are started. A version is a runtime of its own.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Kind, reasonToSkip } from "../espruino/host/device.ts";

/** A program and its arguments. */
export type Command = string[];

/** A column and a row. */
export interface Runtime {
  name: string;
  /** What its versions share: "node", "deno", "bun", "espruino". */
  family: string;
  /** As the runtime says it; "" where it is missing. */
  version: string;
  /** It is a small one, real or imitated. */
  device: boolean;
  /** Why it cannot be started here; "": it can. */
  missing: string;
  client: Command;
  /** The Setup comes behind. */
  server: Command;
}

const CLIENT = fileURLToPath(new URL("./client.js", import.meta.url));
const SERVER = fileURLToPath(new URL("./server.js", import.meta.url));

/** What the pages say that Deno has to be permitted, and nothing that would keep it from starting without a network. */
const DENO = ["run", "--no-check", "--no-config", "--no-prompt", "--no-remote", "--allow-net", "--allow-read", "--allow-write"];

/** What comes before the script. */
const STARTS: Record<string, string[]> = { node: [], deno: DENO, bun: ["run"] };

/** Those of the gate, below the project's folder. */
export function runtimes(root: string): Runtime[] {
  const modules = join(root, "node_modules");
  const [major] = process.versions.node.split(".");
  return [
    runtime(`node${major}`, "node", process.execPath),
    runtime("node24", "node", join(root, "tools", "runtimes", "node_modules", "node24", "bin", "node")),
    runtime("deno", "deno", join(modules, "deno", process.platform === "win32" ? "deno.exe" : "deno")),
    runtime("bun", "bun", join(modules, "bun", "bin", "bun.exe")),
    device("espruino", "host"),
    // Only where they are named.
    ...[device("interpreter", "real"), device("interpreter-small", "small")].filter(({ missing }) => missing === ""),
  ];
}

/** A device: the children are on the Node that runs, and the device in them. */
function device(name: string, kind: Kind): Runtime {
  const missing = reasonToSkip(kind);
  const start = (script: string): Command => [process.execPath, fileURLToPath(new URL(script, import.meta.url)), kind];
  return {
    name,
    family: "espruino",
    version: kind === "host" ? "imitated" : "real",
    device: true,
    missing,
    client: start("./device-client.js"),
    server: start("./device-server.js"),
  };
}

/** One runtime, by the place of its program. */
export function runtime(name: string, family: string, program: string): Runtime {
  const { version, missing } = ask(program, name);
  const start = [program, ...STARTS[family]];
  return { name, family, version, device: false, missing, client: [...start, CLIENT], server: [...start, SERVER] };
}

function ask(program: string, name: string): { version: string; missing: string } {
  if (!existsSync(program)) return { version: "", missing: `${name} is not installed here` };
  const { status, stdout } = spawnSync(program, ["--version"], { encoding: "utf8" });
  if (status !== 0) return { version: "", missing: `${name} does not start here` };
  return { version: /\d+\.\d+\.\d+/.exec(stdout)?.[0] ?? stdout.trim(), missing: "" };
}
