// The command table as the dispatcher sees it. For Espruino the bundler writes this file anew: one string of facts, one switch.

import { COMMANDS } from "./commands.ts";
import type { Command } from "./commands.ts";
import type { Session } from "./session.ts";

/** The rows whose needs are met. */
export class Table {
  rows: Command[];
  byVerb: { [verb: string]: Command };

  constructor(can: number) {
    this.rows = [];
    this.byVerb = {};
    for (let i = 0; i < COMMANDS.length; i++) {
      const row = COMMANDS[i];
      if ((row.needs & can) !== row.needs) continue;
      this.rows.push(row);
      this.byVerb[row.verb] = row;
      if (row.alias !== "") this.byVerb[row.alias] = row;
    }
  }

  /** By verb or alias, in upper case. */
  find(verb: string): Command | null {
    return Object.prototype.hasOwnProperty.call(this.byVerb, verb) ? this.byVerb[verb] : null;
  }

  /** The verbs as HELP lists them: a line each, with a space before it. */
  verbs(): string {
    return this.rows.map((row: Command): string => " " + row.verb + "\r\n").join("");
  }

  /** What FEAT lists, in such lines; `mlst` and `hash` stand behind these features. */
  features(mlst: string, hash: string): string {
    const line = (row: Command): string => {
      const more = row.feat === "MLST" ? " " + mlst : row.feat === "HASH" ? " " + hash : "";
      return row.feat === "" ? "" : " " + row.feat + more + "\r\n";
    };
    return this.rows.map(line).join("");
  }

  /** Runs a row. */
  run(row: Command, session: Session, argument: string): void {
    row.run(session, argument);
  }
}
