// Our server as a user starts it, `picoftp serve`, in a process of its own, with a folder on each side for every test.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { PASSWORD, USER } from "../peers/peer.ts";
import { present } from "../peers/peers.ts";
import { commandLine, type Runtime } from "../runtime.ts";
import { find, hasIPv6, type Loopback, removeFolder, temporaryFolder } from "../peers/process.ts";

/** What a server on Deno may do: more than it needs, since tests have their folders anywhere. */
const PERMISSIONS = ["--allow-all"];

/** Our server and its folder. */
export class Ours {
  readonly host: Loopback;
  port = 0;
  /** The folder that is served. */
  root = "";
  /** A folder for the client's side. */
  local = "";
  /** A home without settings for the clients. */
  home = "";
  /** What it wrote. */
  output = "";
  private folder = "";
  private child: ChildProcess | null = null;
  private readonly runtime: Runtime;

  constructor(host: Loopback, runtime: Runtime = "node") {
    this.host = host;
    this.runtime = runtime;
  }

  /** The host as it stands in a URL. */
  get urlHost(): string {
    return this.host === "::1" ? "[::1]" : this.host;
  }

  /** ftp://host:port/path, without a user; the path is encoded here. */
  url(path: string): string {
    return `ftp://${this.urlHost}:${this.port}/${path.split("/").map(encodeURIComponent).join("/")}`;
  }

  /** `options`: more of them for `picoftp serve`. */
  async start(options: string[] = []): Promise<void> {
    this.folder = temporaryFolder("ours", process.getuid?.() ?? 0);
    this.root = join(this.folder, "root");
    this.local = join(this.folder, "local");
    this.home = join(this.folder, "home");
    for (const folder of [this.root, this.local, this.home]) mkdirSync(folder);
    const [program, ...command] = commandLine(this.runtime, "cli/main", PERMISSIONS);
    const args = [...command, "serve", this.root, "--host", this.host, "--port", "0", "--user", USER, "--password", PASSWORD, ...options];
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    this.child = child;
    await new Promise<void>((resolve, reject) => {
      const hear = (chunk: Uint8Array): void => {
        this.output += chunk;
        const found = /^listening on ftp(?:e?s)?:\/\/\S+:(\d+)\//.exec(this.output);
        if (found === null || this.port !== 0) return;
        this.port = Number(found[1]);
        resolve();
      };
      child.stdout.on("data", hear);
      child.stderr.on("data", hear);
      child.once("exit", (code) => {
        this.output += `\nour server ended with ${code}\n`;
        reject(new Error(`Cannot start our server: ${this.output}`));
      });
    });
  }

  async stop(): Promise<void> {
    const child = this.child;
    if (child !== null && child.exitCode === null && child.signalCode === null) {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), 3000);
      await gone;
      clearTimeout(timer);
    }
    removeFolder(this.folder);
  }

  /** A folder of that name on both sides. */
  place(name: string): Place {
    const place = { remote: join(this.root, name), local: join(this.local, name), name };
    mkdirSync(place.remote);
    mkdirSync(place.local);
    return place;
  }
}

/** Where a test has its files. */
export interface Place {
  /** On the server's disk. */
  remote: string;
  /** On the client's. */
  local: string;
  /** For the client: the folder in the server's root. */
  name: string;
}

/** Tests of one client program, over each of the addresses; a visible skip where it is not installed. */
export async function against(program: string, hosts: Loopback[], define: (server: Ours) => void): Promise<void> {
  const missing = find(program) === "" ? `${program} is not installed` : "";
  const six = await hasIPv6();
  for (const host of hosts) {
    const title = `${program}, our server on ${host}`;
    if (missing !== "") {
      test(title, (t) => void present(t, missing));
      continue;
    }
    if (host === "::1" && !six) {
      test(title, (t) => t.skip("no IPv6 here"));
      continue;
    }
    describe(title, () => {
      const server = new Ours(host);
      before(() => server.start());
      after(() => server.stop());
      define(server);
    });
  }
}
