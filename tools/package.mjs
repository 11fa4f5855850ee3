// Checks what npm would publish: builds and packs it, installs it in an empty project without a network, and uses every export
// and the command there on Node, Deno and Bun, each of which has to print the same.

import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { deno, node, root, run } from "./run.mjs";

const LIMIT = 120000;
/** Where no registry is: whoever asks for one fails. */
const OFFLINE = { npm_config_registry: "http://127.0.0.1:9/", NPM_CONFIG_REGISTRY: "http://127.0.0.1:9/", PICOFTP_PASSWORD: "secret" };

const manifest = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
const folder = mkdtempSync(path.join(tmpdir(), "picoftp-package-"));
const bun = path.join(root, "node_modules", "bun", "bin");
const main = path.join("node_modules", "picoftp", manifest.bin.picoftp);
const permissions = ["--no-prompt", "--allow-net", "--allow-read", "--allow-write"];
const denoRun = [deno.path, "run", "--node-modules-dir=manual", ...permissions];

/** How a program of the user is started. */
const PROGRAMS = {
  node: [process.execPath],
  deno: [...denoRun, "--allow-env"],
  bun: [path.join(bun, "bun.exe"), "run"],
};

/** How the command is started. */
const COMMANDS = {
  "npx picoftp": ["npx", "--offline", "picoftp"],
  "bunx --bun picoftp": [path.join(bun, "bunx.exe"), "--bun", "picoftp"],
  "deno run npm:picoftp": [...denoRun, "--allow-env=PICOFTP_PASSWORD", "npm:picoftp"],
  "deno run main.js": [...denoRun, "--allow-env=PICOFTP_PASSWORD", main],
  "node main.js": [process.execPath, main],
  "bun main.js": [path.join(bun, "bun.exe"), main],
};

try {
  await node("tools/build.mjs");
  const { text } = await run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], { errors: false });
  const [packed] = JSON.parse(text);
  check(packed);
  await install(packed.filename);
  await compile();
  await same("the program", PROGRAMS, (program) => started([...program, path.join("out", "consumer.js")]));
  await same("the command", COMMANDS, talk);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function check({ files }) {
  const names = files.map((file) => file.path);
  const wanted = ["README.md", "LICENSE", "CHANGELOG.md", "package.json", ...Object.values(manifest.bin), ...targets(manifest.exports)];
  const missing = wanted.map((name) => name.replace(/^\.\//, "")).filter((name) => !names.includes(name));
  if (missing.length > 0) throw new Error(`The package lacks ${missing.join(", ")}`);
  const odd = names.filter((name) => !/^(dist\/|docs\/|README|LICENSE|CHANGELOG|package\.json)/.test(name) || name.includes(".test."));
  if (odd.length > 0) throw new Error(`The package should not hold ${odd.join(", ")}`);
  if (manifest.dependencies !== undefined) throw new Error("The package should have no dependencies");
}

/** The files that an entry of "exports" names, under whatever conditions. */
function targets(entry) {
  return typeof entry === "string" ? [entry] : Object.values(entry).flatMap(targets);
}

async function install(file) {
  writeFileSync(path.join(folder, "package.json"), '{"type":"module","private":true}');
  await started(["npm", "install", "--offline", "--no-audit", "--no-fund", "--ignore-scripts", `./${file}`]);
  for (const name of ["@types", "undici-types"]) {
    cpSync(path.join(root, "node_modules", name), path.join(folder, "node_modules", name), { recursive: true });
  }
}

/** As a user does, with the package's types. */
async function compile() {
  const source = readFileSync(path.join(root, "tools", "package", "consumer.ts"), "utf8");
  const unused = Object.keys(manifest.exports).filter((name) => !name.endsWith(".json") && !source.includes(`"picoftp${name.slice(1)}"`));
  if (unused.length > 0) throw new Error(`consumer.ts does not use ${unused.join(", ")}`);
  const options = {
    target: "es2022",
    module: "nodenext",
    strict: true,
    lib: ["es2023", "esnext.disposable", "dom", "dom.asynciterable"],
    types: ["node"],
    outDir: "out",
  };
  writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: options, files: ["consumer.ts"] }));
  writeFileSync(path.join(folder, "consumer.ts"), source);
  await started([process.execPath, path.join(root, "node_modules", "typescript", "bin", "tsc"), "-p", "."]);
}

/** Each way prints what the first one prints. */
async function same(what, ways, use) {
  let first;
  for (const [name, way] of Object.entries(ways)) {
    const text = await use(way);
    first ??= text;
    if (text !== first) throw new Error(`${what} prints something else on ${name}:\n${text}\nand not\n${first}`);
  }
}

/** What a program prints; an error where it does not end with `code`. */
async function started([program, ...args], code = 0) {
  const ended = await run(program, args, { cwd: folder, env: OFFLINE, quiet: true, errors: false, timeout: LIMIT });
  if (ended.code !== code) throw new Error(`${[program, ...args].join(" ")} ended with ${ended.code}\n${ended.text}${ended.errors}`);
  return ended.text;
}

/** A server of the command, and what its clients print. */
async function talk(command) {
  const served = mkdtempSync(path.join(folder, "served-"));
  mkdirSync(path.join(served, "folder"));
  const [program, ...args] = [...command, "serve", served, "--port", "0", "--user", "ana"];
  const stdio = ["ignore", "pipe", "pipe"];
  const server = spawn(program, args, { cwd: folder, env: { ...process.env, ...OFFLINE }, stdio, detached: true });
  const ended = new Promise((resolve) => server.on("close", resolve));
  try {
    const port = await heard(server);
    const url = `ftp://ana@127.0.0.1:${port}/`;
    const lines = [
      await started([...command, "--version"]),
      await started([...command, "put", "-q", "consumer.ts", url]),
      (await started([...command, "ls", url])).split("\n").sort().join("\n"),
      await started([...command, "cat", `${url}consumer.ts`]),
      await started([...command, "get", "-q", `${url}consumer.ts`, path.join(served, "copy")]),
      readFileSync(path.join(served, "copy"), "utf8"),
      await started([...command, "get", "-q", `${url}missing`], 1),
    ];
    return lines.join("\n--\n");
  } finally {
    // What runs behind npx is not its own child: all of them, by their group.
    if (server.exitCode === null) process.kill(-server.pid, "SIGTERM");
    await ended;
  }
}

/** The port that a server says. */
function heard(server) {
  return new Promise((resolve, reject) => {
    let text = "";
    server.stdout.on("data", (chunk) => {
      text += chunk;
      const found = /^listening on ftp:\/\/[^/]*:(\d+)\//m.exec(text);
      if (found !== null) resolve(Number(found[1]));
    });
    server.stderr.on("data", (chunk) => text += chunk);
    server.on("error", reject);
    server.on("close", (code) => reject(new Error(`${server.spawnargs.join(" ")} ended with ${code}\n${text}`)));
  });
}
