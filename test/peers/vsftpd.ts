// vsftpd on loopback: a guest user in a Berkeley DB, which PAM asks. Needs root, and Debian's Python to write that file.

import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PASSWORD, type Peer, type PeerTls, type Running, USER } from "./peer.ts";
import { findServer, freePort, type Loopback, passiveRange, Program, removeFolder, temporaryFolder } from "./process.ts";

const file: string = findServer("vsftpd", "usr/sbin/vsftpd");
const PYTHON = "/usr/bin/python3";
/** Where PAM finds its rules, and what the name of ours starts with; a process id and a random part follow. */
const PAM = "/etc/pam.d";
const SERVICE = "picoftp-test-";

/** The peer. */
export const vsftpd: Peer = { name: "vsftpd", missing: why(), start };

function why(): string {
  if (file === "") return "vsftpd is not installed";
  if (process.getuid?.() !== 0) return "vsftpd needs root";
  if (spawnSync(PYTHON, ["-c", "import dbm.ndbm"]).status !== 0) return "vsftpd needs Debian's python3 with dbm.ndbm";
  return "";
}

async function start(host: Loopback, tls?: PeerTls): Promise<Running> {
  const folder = temporaryFolder("vsftpd", 0);
  chmodSync(folder, 0o755);
  const root = join(folder, "root");
  const empty = join(folder, "empty");
  const log = join(folder, "log");
  mkdirSync(root);
  mkdirSync(empty, { mode: 0o755 });
  chmodSync(root, 0o777);

  // Not pam_exec: vsftpd takes the end of its child for the end of the session, which then hangs at PASV.
  const base = join(folder, "users");
  execFileSync(PYTHON, ["-c", `import dbm.ndbm; dbm.ndbm.open("${base}", "c")["${USER}"] = "${PASSWORD}"`]);
  sweep();
  const service = `${SERVICE}${process.pid}-${Math.random().toString(36).slice(2)}`;
  const pam = join(PAM, service);
  writeFileSync(pam, `auth required pam_userdb.so db=${base} crypt=none\naccount required pam_permit.so\n`);

  const port = await freePort(host);
  const range = passiveRange();
  const settings = {
    ...(host === "::1" ? { listen: "NO", listen_ipv6: "YES", listen_address6: host } : { listen: "YES", listen_address: host }),
    listen_port: port,
    background: "NO",
    anonymous_enable: "NO",
    local_enable: "YES",
    write_enable: "YES",
    guest_enable: "YES",
    // A user whose home exists on every Debian, "nobody" has none; "local_root" is where it goes.
    guest_username: "daemon",
    virtual_use_local_privs: "YES",
    user_sub_token: "$USER",
    local_root: root,
    local_umask: "022",
    chroot_local_user: "YES",
    allow_writeable_chroot: "YES",
    secure_chroot_dir: empty,
    pam_service_name: service,
    seccomp_sandbox: "NO",
    isolate: "NO",
    isolate_network: "NO",
    port_enable: "YES",
    connect_from_port_20: "NO",
    pasv_min_port: range.first,
    pasv_max_port: range.last,
    mdtm_write: "YES",
    use_localtime: "NO",
    async_abor_enable: "YES",
    delay_failed_login: 0,
    delay_successful_login: 0,
    max_per_ip: 0,
    log_ftp_protocol: "YES",
    vsftpd_log_file: log,
    force_dot_files: "YES",
    ascii_upload_enable: "YES",
    ascii_download_enable: "YES",
    ...(tls && {
      ssl_enable: "YES",
      rsa_cert_file: tls.cert,
      rsa_private_key_file: tls.key,
      force_local_logins_ssl: "YES",
      force_local_data_ssl: "YES",
      require_ssl_reuse: tls.implicit ? "NO" : "YES",
      implicit_ssl: tls.implicit ? "YES" : "NO",
      ssl_ciphers: "HIGH",
    }),
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(join(folder, "conf"), lines.join(""), { mode: 0o600 });

  const program = new Program(file, [join(folder, "conf")]);
  const clean = (): void => {
    rmSync(pam, { force: true });
    removeFolder(folder);
  };
  await program.greets(host, port, tls?.implicit).catch((error: unknown) => {
    clean();
    throw error;
  });
  return {
    host,
    port,
    root,
    log: () => program.output + readTail(log),
    async stop() {
      await program.stop();
      clean();
    },
  };
}

/** Takes away the rules of test processes that were killed. */
function sweep(): void {
  for (const name of readdirSync(PAM)) {
    const pid = name.startsWith(SERVICE) ? Number(name.slice(SERVICE.length).split("-")[0]) : 0;
    try {
      if (pid > 0) process.kill(pid, 0);
    } catch {
      rmSync(join(PAM, name), { force: true });
    }
  }
}

function readTail(log: string): string {
  try {
    return readFileSync(log, "latin1").slice(-4000);
  } catch {
    return "";
  }
}
