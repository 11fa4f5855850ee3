// Blocks: a bounded pool that keeps a few for the next.

import { test } from "node:test";
import { Blocks } from "../../core/blocks.ts";
import { assert, assertEquals } from "../assert.ts";

test("no more than the bound are made", () => {
  const pool = new Blocks(16, 2, 2);
  const one = pool.take();
  const two = pool.take();
  assert(one !== null && two !== null && one !== two);
  assertEquals(one.length, 16);
  assertEquals(pool.take(), null);
  pool.give(one);
  assertEquals(pool.take(), one);
});

test("none is made before it is needed, and only the spare ones are kept", () => {
  const pool = new Blocks(16, 10, 1);
  assertEquals(pool.made, 0);
  const one = pool.take() as Uint8Array;
  const two = pool.take() as Uint8Array;
  pool.give(one);
  pool.give(two);
  assertEquals(pool.made, 1);
  assertEquals(pool.free.length, 1);
  assertEquals(pool.take(), one);
});
