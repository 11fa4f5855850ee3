// pure-ftpd on loopback, with a puredb of one virtual user. Needs root: it always chroots them.

import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HASH, OWNER, type Peer, type PeerTls, type Running, USER } from "./peer.ts";
import { findServer, freePort, type Loopback, passiveRange, Program, removeFolder, temporaryFolder } from "./process.ts";

const file: string = findServer("pure-ftpd", "usr/sbin/pure-ftpd");
const tool: string = findServer("pure-ftpd", "usr/bin/pure-pw");

/** The peer. */
export const pureftpd: Peer = { name: "pure-ftpd", missing: why(), start };

function why(): string {
  if (file === "" || tool === "") return "pure-ftpd is not installed";
  if (process.getuid?.() !== 0) return "pure-ftpd needs root";
  return "";
}

async function start(host: Loopback, tls?: PeerTls): Promise<Running> {
  const folder = temporaryFolder("pureftpd", 0);
  chmodSync(folder, 0o755);
  const root = join(folder, "root");
  mkdirSync(root);
  chmodSync(root, 0o777);
  const users = join(folder, "users");
  const base = join(folder, "users.pdb");
  writeFileSync(users, `${USER}:${HASH}:${OWNER}:${OWNER}::${root}/./::::::::::::\n`, { mode: 0o600 });
  execFileSync(tool, ["mkdb", base, "-f", users]);

  const port = await freePort(host);
  const range = passiveRange();
  const args = [
    ...["-S", `${host},${port}`, "-l", `puredb:${base}`, "-p", `${range.first}:${range.last}`],
    ...["-A", "-E", "-H", "-D", "-c", "100", "-C", "100", "-k", "99", "-U", "133:022", "-g", join(folder, "pid")],
    host === "::1" ? "-6" : "-4",
    // Control and data connections, nothing else.
    ...(tls === undefined ? [] : ["-Y", "3", "-2", `${tls.cert},${tls.key}`]),
  ];
  const program = new Program(file, args);
  await program.greets(host, port).catch((error: unknown) => {
    removeFolder(folder);
    throw error;
  });
  return {
    host,
    port,
    root,
    log: () => program.output,
    async stop() {
      await program.stop();
      removeFolder(folder);
    },
  };
}
