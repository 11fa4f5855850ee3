// A server in one call: `require("picoftp-server").start({ user: "ana", password: "..." })`.

import { DENIED } from "../../core/ports.ts";
import type { Done, FileSystem } from "../../core/ports.ts";
import type { Login } from "../../core/server/options.ts";
import { Server } from "../../core/server/server.ts";
import { EspruinoNet } from "./net.ts";
import type { StartOptions } from "./options.ts";
import { filesOf } from "./places.ts";

/** It takes as long as `given` is, whatever `wanted` is. */
function same(given: string, wanted: string | undefined): boolean {
  if (wanted === undefined) return false;
  let differs = given.length ^ wanted.length;
  for (let i = 0; i < given.length; i++) differs |= given.charCodeAt(i) ^ wanted.charCodeAt(i % wanted.length);
  return differs === 0;
}

/** Lets one user in. A closure keeps all that is around it alive: here there is little. */
function only(user: string | undefined, password: string | undefined): (login: Login, done: Done<FileSystem | null>) => void {
  return (login: Login, done: Done<FileSystem | null>): void => {
    const known = same(login.user, user);
    done(same(login.password, password) && known ? 0 : DENIED, null);
  };
}

/** What is told of the listener. */
function listening(error: number): void {
  if (error !== 0) throw new Error("Cannot listen: the port is taken or there is no network");
}

/** Starts a server; `close(now)` of what it answers ends it. Throws where it cannot listen. */
export function start(options: StartOptions): Server {
  const block = options.block ? options.block : 512;
  const most = Math.floor(((options.sockets ? options.sockets : 10) - 1) / 3);
  const sessions = Math.max(1, Math.min(options.sessions ? options.sessions : 1, most));
  const first = options.passiveFirst ? options.passiveFirst : 50000;
  const server = new Server(new EspruinoNet(options), filesOf(options, block), {
    sessions: sessions,
    sessionsPerHost: sessions,
    line: 128,
    reply: 1024,
    block: block,
    blocks: 1,
    spare: sessions,
    login: options.login ? options.login : only(options.user, options.password),
    idleTimeout: options.idleTimeout === undefined ? 300000 : options.idleTimeout,
    confirm: true,
    passiveFirst: first,
    passiveLast: options.passiveLast ? options.passiveLast : first + 9,
  });
  server.listen({ host: "", port: options.port ? options.port : 21 }, listening);
  return server;
}
