// FTP on Bun: a client and a server on the sockets of Bun and the node:fs that Bun brings along.

import type { Client } from "../../api/client.ts";
import type { ConnectOptions, OperationOptions } from "../../api/clientoptions.ts";
import { open } from "../../api/connect.ts";
import { start } from "../../api/server.ts";
import type { Server } from "../../api/server.ts";
import type { ServeOptions } from "../../api/serveoptions.ts";
import { nodeRuntime } from "../node/runtime.ts";
import { WAYS } from "./conn.ts";
import { BunFiles } from "./files.ts";
import { BunNet } from "./net.ts";

export { BunNet } from "./net.ts";
export { BunFiles } from "./files.ts";
export type { BunFilesOptions } from "./files.ts";
export * from "../../api/mod.ts";

const bun = nodeRuntime(new BunNet(), BunFiles, WAYS);

/** Starts a server. Rejects where it cannot listen or a folder is missing. */
export function serve(options: ServeOptions): Promise<Server> {
  return start(bun, options);
}

/** Connects to a server and logs in: options, or a URL such as "ftp://user:password@host:port/". */
export function connect(target: string | URL | (ConnectOptions & OperationOptions)): Promise<Client> {
  return open(bun, target);
}
