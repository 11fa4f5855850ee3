// Logins of other kinds: through FTP proxies, to virtual hosts (RFC 7151), and once more on a connection that is there.
//
// There is no standard for FTP proxies. The kinds are those that firewalls of the nineties have left behind; u, p: the user and
// the password on the server, fu, fp: those on the proxy, h: the server, as "host" or "host:port".

import { classOf, FINAL, MORE, OK } from "../dialog.ts";
import type { Step } from "../dialog.ts";
import { NEEDS_ACCOUNT, REPLY } from "../ports.ts";
import type { Done } from "../ports.ts";
import type { Reply } from "../wire/reply.ts";
import type { Client } from "./client.ts";
import { ENTER, GREETED, WELCOME } from "./scripts.ts";

/** Whom to log in to, beside what the client's options say of the user. Byte strings. */
export interface Way {
  /** A key of PROXIES; "": no proxy. */
  kind: string;
  /** The server behind the proxy. */
  host: string;
  port: number;
  /** The proxy's own user; "": it wants none. */
  user: string;
  password: string;
  /** HOST; "": none. */
  virtualHost: string;
}

/** Text of a line; null: it is left out. */
type Line = (client: Client, way: Way) => string | null;

/** `verb` of a client while it talks to a proxy, so that an error can name whose it was. */
export const TO_PROXY = "PROXY";

/** "host", or "host:port" where the port is not the usual one; an IPv6 address in brackets. */
function server(way: Way): string {
  const host = way.host.indexOf(":") < 0 ? way.host : "[" + way.host + "]";
  return way.port === 21 ? host : host + ":" + way.port;
}

const user: Line = (client: Client): string => "USER " + client.options.user;
const password: Line = (client: Client): string => "PASS " + client.options.password;
const account: Line = (client: Client): string | null => client.options.account === "" ? null : "ACCT " + client.options.account;
const userAtHost: Line = (client: Client, way: Way): string => "USER " + client.options.user + "@" + server(way);
const proxyUser: Line = (client: Client, way: Way): string | null => way.user === "" ? null : "USER " + way.user;
const proxyPassword: Line = (client: Client, way: Way): string => "PASS " + way.password;

/** The line is sent in any case. */
function says(way: Way, line: Line, verb: string): Step<Client> {
  return {
    line(client: Client): string | null {
      client.verb = verb;
      return line(client, way);
    },
    expect: OK | MORE,
  };
}

/** The line is sent where the server has asked for it, by 3yz; what it asks for and nobody has is an error. */
function answers(way: Way, line: Line, code: number, last: boolean): Step<Client> {
  return {
    line(client: Client): string | null {
      const reply = client.dialog.reply as Reply;
      const text = line(client, way);
      if (classOf(reply) !== MORE || (code > 0 && reply.code === code)) return null;
      if (text === null) client.dialog.fail(NEEDS_ACCOUNT);
      return text;
    },
    expect: last ? OK : OK | MORE,
  };
}

/** USER, and what the server asks for then. */
function access(way: Way, first: Line, second: Line, third: Line): Step<Client>[] {
  return [says(way, first, ""), answers(way, second, 332, false), answers(way, third, 0, true)];
}

/** The login to the proxy itself, where it has one. */
function toProxy(way: Way, first: Line): Step<Client>[] {
  if (way.user === "") return [];
  return [says(way, first, TO_PROXY), answers(way, proxyPassword, 0, true)];
}

/** The proxy is told the server. */
function names(way: Way, verb: string): Step<Client>[] {
  const line: Line = (): string => verb + " " + server(way);
  return [says(way, line, TO_PROXY)];
}

/** The kinds of FTP proxies: what comes between the greeting and the end of the login. */
export const PROXIES: { [kind: string]: (way: Way) => Step<Client>[] } = {
  /** USER u@h, PASS p: TIS Gauntlet and most others. */
  user: (way: Way): Step<Client>[] => access(way, userAtHost, password, account),
  /** USER fu, PASS fp, USER u@h, PASS p: InterLock. */
  login: (way: Way): Step<Client>[] => toProxy(way, proxyUser).concat(access(way, userAtHost, password, account)),
  /** OPEN h, USER u, PASS p; before that USER fu, PASS fp where the proxy has a user. */
  open: (way: Way): Step<Client>[] => toProxy(way, proxyUser).concat(names(way, "OPEN"), access(way, user, password, account)),
  /** USER fu, PASS fp, SITE h, USER u, PASS p. */
  site: (way: Way): Step<Client>[] => toProxy(way, proxyUser).concat(names(way, "SITE"), access(way, user, password, account)),
  /** USER fu, PASS fp, USER u, PASS p, on a connection to the server that the proxy has taken. */
  transparent: (way: Way): Step<Client>[] => toProxy(way, proxyUser).concat(access(way, user, password, account)),
  /** USER fu@h, PASS fp, USER u, PASS p. */
  "user@host": (way: Way): Step<Client>[] => {
    const line: Line = (client: Client): string => "USER " + way.user + "@" + server(way);
    return [says(way, line, TO_PROXY), answers(way, proxyPassword, 0, true)].concat(access(way, user, password, account));
  },
  /** USER u@h fu, PASS p, ACCT fp. */
  account: (way: Way): Step<Client>[] => {
    const line: Line = (client: Client): string => userAtHost(client, way) + " " + way.user;
    const last: Line = (): string => "ACCT " + way.password;
    return access(way, line, password, last);
  },
  /** USER u@fu@h, PASS p@fp. */
  joined: (way: Way): Step<Client>[] => {
    const first: Line = (client: Client): string => "USER " + client.options.user + "@" + way.user + "@" + server(way);
    const second: Line = (client: Client): string => password(client, way) + "@" + way.password;
    return access(way, first, second, account);
  },
  /** Nobody logs in: the application does. */
  other: (): Step<Client>[] => [],
};

/** RFC 7151 section 3.3: a server that does not know HOST has one host, and that is meant; any other refusal counts. */
function host(name: string): Step<Client> {
  return {
    line: (): string | null => name === "" ? null : "HOST " + name,
    expect: FINAL,
    then(client: Client, reply: Reply): void {
      if (classOf(reply) !== OK && reply.code !== 500 && reply.code !== 502) return client.dialog.fail(REPLY);
      // The login begins as after the greeting.
      client.dialog.line = "";
    },
  };
}

/** For `login` of a client's options. */
export function loginScript(way: Way): Step<Client>[] {
  const greeted = GREETED.concat([host(way.virtualHost)]);
  if (way.kind === "") return greeted.concat(ENTER);
  if (way.kind === "other") return GREETED;
  return greeted.concat(PROXIES[way.kind](way), WELCOME);
}

/** Logs in with what `options` say now, on a connection where nobody is logged in. */
export function login(client: Client, done: Done<void>): void {
  if (!client.take("", "", "", done)) return;
  client.dialog.line = "";
  client.start(ENTER);
}
