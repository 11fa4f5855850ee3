// The command table as the dispatcher sees it. For Espruino the bundler writes this file anew: one packed string, one switch.

import { COMMANDS } from "./commands.ts";
import type { Command } from "./commands.ts";
import type { Session } from "./session.ts";

/** The rows whose needs are met. */
export class Table {
  rows: Command[];
  verbs: { [verb: string]: Command };

  constructor(can: number) {
    this.rows = [];
    this.verbs = {};
    for (let i = 0; i < COMMANDS.length; i++) {
      const row = COMMANDS[i];
      if ((row.needs & can) !== row.needs) continue;
      this.rows.push(row);
      this.verbs[row.verb] = row;
      if (row.alias !== "") this.verbs[row.alias] = row;
    }
  }

  /** The rows in order; null past the end. */
  at(index: number): Command | null {
    return index < this.rows.length ? this.rows[index] : null;
  }

  /** By verb or alias, in upper case. */
  find(verb: string): Command | null {
    return Object.prototype.hasOwnProperty.call(this.verbs, verb) ? this.verbs[verb] : null;
  }

  /** Runs a row. */
  run(row: Command, session: Session, argument: string): void {
    row.run(session, argument);
  }
}
