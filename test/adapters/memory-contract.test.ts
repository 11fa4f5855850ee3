// The memory net under the contract suite that the runtimes' nets pass, driven by real time.

import { netContract } from "../conformance/net.ts";
import { live } from "./memory-live.ts";

const REASON = "sends without asking whether the last chunk is still lent";
const TOLD = "its abort always tells the peer, so that transcripts show who lets go";
const ARRIVES = "abort after end, with nothing unsent: what is on its way still arrives, from the";
const ALL: Record<string, string> = { [`${ARRIVES} client`]: TOLD, [`${ARRIVES} server`]: TOLD };
const LENT: Record<string, string> = {
  ...ALL,
  "a chunk may be longer than what is sent of it": REASON,
  "text is bytes, one per character": REASON,
  "two small packets and an answer, without a pause of 40 ms": REASON,
};

netContract("memory", () => live({}), ALL);
netContract("memory, lent, narrow, early", () => live({ lend: true, window: 5000, early: true }), LENT);
