// What each runtime does: our server and client against a raw copy of that runtime, our client against basic-ftp on it.
import { copyFileSync, mkdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { run, start } from "./measure.mjs";
import { commandOf, RUNTIMES, runtimes } from "./programs.mjs";
import { password, user } from "./servers.mjs";

const MIB = 1048576;

/** What bare programs on Bun do, of a download: receive, write, both. */
const BOUNDS = { receive: "only receives", write: "only writes a file", download: "bare download" };

/**
 * Rows: runtime, MB/s of a raw copy, of our server with our client down and up, of our client and of basic-ftp on that
 * runtime down and up against `vsftpd`, and the CPU seconds of a GiB of the latter two. `bounds`, for Bun.
 */
export async function runtimeThroughput(work, size, rounds, vsftpd) {
  const folder = join(work, "root");
  const local = join(work, "local");
  mkdirSync(local, { recursive: true });
  copyFileSync(join(folder, "big"), join(local, "big"));
  const rows = {};
  for (const name of runtimes()) rows[name] = { raw: [], down: [], up: [] };
  for (let round = 0; round < rounds; round++) {
    for (const name in rows) {
      const row = rows[name];
      const server = await script(name, "peers/picoftp.mjs", [folder, user, password], /ready (\d+)/);
      const port = server.match[1];
      row.raw.push(await raw(name, folder, local, size));
      row.down.push((await transfer(name, "picoftp", "down", port, folder, local, size)).rate);
      row.up.push((await transfer(name, "picoftp", "up", port, folder, local, size)).rate);
      await server.stop();
      for (const [key, library] of [["client", "picoftp"], ["basic", "basic-ftp"]]) {
        for (const way of ["Down", "Up"]) {
          const figures = await transfer(name, library, way.toLowerCase(), vsftpd.port, folder, local, size);
          (row[key + way] ??= []).push(figures.rate);
          (row[`${key}${way}Cpu`] ??= []).push(figures.cpu);
        }
      }
      if (name === "bun") await bounds(row, vsftpd.port, local, size);
    }
  }
  return rows;
}

async function bounds(row, port, local, size) {
  row.bounds ??= Object.fromEntries(Object.entries(BOUNDS).map(([what, title]) => [what, { title, rate: [], cpu: [] }]));
  const out = join(local, "out");
  for (const what in row.bounds) {
    const args = what === "write" ? [String(size), out] : [String(port), user, password, "big", out];
    const { rate, cpu } = figuresOf(size, (await finished("bun", "raw/bounds.mjs", [what, ...args])).out, what === "receive" ? "" : out);
    row.bounds[what].rate.push(rate);
    row.bounds[what].cpu.push(cpu);
  }
}

async function raw(name, folder, local, size) {
  const file = `raw/${RUNTIMES[name].raw}.mjs`;
  const server = await script(name, file, ["serve", join(folder, "big")], /ready (\d+)/);
  const { out } = await finished(name, file, ["take", server.match[1], join(local, "out")]);
  await server.stop();
  return figuresOf(size, out, join(local, "out")).rate;
}

async function transfer(name, library, way, port, folder, local, size) {
  const paths = way === "down" ? ["big", join(local, "out")] : [join(local, "big"), "up"];
  const { out } = await finished(name, `clients/${library}.mjs`, [way, String(port), user, password, ...paths]);
  return figuresOf(size, out, way === "down" ? join(local, "out") : join(folder, "up"));
}

/** MB/s and CPU seconds of a GiB; `file` has to be whole, and goes. */
function figuresOf(size, out, file) {
  if (file !== "" && statSync(file).size !== size) throw new Error(`${file} is short`);
  if (file !== "") rmSync(file);
  const cpu = Number(/cpu ([\d.]+)/.exec(out)?.[1]) / (size / MIB / 1024);
  return { rate: size / MIB / Number(/seconds ([\d.]+)/.exec(out)[1]), cpu };
}

function script(name, file, args, ready) {
  return start(...commandOf(name, file, args), ready);
}

function finished(name, file, args) {
  return run(...commandOf(name, file, args));
}
