// Tries a transfer again after what may pass: a broken connection, a refusal of the kind 4yz.

import { abortReason, ConnectionError, FtpError } from "./errors.ts";

/** How often, and after which pause. */
export interface Patience {
  /** Attempts after the first one. */
  retries?: number;
  /** Milliseconds before the first of them; twice as many before each further one, up to `LONGEST`. */
  retryDelay?: number;
  signal?: AbortSignal;
}

/** Milliseconds between two attempts at most. */
const LONGEST = 60000;

/** Reasons that another attempt does not change. */
const FINAL = ["unsupported", "too long", "tls", "protocol", "different"];

/**
 * `attempt` is told which one it is, from 0 on; before each further one `again` brings the connection back, and its failure
 * counts as the attempt's.
 */
export async function persist<T>(patience: Patience, attempt: (count: number) => Promise<T>, again: () => Promise<void>): Promise<T> {
  const { retries = 0, retryDelay = 1000, signal } = patience;
  for (let count = 0;; count++) {
    try {
      if (count > 0) await again();
      return await attempt(count);
    } catch (error) {
      if (count >= retries || !passes(error)) throw error;
    }
    await pause(Math.min(LONGEST, retryDelay * 2 ** count), signal);
  }
}

function passes(error: unknown): boolean {
  if (error instanceof FtpError) return error.code >= 400 && error.code < 500;
  return error instanceof ConnectionError && !FINAL.includes(error.reason);
}

function pause(time: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(abortReason(signal));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, time);
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}
