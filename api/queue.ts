// One operation at a time, in the order of the calls: a control connection knows no other way.

import { abortReason } from "./errors.ts";

/** Jobs that wait their turn. */
export class Queue {
  private last: Promise<unknown> = Promise.resolve();
  /** Jobs that wait behind the one that runs. */
  waiting = 0;
  /** Called when a job begins to wait: who holds the queue open may hurry. */
  onWaiting: (() => void) | null = null;

  /** Runs a job after those before it, unless `signal` is aborted first. */
  add<T>(job: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (signal?.aborted) return Promise.reject(abortReason(signal));
    const before = this.last;
    let leave: (reason: unknown) => void = () => {};
    const left = new Promise<never>((_, reject) => leave = reject);
    left.catch(() => {});
    const onAbort = (): void => leave(abortReason(signal));
    signal?.addEventListener("abort", onAbort, { once: true });
    this.waiting++;
    const turn = Promise.race([before, left]).finally(() => {
      this.waiting--;
      signal?.removeEventListener("abort", onAbort);
    });
    const result = turn.then(job);
    // Who gave up while waiting does not let others overtake the job before.
    this.last = Promise.allSettled([before, result]);
    this.onWaiting?.();
    return result;
  }
}
