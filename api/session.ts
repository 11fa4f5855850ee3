// A client's session: its connection and its login, the queue of operations, and how one of them becomes a promise.

import type { Done } from "../core/ports.ts";
import { CANCELLED, RESET, TIMEOUT } from "../core/ports.ts";
import { Client as Machine } from "../core/client/client.ts";
import { login } from "../core/client/login.ts";
import type { ClientOptions } from "../core/client/options.ts";
import type { Reply } from "../core/wire/reply.ts";
import type { Credentials, OperationOptions } from "./clientoptions.ts";
import { abortReason, ConnectionError, FtpError } from "./errors.ts";
import { failure } from "./failure.ts";
import { Idle } from "./idle.ts";
import { decodeName, encodeName, secret } from "./names.ts";
import type { Encoding } from "./names.ts";
import { Queue } from "./queue.ts";
import type { Runtime } from "./runtime.ts";
import { infoOf } from "./tls.ts";
import type { ClientTlsInfo } from "./tls.ts";

/** A reply of the server. */
export interface ServerReply {
  /** Three digits. */
  code: number;
  /** Without the code; lines are joined by "\n". */
  text: string;
}

/** What `connect` has made of its options. */
export interface Setup {
  /** The core's. */
  core: Partial<ClientOptions>;
  encoding: Encoding;
  listLimit: number;
  /** Ports that the control connection may come from, tried one by one; none: any. */
  localPorts: number[];
  /** Milliseconds without a command before NOOP is sent; 0: never. */
  noop: number;
  onClose: ((reason: ConnectionError | null) => void) | undefined;
  /** The proxy that carries the connections: how it has worded its last no. */
  proxy: { refusal: string } | null;
}

/** A session with a server. Operations run one after another, in the order of the calls. */
export class Session implements AsyncDisposable {
  protected readonly machine: Machine;
  protected readonly encoding: Encoding;
  protected readonly queue: Queue = new Queue();
  private readonly localPorts: number[];
  private readonly proxy: Setup["proxy"];
  private readonly idle: Idle;
  /** What FEAT has said; null: it was not asked on this connection. */
  private known: string[] | null = null;
  /** We have ended the connection. */
  private leaving = false;
  /** How often somebody has called off what runs: nothing is tried again then. */
  protected stops = 0;

  /** For the composition root; use `connect`. */
  constructor(runtime: Runtime, setup: Setup) {
    const machine = new Machine(runtime.net, setup.core);
    this.machine = machine;
    this.encoding = setup.encoding;
    this.localPorts = setup.localPorts;
    this.proxy = setup.proxy;
    this.idle = new Idle(setup.noop, () => this.send("NOOP").then(({ code }) => code < 500));
    machine.gone = (error) => {
      this.idle.stop();
      this.known = null;
      // Where we gave it up, nothing was heard in time.
      const why = error === CANCELLED ? TIMEOUT : error || RESET;
      setup.onClose?.(this.leaving ? null : this.failure(why, "", undefined) as ConnectionError);
    };
  }

  /** Dials and logs in; `connect` has done it. Again after the connection was lost, with the same options. */
  connect(options: OperationOptions = {}): Promise<void> {
    return this.job(options, () => this.dial(options));
  }

  /** There is a connection. */
  get connected(): boolean {
    return this.machine.open;
  }

  /** Logs in where nobody is logged in yet: after `connect` with user "", through a proxy of type "other", after `logout`. */
  login(credentials: Credentials, options: OperationOptions = {}): Promise<void> {
    return this.run("", options, (done: Done<void>) => {
      const { user, password, account } = secrets(credentials, this.encoding);
      Object.assign(this.machine.options, { user, password, account });
      login(this.machine, done);
    });
  }

  /** Ends the login and keeps the connection (REIN), for another `login`. */
  async logout(options: OperationOptions = {}): Promise<void> {
    const { code, text } = await this.send("REIN", options);
    if (code >= 400) throw new FtpError(code, "REIN", text);
  }

  /** Says good-bye, and waits until the connection is closed. */
  async quit(): Promise<void> {
    this.leaving = true;
    this.stops++;
    if (this.connected) await this.run("", {}, (done: Done<void>) => this.machine.quit(done)).catch(() => {});
  }

  /** Aborts the operation that runs, and keeps the session where the server plays along; those that wait go on. */
  abort(): void {
    this.stops++;
    this.machine.abort();
  }

  /** Closes at once; what runs fails. */
  close(): void {
    this.leaving = true;
    this.stops++;
    this.machine.close();
  }

  /** For `await using`: says good-bye. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.quit();
  }

  /** Sends any command that needs no data connection. A refusal is a reply too, not an error. */
  async send(line: string, options: OperationOptions = {}): Promise<ServerReply> {
    const bytes = this.encode(line);
    return this.job(options, () => this.ask(bytes, options));
  }

  /** What the server says that it has (FEAT), a line for each, such as "REST STREAM"; none where it does not know FEAT. */
  features(options: OperationOptions = {}): Promise<string[]> {
    return this.job(options, () => this.told(options));
  }

  /** Switches between passive and active data connections, from the next transfer on. */
  set mode(mode: "passive" | "active") {
    this.machine.options.passive = mode === "passive";
  }

  /** How data connections are made. */
  get mode(): "passive" | "active" {
    return this.machine.options.passive ? "passive" : "active";
  }

  /** What TLS came to on this connection; null: it is clear. */
  tlsInfo(): ClientTlsInfo | null {
    const secure = this.machine.secure;
    if (secure === null || !secure.known() || secure.facts === null) return null;
    return { control: infoOf(secure.facts), data: secure.data.facts === null ? null : infoOf(secure.data.facts) };
  }

  // --- How it is done

  /** A path or a command as bytes. Throws where it would end the line. */
  protected encode(text: string): string {
    if (/[\r\n\0]/.test(text)) throw new TypeError(`Cannot send ${JSON.stringify(text)}: it holds CR, LF or NUL`);
    return encodeName(text, this.encoding);
  }

  /** A job in the queue that the signal can abort. */
  protected job<T>(options: OperationOptions, work: () => Promise<T>): Promise<T> {
    const signal = options.signal;
    return this.queue.add(async () => {
      const abort = (): void => this.machine.abort();
      signal?.addEventListener("abort", abort, { once: true });
      this.idle.stop();
      try {
        return await work();
      } finally {
        signal?.removeEventListener("abort", abort);
        if (this.connected) this.idle.start();
      }
    }, signal);
  }

  /** One operation of the core as a promise. */
  protected run<T>(what: string, options: OperationOptions, begin: (done: Done<T>) => void): Promise<T> {
    return this.job(options, () => this.step(what, options, begin));
  }

  /** One operation of the core within a job. With `files` it holds open files, which only the core lets go of. */
  protected step<T>(what: string, options: OperationOptions, begin: (done: Done<T>) => void, files: boolean = false): Promise<T> {
    return new Promise((resolve, reject) => {
      if (options.signal?.aborted && !files) return reject(abortReason(options.signal));
      begin((error, value) => {
        if (error === 0) resolve(value);
        else reject(this.failure(error, what, options.signal));
      });
      if (options.signal?.aborted) this.machine.abort();
    });
  }

  /** A command within a job, as bytes. */
  protected ask(line: string, options: OperationOptions): Promise<ServerReply> {
    return new Promise((resolve, reject) => {
      if (options.signal?.aborted) return reject(abortReason(options.signal));
      this.machine.command(line, (error: number, reply: Reply | null) => {
        if (reply !== null && reply !== undefined) resolve({ code: reply.code, text: decodeName(reply.text, this.encoding) });
        else reject(this.failure(error, decodeName(line, this.encoding), options.signal));
      });
    });
  }

  private failure(error: number, what: string, signal: AbortSignal | undefined): unknown {
    return failure(this.machine, error, what, signal, this.encoding, this.proxy?.refusal ?? "");
  }

  /** `connect` within a job. */
  protected async dial(options: OperationOptions): Promise<void> {
    const ports = this.localPorts;
    this.leaving = false;
    for (let i = 0;; i++) {
      this.machine.options.localPort = ports.length === 0 ? 0 : ports[i];
      try {
        return await this.step("", options, (done: Done<void>) => this.machine.connect(done));
      } catch (error) {
        const taken = error instanceof ConnectionError && error.reason === "address in use";
        if (!taken || i + 1 >= ports.length) throw error;
      }
    }
  }

  /** `features` within a job. */
  protected async told(options: OperationOptions): Promise<string[]> {
    if (this.known !== null) return this.known;
    const { code, text } = await this.ask("FEAT", options);
    const lines = text.split("\n").map((line) => line.replace(/^211-/, "").trim());
    // The first and the last line are about the list; a single line is none.
    this.known = code >= 200 && code < 300 ? lines.slice(1, -1).filter((line) => line !== "") : [];
    return this.known;
  }
}

/** Credentials as bytes, completed. Throws TypeError where they would end a line. */
export function secrets(credentials: Partial<Credentials>, encoding: Encoding): { user: string; password: string; account: string } {
  const user = credentials.user ?? "anonymous";
  const anonymous = user === "anonymous" || user === "ftp";
  return {
    user: secret(user, encoding),
    password: secret(credentials.password ?? (anonymous ? "anonymous@" : ""), encoding),
    account: secret(credentials.account ?? "", encoding),
  };
}
