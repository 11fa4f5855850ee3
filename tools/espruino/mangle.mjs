// Shortens the names of members that only our own files use; the same name becomes the same short one everywhere in a bundle.

import { parse } from "acorn";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { walk } from "../subset/rules.mjs";

/** Members of Espruino's modules and globals, of the language's own objects, and words that a method cannot be called. */
const RESERVED = `constructor prototype length exports require
  on emit removeListener removeAllListeners clone write end pipe read available close open seek skip connect listen
  createServer createSocket host port statSync readdirSync readFileSync
  writeFileSync appendFileSync unlinkSync mkdirSync size dir mtime openFile toString toFlatString toUint8Array toArrayBuffer toJS CRC32 sum
  hwRand getSizeOf setFlags getIP getStatus getAPIP ip mac erase list getFree compact readArrayBuffer memory env BOARD usage free total
  log print setTimeout clearTimeout dSnd dRcv cls code message stack`;

/** What Espruino cannot have as the name of a method, and what every object has there. */
const WORDS = "do if in of on as is get set let new try var for".split(" ");

/** Names of members that a declaration file, or the interfaces and classes of a source, declare; `only` those of these names. */
export function members(text, only = null) {
  const names = new Set();
  let inside = false;
  for (const line of text.split("\n")) {
    const head = /^(?:export |declare )*(?:interface|class|var) (\w+)[^;]*\{$/.exec(line);
    if (head) inside = only === null || only.includes(head[1]);
    else if (/^\}/.test(line)) inside = false;
    const found = inside && /^ {2}(?:readonly )?([A-Za-z_$][\w$]*)[!?]?[(<:=]/.exec(line.replace(/ = /, "= "));
    if (found) names.add(found[1]);
  }
  return names;
}

/** All names that stay in every bundle. */
export function reservedNames(root) {
  const library = readFileSync(join(root, "tools/subset/espruino.d.ts"), "utf8");
  return new Set([...RESERVED.split(/\s+/), ...members(library), "get", "set", "value"]);
}

/**
 * Renames the members of `code`, an ES module, but for those in `keep`. Answers `{ code, names }`, `names` from old to new.
 */
export function mangle(code, keep) {
  const tree = parse(code, { ecmaVersion: "latest", sourceType: "module" });
  const places = [];
  walk(tree, (node) => {
    if (node.type === "MemberExpression" && !node.computed) places.push({ at: node.property });
    if (node.type === "MethodDefinition" || node.type === "PropertyDefinition") places.push({ at: node.key });
    if (node.type === "Property" && node.key.type === "Identifier") places.push({ at: node.key, shorthand: node.shorthand });
  });
  const counts = new Map();
  const taken = new Set(WORDS);
  for (const { at } of places) {
    if (keep.has(at.name)) taken.add(at.name);
    else counts.set(at.name, (counts.get(at.name) ?? 0) + 1);
  }
  const names = new Map();
  const next = shortNames(taken);
  for (const [name] of [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))) names.set(name, next());
  let out = "";
  let from = 0;
  for (const { at, shorthand } of places.sort((a, b) => a.at.start - b.at.start)) {
    const name = names.get(at.name);
    if (name === undefined) continue;
    out += code.slice(from, at.start) + name + (shorthand ? `: ${at.name}` : "");
    from = at.end;
  }
  return { code: out + code.slice(from), names };
}

/** a, b ... Z, aa, ab ... */
function shortNames(taken) {
  const first = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  let count = 0;
  return () => {
    for (;;) {
      let n = count++;
      let name = "";
      do {
        name = first[n % first.length] + name;
        n = Math.floor(n / first.length) - 1;
      } while (n >= 0);
      if (!taken.has(name)) return name;
    }
  };
}
