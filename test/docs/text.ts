// Reads the documentation and the sources that it is about.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** The project's folder, seen from the compiled test. */
export const ROOT: string = above(import.meta.dirname);

/** A text of the project. */
export function read(name: string): string {
  return readFileSync(path.join(ROOT, name), "utf8");
}

/** The pages that people read: README.md and docs/. */
export function pages(): string[] {
  return ["README.md", ...readdirSync(path.join(ROOT, "docs")).filter((file) => file.endsWith(".md")).map((file) => `docs/${file}`)];
}

/** The names of an interface's members, in its order. */
export function members(file: string, name: string): string[] {
  const body = new RegExp(`export (?:interface|class) ${name}\\b[^{]*\\{\\n([\\s\\S]*?)\\n\\}`).exec(read(file))?.[1];
  if (body === undefined) throw new Error(`Cannot find "${name}" in ${file}`);
  return [...body.matchAll(/^ {2}(\w+)\??[:(]/gm)].map((match) => match[1]);
}

/** The part of a page below a heading, up to the next one of its rank. */
export function section(page: string, heading: string): string {
  const text = read(page);
  // What is in a fence is no heading, and keeps its place.
  const bare = text.replace(/^```[\s\S]*?^```$/gm, (fence) => fence.replace(/^#/gm, " "));
  const at = new RegExp(`^(#+) ${heading.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`, "m").exec(bare);
  if (at === null) throw new Error(`Cannot find the heading "${heading}" in ${page}`);
  const start = at.index + at[0].length;
  const end = new RegExp(`^#{1,${at[1].length}} `, "m").exec(bare.slice(start));
  return end === null ? text.slice(start) : text.slice(start, start + end.index);
}

function above(folder: string): string {
  return existsSync(path.join(folder, "package.json")) ? folder : above(path.dirname(folder));
}
