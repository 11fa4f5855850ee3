// Checks files and folders against Espruino's subset: `node tools/subset/check.mjs core dist/espruino`. Exit code 1 where one fails.

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { check, kindOf } from "./rules.mjs";

/** The files below a path that the subset holds for. */
export function filesBelow(path) {
  if (statSync(path).isFile()) return kindOf(path) ? [path] : [];
  const found = [];
  for (const name of readdirSync(path).sort()) {
    if (name !== "node_modules") found.push(...filesBelow(join(path, name)));
  }
  return found;
}

/** `file:line:column rule: message` of everything that is wrong below the paths. */
export function checkAll(paths) {
  const lines = [];
  for (const file of paths.flatMap((path) => filesBelow(resolve(path)))) {
    for (const one of check(readFileSync(file, "utf8"), kindOf(file), file)) {
      lines.push(`${relative(process.cwd(), file)}:${one.line}:${one.column} ${one.rule}: ${one.message}`);
    }
  }
  return lines;
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const given = process.argv.slice(2);
  const paths = given.length > 0 ? given : ["core", "adapters/espruino", "dist/espruino"].filter((path) => existsSync(path));
  const lines = checkAll(paths);
  for (const line of lines) console.log(line);
  console.log(lines.length === 0 ? `Subset: ${paths.join(", ")} in order` : `Subset: ${lines.length} found`);
  process.exitCode = lines.length === 0 ? 0 : 1;
}
