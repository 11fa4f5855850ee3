// Tells how far a transfer is, a few times a second.

/** How far a transfer is. */
export interface Progress {
  /** Bytes of the file that are there, those before a resumed transfer included. */
  bytes: number;
  /** Bytes of the whole file, where they are known. */
  total?: number;
  /** Bytes per second, of late. */
  rate: number;
  /** Seconds that are left, where the total is known. */
  eta?: number;
}

/** Milliseconds between two calls. */
const EVERY = 200;
/** The share of the latest rate in the one that is told. */
const WEIGHT = 0.3;

/** Watches a counter until the function that it returns is called; that tells once more. */
export function watch(count: () => number, total: () => number, tell: (progress: Progress) => void): () => void {
  let before = count();
  let then = performance.now();
  let rate = 0;
  const look = (): void => {
    const now = performance.now();
    const bytes = count();
    const latest = now > then ? (bytes - before) / (now - then) * 1000 : rate;
    rate = rate === 0 ? latest : rate * (1 - WEIGHT) + latest * WEIGHT;
    before = bytes;
    then = now;
    const all = total();
    const progress: Progress = { bytes, rate };
    if (all >= 0) progress.total = all;
    if (all >= 0 && rate > 0) progress.eta = Math.max(0, all - bytes) / rate;
    tell(progress);
  };
  const timer = setInterval(look, EVERY);
  return () => {
    clearInterval(timer);
    look();
  };
}
