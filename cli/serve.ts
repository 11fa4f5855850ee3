// picoftp serve: a folder on the network, until a signal comes.

import { randomBytes } from "node:crypto";
import type { ServeOptions, Server } from "../api/mod.ts";
import { secured, SECURING } from "./certificate.ts";
import type { Secured } from "./certificate.ts";
import { number, OK, text, UsageError } from "./command.ts";
import type { Command, Values } from "./command.ts";
import { adapter, environment } from "./runtime.ts";

/** For transfers to end after the first signal. */
const DRAIN = 5000;

/** The subcommand. */
export const serveCommand: Command = {
  name: "serve",
  args: "[folder]",
  summary: "Serves a folder (default: the current one) by FTP, until it gets SIGINT or SIGTERM.",
  notes: `The first line on standard output is "listening on ftp://host:port/". Without --password and PICOFTP_PASSWORD a
password is made up and printed. Without --tls-required passwords and files may go in clear: serve to networks that you trust.
With TLS the last line is the certificate's fingerprint, for --pin of the client commands.
At the first signal transfers get ${DRAIN / 1000} s to end, at the second one they are broken off.`,
  options: [
    { name: "host", value: "<address>", text: 'Address to listen on; "0.0.0.0" or "::" for all (default 127.0.0.1)' },
    { name: "port", short: "p", value: "<port>", text: "Port to listen on; 0: any free one (default 2121)" },
    { name: "user", short: "u", value: "<name>", text: "Who may log in (default picoftp; nobody with --anonymous)" },
    { name: "password", value: "<text>", text: "The password; others can see it in the process list, unlike PICOFTP_PASSWORD" },
    { name: "anonymous", text: "Let anonymous in too, for reading only" },
    { name: "read-only", text: "Nobody can change anything" },
    { name: "passive-ports", value: "<a-b>", text: "Ports for passive transfers (default 49152-65535)" },
    { name: "masquerade", value: "<host>", text: "Address to tell in passive replies, behind NAT" },
    ...SECURING,
    { name: "verbose", short: "v", text: "Show commands and replies on standard error" },
    { name: "json", text: "Print one JSON object with url, host, port, user, password and fingerprint in the place of lines" },
  ],
  least: 0,
  most: 1,
  run,
};

async function run(args: string[], values: Values): Promise<number> {
  const login = credentials(values);
  const options: ServeOptions = { root: args[0] ?? ".", readOnly: values["read-only"] === true, anonymous: values.anonymous === true };
  if (login !== null) options.users = { [login.user]: { password: login.password } };
  options.host = text(values, "host");
  options.port = number(values, "port", 0, 65535);
  options.passivePorts = range(text(values, "passive-ports"));
  options.masquerade = text(values, "masquerade");
  const secure = secured(values, options.host ?? "127.0.0.1");
  if (secure !== null) options.tls = secure.tls;
  if (values.verbose === true) options.trace = (line) => process.stderr.write(`${line}\n`);
  const server = await adapter.serve(options);
  const made = login?.made === true ? { password: login.password } : {};
  const { host, port, url } = server;
  const proof = secure === null ? {} : { fingerprint: secure.fingerprint };
  if (values.json === true) console.log(JSON.stringify({ url, host, port, user: login?.user ?? "anonymous", ...made, ...proof }));
  else announce(server, login, secure);
  await signals(server);
  return OK;
}

interface Credentials {
  user: string;
  password: string;
  /** Nobody gave the password: it has to be shown. */
  made: boolean;
}

/** null: nobody but anonymous. */
function credentials(values: Values): Credentials | null {
  const given = text(values, "password") ?? environment("PICOFTP_PASSWORD");
  if (given === "") throw new UsageError("Cannot use an empty password");
  const user = text(values, "user");
  if (user === "") throw new UsageError("Cannot use an empty user name");
  if (user === undefined && values.anonymous === true && text(values, "password") === undefined) return null;
  return { user: user ?? "picoftp", password: given ?? randomBytes(9).toString("base64url"), made: given === undefined };
}

function announce(server: Server, login: Credentials | null, secure: Secured | null): void {
  console.log(`listening on ${server.url}`);
  if (login === null) console.log("user anonymous, any password");
  else console.log(`user ${login.user}${login.made ? `, password ${login.password}` : ""}`);
  if (secure !== null) console.log(`fingerprint ${secure.fingerprint}`);
}

function range(ports: string | undefined): [number, number] | undefined {
  if (ports === undefined) return undefined;
  const [, first, last] = /^(\d{1,5})-(\d{1,5})$/.exec(ports) ?? [];
  const pair: [number, number] = [Number(first), Number(last)];
  if (first === undefined || pair[0] < 1 || pair[1] < pair[0] || pair[1] > 65535) {
    throw new UsageError(`Cannot use --passive-ports "${ports}": it must be two ports such as 50000-50100`);
  }
  return pair;
}

/** Until a signal came and all is closed. */
function signals(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    let asked = 0;
    const stop = (): void => {
      asked++;
      server.close({ drain: asked > 1 ? 0 : DRAIN }).then(resolve, reject);
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  });
}
