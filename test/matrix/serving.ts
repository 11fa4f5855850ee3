// A server child that serves one client after the other, and has to hold nothing in between.

import { readdirSync } from "node:fs";
import { basename } from "node:path";
import { Child, type Open } from "./child.ts";
import type { Holdings, Ports, Setup } from "./protocol.ts";
import type { Command } from "./runtimes.ts";

/** What names of parts start with. */
const PART = ".picoftp-";
/** How often it is asked, and the milliseconds in between: who is told of an end hears of it a moment later. */
export const LOOKS = 200;
/** See LOOKS. */
export const BREAK = 25;

/** One server. */
export class Serving {
  readonly ports: Ports;
  private readonly child: Child;
  private readonly setup: Setup;
  private readonly idle: Open | null;

  constructor(child: Child, setup: Setup, ports: Ports) {
    this.child = child;
    this.setup = setup;
    this.ports = ports;
    this.idle = child.open(setup.root);
  }

  /** Resolves when it listens. */
  static async start(command: Command, setup: Setup): Promise<Serving> {
    const child = new Child([...command, JSON.stringify(setup)]);
    return new Serving(child, setup, await child.hear<Ports>());
  }

  /** "" as soon as it holds nothing any more, or what it goes on holding. */
  async held(): Promise<string> {
    let why = "";
    for (let looks = 0; looks < LOOKS; looks++) {
      this.child.say("look");
      why = this.why(await this.child.hear<Holdings>());
      if (why === "") return "";
      await new Promise((resolve) => setTimeout(resolve, BREAK));
    }
    return `The server has ${why}`;
  }

  /** Ends it: "" or what was wrong. */
  end(): Promise<string> {
    return this.child.end();
  }

  private why({ sessions, handles, parts }: Holdings): string {
    const open = this.child.open(this.setup.root);
    const files = this.setup.storage === "disk" ? readdirSync(this.setup.root, { recursive: true }).map(String) : [];
    const left = files.filter((name) => basename(name).startsWith(PART));
    const held: [number, string][] = [
      [sessions, "sessions"],
      [handles, "files open in memory"],
      [parts, "parts in memory"],
      [left.length, `parts on the disk: ${left.join(", ")}`],
      [open === null ? 0 : open.files, "files open"],
      [open === null || this.idle === null ? 0 : open.sockets - this.idle.sockets, "sockets too many"],
    ];
    return held.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`).join(", ");
  }
}
