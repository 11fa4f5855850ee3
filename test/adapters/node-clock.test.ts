// The clock that all adapters share: one timer per ticker, none for an idle one, none that keeps the process alive.

import { execFileSync } from "node:child_process";
import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { assert, assertEquals } from "../assert.ts";
import { Clock } from "../../adapters/clock.ts";

/** A ticker that gives one answer after the other, and then the last again. */
class Script {
  ticks: number[] = [];
  answers: number[];

  constructor(...answers: number[]) {
    this.answers = answers;
  }

  tick(now: number): number {
    this.ticks.push(now);
    return this.answers[Math.min(this.ticks.length, this.answers.length) - 1];
  }
}

describe("Clock", () => {
  it("forgets who waits for nothing", async () => {
    const clock = new Clock();
    const script = new Script(-1);
    clock.wake(script);
    assertEquals(clock.alarms.size, 1);
    await pause(110);
    assertEquals([script.ticks.length, clock.alarms.size], [1, 0]);
  });

  it("makes no second timer for a second wake", () => {
    const clock = new Clock();
    const script = new Script(-1);
    clock.wake(script);
    const alarm = clock.alarms.get(script);
    for (let i = 0; i < 1000; i++) clock.wake(script);
    assert(clock.alarms.get(script) === alarm);
    clock.stop(script);
    assertEquals(clock.alarms.size, 0);
  });

  it("stops, also from within tick", async () => {
    const clock = new Clock();
    const stopped = new Script(1);
    clock.wake(stopped);
    clock.stop(stopped);
    const script = new Script(1);
    const inner = { tick: (now: number): number => (clock.stop(inner), script.tick(now)) };
    clock.wake(inner);
    await pause(150);
    assertEquals([stopped.ticks.length, script.ticks.length, clock.alarms.size], [0, 1, 0]);
  });

  it("waits for deadlines that are further than a timer reaches", async () => {
    const clock = new Clock();
    const script = new Script(Number.MAX_SAFE_INTEGER);
    clock.wake(script);
    await pause(120);
    assertEquals([script.ticks.length, clock.alarms.size], [1, 1]);
    clock.stop(script);
  });

  it("keeps many apart", async () => {
    const clock = new Clock();
    const scripts = Array.from({ length: 100 }, () => new Script(10, -1));
    for (const script of scripts) clock.wake(script);
    await pause(250);
    assert(scripts.every((script) => script.ticks.length === 2 && script.ticks[1] - script.ticks[0] >= 9));
    assertEquals(clock.alarms.size, 0);
  });

  it("keeps no process alive", () => {
    const module = fileURLToPath(new URL("../../adapters/clock.js", import.meta.url));
    const script = `const { Clock } = await import(${JSON.stringify(module)}); new Clock().wake({ tick: () => 60000 });`;
    const start = performance.now();
    execFileSync(process.execPath, ["--input-type=module", "-e", script], { timeout: 5000 });
    assert(performance.now() - start < 4000);
  });
});
