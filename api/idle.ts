// Sends NOOP on a connection on which nothing happens, so that nobody on its way takes it for dead.

/** Counts from the end of one operation to the beginning of the next. */
export class Idle {
  private readonly every: number;
  private readonly say: () => Promise<boolean>;
  private timer: ReturnType<typeof setTimeout> | undefined = undefined;
  /** The server does not want to hear it. */
  private refused = false;

  /** `say` sends NOOP and answers whether it was welcome; `every` 0: never. */
  constructor(every: number, say: () => Promise<boolean>) {
    this.every = every;
    this.say = say;
  }

  /** Nothing happens any more. */
  start(): void {
    this.stop();
    if (this.every <= 0 || this.refused) return;
    this.timer = setTimeout(() => {
      this.say().then((welcome) => this.refused = !welcome, () => {}).then(() => {
        if (this.refused) this.stop();
      });
    }, this.every);
  }

  /** Something happens, or the connection is gone. */
  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
