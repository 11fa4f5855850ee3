// One large file down and up: servers under curl, clients against vsftpd, each beside a raw socket copy of the same minute.
import { closeSync, copyFileSync, ftruncateSync, mkdirSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { cpu, median, memory, run, start } from "./measure.mjs";
import { password, servers, user } from "./servers.mjs";

const MIB = 1048576;

/** Makes a file that no file system can squeeze. */
export function makeFile(path, size) {
  const file = openSync(path, "w");
  const block = Buffer.alloc(MIB);
  for (let i = 0; i < MIB; i++) block[i] = (i * 7 + (i >> 8)) & 255;
  for (let at = 0; at < size; at += MIB) writeSync(file, block, 0, Math.min(MIB, size - at), at);
  ftruncateSync(file, size);
  closeSync(file);
}

const rate = (size, seconds) => size / MIB / seconds;

async function rawRate(folder, size) {
  const server = await start(process.execPath, ["bench/raw/node.mjs", "serve", join(folder, "big")], /ready (\d+)/);
  const result = await run(process.execPath, ["bench/raw/node.mjs", "take", server.match[1], join(folder, "..", "raw.out")]);
  await server.stop();
  rmSync(join(folder, "..", "raw.out"));
  return rate(size, Number(/seconds ([\d.]+)/.exec(result.out)[1]));
}

/** Rows: server, down MB/s, up MB/s, CPU s/GiB of the server each, peak memory. */
export async function serverThroughput(work, size, rounds, names) {
  const rows = {};
  const raw = [];
  for (const name of names) rows[name] = { down: [], up: [], cpuDown: [], cpuUp: [], peak: [] };
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      const folder = join(work, "root");
      const server = await servers[name](folder).catch((error) => void (rows[name].missing = error.message));
      if (server === undefined) continue;
      const url = `ftp://${user}:${encodeURIComponent(password)}@127.0.0.1:${server.port}`;
      let before = cpu(server.pid);
      const down = await run("curl", ["-sS", "-o", join(work, "out"), `${url}/big`]);
      rows[name].down.push(rate(size, down.seconds));
      rows[name].cpuDown.push((cpu(server.pid) - before) / (size / MIB / 1024));
      before = cpu(server.pid);
      const up = await run("curl", ["-sS", "-T", join(folder, "big"), `${url}/up`]);
      if (statSync(join(folder, "up")).size !== size) throw new Error(`${name}: the upload is short`);
      rows[name].up.push(rate(size, up.seconds));
      rows[name].cpuUp.push((cpu(server.pid) - before) / (size / MIB / 1024));
      rows[name].peak.push(memory(server.pid).peak / MIB);
      await server.stop();
      rmSync(join(folder, "up"));
      rmSync(join(work, "out"));
    }
    raw.push(await rawRate(join(work, "root"), size));
  }
  return { rows, raw: median(raw) };
}

/** Rows: client, down and up MB/s, CPU s/GiB of the client each, peak memory; all against one server. */
export async function clientThroughput(work, size, rounds, server) {
  const folder = join(work, "root");
  const local = join(work, "local");
  mkdirSync(local, { recursive: true });
  copyFileSync(join(folder, "big"), join(local, "big"));
  const url = `ftp://${user}:${encodeURIComponent(password)}@127.0.0.1:${server.port}`;
  const script = (name, action, ...args) =>
    run(process.execPath, [`bench/clients/${name}.mjs`, action, String(server.port), user, password, ...args]);
  const clients = {
    picoftp: {
      down: () => script("picoftp", "down", "big", join(local, "out")),
      up: () => script("picoftp", "up", join(local, "big"), "up"),
    },
    "basic-ftp": {
      down: () => script("basic-ftp", "down", "big", join(local, "out")),
      up: () => script("basic-ftp", "up", join(local, "big"), "up"),
    },
    curl: {
      down: () => run("curl", ["-sS", "-o", join(local, "out"), `${url}/big`]),
      up: () => run("curl", ["-sS", "-T", join(local, "big"), `${url}/up`]),
    },
  };
  const rows = {};
  for (const name in clients) rows[name] = { down: [], up: [], cpuDown: [], cpuUp: [], peak: [] };
  for (let round = 0; round < rounds; round++) {
    for (const name in clients) {
      for (const way of ["down", "up"]) {
        const result = await clients[name][way]();
        const said = /seconds ([\d.]+)/.exec(result.out);
        rows[name][way].push(rate(size, said === null ? result.seconds : Number(said[1])));
        // Of the transfer alone, where the script tells: the start of a runtime is not what is compared.
        const spent = /cpu ([\d.]+)/.exec(result.out);
        rows[name][way === "down" ? "cpuDown" : "cpuUp"].push((spent === null ? result.cpu : Number(spent[1])) / (size / MIB / 1024));
        rows[name].peak.push(result.peak / MIB);
        rmSync(way === "down" ? join(local, "out") : join(folder, "up"));
      }
    }
  }
  return rows;
}
