// The assertions of the tests, with types: the package they come from has none.

// @ts-expect-error no declarations
import { assert as plainAssert } from "deno-std/assert/assert.js";
// @ts-expect-error no declarations
import { assertEquals as plainEquals } from "deno-std/assert/equals.js";
// @ts-expect-error no declarations
import { assertRejects as plainRejects } from "deno-std/assert/rejects.js";
// @ts-expect-error no declarations
import { assertThrows as plainThrows } from "deno-std/assert/throws.js";

// The package compares objects with methods of Set that Node has from version 22 on only.
lend("union", (a, b) => new Set([...a, ...b]));
lend("symmetricDifference", (a, b) => new Set([...a, ...b].filter((item) => a.has(item) !== b.has(item))));

function lend(name: string, method: (a: Set<unknown>, b: Set<unknown>) => Set<unknown>): void {
  if (name in Set.prototype) return;
  const value = function (this: Set<unknown>, other: Set<unknown>): Set<unknown> {
    return method(this, other);
  };
  Object.defineProperty(Set.prototype, name, { value, configurable: true, writable: true });
}

/** Fails unless `actual` is truthy. */
export function assert(actual: unknown, message?: string): asserts actual {
  plainAssert(actual, message);
}

/** Fails unless both are equal, in depth. */
export function assertEquals<T>(actual: T, expected: T, message?: string): void {
  plainEquals(actual, expected, message);
}

/** Fails unless `run` throws an error whose message includes `part`; returns the error. */
export function assertThrows(run: () => unknown, part?: string): Error {
  return plainThrows(run, Error, part ?? "");
}

/** Fails unless the promise of `run` is rejected with an error whose message includes `part`; resolves to the error. */
export function assertRejects(run: () => Promise<unknown>, part?: string): Promise<Error> {
  return plainRejects(run, Error, part ?? "");
}
