// What a test wants to become of dials to a port: held, refused, failed.

/** The fate of a dial that stays unanswered. */
export const HELD = -1;

interface Rule {
  port: number;
  host: string;
  error: number;
}

/** Rules by port and host; the last one that fits counts. */
export class Rules {
  list: Rule[];

  constructor() {
    this.list = [];
  }

  /** `port` 0: any. `host` "" or none: any. */
  add(port: number, host: string | undefined, error: number): void {
    this.list.push({ port: port, host: host === undefined ? "" : host, error: error });
  }

  clear(): void {
    this.list = [];
  }

  /** The error of a dial, or HELD; 0: the net decides. */
  fate(port: number, name: string, host: string): number {
    for (let i = this.list.length - 1; i >= 0; i--) {
      const rule = this.list[i];
      const here = rule.host === "" || rule.host === name || rule.host === host;
      if (here && (rule.port === 0 || rule.port === port)) return rule.error;
    }
    return 0;
  }
}
