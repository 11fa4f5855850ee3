// Results as a table: a line for each pairing, a column for each way, in the terminal and in docs/matrix.md.

import { label, MODES, SECURITIES, STORAGES } from "./axes.ts";
import type { Result } from "./run.ts";

/** Sums of all results. */
export interface Sums {
  passed: number;
  failed: number;
  skipped: number;
}

/** A column: everything of a cell but the runtimes. */
interface Way {
  security: string;
  storage: string;
  mode: string;
}

const WAYS: Way[] = SECURITIES.flatMap((security) =>
  STORAGES.flatMap((storage) => MODES.map(({ name }) => ({ security, storage, mode: name })))
);

/** Counts; what this machine lacks is skipped. */
export function sums(results: Result[]): Sums {
  const count = (...verdicts: string[]): number => results.filter(({ verdict }) => verdicts.includes(verdict)).length;
  return { passed: count("passed"), failed: count("failed"), skipped: count("skipped", "missing") };
}

/** For the terminal, with the runtimes in the order of `names`: the table, the skips by their reasons, the failures. */
export function printed(results: Result[], names: string[]): string {
  const rows = [
    ["", "", ...WAYS.map(({ storage }, i) => WAYS[i - 1]?.storage === storage ? "" : storage)],
    ["client", "server", ...WAYS.map(({ mode }) => mode)],
    ...pairings(results, names).map((
      [client, server],
    ) => [client, server, ...WAYS.map((way) => entry(of(results, client, server, way), ""))]),
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const lines = rows.map((row) => row.map((text, column) => text.padEnd(widths[column])).join("  ").trimEnd());
  const failures = results.filter(({ verdict }) => verdict === "failed");
  const told = failures.map(({ cell, name, text }) => `FAILED ${label(cell)}: ${name}\n${indent(text)}`);
  return [...told, ...lines, ...reasons(results).map(({ reason, names }) => `skipped: ${reason} (${names.length})`)].join("\n");
}

/** The part of docs/matrix.md that results write: a table for each storage, and the skips. No times, no versions. */
export function written(results: Result[], names: string[], cases: string[]): string {
  const lines = [`The suite has ${cases.length} cases: ${cases.join("; ")}.`, ""];
  for (const security of SECURITIES) {
    for (const storage of STORAGES) {
      lines.push(`## ${storage}, ${security}`, "");
      lines.push(`| client | server | ${MODES.map(({ name }) => name).join(" | ")} |`, `| --- | --- |${" --- |".repeat(MODES.length)}`);
      for (const [client, server] of pairings(results, names)) {
        const entries = MODES.map(({ name }) => entry(of(results, client, server, { security, storage, mode: name }), " skipped"));
        lines.push(`| ${client} | ${server} | ${entries.join(" | ")} |`);
      }
      lines.push("");
    }
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
  return results.filter(({ cell }) =>
    cell.client === client && cell.server === server && cell.mode === way.mode && cell.storage === way.storage &&
    cell.security === way.security
  );
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
  return [...found].map(([reason, names]) => ({ reason, names, places: [...new Set(names)] }));
}

function indent(text: string): string {
  return text.split("\n").slice(0, 80).map((line) => `  ${line.slice(0, 400)}`).join("\n");
}
