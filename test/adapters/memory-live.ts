// A memory net that needs no test to pump it: it runs with the event loop and the clock of the machine.

import { setImmediate, setInterval } from "node:timers";
import { MemoryNet } from "../../adapters/memory/mod.ts";
import type { MemoryNetOptions } from "../../adapters/memory/mod.ts";

/** Runs what is queued in the next turn of the event loop, and lets time pass as it does. */
export function live(options: MemoryNetOptions): MemoryNet {
  const net = new MemoryNet({ ...options, limit: 10000000 });
  const push = net.push;
  let waits = false;
  net.push = (actor, what, error) => {
    push.call(net, actor, what, error);
    if (waits) return;
    waits = true;
    setImmediate(() => {
      waits = false;
      net.run();
    });
  };
  const start = performance.now();
  setInterval(() => net.time(Math.floor(performance.now() - start) - net.now), 5).unref();
  return net;
}
