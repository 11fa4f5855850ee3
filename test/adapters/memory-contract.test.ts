// The memory net under the contract suite that the runtimes' nets pass, driven by real time.

import { netContract } from "../conformance/net.ts";
import { live } from "./memory-live.ts";

const REASON = "sends without asking whether the last chunk is still lent";
const LENT: Record<string, string> = {
  "a chunk may be longer than what is sent of it": REASON,
  "text is bytes, one per character": REASON,
  "two small packets and an answer, without a pause of 40 ms": REASON,
};

netContract("memory", () => live({}));
netContract("memory, lent, narrow, early", () => live({ lend: true, window: 5000, early: true }), LENT);
