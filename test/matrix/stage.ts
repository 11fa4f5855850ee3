// What a case works with: a session, a folder of its own on both sides, and transfers by the storage that is asked for.

import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Client, ConnectOptions, FileInfo } from "../../adapters/node/mod.ts";
import { throttle } from "../../adapters/wrap/throttle.ts";
import { traceNet } from "../../adapters/wrap/trace.ts";
import { MODES, security } from "./axes.ts";
import { same, sameBytes } from "./content.ts";
import type { Adapter } from "./desktop.ts";
import { LOGIN, type Order } from "./protocol.ts";

/** A case of the suite. */
export interface Case {
  name: string;
  /** In the full mode only. */
  full?: boolean;
  /** For every cell: what has another column for its own kind of name or folder need not be repeated in all others. */
  brief?: boolean;
  /** Over TLS only. */
  secure?: boolean;
  run(stage: Stage): Promise<void>;
}

/** How fast a transfer is that has to be caught on its way, in bytes per second: `BIG` would take many seconds. */
export const SLOW = 2000000;
/** A lone surrogate stands for a byte that is no UTF-8. */
const RAW = /[\ud800-\udfff]/u;
const KEPT = 60;
/** Clients of this process. */
let dials = 0;

/** One cell's. */
export class Stage {
  readonly order: Order;
  /** The conversation, where it is traced. */
  readonly said: string[] = [];
  private readonly adapter: Adapter;
  private readonly opened: Client[] = [];
  private session: Client | null = null;
  /** Names that are nothing of ours. */
  private others: string[] = [];

  constructor(order: Order, adapter: Adapter) {
    this.order = order;
    this.adapter = adapter;
  }

  /** Files are on a disk, on this side too. */
  get onDisk(): boolean {
    return !this.adapter.device && (this.order.storage === "disk" || this.order.storage === "SD");
  }

  /** The server has no folders: the cases share the only one with what was there. */
  get flat(): boolean {
    return this.order.remote === "/";
  }

  /** The session that the cases share. */
  get client(): Client {
    return this.session as Client;
  }

  async begin(): Promise<void> {
    mkdirSync(this.order.local, { recursive: true });
    this.session = await this.dial();
    if (this.flat) {
      this.others = (await this.listed()).map(({ name }) => name);
      // What was there before takes room until it is moved together.
      return void await this.client.send("SITE COMPACT");
    }
    await this.client.mkdir(this.order.remote);
    await this.client.cd(this.order.remote);
  }

  /** After a case that failed: another session, and both folders empty, as the next case wants them. */
  async mend(): Promise<void> {
    for (const client of this.opened) client.close();
    this.session = await this.dial();
    if (this.flat) await this.remove(...(await this.listed()).map(({ name }) => name));
    else await this.client.rmdir(this.order.remote, { recursive: true }).catch(() => {});
    if (!this.flat) await this.client.mkdir(this.order.remote).catch(() => {});
    await this.client.cd(this.order.remote);
    this.clean();
  }

  /** Says good-bye on all sessions. */
  async end(): Promise<void> {
    for (const client of this.opened) await client.quit();
    rmSync(this.order.local, { recursive: true });
  }

  /** Another session, by the cell's mode; with so many bytes per second at most. */
  async dial(speed: number = 0, said: string[] | null = null, more: Partial<ConnectOptions> = {}): Promise<Client> {
    const { host, port, mode } = this.order;
    const options: ConnectOptions = { host, port, ...LOGIN, ...MODES.find(({ name }) => name === mode)?.options };
    const { tls, version } = security(this.order.security);
    if (tls !== null) {
      // Deno keeps sessions by this name, for all of a process.
      const servername = `client${++dials}.sessions.example`;
      Object.assign(options, { tls, ca: this.order.tls?.ca, servername, minVersion: version, maxVersion: version });
    }
    Object.assign(options, more);
    if (this.order.trace) said ??= this.said;
    if (speed > 0) options.net = throttle(this.adapter.net(), { receive: speed, send: speed });
    if (said !== null) options.net = traceNet(options.net ?? this.adapter.net(), (line) => this.keep(said, line), {});
    const client = await this.adapter.connect(options, said ?? undefined);
    this.opened.push(client);
    return client;
  }

  /** The session answers, and in turn. */
  async still(client: Client = this.client): Promise<void> {
    same(client.connected, true, "connected");
    same((await client.send("NOOP")).code, 200, "the reply to NOOP");
  }

  /** Uploads a file, from memory or from the disk. */
  async up(name: string, content: Uint8Array, client: Client = this.client): Promise<void> {
    if (!this.onDisk) return same(await client.put(name, content), content.length, `bytes of "${name}" that went`);
    const local = this.write(name, content);
    same(await client.upload(local, name), content.length, `bytes of "${name}" that went`);
    rmSync(local);
  }

  /** Downloads a file, to memory or to the disk. */
  async down(name: string, client: Client = this.client): Promise<Uint8Array> {
    if (!this.onDisk) return await client.getBytes(name);
    const local = this.local(`back ${name}`);
    const came = await client.download(name, local);
    const content = readFileSync(local);
    same(came, content.length, `bytes of "${name}" that came`);
    rmSync(local);
    return content;
  }

  /** Downloads a file and compares it. */
  async holds(name: string, content: Uint8Array, client: Client = this.client): Promise<void> {
    sameBytes(await this.down(name, client), content, `"${name}"`);
  }

  /** Up, its size, and down again. */
  async there(name: string, content: Uint8Array): Promise<void> {
    await this.up(name, content);
    same(await this.client.size(name), content.length, `SIZE of "${name}"`);
    await this.holds(name, content);
  }

  /** Where a file is on this side; a name that no local file can have has another. */
  local(name: string): string {
    return join(this.order.local, RAW.test(name) ? "raw" : name.replaceAll("/", "_"));
  }

  /** Writes a local file; where it is. */
  write(name: string, content: Uint8Array): string {
    writeFileSync(this.local(name), content);
    return this.local(name);
  }

  /** Waits for the first bytes of a download to a local file. */
  async begun(): Promise<void> {
    const sizes = (): number[] => readdirSync(this.order.local).map((name) => statSync(join(this.order.local, name)).size);
    while (!sizes().some((size) => size > 0)) await pause(5);
  }

  /** Removes the local files; their names, hidden ones too. */
  clean(): string[] {
    const names = readdirSync(this.order.local).sort();
    for (const name of names) rmSync(join(this.order.local, name));
    return names;
  }

  /** Removes files on the server. */
  async remove(...names: string[]): Promise<void> {
    for (const name of names) await this.client.remove(name);
  }

  /** The entries of a folder, by name. */
  async listed(path: string = ""): Promise<FileInfo[]> {
    const all: FileInfo[] = [];
    for await (const entry of this.client.list(path)) if (!this.others.includes(entry.name)) all.push(entry);
    return all.sort((a, b) => a.name < b.name ? -1 : 1);
  }

  /** The names in our folder, by NLST, sorted. */
  async names(client: Client = this.client): Promise<string[]> {
    return (await client.names()).filter((name) => !this.others.includes(name)).sort();
  }

  private keep(said: string[], line: string): void {
    said.push(line);
    if (said.length > KEPT) said.shift();
  }
}

/** So many milliseconds. */
export function pause(time: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, time));
}
