// A server as a desktop program has it: options in, a handle out, promises for the beginning and the end.

import { TlsError, UNSUPPORTED_OPTION } from "../adapters/tlsoptions.ts";
import type { TlsSettings } from "../adapters/tlsoptions.ts";
import { DENIED, IN_USE, NO_HOST, UNREACHABLE } from "../core/ports.ts";
import type { Address, Listener } from "../core/ports.ts";
import { renew } from "../core/server/secure.ts";
import { Server as Machine } from "../core/server/server.ts";
import type { ServerOptions } from "../core/server/options.ts";
import type { Session } from "../core/server/session.ts";
import { isIPv4 } from "../core/wire/host.ts";
import { ConnectionError, connectionReason } from "./errors.ts";
import type { CloseOptions, ServeOptions, ServerRuntime } from "./serveoptions.ts";
import { identityOf, serverOptions } from "./tls.ts";
import type { Certificate, ServeTlsOptions } from "./tls.ts";
import { Users } from "./users.ts";

/** For sessions that were broken off to let go of everything. */
const LAST = 2000;

const WHY: Record<number, string> = {
  [IN_USE]: "the port is taken, or the address is not of this machine",
  [NO_HOST]: "the host name does not resolve",
  [DENIED]: "the port needs a privilege",
  [UNREACHABLE]: "this machine does not have the address",
};

/**
 * The dynamic ports (RFC 6335 section 6), of which the adapter takes one at random. Not "any": after thousands of transfers
 * the kernel's own search took 395 us a port where a random one took 10 (18000 connections in TIME_WAIT, Linux).
 */
const DYNAMIC: [number, number] = [49152, 65535];

/** Options that the core takes as they are. */
const PLAIN = [
  "sessions",
  "sessionsPerHost",
  "attempts",
  "delay",
  "line",
  "reply",
  "block",
  "blocks",
  "spare",
  "loginTimeout",
  "idleTimeout",
  "replyTimeout",
  "dataTimeout",
  "stallTimeout",
  "linger",
  "confirm",
  "activePort",
  "greeting",
] as const;

/** A server that listens. It keeps the process alive until it is closed. */
export class Server implements AsyncDisposable {
  private readonly machine: Counted;
  private readonly at: Address;
  private readonly runtime: ServerRuntime;
  private readonly tls: ServeTlsOptions | null;

  /** For the composition root; use `serve`. */
  constructor(machine: Counted, at: Address, runtime: ServerRuntime, tls: ServeTlsOptions | null) {
    this.machine = machine;
    this.at = at;
    this.runtime = runtime;
    this.tls = tls;
  }

  /** The address that it listens on. */
  get host(): string {
    return this.at.host;
  }

  /** The port that it listens on. */
  get port(): number {
    return this.at.port;
  }

  /** Where to connect to, such as "ftp://127.0.0.1:2121/"; "ftps:" is implicit TLS, "ftpes:" explicit TLS that is required. A server on all addresses is found at "localhost". */
  get url(): string {
    const host = this.host === "::" || this.host === "0.0.0.0" ? "localhost" : this.host;
    const scheme = this.tls === null ? "ftp" : this.tls.implicit ? "ftps" : this.tls.required ? "ftpes" : "ftp";
    return `${scheme}://${host.includes(":") ? `[${host}]` : host}:${this.port}/`;
  }

  /** Control connections at the moment. */
  get sessions(): number {
    return this.machine.sessions.length;
  }

  /** Another certificate for the handshakes from now on; sessions that are secure go on. Throws where it cannot be used, and keeps the old one. */
  reloadCertificate(certificate: Certificate): void {
    if (this.tls === null) throw new TypeError("Cannot reload the certificate: the server has no TLS");
    const { cert, key, pfx, passphrase, names } = certificate;
    const settings = identityOf({ ...this.tls, cert, key, pfx, passphrase, names });
    check(this.runtime, settings);
    renew(this.machine, settings);
  }

  /** Takes no more connections, and ends those there are. May be called twice. */
  async close(options: CloseOptions = {}): Promise<void> {
    const drain = options.drain ?? 0;
    this.machine.close(drain <= 0);
    if (drain > 0 && !(await this.machine.emptied(drain))) this.machine.close(true);
    await this.machine.emptied(LAST);
  }

  /** For `await using`: breaks off what runs. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** The machine, and who waits for its last session. */
class Counted extends Machine {
  private waiting: (() => void)[] = [];

  override release(session: Session): void {
    super.release(session);
    if (this.sessions.length > 0) return;
    for (const tell of this.waiting.splice(0)) tell();
  }

  /** Resolves to false where there still are sessions after so many milliseconds. */
  emptied(limit: number): Promise<boolean> {
    if (this.sessions.length === 0) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(this.sessions.length === 0), limit);
      this.waiting.push(() => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }
}

/** Starts a server on one runtime; the composition root's `serve` calls it. */
export async function start(runtime: ServerRuntime, options: ServeOptions): Promise<Server> {
  const [passiveFirst, passiveLast] = ports(options.passivePorts);
  const users = new Users(runtime, options);
  const core: Partial<ServerOptions> = {
    login: (login, done) => users.login(login, done),
    logout: (login) => users.logout(login),
    masquerade: await address(runtime, options.masquerade),
    passiveFirst,
    passiveLast,
    confirm: true,
  };
  for (const key of PLAIN) if (options[key] !== undefined) Object.assign(core, { [key]: options[key] });
  const tls = options.tls ? { ...options.tls } : null;
  if (tls !== null) {
    core.tls = serverOptions(tls, runtime.net.can);
    if (users.certifies) core.tls.certified = (login, done) => users.certified(login, done);
    check(runtime, core.tls.identity);
  }
  const net = options.trace === undefined ? runtime.net : runtime.trace(runtime.net, options.trace);
  const machine = new Counted(net, users.files, core);
  const host = options.host ?? "127.0.0.1";
  const port = options.port ?? 2121;
  await new Promise<void>((resolve, reject) => {
    machine.listen({ host, port }, (error) => {
      if (error === 0) resolve();
      else {reject(
          new ConnectionError(connectionReason(error) ?? "unsupported", `Cannot listen on "${host}:${port}": ${WHY[error] ?? "not here"}`),
        );}
    });
  });
  return new Server(machine, (machine.listener as Listener).address, runtime, tls);
}

/** Throws where the runtime cannot, and TypeError where a certificate cannot be used: now, not at the first handshake. */
function check(runtime: ServerRuntime, identity: unknown): void {
  try {
    runtime.checkTls(identity as TlsSettings);
  } catch (error) {
    if (error instanceof TlsError && error.code === UNSUPPORTED_OPTION) {
      throw new ConnectionError("unsupported", error.message, { cause: error });
    }
    throw new TypeError(`Cannot use the certificate or the TLS settings: ${(error as Error).message}`, { cause: error });
  }
}

function ports(range: [number, number] | undefined): [number, number] {
  if (range === undefined) return DYNAMIC;
  const [first, last] = range;
  const valid = Number.isInteger(first) && Number.isInteger(last) && first > 0 && first <= last && last < 65536;
  if (!valid) throw new RangeError(`Cannot use the passive ports "${first}-${last}"`);
  return [first, last];
}

async function address(runtime: ServerRuntime, host: string | undefined): Promise<string> {
  if (host === undefined || host === "" || isIPv4(host)) return host ?? "";
  return await runtime.resolve(host);
}
