// npm run bench: measures everything and writes the table in bench/README.md.
//   --quick: small files, one round; --rounds N; --built: dist/ is fresh; --part NAME: servers, clients, runtimes, commands, many, tls, idle (may be given more than once)
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { clientCommands, serverCommands } from "./commands.mjs";
import { median } from "./measure.mjs";
import { idleMemory } from "./memory.mjs";
import { runtimeThroughput } from "./runtimes.mjs";
import { servers } from "./servers.mjs";
import { clientThroughput, makeFile, serverThroughput } from "./throughput.mjs";
import { tlsSmall, tlsThroughput } from "./tls.mjs";

const { values } = parseArgs({
  options: { quick: { type: "boolean" }, part: { type: "string", multiple: true }, rounds: { type: "string" }, built: { type: "boolean" } },
});
const parts = values.part ?? ["servers", "clients", "runtimes", "commands", "many", "tls", "idle", "size"];
const rounds = Number(values.rounds ?? (values.quick ? 1 : 5));
const size = (values.quick ? 128 : 1024) * 1048576;
const count = values.quick ? 200 : 1000;
const names = ["picoftp", "picoftp on deno", "picoftp on bun", "vsftpd", "pyftpdlib", "ftp-srv"];
const file = "bench/README.md";

if (!existsSync("bench/node_modules")) {
  execFileSync("npm", ["install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"], { cwd: "bench", stdio: "inherit" });
}
if (!values.built) execFileSync(process.execPath, ["tools/build.mjs"], { stdio: "inherit" });

const work = mkdtempSync(join(existsSync("/dev/shm") && room("/dev/shm") > 6 * size ? "/dev/shm" : tmpdir(), "picoftp-bench-"));
chmodSync(work, 0o755);
process.on("exit", () => rmSync(work, { recursive: true, force: true }));
mkdirSync(join(work, "root"));
chmodSync(join(work, "root"), 0o777);
makeFile(join(work, "root", "big"), size);

if (parts.includes("servers")) write({ servers: serversTable(await serverThroughput(work, size, rounds, names)) });
if (parts.includes("clients")) {
  const server = await servers.vsftpd(join(work, "root"));
  write({ clients: clientsTable(await clientThroughput(work, size, rounds, server)) });
  await server.stop();
}
if (parts.includes("runtimes")) {
  const server = await servers.vsftpd(join(work, "root"));
  write({ runtimes: runtimesTable(await runtimeThroughput(work, size, rounds, server)) });
  await server.stop();
}
if (parts.includes("commands")) write({ commands: commandsTable(await serverCommands(work, count, rounds, names)) });
if (parts.includes("many")) {
  const server = await servers.vsftpd(join(work, "root"));
  write({ many: manyTable(await clientCommands(work, count, rounds, server)) });
  await server.stop();
}
if (parts.includes("tls")) {
  const half = size / 2;
  const root = join(work, "root");
  makeFile(join(root, "big"), half);
  write({ tls: `${tlsTable(await tlsThroughput(work, half, rounds), half)}\n\n${tlsSmallTable(await tlsSmall(work, 500, rounds))}` });
  makeFile(join(root, "big"), size);
}
if (parts.includes("idle")) {
  write({
    idle: idleTable(
      await idleMemory(
        join(work, "root"),
        names.filter((name) => name !== "vsftpd"),
        values.quick ? [100] : [100, 500, 1000],
      ),
    ),
  });
}
if (parts.includes("size") && existsSync("bench/size.json")) {
  write({ size: sizeTable(JSON.parse(readFileSync("bench/size.json", "utf8"))) });
}

function room(folder) {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function number(value, digits = 0) {
  return Number.isFinite(value) ? value.toFixed(digits) : "-";
}

/** A median with its lowest and highest, so that a noisy minute shows. */
function spread(values, digits = 0) {
  if (!values || values.length === 0) return "-";
  return `${number(median(values), digits)} (${number(Math.min(...values), digits)}-${number(Math.max(...values), digits)})`;
}

/** The median of round-by-round ratios to another row. */
function ratio(row, other, key) {
  if (!row?.[key]?.length || !other?.[key]?.length) return "-";
  return number(median(row[key].map((value, i) => value / other[key][i])), 2);
}

function serversTable({ rows, raw }) {
  const body = Object.entries(rows).map(([name, row]) =>
    row.missing ? [name, `missing: ${row.missing}`, ...Array(7).fill("")] : [
      name,
      spread(row.down),
      number(median(row.down) / raw, 2),
      ratio(row, rows.vsftpd, "down"),
      spread(row.up),
      ratio(row, rows.pyftpdlib, "up"),
      spread(row.cpuDown, 2),
      spread(row.cpuUp, 2),
      number(median(row.peak)),
    ]
  );
  return `## Servers: ${size / 1048576} MiB by curl\n\nA raw socket copy in Node, file to file, in the same rounds: ${
    number(raw)
  } MB/s.\n\n` +
    table(["server", "down MB/s", "of raw", "of vsftpd", "up MB/s", "of pyftpdlib", "CPU s/GiB down", "CPU s/GiB up", "peak MiB"], body);
}

function clientsTable(rows) {
  const body = Object.entries(rows).map(([name, row]) => [
    name,
    spread(row.down),
    ratio(row, rows["basic-ftp"], "down"),
    spread(row.up),
    ratio(row, rows["basic-ftp"], "up"),
    spread(row.cpuDown, 2),
    ratio(row, rows["basic-ftp"], "cpuDown"),
    spread(row.cpuUp, 2),
    ratio(row, rows["basic-ftp"], "cpuUp"),
    number(median(row.peak)),
  ]);
  return `## Clients: ${size / 1048576} MiB to and from a file, against vsftpd\n\n` + table(
    [
      "client",
      "down MB/s",
      "of basic-ftp",
      "up MB/s",
      "of basic-ftp",
      "CPU s/GiB down",
      "of basic-ftp",
      "CPU s/GiB up",
      "of basic-ftp",
      "peak MiB",
    ],
    body,
  );
}

function runtimesTable(rows) {
  const body = Object.entries(rows).map(([name, row]) => [
    name,
    spread(row.raw),
    spread(row.down),
    ratio(row, { down: row.raw }, "down"),
    spread(row.up),
    ratio(row, { up: row.raw }, "up"),
    spread(row.clientDown),
    ratio(row, { clientDown: row.basicDown }, "clientDown"),
    spread(row.clientUp),
    ratio(row, { clientUp: row.basicUp }, "clientUp"),
  ]);
  return `## Runtimes: ${size / 1048576} MiB, file to file\n\n` +
    "Raw: the file over a bare socket with the runtime's own asynchronous calls and blocks of 256 KiB. Our server and client are on that runtime\n" +
    "both; then our client against vsftpd, beside basic-ftp on the same runtime.\n\n" +
    table(
      ["runtime", "raw MB/s", "down", "of raw", "up", "of raw", "client down", "of basic-ftp", "client up", "of basic-ftp"],
      body,
    ) + `\n\nCPU seconds of the client for a GiB, against vsftpd:\n\n${runtimesCpu(rows)}${rows.bun ? boundsTable(rows.bun) : ""}`;
}

function runtimesCpu(rows) {
  const ours = (row, key) => [spread(row[`client${key}`], 2), ratio(row, { [`client${key}`]: row[`basic${key}`] }, `client${key}`)];
  const body = Object.entries(rows).map(([name, row]) => [name, ...ours(row, "DownCpu"), ...ours(row, "UpCpu")]);
  return table(["runtime", "client down", "of basic-ftp", "client up", "of basic-ftp"], body);
}

/** What a download on Bun could be at best. */
function boundsTable(row) {
  const line = (title, rate, cpu) => [title, spread(rate), ratio({ rate }, { rate: row.basicDown }, "rate"), spread(cpu, 2)];
  const body = Object.values(row.bounds).map(({ title, rate, cpu }) => line(title, rate, cpu));
  body.push(line("picoftp", row.clientDown, row.clientDownCpu), line("basic-ftp", row.basicDown, row.basicDownCpu));
  return "\n\nWhat bounds a download on Bun: programs without a library (`bench/raw/bounds.mjs`), in the same rounds.\n\n" +
    table(["on Bun", "MB/s", "of basic-ftp", "CPU s/GiB"], body);
}

function commandsTable(rows) {
  const body = Object.entries(rows).map(([name, row]) =>
    row.missing ? [name, `missing: ${row.missing}`, ...Array(8).fill("")] : [
      name,
      spread(row.down),
      ratio(row, rows.pyftpdlib, "down"),
      spread(row.up),
      ratio(row, rows.pyftpdlib, "up"),
      spread(row.logins),
      ratio(row, rows["ftp-srv"], "logins"),
      spread(row.logins8),
      ratio(row, rows["ftp-srv"], "logins8"),
      spread(row.list, 2),
    ]
  );
  return `## Servers: ${count} files of 4 KiB on one connection, logins, a listing of them\n\n` + table(
    [
      "server",
      "files/s down",
      "of pyftpdlib",
      "files/s up",
      "of pyftpdlib",
      "logins/s",
      "of ftp-srv",
      "logins/s, 8 at once",
      "of ftp-srv",
      "LIST ms",
    ],
    body,
  );
}

function manyTable(rows) {
  const body = Object.entries(rows).map(([name, row]) => [
    name,
    spread(row.down),
    ratio(row, rows.lftp, "down"),
    spread(row.up),
    ratio(row, rows.lftp, "up"),
    spread(row.login, 2),
    spread(row.list, 2),
  ]);
  return `## Clients: ${count} files of 4 KiB on one connection, against vsftpd\n\n` +
    table(["client", "files/s down", "of lftp", "files/s up", "of lftp", "login and quit ms", "list ms"], body);
}

function tlsTable(rows, size) {
  const body = Object.entries(rows).map(([name, row]) => [
    name,
    spread(row.down),
    ratio(row, rows.raw, "down"),
    spread(row.up),
    ratio(row, rows.raw, "up"),
    spread(row.cpuDown, 2),
    ratio(row, rows.raw, "cpuDown"),
    spread(row.cpuUp, 2),
    ratio(row, rows.raw, "cpuUp"),
  ]);
  return `## TLS: ${size / 1048576} MiB by curl\n\n` +
    "Raw: the file over a bare TLS socket of Node's, file to file, with curl at the other end too. Our server: `curl --ssl-reqd`.\n\n" +
    table(["server", "down MB/s", "of raw", "up MB/s", "of raw", "CPU s/GiB down", "of raw", "CPU s/GiB up", "of raw"], body);
}

function tlsSmallTable(rows) {
  const body = Object.entries(rows).flatMap(([server, clients]) =>
    Object.entries(clients).map(([name, row]) => [
      server,
      name,
      spread(row.down),
      ratio(row, clients["basic-ftp"], "down"),
      spread(row.up),
      ratio(row, clients["basic-ftp"], "up"),
      spread(row.cpuDown, 2),
      spread(row.cpuUp, 2),
    ])
  );
  return "### 500 files of 4 KiB on one connection\n\nCertificates are checked, data connections resume the session; vsftpd insists on it.\n\n" +
    table(["server", "client", "files/s down", "of basic-ftp", "files/s up", "of basic-ftp", "CPU ms/file down", "CPU ms/file up"], body);
}

function idleTable(rows) {
  const counts = Object.keys(Object.values(rows)[0] ?? {}).filter((key) => Number(key) > 0);
  const body = Object.entries(rows).map(([name, row]) =>
    row.missing
      ? [name, `missing: ${row.missing}`, ...counts.map(() => "")]
      : [name, number(row.base), ...counts.map((key) => number(row[key], 1))]
  );
  return "## Servers: resident memory of an idle session\n\nvsftpd has two processes for each session and is left out.\n\n" +
    table(["server", "base MiB", ...counts.map((key) => `kB at ${key}`)], body);
}

function sizeTable(sizes) {
  const rows = Object.entries(sizes.bundles).filter(([, row]) => row.now !== undefined);
  const body = rows.map(([name, { now, goal = {} }]) => [name, now.bytes, goal.bytes ?? "-", now.functions, now.variables]);
  return "## Size\n\nThe bundles for devices, with their adapter (`npm run size` has the limits). Variables are estimated.\n\n" +
    table(["bundle", "minified bytes", "goal", "functions", "variables"], body);
}

/** Keeps the sections that were not measured this time. */
function write(measured) {
  const old = existsSync(file) ? readFileSync(file, "utf8") : "";
  const kept = {};
  for (const part of old.split(/^<!-- /m).slice(1)) {
    const end = part.indexOf(" -->");
    kept[part.slice(0, end)] = part.slice(end + 4).trim();
  }
  const head =
    "# Benchmarks\n\n`npm run bench` measures and writes this page. Two cores, loopback, files in memory; the machine is noisy, so read the ratios:\n" +
    "they are medians of ratios within a round, where all run one after another in the same minute. Medians, with the lowest and the\nhighest in brackets.\n";
  const all = { ...kept, ...measured };
  const order = ["servers", "clients", "runtimes", "commands", "many", "tls", "idle", "size"].filter((name) => name in all);
  writeFileSync(file, `${head}\n${order.map((name) => `<!-- ${name} -->\n\n${all[name]}\n`).join("\n")}`);
  for (const name of Object.keys(measured)) console.log(`\n${measured[name]}`);
}
