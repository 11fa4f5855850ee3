// A memory net that needs no test to pump it: it runs with the event loop and the clock of the machine.

import { setImmediate, setInterval } from "node:timers";
import { MemoryNet } from "../../adapters/memory/mod.ts";
import type { MemoryNetOptions } from "../../adapters/memory/mod.ts";

/** Some of what is queued happens in each turn of the event loop, and time passes as it does. */
export function live(options: MemoryNetOptions): MemoryNet {
  const net = new MemoryNet({ ...options, limit: 10000000 });
  const push = net.push;
  let waits = false;
  const turn = (): void => {
    for (let i = 0; i < 100; i++) net.step();
    waits = net.events.length > 0;
    if (waits) setImmediate(turn);
  };
  net.push = (actor, what, error) => {
    push.call(net, actor, what, error);
    if (!waits) setImmediate(turn);
    waits = true;
  };
  const start = performance.now();
  const pass = (): void => {
    if (net.events.length === 0) net.time(Math.floor(performance.now() - start) - net.now);
  };
  setInterval(pass, 5).unref();
  return net;
}
