// Over TLS: one large file under curl, from our server and from a bare TLS socket; small files by our client and basic-ftp.
//
// The raw copy is read by curl too, and so are two of the costs the same: that of curl, and that of a process that starts. It
// says no word of HTTP (--http0.9) on its way down. Both sides negotiate what Node and curl prefer.
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cpu, run, start } from "./measure.mjs";
import { password, servers, user } from "./servers.mjs";

const MIB = 1048576;

/** Files in PEM: a certificate that has signed itself, its key, and both in one. */
export function certificate(work) {
  const tls = { cert: join(work, "cert.pem"), key: join(work, "key.pem"), both: join(work, "both.pem") };
  const kind = ["-newkey", "rsa:2048", "-nodes", "-keyout", tls.key];
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  execFileSync("openssl", ["req", "-x509", ...kind, "-out", tls.cert, "-days", "2", ...names], { stdio: "ignore" });
  writeFileSync(tls.both, readFileSync(tls.key, "utf8") + readFileSync(tls.cert, "utf8"), { mode: 0o600 });
  return tls;
}

/** Rows: who sends and receives, MB/s and CPU s/GiB of it, down and up. */
export async function tlsThroughput(work, size, rounds) {
  const tls = certificate(work);
  const folder = join(work, "root");
  const out = join(work, "out");
  const login = `ftp://${user}:${encodeURIComponent(password)}@127.0.0.1`;
  const sides = {
    async raw() {
      const server = await start(
        process.execPath,
        ["bench/raw/tls.mjs", join(folder, "big"), tls.cert, tls.key, join(folder, "up")],
        /ready (\d+)/,
      );
      return { ...server, url: `https://127.0.0.1:${server.match[1]}`, options: ["-k", "--http0.9", "-H", "Expect:"] };
    },
    async picoftp() {
      const server = await servers.picoftp(folder, tls);
      return { ...server, url: `${login}:${server.port}`, options: ["-k", "--ssl-reqd"] };
    },
  };
  const rows = {};
  for (const name in sides) rows[name] = { down: [], up: [], cpuDown: [], cpuUp: [] };
  const spent = (before, pid) => (cpu(pid) - before) / (size / MIB / 1024);
  for (let round = 0; round < rounds; round++) {
    for (const name in sides) {
      const row = rows[name];
      const server = await sides[name]();
      let before = cpu(server.pid);
      const down = await run("curl", ["-sS", ...server.options, "-o", out, `${server.url}/big`]);
      if (statSync(out).size !== size) throw new Error(`${name}: the download is short`);
      row.down.push(size / MIB / down.seconds);
      row.cpuDown.push(spent(before, server.pid));
      before = cpu(server.pid);
      const up = await run("curl", ["-sS", ...server.options, "-T", join(folder, "big"), `${server.url}/up`]);
      if (statSync(join(folder, "up")).size !== size) throw new Error(`${name}: the upload is short`);
      row.up.push(size / MIB / up.seconds);
      row.cpuUp.push(spent(before, server.pid));
      await server.stop();
      rmSync(join(folder, "up"));
      rmSync(out);
    }
  }
  return rows;
}

/** server -> client -> files per second and CPU ms of the client for each, down and up. Every certificate is checked. */
export async function tlsSmall(work, count, rounds) {
  const tls = certificate(work);
  const local = join(work, "local-small");
  const out = join(work, "local-out");
  const remote = join(work, "small");
  mkdirSync(local, { recursive: true });
  for (let i = 0; i < count; i++) writeFileSync(join(local, `f${i}`), Buffer.alloc(4096, i & 255));
  const rows = {};
  for (let round = 0; round < rounds; round++) {
    for (const against of ["vsftpd", "picoftp"]) {
      rmSync(remote, { recursive: true, force: true });
      mkdirSync(remote);
      chmodSync(remote, 0o777);
      for (let i = 0; i < count; i++) {
        copyFileSync(join(local, `f${i}`), join(remote, `f${i}`));
        chmodSync(join(remote, `f${i}`), 0o666);
      }
      const server = await servers[against](remote, tls);
      for (const name of round % 2 === 0 ? ["picoftp", "basic-ftp"] : ["basic-ftp", "picoftp"]) {
        const row = (rows[against] ??= {})[name] ??= { down: [], up: [], cpuDown: [], cpuUp: [] };
        rmSync(out, { recursive: true, force: true });
        mkdirSync(out);
        const script = async (...args) => {
          const [action, ...rest] = args;
          const command = [`bench/clients/${name}.mjs`, action, String(server.port), user, password, ...rest];
          const { out } = await run(process.execPath, command, { env: { ...process.env, BENCH_CA: tls.cert } });
          return { rate: count / Number(/seconds ([\d.]+)/.exec(out)[1]), cpu: Number(/cpu ([\d.]+)/.exec(out)[1]) / count * 1000 };
        };
        const down = await script("many-down", String(count), out);
        const up = await script("many-up", String(count), local);
        if (readdirSync(out).length < count) throw new Error(`${name} did not download all`);
        row.down.push(down.rate);
        row.up.push(up.rate);
        row.cpuDown.push(down.cpu);
        row.cpuUp.push(up.cpu);
      }
      await server.stop();
    }
  }
  return rows;
}
