// Our server in a process of its own, for tests that count what it holds: descriptors, memory, sessions. It answers by IPC.

import { existsSync, readdirSync } from "node:fs";
import process from "node:process";
import * as v8 from "node:v8";
import { serve } from "../../adapters/node/mod.ts";

/** What the child tells when it is asked. */
export interface Report {
  /** -1 where the system does not tell. */
  descriptors: number;
  sessions: number;
  /** Live objects after a collection, in bytes. */
  heap: number;
  /** Memory outside the heap, in bytes. */
  external: number;
  resident: number;
  /** The open things of the event loop, sorted: listeners, sockets, timers, requests of files. */
  resources: string[];
}

/** Linux lists a process's descriptors here. */
const OPEN = "/proc/self/fd";
/** Not in every Node 20. */
const { queryObjects } = v8 as { queryObjects?: (kind: unknown, options: { format: "count" }) => number };
const root = process.argv[2];
const user = process.argv[3];
const password = process.argv[4];
const server = await serve({
  root,
  port: 0,
  users: { [user]: { password } },
  sessions: 12000,
  sessionsPerHost: 12000,
  delay: 0,
  // A data connection that was reset before it was accepted has no address any more, so it may be anybody's: another is waited for.
  dataTimeout: 2000,
  linger: 200,
});

/** Takes all garbage: `gc` alone leaves compiled code that nobody ran for a while. */
function collect(): void {
  globalThis.gc?.();
  queryObjects?.(Map, { format: "count" });
}

process.on("message", () => {
  // Twice: what the first collection finds to be finalized, the second takes.
  collect();
  setTimeout(() => {
    collect();
    const memory = process.memoryUsage();
    const report: Report = {
      descriptors: existsSync(OPEN) ? readdirSync(OPEN).length : -1,
      sessions: server.sessions,
      heap: memory.heapUsed,
      external: memory.external,
      resident: memory.rss,
      resources: process.getActiveResourcesInfo().sort(),
    };
    process.send?.(report);
  }, 50);
});
process.on("disconnect", () => process.exit(0));
process.send?.(server.port);
