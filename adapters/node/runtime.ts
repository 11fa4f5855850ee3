// What the api needs of Node, and of a runtime that brings Node's modules along.

import { createHash, timingSafeEqual } from "node:crypto";
import { lookup } from "node:dns/promises";
import { basename, dirname, resolve } from "node:path";
import { ConnectionError, FileError } from "../../api/errors.ts";
import type { ServerRuntime } from "../../api/serveoptions.ts";
import type { FileSystem, Net } from "../../core/ports.ts";
import { checkServer } from "../tlscheck.ts";
import { NODE } from "../tlscontext.ts";
import type { TlsWays } from "../tlscontext.ts";
import { ProxyNet } from "../wrap/proxy.ts";
import { readonly } from "../wrap/readonly.ts";
import { traceNet } from "../wrap/trace.ts";
import { NodeFiles } from "./files.ts";
import { hashOf } from "./hashes.ts";

/** A class of files below a folder. */
export type FilesClass = new (root: string) => FileSystem;

/** Node's names and hashes, with these sockets and files; `ways`: how its node:tls differs. */
export function nodeRuntime(net: Net, Files: FilesClass = NodeFiles, ways: TlsWays = NODE): ServerRuntime {
  return {
    net,
    files(folder) {
      try {
        return new Files(folder);
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
    trace: (inner, tell) => traceNet(inner, tell, {}),
    proxy: (inner, proxy) => new ProxyNet(inner, proxy),
    checkTls: (settings) => checkServer(settings, ways),
    hash: hashOf,
    same: (secret, other) => timingSafeEqual(digest(secret), digest(other)),
  };
}

function digest(secret: string): Uint8Array {
  return createHash("sha256").update(secret).digest();
}
