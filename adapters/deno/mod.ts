// FTP on Deno: a client and a server on Deno.connect, Deno.listen and the node:fs that Deno brings along.

import type { Client } from "../../api/client.ts";
import type { ConnectOptions, OperationOptions } from "../../api/clientoptions.ts";
import { open } from "../../api/connect.ts";
import { start } from "../../api/server.ts";
import type { Server } from "../../api/server.ts";
import type { ServeOptions } from "../../api/serveoptions.ts";
import { nodeRuntime } from "../node/runtime.ts";
import { DenoFiles } from "./files.ts";
import { DenoNet } from "./net.ts";
import { WAYS } from "./ways.ts";

export { DenoNet } from "./net.ts";
export type { DenoNetOptions } from "./net.ts";
export { DenoFiles } from "./files.ts";
export type { DenoFilesOptions } from "./files.ts";
export * from "../../api/mod.ts";

const deno = nodeRuntime(new DenoNet(), DenoFiles, WAYS);

/** Starts a server. Rejects where it cannot listen or a folder is missing. */
export function serve(options: ServeOptions): Promise<Server> {
  return start(deno, options);
}

/** Connects to a server and logs in: options, or a URL such as "ftp://user:password@host:port/". */
export function connect(target: string | URL | (ConnectOptions & OperationOptions)): Promise<Client> {
  return open(deno, target);
}
