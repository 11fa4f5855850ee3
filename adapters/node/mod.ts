// FTP on Node: a client and a server on node:net and node:fs.

import type { Client } from "../../api/client.ts";
import type { ConnectOptions, OperationOptions } from "../../api/clientoptions.ts";
import { open } from "../../api/connect.ts";
import { start } from "../../api/server.ts";
import type { Server } from "../../api/server.ts";
import type { ServeOptions } from "../../api/serveoptions.ts";
import { NodeNet } from "./net.ts";
import { nodeRuntime } from "./runtime.ts";

export { NodeNet } from "./net.ts";
export type { NodeNetOptions } from "./net.ts";
export { NodeFiles } from "./files.ts";
export type { NodeFilesOptions } from "./files.ts";
export * from "../../api/mod.ts";

const node = nodeRuntime(new NodeNet());

/** Starts a server. Rejects where it cannot listen or a folder is missing. */
export function serve(options: ServeOptions): Promise<Server> {
  return start(node, options);
}

/** Connects to a server and logs in: options, or a URL such as "ftp://user:password@host:port/". */
export function connect(target: string | URL | (ConnectOptions & OperationOptions)): Promise<Client> {
  return open(node, target);
}
