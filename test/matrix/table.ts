// Results as a table: a line for each pairing, a column for each way, in the terminal and in docs/matrix.md.

import { label, MODES, SECURITIES, STORAGES, type Way, WAYS } from "./axes.ts";
import { CHILDREN, type Result } from "./run.ts";
import type { Case } from "./stage.ts";

/** Sums of all results. */
export interface Sums {
  passed: number;
  failed: number;
  skipped: number;
}

/** Counts; what this machine lacks is skipped. */
export function sums(results: Result[]): Sums {
  const count = (...verdicts: string[]): number => results.filter(({ verdict }) => verdicts.includes(verdict)).length;
  return { passed: count("passed"), failed: count("failed"), skipped: count("skipped", "missing") };
}

/** For the terminal, with the runtimes in the order of `names`: the table, the skips by their reasons, the failures. */
export function printed(results: Result[], names: string[]): string {
  const ways = WAYS.filter((way) => results.some(({ cell }) => is(cell, way)));
  const heads = ways.map(({ security, storage }) => security === "plain" ? storage : `${storage}, ${security}`);
  const rows = [
    ["", "", ...heads.map((head, i) => heads[i - 1] === head ? "" : head)],
    ["client", "server", ...ways.map(({ mode }) => mode)],
    ...pairings(results, names).map((
      [client, server],
    ) => [client, server, ...ways.map((way) => entry(of(results, client, server, way), ""))]),
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const lines = rows.map((row) => row.map((text, column) => text.padEnd(widths[column])).join("  ").trimEnd());
  const failures = results.filter(({ verdict }) => verdict === "failed");
  const told = failures.map(({ cell, name, text }) => `FAILED ${label(cell)}: ${name}\n${indent(text)}`);
  return [...told, ...lines, ...reasons(results).map(({ reason, names }) => `skipped: ${reason} (${names.length})`)].join("\n");
}

/** The part of docs/matrix.md that results write: a table for each storage, one for TLS, and the skips. No times, no versions. */
export function written(results: Result[], names: string[], cases: Case[]): string {
  const told = (title: string, some: Case[]): string => `${title}${[...some.map(({ name }) => name), CHILDREN].join("; ")}.`;
  const plain = cases.filter(({ secure }) => !secure);
  const secured = cases.filter(({ brief, secure }) => brief || secure);
  const lines = [
    told(`The suite has ${plain.length + 1} cases: `, plain),
    "",
    told(`Over TLS it has these ${secured.length + 1}: `, secured),
    "",
  ];
  const section = (title: string, columns: string[], ways: Way[]): void => {
    const here = results.filter(({ cell }) => ways.some((way) => is(cell, way)));
    const shown = columns.map((column, i) => ({ column, way: ways[i] })).filter(({ way }) => here.some(({ cell }) => is(cell, way)));
    if (shown.length === 0) return;
    lines.push(`## ${title}`, "");
    lines.push(`| client | server | ${shown.map(({ column }) => column).join(" | ")} |`, `| --- | --- |${" --- |".repeat(shown.length)}`);
    for (const [client, server] of pairings(here, names)) {
      const entries = shown.map(({ way }) => entry(of(here, client, server, way), " skipped"));
      lines.push(`| ${client} | ${server} | ${entries.join(" | ")} |`);
    }
    lines.push("");
  };
  const modes = MODES.map(({ name }) => name);
  const secure = SECURITIES.filter(({ tls }) => tls !== null).map(({ name }) => name);
  for (const storage of STORAGES) section(`${storage}, plain`, modes, modes.map((mode) => ({ security: "plain", storage, mode })));
  for (const storage of STORAGES) {
    for (const mode of modes) section(`${storage}, ${mode}, TLS`, secure, secure.map((security) => ({ security, storage, mode })));
  }
  lines.push("## Skipped", "");
  for (const { reason, names, places } of reasons(results)) lines.push(`- ${reason}: ${names.length} times, "${places.join('", "')}"`);
  return lines.join("\n");
}

/** Nothing was left out because this machine lacks something. */
export function complete(results: Result[]): boolean {
  return !results.some(({ verdict }) => verdict === "missing");
}

/** "22", "21+1" with one that is skipped, "3 FAILED". */
function entry(results: Result[], skippedAs: string): string {
  const { passed, failed, skipped } = sums(results);
  if (failed > 0) return `${failed} FAILED`;
  if (!complete(results)) return "missing";
  if (results.length === 0) return "-";
  return skipped === 0 ? `${passed}` : `${passed}+${skipped}${skippedAs}`;
}

function of(results: Result[], client: string, server: string, way: Way): Result[] {
  return results.filter(({ cell }) => cell.client === client && cell.server === server && is(cell, way));
}

function is(cell: Way, way: Way): boolean {
  return cell.mode === way.mode && cell.storage === way.storage && cell.security === way.security;
}

/** Clients and servers, in the order of `names`. */
function pairings(results: Result[], names: string[]): [string, string][] {
  const seen = new Set(results.map(({ cell }) => `${cell.client} ${cell.server}`));
  const all = names.flatMap((client) => names.map((server): [string, string] => [client, server]));
  return all.filter(([client, server]) => seen.has(`${client} ${server}`));
}

function reasons(results: Result[]): { reason: string; names: string[]; places: string[] }[] {
  const found = new Map<string, string[]>();
  for (const { name, verdict, text } of results) {
    if (verdict === "skipped" || verdict === "missing") found.set(text, [...(found.get(text) ?? []), name]);
  }
  // In an order that does not depend on who was first.
  return [...found].sort(([a], [b]) => a < b ? -1 : 1).map(([reason, names]) => ({ reason, names, places: [...new Set(names)].sort() }));
}

function indent(text: string): string {
  return text.split("\n").slice(0, 80).map((line) => `  ${line.slice(0, 400)}`).join("\n");
}
