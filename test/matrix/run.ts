// Runs a matrix: server children that stay, a client child for each pairing, cell by cell, some pairings at once.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Cell, MODES, security, waysOf } from "./axes.ts";
import { Child, type Open } from "./child.ts";
import type { Keys, Order, Outcome, Setup } from "./protocol.ts";
import type { Runtime } from "./runtimes.ts";
import { BREAK, LOOKS, Serving } from "./serving.ts";
import { excuse } from "./skips.ts";

/** "passed"; "failed", which is told; "skipped", which is declared; "missing": this machine lacks something. */
export type Verdict = "passed" | "failed" | "skipped" | "missing";

/** What became of a case of a cell. */
export interface Result {
  cell: Cell;
  name: string;
  verdict: Verdict;
  /** The failure, or the reason of the skip. */
  text: string;
}

/** A client and a server. */
export type Pairing = [client: Runtime, server: Runtime];

/** What is run. */
export interface Plan {
  pairings: Pairing[];
  /** Names, in the suite's order. */
  cases: string[];
  /** Those of them that cells over TLS run, unless in full. */
  brief: string[];
  /** Those of them that no other cells run. */
  secure: string[];
  full: boolean;
  /** null: there is no command that makes certificates. */
  keys: Keys | null;
  /** The folder with what devices run. */
  bundles: string;
  /** An empty folder for all files. */
  folder: string;
  /** Pairings at once. */
  lanes: number;
  /** How many files make many, in each cell. */
  many: number;
  /** Bytes of a file that is longer than what the system buffers. */
  big: number;
  trace: boolean;
  /** Hears of each pairing, and how many have not begun. */
  finished(client: string, server: string, left: number): void;
}

/** What belongs to the children, not to a case: shown under this name. */
export const CHILDREN = "its processes hold nothing and end";

/** For a large file on a device, in milliseconds. */
const PATIENCE = 600000;

/** A device reads and sends slower than a network takes it, so that less of it is long enough; and what is few to others is many to it. */
const BIG_ON_DEVICE = 4 * 1048576;
const MANY_ON_DEVICE = 20;

/** Runs it all; the results come in the order of their ends. */
export class Matrix {
  readonly results: Result[] = [];
  private readonly plan: Plan;
  private readonly families: Map<string, string>;
  private readonly servers: Map<string, Promise<Serving>> = new Map();
  private count = 0;

  constructor(plan: Plan) {
    this.plan = plan;
    this.families = new Map(plan.pairings.flat().map(({ name, family }) => [name, family]));
  }

  /** A server serves one client at a time, so that what it holds afterwards is that client's. */
  async run(): Promise<Result[]> {
    const left = [...this.plan.pairings];
    const busy = new Set<Runtime>();
    const lane = async (): Promise<void> => {
      for (let next = pick(left, busy); next !== null; next = pick(left, busy)) {
        const server = next[1];
        busy.add(server);
        await this.pairing(next);
        this.plan.finished(next[0].name, server.name, left.length);
        if (!left.some((each) => each[1] === server)) await this.close(server);
        busy.delete(server);
      }
    };
    await Promise.all(Array.from({ length: this.plan.lanes }, lane));
    // A lane without a free server has ended; what it left is done here.
    await lane();
    return this.results;
  }

  private async pairing([client, server]: Pairing): Promise<void> {
    const device = client.device || server.device;
    const cells = waysOf(device, this.plan.full).map((way): Cell => ({ client: client.name, server: server.name, ...way }));
    const missing = client.missing || server.missing;
    if (missing !== "") return cells.forEach((cell) => this.all(cell, "missing", missing));
    let child: Child | null = null;
    for (const cell of cells) {
      const lasting: Child | null = child;
      child = await this.cell(cell, client, server, lasting).catch((error) => {
        lasting?.kill("");
        this.add(cell, CHILDREN, "failed", error.message);
        return null;
      });
    }
    const why = await child?.end() ?? "";
    if (why !== "") this.add(cells[cells.length - 1], CHILDREN, "failed", `The client: ${why}`);
  }

  /** One cell; the client child comes back, or null where it is gone. */
  private async cell(cell: Cell, client: Runtime, server: Runtime, child: Child | null): Promise<Child | null> {
    const { plan } = this;
    const mode = MODES.find(({ name }) => name === cell.mode) as typeof MODES[number];
    const { tls } = security(cell.security);
    const suite = tls === null ? plan.cases.filter((name) => !plan.secure.includes(name)) : plan.full ? plan.cases : plan.brief;
    const asked = suite.filter((name) => !this.never(cell, name));
    if (asked.length === 0) return child;
    if (tls !== null && plan.keys === null) {
      this.all(cell, "missing", "There is no openssl command here", asked);
      return child;
    }
    const serving = await this.serving(server, cell);
    const port = serving.ports[mode.host];
    if (port === undefined) {
      this.all(cell, "missing", `There is no "${mode.host}" here`, asked);
      return child;
    }
    child ??= await started(client);
    const place = `${cell.client}-${cell.mode}-${this.count++}`;
    const order: Order = {
      ...cell,
      host: mode.host,
      port,
      tls: plan.keys,
      remote: flat(server, cell) ? "/" : `/${place}`,
      local: join(plan.folder, "local", place),
      many: client.device || server.device ? MANY_ON_DEVICE : plan.many,
      big: server.device ? BIG_ON_DEVICE : plan.big,
      bundles: plan.bundles,
      cases: asked,
      trace: plan.trace,
    };
    const before = child.open(order.local);
    child.say(JSON.stringify(order));
    for (const name of asked) {
      const outcome = await child.hear<Outcome>(plan.full ? PATIENCE : undefined).catch((error: Error): Outcome => ({
        name: "",
        error: error.message,
      }));
      this.outcome(cell, name, outcome.error);
      if (outcome.name === name) continue;
      this.all(cell, "failed", "The child is gone", asked.slice(asked.indexOf(name) + 1));
      return null;
    }
    const { unclean } = await child.hear<{ unclean?: string }>();
    const problems = [unclean ?? "", await serving.held(), await lasting(child, order.local, before)].filter((problem) => problem !== "");
    this.add(cell, CHILDREN, problems.length === 0 ? "passed" : "failed", problems.join("\n"));
    return child;
  }

  private never(cell: Cell, name: string): boolean {
    const skip = excuse(cell, name, this.families);
    if (skip?.never) this.add(cell, name, "skipped", skip.reason);
    return skip?.never === true;
  }

  private outcome(cell: Cell, name: string, error: string): void {
    const skip = excuse(cell, name, this.families);
    if (skip === null) return this.add(cell, name, error === "" ? "passed" : "failed", error);
    if (error !== "") return this.add(cell, name, "skipped", skip.reason);
    this.add(cell, name, "failed", `It passes, and skips.ts says that it cannot: "${skip.reason}"`);
  }

  private all(cell: Cell, verdict: Verdict, text: string, names: string[] = [...this.plan.cases, CHILDREN]): void {
    for (const name of names) this.add(cell, name, verdict, text);
  }

  private add(cell: Cell, name: string, verdict: Verdict, text: string): void {
    this.results.push({ cell, name, verdict, text });
  }

  private serving(server: Runtime, cell: Cell): Promise<Serving> {
    const storage = server.device ? cell.storage : cell.storage === "disk" || cell.storage === "SD" ? "disk" : "memory";
    const protection = security(cell.security).tls ?? "plain";
    const key = [server.name, storage, protection].join("-");
    const root = join(this.plan.folder, key);
    const big = server.device ? BIG_ON_DEVICE : this.plan.big;
    if (!this.servers.has(key)) {
      mkdirSync(root);
      const setup: Setup = { storage, protection, tls: this.plan.keys, root, big, bundles: this.plan.bundles };
      this.servers.set(key, Serving.start(server.server, setup));
    }
    return this.servers.get(key) as Promise<Serving>;
  }

  /** All pairings of a server are done: it has to end by itself. */
  private async close(server: Runtime): Promise<void> {
    for (const [key, starting] of this.servers) {
      const [name, storage, protection] = key.split("-");
      if (name !== server.name) continue;
      const serving = await starting.catch(() => null);
      const why = await serving?.end() ?? "";
      const cell: Cell = { client: "any", server: name, mode: "any", storage, security: protection };
      if (why !== "") this.add(cell, CHILDREN, "failed", `The server: ${why}`);
    }
  }
}

/** Storage has no folders. */
function flat(server: Runtime, { storage }: Cell): boolean {
  return server.device && storage === "Storage";
}

/** A pairing whose server is free, of that with the most pairings left. */
function pick(left: Pairing[], busy: Set<Runtime>): Pairing | null {
  const load = (pairing: Pairing): number => left.filter((each) => each[1] === pairing[1]).length;
  const free = left.filter(([, server]) => !busy.has(server)).sort((a, b) => load(b) - load(a));
  if (free.length === 0) return null;
  left.splice(left.indexOf(free[0]), 1);
  return free[0];
}

async function started(client: Runtime): Promise<Child> {
  const child = new Child(client.client);
  await child.hear();
  return child;
}

/** "" as soon as a client has nothing open any more that it had not before a cell, or what it goes on having. */
async function lasting(child: Child, folder: string, before: Open | null): Promise<string> {
  let why = "";
  for (let looks = 0; looks < LOOKS; looks++) {
    why = differs(before, child.open(folder));
    if (why === "") break;
    await new Promise((resolve) => setTimeout(resolve, BREAK));
  }
  return why;
}

function differs(before: Open | null, after: Open | null): string {
  if (before === null || after === null) return "";
  if (after.files > 0) return `The client has ${after.files} files open`;
  return after.sockets > before.sockets ? `The client has ${after.sockets} sockets open, and had ${before.sockets}` : "";
}
