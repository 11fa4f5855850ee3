// The contract of core/ports.ts for sockets, as tests that every runtime's Net must pass.

import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { assert, assertEquals } from "../assert.ts";
import type { Net, Ticker } from "../../core/ports.ts";
import { bytes } from "./net-bytes.ts";
import { dials, listeners } from "./net-dials.ts";
import { endings } from "./net-ends.ts";
import type { Declare } from "./net-host.ts";

const GROUPS: [string, (test: Declare) => void][] = [
  ["bytes", bytes],
  ["ends", endings],
  ["dials", dials],
  ["listeners", listeners],
  ["wake", wake],
];

/** Declares the contract's tests for the Net that `makeNet` makes; `skip` names tests that it is known to fail, and why. */
export function netContract(name: string, makeNet: () => Net, skip: Record<string, string> = {}): void {
  const test: Declare = (title, run) => {
    it(title, { skip: skip[title] ?? false, timeout: 30000 }, () => run(makeNet()));
  };
  for (const [group, declare] of GROUPS) describe(`${name}: ${group}`, () => declare(test));
}

function wake(test: Declare): void {
  test("ticks within 100 ms, then as the answer says, then not at all", async (net) => {
    const times: number[] = [];
    const answers = [30, 200, -1];
    // A timer of the runtime's for each bound: on a machine that is busy both are late, one after the other.
    const bounds: Promise<number>[] = [];
    const bound = (milliseconds: number): number => bounds.push(pause(milliseconds).then(() => times.length));
    const ticker: Ticker = {
      tick(now: number): number {
        times.push(now);
        const answer = answers[times.length - 1] ?? -1;
        if (answer > 0) bound(answer + 100);
        return answer;
      },
    };
    for (let i = 0; i < 10; i++) net.wake(ticker);
    bound(130);
    assertEquals(times, []);
    await pause(600);
    while (times.length < 3) await pause(10);
    await pause(150);
    assertEquals(times.length, 3);
    const counts = await Promise.all(bounds);
    assert(counts.every((count, i) => count > i), `ticks by their bounds: ${counts}`);
    assert(times[1] - times[0] >= 28, `second after ${times[1] - times[0]}`);
    assert(times[2] - times[1] >= 198, `third after ${times[2] - times[1]}`);
  });

  test("a wake brings a far deadline near, also from within tick", async (net) => {
    let ticks = 0;
    const ticker: Ticker = {
      tick(): number {
        ticks++;
        if (ticks === 2) net.wake(ticker);
        return ticks === 3 ? -1 : 2 ** 40;
      },
    };
    net.wake(ticker);
    await pause(150);
    assertEquals(ticks, 1);
    net.wake(ticker);
    await pause(300);
    assertEquals(ticks, 3);
  });
}
