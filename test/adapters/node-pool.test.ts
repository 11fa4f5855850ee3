// When the small questions to a disk go through the thread pool: after a slow answer, for a while that fits it.

import { tmpdir } from "node:os";
import { mock, test } from "node:test";
import { assertEquals } from "../assert.ts";
import { Disk } from "../../adapters/node/disk.ts";

/** Asks, where the clock shows `at` and the answer takes `took` milliseconds; true: it came at once. */
function ask(disk: Disk, at: number, took: number): Promise<boolean> {
  const times = [at, at, at + took];
  const clock = mock.method(performance, "now", () => times.shift() ?? at + took);
  return new Promise((resolve) => {
    let returned = false;
    disk.lstat(Buffer.from(tmpdir()), (error) => {
      clock.mock.restore();
      assertEquals(error, null);
      resolve(!returned);
    });
    clock.mock.restore();
    returned = true;
  });
}

test("a slow answer sends the next ones through the thread pool, twenty times as long as it took", async () => {
  const disk = new Disk(false);
  assertEquals(await ask(disk, 0, 0.4), true);
  assertEquals(await ask(disk, 1, 3), true);
  assertEquals(await ask(disk, 5, 0), false);
  assertEquals(await ask(disk, 60, 0), false);
  assertEquals(await ask(disk, 62, 100), true);
  assertEquals(await ask(disk, 2000, 0), false);
  assertEquals(await ask(disk, 2063, 0), true);
});

test("a patient disk is never asked at once", async () => {
  assertEquals(await ask(new Disk(true), 0, 0), false);
});
