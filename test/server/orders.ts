// Tries every order in which things can happen to a machine: a world offers choices, and `everyOrder` takes each of them once.

/** Where a run has to choose. */
export interface Chooser {
  /** 0 to `count` - 1. */
  choose(count: number): number;
}

/** Runs `run` once for every sequence of choices, at most `most` times; returns how often. */
export function everyOrder(most: number, run: (chooser: Chooser) => void): number {
  let script: number[] = [];
  let runs = 0;
  for (;;) {
    const counts: number[] = [];
    const taken: number[] = [];
    const chooser = {
      choose(count: number): number {
        const choice = taken.length < script.length ? script[taken.length] : 0;
        taken.push(choice);
        counts.push(count);
        return choice;
      },
    };
    try {
      run(chooser);
    } catch (error) {
      throw new Error(`choices ${taken.join(" ")}: ${(error as Error).message}\n${(error as Error).stack}`);
    }
    runs++;
    if (runs > most) throw new Error(`More than ${most} orders`);
    let last = taken.length - 1;
    while (last >= 0 && taken[last] + 1 >= counts[last]) last--;
    if (last < 0) return runs;
    script = taken.slice(0, last);
    script.push(taken[last] + 1);
  }
}
