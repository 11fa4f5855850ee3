// A server in a child process that can be asked what it holds, and be killed.

import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { PASSWORD, USER } from "../peers/peer.ts";
import type { Report } from "./child.ts";

/** The child and its port. */
export class Counted {
  readonly port: number;
  private child: ChildProcess;
  private gone: Promise<void>;

  private constructor(child: ChildProcess, port: number) {
    this.child = child;
    this.port = port;
    this.gone = new Promise((resolve) => child.once("exit", () => resolve()));
  }

  /** Serves `root` on 127.0.0.1. */
  static start(root: string): Promise<Counted> {
    const child = fork(join(import.meta.dirname, "child.js"), [root, USER, PASSWORD], { execArgv: ["--expose-gc"] });
    return new Promise((resolve, reject) => {
      child.once("message", (port) => resolve(new Counted(child, port as number)));
      child.once("exit", (code) => reject(new Error(`The server ended with ${code}`)));
    });
  }

  /** What it holds now, after a collection of garbage. */
  report(): Promise<Report> {
    return new Promise((resolve, reject) => {
      const gone = (): void => reject(new Error("The server is gone"));
      this.child.once("exit", gone);
      this.child.once("message", (report) => {
        this.child.off("exit", gone);
        resolve(report as Report);
      });
      this.child.send("report");
    });
  }

  /** What it holds when all sessions are over, which they have to be within `limit` ms. */
  async settled(limit: number): Promise<Report> {
    const end = Date.now() + limit;
    let report = await this.report();
    while ((report.sessions > 0 || report.resources.includes("TCPSocketWrap")) && Date.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      report = await this.report();
    }
    // The engine needs a few collections to let go of all it can.
    for (let i = 0; i < 4; i++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      const again = await this.report();
      report = { ...again, heap: Math.min(report.heap, again.heap), resident: Math.min(report.resident, again.resident) };
    }
    return report;
  }

  /** Holds it still while `work` goes on, so that it sees all of that at one moment. */
  async frozen(work: () => Promise<void>): Promise<void> {
    this.child.kill("SIGSTOP");
    await work().finally(() => this.child.kill("SIGCONT"));
  }

  /** Ends it as a power cut does. */
  async kill(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.gone;
  }
}
