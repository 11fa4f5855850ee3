// The memory net under the contract suite that the runtimes' nets pass, driven by real time.

import { setImmediate, setInterval } from "node:timers";
import { MemoryNet } from "../../adapters/memory/mod.ts";
import type { MemoryNetOptions } from "../../adapters/memory/mod.ts";
import { netContract } from "../conformance/net.ts";

const REASON = "sends without asking whether the last chunk is still lent";
const LENT: Record<string, string> = {
  "a chunk may be longer than what is sent of it": REASON,
  "text is bytes, one per character": REASON,
  "two small packets and an answer, without a pause of 40 ms": REASON,
};

/** A memory net that needs no test to pump it. */
function live(options: MemoryNetOptions): MemoryNet {
  const net = new MemoryNet({ ...options, scribble: true, limit: 10000000 });
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

netContract("memory", () => live({}));
netContract("memory, lent, narrow, early", () => live({ lend: true, window: 5000, early: true }), LENT);
