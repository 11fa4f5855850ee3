// Checks what npm would publish: builds it, packs it, unpacks it as a dependency of an empty project, and uses every export.

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { node, root, run } from "./run.mjs";

const manifest = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
const folder = mkdtempSync(path.join(tmpdir(), "picoftp-package-"));
try {
  await node("tools/build.mjs");
  const { text } = await run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], { errors: false });
  const [packed] = JSON.parse(text);
  check(packed);
  await unpack(packed.filename);
  await use();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function check({ files }) {
  const names = files.map((file) => file.path);
  const wanted = ["README.md", "LICENSE", "CHANGELOG.md", "package.json", ...Object.values(manifest.bin)];
  for (const target of Object.values(manifest.exports)) wanted.push(...(typeof target === "string" ? [target] : Object.values(target)));
  const missing = wanted.map((name) => name.replace(/^\.\//, "")).filter((name) => !names.includes(name));
  if (missing.length > 0) throw new Error(`The package lacks ${missing.join(", ")}`);
  const odd = names.filter((name) => !/^(dist\/|docs\/|README|LICENSE|CHANGELOG|package\.json)/.test(name) || name.includes(".test."));
  if (odd.length > 0) throw new Error(`The package should not hold ${odd.join(", ")}`);
  if (manifest.dependencies !== undefined) throw new Error("The package should have no dependencies");
}

async function unpack(file) {
  const home = path.join(folder, "node_modules", "picoftp");
  mkdirSync(home, { recursive: true });
  await run("tar", ["-xzf", path.join(folder, file), "--strip-components=1", "-C", home]);
  cpSync(path.join(root, "node_modules", "@types"), path.join(folder, "node_modules", "@types"), { recursive: true });
  cpSync(path.join(root, "node_modules", "undici-types"), path.join(folder, "node_modules", "undici-types"), { recursive: true });
}

/** As a consumer does: with types, and at run time. */
async function use() {
  const names = Object.keys(manifest.exports).filter((name) => !name.endsWith(".json")).map((name) => manifest.name + name.slice(1));
  const lines = names.map((name, i) =>
    `import * as m${i} from ${JSON.stringify(name)};\nconsole.log(${JSON.stringify(name)}, Object.keys(m${i}).length > 0);`
  );
  const program = `${lines.join("\n")}
import { connect, FtpError, serve } from "picoftp";
const server = await serve({ root: ".", port: 0, users: { ana: { password: "x" } } });
const client = await connect({ host: server.host, port: server.port, user: "ana", password: "x" });
let seen = 0;
for await (const entry of client.list()) seen += entry.name.length;
await client.getText("missing").catch((error: unknown) => {
  if (!(error instanceof FtpError) || error.code !== 550) throw error;
});
await client.quit();
await server.close();
if (seen === 0) throw new Error("nothing listed");
`;
  const options = {
    target: "es2022",
    module: "nodenext",
    strict: true,
    lib: ["es2023", "esnext.disposable", "dom", "dom.asynciterable"],
    types: ["node"],
    outDir: "out",
  };
  writeFileSync(path.join(folder, "package.json"), '{"type":"module"}');
  writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: options, files: ["main.ts"] }));
  writeFileSync(path.join(folder, "main.ts"), program);
  await run(process.execPath, [path.join(root, "node_modules", "typescript", "bin", "tsc"), "-p", folder]);
  const { text } = await run(process.execPath, [path.join(folder, "out", "main.js")], { cwd: folder });
  if (text.includes("false")) throw new Error(`An export is empty:\n${text}`);
  await run(process.execPath, [path.join(folder, "node_modules", "picoftp", manifest.bin.picoftp), "--help"]);
}
