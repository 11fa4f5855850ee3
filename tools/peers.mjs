// Installs the real FTP servers and clients that test/interop/ runs against, from Debian's packages; says which are missing.
// Where CI is set a missing one is a failure; without root or apt it only reports.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const store = join(root, ".tmp", "peers");

/** Peers that install side by side: what to look for, and the package. */
const packages = [
  { name: "curl", probe: "curl" },
  { name: "lftp", probe: "lftp" },
  { name: "ncftp", probe: "ncftpput" },
  { name: "tnftp", probe: "tnftp" },
  { name: "wget", probe: "wget" },
  { name: "rclone", probe: "rclone" },
  { name: "python3", probe: "/usr/bin/python3" },
  { name: "python3-pyftpdlib", probe: "pyftpdlib" },
];

/** Servers and proxies whose packages conflict, or that shall not start as a service: unpacked, each in its own folder. */
const unpacked = [
  { name: "vsftpd", with: [], file: "usr/sbin/vsftpd" },
  { name: "proftpd-core", with: ["proftpd-mod-crypto"], file: "usr/sbin/proftpd", module: "usr/lib/proftpd/mod_tls.so" },
  { name: "pure-ftpd", with: ["pure-ftpd-common"], file: "usr/sbin/pure-ftpd" },
  { name: "microsocks", with: [], file: "usr/bin/microsocks" },
  { name: "tinyproxy", with: ["tinyproxy-bin"], file: "usr/bin/tinyproxy" },
];

const path = (process.env.PATH ?? "").split(delimiter).concat("/usr/local/sbin", "/usr/sbin", "/sbin");

function onPath(name) {
  return name.startsWith("/") ? existsSync(name) : path.some((folder) => existsSync(join(folder, name)));
}

function runs(command, ...args) {
  return spawnSync(command, args, { stdio: "ignore" }).status === 0;
}

function have(peer) {
  if (peer.probe === "pyftpdlib") return runs("/usr/bin/python3", "-c", "import pyftpdlib") || runs("python3", "-c", "import pyftpdlib");
  return onPath(peer.probe);
}

/** The shared libraries that a program lacks. */
function lacks(file) {
  const ldd = spawnSync("ldd", [file], { encoding: "utf8" });
  return (ldd.stdout ?? "").split("\n").filter((line) => line.includes("not found")).map((line) => line.trim());
}

function haveUnpacked(server) {
  const file = join(store, server.name, server.file);
  if (server.module && existsSync(file) && !existsSync(join(store, server.name, server.module))) return false;
  if (existsSync(file)) return lacks(file).length === 0;
  return onPath(server.file.split("/").pop());
}

const sudo = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
const canInstall = onPath("apt-get") && onPath("dpkg") && (sudo.length === 0 || (process.env.CI && runs("sudo", "-n", "true")));

function apt(...args) {
  const command = [...sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", ...args];
  execFileSync(command[0], command.slice(1), { cwd: store, stdio: ["ignore", "ignore", "inherit"] });
}

/** Downloads and unpacks one server, and installs the libraries that it names. */
function unpack(server) {
  const part = join(store, server.name + ".part");
  rmSync(part, { recursive: true, force: true });
  for (const name of [server.name, ...server.with]) {
    for (const old of debs(name)) rmSync(old);
    execFileSync("apt-get", ["-qq", "download", name], { cwd: store, stdio: ["ignore", "ignore", "ignore"] });
    for (const deb of debs(name)) {
      execFileSync("dpkg", ["-x", deb, part]);
      const depends = execFileSync("dpkg-deb", ["-f", deb, "Depends"], { encoding: "utf8" });
      const libraries = depends.split(",").map((one) => one.split("|")[0].trim()).filter((one) => one.startsWith("lib"));
      if (libraries.length > 0) apt("satisfy", "-y", "--no-install-recommends", libraries.join(", "));
      rmSync(deb);
    }
  }
  rmSync(join(store, server.name), { recursive: true, force: true });
  renameSync(part, join(store, server.name));
}

function debs(name) {
  return readdirSync(store).filter((file) => file.startsWith(name + "_") && file.endsWith(".deb")).map((file) => join(store, file));
}

/** Goes on after a failure: what is still missing is told at the end. */
function attempt(what, action) {
  try {
    action();
  } catch (error) {
    console.error(`Cannot ${what}: ${error.message.split("\n")[0]}`);
  }
}

const wanted = packages.filter((peer) => !have(peer));
const servers = unpacked.filter((server) => !haveUnpacked(server));
if (canInstall && wanted.length + servers.length > 0) {
  mkdirSync(store, { recursive: true });
  attempt("read the package lists", () => apt("update"));
  // One by one only where all at once fails, so that one that a release lacks does not cost the others.
  const names = wanted.map((peer) => peer.name);
  try {
    if (names.length > 0) apt("install", "-y", "--no-install-recommends", ...names);
  } catch {
    for (const name of names) attempt(`install "${name}"`, () => apt("install", "-y", "--no-install-recommends", name));
  }
  for (const server of servers) attempt(`unpack "${server.name}"`, () => unpack(server));
}

const missing = [];
for (const peer of packages) if (!have(peer)) missing.push(peer.name);
for (const server of unpacked) if (!haveUnpacked(server)) missing.push(server.name);
for (const name of missing) console.log(`missing: ${name}`);
console.log(`${packages.length + unpacked.length - missing.length} peers ready, ${missing.length} missing`);
if (missing.length > 0 && process.env.CI) process.exitCode = 1;
