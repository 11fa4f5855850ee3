// How Bun's files are written: behind, where the bytes come from a socket of Bun's. That memory can be held (blocks.ts), so
// a write is answered before it is done. What fails is told by the next write, or by `flush`.

import { Disk, SMALL } from "../node/disk.ts";
import type { Answer } from "../node/disk.ts";
import { Behind } from "./behind.ts";
import { hold } from "./blocks.ts";

/** One disk's calls, as Bun makes them. */
export class BunDisk extends Disk {
  private readonly behind: Map<number, Behind> = new Map();

  override write(fd: number, bytes: Uint8Array, from: number, to: number, at: number, done: Answer<number>): void {
    const behind = this.behind.get(fd);
    const much = to - from === bytes.length && (behind !== undefined || at + to - from > SMALL);
    if (much && hold(bytes)) return this.behindOf(fd).add(bytes, at, done);
    this.settle(behind, (error) => {
      if (error !== null) done(error, 0);
      else super.write(fd, bytes, from, to, at, done);
    });
  }

  override flush(fd: number, sync: boolean, done: (error: NodeJS.ErrnoException | null) => void): void {
    this.settle(this.behind.get(fd), (error) => {
      if (error !== null) done(error);
      else super.flush(fd, sync, done);
    });
  }

  override close(fd: number, done: (error?: NodeJS.ErrnoException | null) => void): void {
    this.settle(this.behind.get(fd), () => {
      this.behind.delete(fd);
      super.close(fd, done);
    });
  }

  private settle(behind: Behind | undefined, done: (error: NodeJS.ErrnoException | null) => void): void {
    if (behind === undefined) done(null);
    else behind.settle(done);
  }

  private behindOf(fd: number): Behind {
    const behind = this.behind.get(fd) ?? new Behind(fd);
    this.behind.set(fd, behind);
    return behind;
  }
}
