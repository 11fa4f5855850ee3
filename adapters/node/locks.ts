// Who writes what at this moment, in all the NodeFiles of a process: a second writer of the same part or file gets BUSY.

/** Owners of the parts that are being written, by the real path of the file they are to become. */
const writers = new Map<string, Set<string>>();
/** Real paths of the files that are being written in place. */
const inPlace = new Set<string>();

/** Whether anybody writes this file. */
export function isWritten(target: string): boolean {
  return writers.has(target);
}

/** Whether anybody writes a file in this folder. */
export function isWrittenIn(folder: string): boolean {
  for (const target of writers.keys()) {
    if (target.lastIndexOf("/") === folder.length && target.startsWith(folder)) return true;
  }
  return false;
}

/** One owner's right to write one file. */
export class Lock {
  private readonly target: string;
  private readonly owner: string;
  private alone = false;

  private constructor(target: string, owner: string) {
    this.target = target;
    this.owner = owner;
  }

  /** null: that owner has it already. */
  static take(target: string, owner: string): Lock | null {
    const owners = writers.get(target) ?? new Set();
    if (owners.has(owner)) return null;
    owners.add(owner);
    writers.set(target, owners);
    return new Lock(target, owner);
  }

  /** For writing in place; false: somebody does already. */
  takeInPlace(): boolean {
    if (inPlace.has(this.target)) return false;
    inPlace.add(this.target);
    this.alone = true;
    return true;
  }

  release(): void {
    const owners = writers.get(this.target);
    if (this.alone) inPlace.delete(this.target);
    this.alone = false;
    owners?.delete(this.owner);
    if (owners?.size === 0) writers.delete(this.target);
  }
}
