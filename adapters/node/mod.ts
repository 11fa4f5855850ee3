// FTP on Node: a client and a server on node:net and node:fs.

import { createHash, timingSafeEqual } from "node:crypto";
import { lookup } from "node:dns/promises";
import { basename, dirname, resolve } from "node:path";
import type { Client } from "../../api/client.ts";
import type { ConnectOptions, OperationOptions } from "../../api/clientoptions.ts";
import { open } from "../../api/connect.ts";
import { ConnectionError, FileError } from "../../api/errors.ts";
import { start } from "../../api/server.ts";
import type { Server } from "../../api/server.ts";
import type { ServeOptions, ServerRuntime } from "../../api/serveoptions.ts";
import { readonly } from "../wrap/readonly.ts";
import { traceNet } from "../wrap/trace.ts";
import { NodeFiles } from "./files.ts";
import { NodeNet } from "./net.ts";

export { NodeNet } from "./net.ts";
export type { NodeNetOptions } from "./net.ts";
export { NodeFiles } from "./files.ts";
export type { NodeFilesOptions } from "./files.ts";
export * from "../../api/mod.ts";

const node: ServerRuntime = {
  net: new NodeNet(),
  files(folder) {
    try {
      return new NodeFiles(folder);
    } catch {
      throw new FileError("no such folder, or no permission", folder);
    }
  },
  locate(path) {
    const full = resolve(path);
    return { folder: dirname(full), name: Buffer.from(basename(full)).toString("latin1") };
  },
  async resolve(host) {
    try {
      return (await lookup(host, { family: 4 })).address;
    } catch (error) {
      throw new ConnectionError("host not found", `Cannot resolve "${host}" to an IPv4 address`, { cause: error });
    }
  },
  readonly,
  trace: (net, tell) => traceNet(net, tell, {}),
  same: (secret, other) => timingSafeEqual(digest(secret), digest(other)),
};

/** Starts a server. Rejects where it cannot listen or a folder is missing. */
export function serve(options: ServeOptions): Promise<Server> {
  return start(node, options);
}

/** Connects to a server and logs in: options, or a URL such as "ftp://user:password@host:port/". */
export function connect(target: string | URL | (ConnectOptions & OperationOptions)): Promise<Client> {
  return open(node, target);
}

function digest(secret: string): Uint8Array {
  return createHash("sha256").update(secret).digest();
}
