// FTP on Deno: for now Node's sockets and files, which Deno brings along; its own are to come under the same names.

import type { Client } from "../../api/client.ts";
import type { ConnectOptions, OperationOptions } from "../../api/clientoptions.ts";
import { open } from "../../api/connect.ts";
import { start } from "../../api/server.ts";
import type { Server } from "../../api/server.ts";
import type { ServeOptions } from "../../api/serveoptions.ts";
import { NodeNet } from "../node/net.ts";
import { nodeRuntime } from "../node/runtime.ts";

export { NodeNet } from "../node/net.ts";
export type { NodeNetOptions } from "../node/net.ts";
export { NodeFiles } from "../node/files.ts";
export type { NodeFilesOptions } from "../node/files.ts";
export * from "../../api/mod.ts";

const deno = nodeRuntime(new NodeNet({ ownBlocks: false }));

/** Starts a server. Rejects where it cannot listen or a folder is missing. */
export function serve(options: ServeOptions): Promise<Server> {
  return start(deno, options);
}

/** Connects to a server and logs in: options, or a URL such as "ftp://user:password@host:port/". */
export function connect(target: string | URL | (ConnectOptions & OperationOptions)): Promise<Client> {
  return open(deno, target);
}
