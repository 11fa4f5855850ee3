// proftpd on loopback, with a user file of its own.

import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { HASH, OWNER, type Peer, type PeerTls, type Running, USER } from "./peer.ts";
import { findServer, freePort, type Loopback, passiveRange, Program, removeFolder, temporaryFolder } from "./process.ts";

const file: string = findServer("proftpd-core", "usr/sbin/proftpd");

/** Where mod_digest is, in the unpacked package; without it proftpd tells no hashes. */
const modules: string = existsSync(join(dirname(file), "../lib/proftpd/mod_digest.so")) ? join(dirname(file), "../lib/proftpd") : "";

/** Why it has no TLS; "" where it has. */
export const withoutTls: string = existsSync(join(modules, "mod_tls.so")) ? "" : "proftpd has no mod_tls";

/** The peer. */
export const proftpd: Peer = { name: "proftpd", missing: file === "" ? "proftpd is not installed" : "", start };

async function start(host: Loopback, tls?: PeerTls): Promise<Running> {
  const folder = temporaryFolder("proftpd", 0);
  chmodSync(folder, 0o755);
  const root = join(folder, "root");
  mkdirSync(root);
  chmodSync(root, 0o777);
  const isRoot = process.getuid?.() === 0;
  const uid = isRoot ? OWNER : process.getuid?.() ?? OWNER;
  const gid = isRoot ? OWNER : process.getgid?.() ?? OWNER;
  const users = join(folder, "users");
  writeFileSync(users, `${USER}:${HASH}:${uid}:${gid}::${root}:/bin/false\n`, { mode: 0o600 });

  const port = await freePort(host);
  const range = passiveRange();
  const lines = [
    "ServerType standalone",
    `DefaultAddress ${host}`,
    "SocketBindTight on",
    `UseIPv6 ${host === "::1" ? "on" : "off"}`,
    `Port ${port}`,
    `PidFile ${join(folder, "pid")}`,
    `ScoreboardFile ${join(folder, "scoreboard")}`,
    ...(modules === "" ? [] : [`ModulePath ${modules}`, "LoadModule mod_digest.c", "DigestEngine on"]),
    `DelayTable none`,
    "DelayEngine off",
    "UseReverseDNS off",
    "WtmpLog off",
    "TransferLog none",
    "ServerLog none",
    "SystemLog none",
    ...(isRoot ? ["User nobody", "Group nogroup"] : []),
    "AuthOrder mod_auth_file.c",
    `AuthUserFile ${users}`,
    "RequireValidShell off",
    ...(isRoot ? [`DefaultRoot ${root}`] : []),
    `PassivePorts ${range.first} ${range.last}`,
    "AllowOverwrite on",
    "AllowStoreRestart on",
    "AllowRetrieveRestart on",
    "AllowForeignAddress off",
    "Umask 022",
    "TimesGMT on",
    "MaxInstances 100",
    "MaxLoginAttempts 10",
    "ListOptions -a",
    ...(tls === undefined ? [] : [
      "LoadModule mod_tls.c",
      "TLSEngine on",
      "TLSRequired on",
      "TLSProtocol TLSv1.2 TLSv1.3",
      `TLS${tls.implicit ? "RSA" : "EC"}CertificateFile ${tls.cert}`,
      `TLS${tls.implicit ? "RSA" : "EC"}CertificateKeyFile ${tls.key}`,
      ...(tls.implicit ? ["TLSOptions UseImplicitSSL NoSessionReuseRequired"] : []),
    ]),
  ];
  writeFileSync(join(folder, "conf"), lines.join("\n") + "\n");

  const program = new Program(file, ["-n", "-q", "-c", join(folder, "conf")]);
  await program.greets(host, port, tls?.implicit).catch((error: unknown) => {
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
