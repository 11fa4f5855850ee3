// Type-checks every ```ts block of the README and of docs/, as a program that imports the package by its name.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root, run } from "./run.mjs";

const folder = path.join(root, ".tmp", "snippets");
const manifest = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
const pages = ["README.md", ...readdirSync(path.join(root, "docs")).filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`)];

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const places = [];
for (const page of pages) {
  const text = readFileSync(path.join(root, page), "utf8");
  for (const match of text.matchAll(/^```ts\n(.*?)^```$/gms)) {
    const line = text.slice(0, match.index).split("\n").length;
    writeFileSync(path.join(folder, `s${places.length}.ts`), `${match[1]}\nexport {};\n`);
    places.push({ page, line });
  }
}
writeFileSync(
  path.join(folder, "tsconfig.json"),
  JSON.stringify({ extends: "../../tsconfig.json", compilerOptions: options(), include: ["*.ts"], exclude: [] }),
);
const { text } = await run(process.execPath, [path.join(root, "node_modules", "typescript", "bin", "tsc"), "-p", folder], { quiet: true });
const faults = text.replace(/^\S*?s(\d+)\.ts\((\d+),/gm, (_all, file, line) => `${places[file].page}(${places[file].line + Number(line)},`)
  .trim();
if (faults !== "") {
  console.error(faults);
  process.exit(1);
}
console.log(`${places.length} blocks`);

function options() {
  const paths = {};
  for (const [name, target] of Object.entries(manifest.exports)) {
    if (typeof target === "string") continue;
    paths[manifest.name + name.slice(1)] = [target.types.replace("./dist/", "../../").replace(/\.d\.ts$/, ".ts")];
  }
  return {
    noEmit: true,
    rootDir: "../..",
    paths,
    declaration: false,
    isolatedDeclarations: false,
    noUnusedLocals: false,
    allowImportingTsExtensions: true,
    rewriteRelativeImportExtensions: false,
  };
}
