// What the client says for each operation: arrays of steps that a Dialog runs.

import { BUSY, classOf, FINAL, MARK, MORE, NO, OK } from "../dialog.ts";
import type { Step } from "../dialog.ts";
import { FILE, NEEDS_ACCOUNT, PROTOCOL, REPLY, UNKNOWN } from "../ports.ts";
import { decimal, MOST } from "../wire/number.ts";
import { parseFacts } from "../wire/parsefacts.ts";
import { unquote } from "../wire/path.ts";
import type { Reply } from "../wire/reply.ts";
import { parseTime } from "../wire/time.ts";
import type { Client } from "./client.ts";
import { ACTIVE, PASSIVE } from "./data.ts";
import { ACTIVE_MODE, SECURITY } from "./features.ts";
import { AFTER, BEFORE } from "./secure.ts";
import { ABOR, ALLO, bitOf, HINTS, MDTM, MFMT, MLST, SILENT, SIZE, UTF8 } from "./learned.ts";

/** For the second of two replies to ABOR: many servers send one. */
const SECOND = 1000;

/** The number, the time or the other word that a reply begins with. */
function word(reply: Reply): string {
  return reply.text.trim().split(" ")[0];
}

/** Only waits: for the greeting, for another reply. */
export const WAIT: Step<Client> = {
  line: (): string => "",
  expect: OK,
};

/** USER, PASS, ACCT: one after the other as the server asks (331, 332), and once more to see that it asks no more. */
const ACCESS: Step<Client> = {
  line(client: Client): string | null {
    const options = client.options;
    const reply = client.dialog.reply as Reply;
    const line = client.dialog.line;
    const asked = classOf(reply) === MORE;
    if (line === "" || line === "REIN") return options.user === "" ? null : "USER " + options.user;
    if (asked && reply.code !== 332 && line.startsWith("USER ")) return "PASS " + options.password;
    if (asked && options.account !== "" && !line.startsWith("ACCT ")) return "ACCT " + options.account;
    if (asked) client.dialog.fail(NEEDS_ACCOUNT);
    return null;
  },
  expect: OK | MORE,
};

/** RFC 2389 section 3.2; servers leave the space out, write tabs, small letters, or "211-" before each line. */
const FEAT: Step<Client> = {
  line: (): string => "FEAT",
  expect: OK | BUSY | NO,
  then(client: Client, reply: Reply): void {
    const lines = reply.text.split("\n");
    client.features = 0;
    for (let i = 0; i < lines.length && classOf(reply) === OK; i++) {
      const line = lines[i].startsWith("211") ? lines[i].substring(4) : lines[i];
      client.features |= bitOf(line.trim());
    }
  },
};

const OPTS: Step<Client> = {
  line: (client: Client): string | null => (client.features & UTF8) !== 0 && client.options.utf8 ? "OPTS UTF8 ON" : null,
  expect: FINAL,
};

const TYPE: Step<Client> = {
  line: (client: Client): string | null => client.type === client.wanted ? null : "TYPE " + client.wanted,
  expect: OK,
  then(client: Client): void {
    client.type = client.wanted;
  },
};

/** Before a download whose size nothing else tells; afterwards where the 150 lets one doubt. */
const ASK_SIZE: Step<Client> = {
  line: (client: Client): string | null => client.wantsSize() ? "SIZE " + client.path : null,
  expect: FINAL,
  then(client: Client, reply: Reply): void {
    if (classOf(reply) === OK) client.total = decimal(word(reply), MOST);
    client.asked = true;
  },
};

/** 202 means that it is of no use here. What is said against the size counts, all else does not. */
const ANNOUNCE: Step<Client> = {
  line(client: Client): string | null {
    const useful = client.options.allo && client.total > 0 && client.wanted === "I" && (client.off & ALLO) === 0;
    return useful ? "ALLO " + client.total : null;
  },
  expect: FINAL,
  then(client: Client, reply: Reply): void {
    if (reply.code === 202) client.off |= ALLO;
    if (reply.code === 452 || reply.code === 552) client.dialog.fail(REPLY);
  },
};

/** The last thing before the transfer (RFC 3659 section 5.3). 0 undoes what a failed transfer may have left. */
const REST: Step<Client> = {
  line: (client: Client): string | null => client.offset + client.restart > 0 ? "REST " + client.offset : null,
  expect: MORE | OK | NO,
  then(client: Client, reply: Reply): void {
    client.restart = client.offset;
    if (classOf(reply) === NO && client.offset > 0) client.dialog.fail(REPLY);
  },
};

/** RETR, STOR, APPE, MLSD, LIST or NLST. Who receives is ready before it is sent, who sends when it was answered. */
const COMMAND: Step<Client> = {
  line(client: Client): string {
    if (client.sink !== null) client.begin(0);
    client.sent = true;
    return client.path === "" ? client.verb : client.verb + " " + client.path;
  },
  expect: MARK | OK,
  then(client: Client, reply: Reply): void {
    const end = reply.text.lastIndexOf(" bytes");
    client.marks = classOf(reply) === MARK;
    if (client.marks && end > 0) {
      client.hint = decimal(reply.text.substring(reply.text.lastIndexOf("(", end) + 1, end), MOST);
      if (client.sink !== null && client.hint >= 0 && client.hint === client.total && client.offset === 0) client.habits |= HINTS;
    }
    if (!client.begun) client.begin(0);
    else if (client.source !== null && !client.marks && reply.code !== 200) client.habits |= SILENT;
    if (client.data.late && client.dialer.conn === null) client.data.dial();
  },
};

/** A 200 before the 150, as some servers send, is not final. */
const COMPLETE: Step<Client> = {
  line: (client: Client): string | null => client.marks || (client.dialog.reply as Reply).code === 200 ? "" : null,
  expect: OK,
};

/** One command, `client.path`, whose reply is the result: a number, a time, a path, or itself. */
const ASK: Step<Client> = {
  line: (client: Client): string | null => client.verb === "MFMT" && (client.off & MFMT) !== 0 ? null : client.path,
  expect: FINAL,
  then(client: Client, reply: Reply): void {
    const verb = client.verb;
    const bit = classOf(reply);
    client.value = reply;
    // Who sends a line of his own may change the type with it, and takes 3yz too.
    const own = client.path.substring(0, 4).toUpperCase();
    if (verb === "" && (own === "TYPE" || own === "REIN")) client.type = "";
    if (verb === "MFMT") {
      if (bit === OK) client.to = "";
      else if ((client.off & MFMT) !== 0) return;
    }
    if (bit !== OK && !(bit === MORE && (verb === "" || verb === "RNFR"))) return client.dialog.fail(REPLY);
    if (verb === "SIZE") client.value = decimal(word(reply), MOST);
    if (verb === "MDTM") client.value = parseTime(word(reply));
    if (verb === "PWD") client.value = unquote(reply.text);
    if (verb === "MKD") client.value = reply.text.indexOf('"') < 0 ? client.path.substring(4) : unquote(reply.text);
    if (client.value === -1) client.dialog.fail(PROTOCOL);
  },
};

/** The other half of a command in two, or another way to do the same. */
const THEN: Step<Client> = {
  line: (client: Client): string | null => client.to === "" ? null : client.to,
  expect: OK,
};

/** MLST where it is known, else SIZE and MDTM, which only files have. */
const PROBE: Step<Client> = {
  line(client: Client): string | null {
    const entry = client.entry;
    const known = client.features & ~client.off;
    if (client.verb === "STAT" && (known & MLST) !== 0) client.verb = "MLST";
    else if (entry.type === UNKNOWN && client.verb !== "SIZE" && (client.off & SIZE) === 0) client.verb = "SIZE";
    else if (entry.type === FILE && client.verb === "SIZE" && (client.off & MDTM) === 0) client.verb = "MDTM";
    else return null;
    if (client.verb !== "SIZE" || client.type === "I") return client.verb + " " + client.path;
    client.verb = "TYPE";
    return "TYPE I";
  },
  expect: FINAL,
  then(client: Client, reply: Reply): void {
    const entry = client.entry;
    const name = entry.name;
    if (classOf(reply) !== OK) {
      if (client.verb === "MLST" && (client.off & MLST) === 0) client.dialog.fail(REPLY);
      return;
    }
    if (client.verb === "TYPE") client.type = "I";
    if (client.verb === "MDTM") entry.modified = parseTime(word(reply));
    if (client.verb === "SIZE") {
      entry.type = FILE;
      entry.size = decimal(word(reply), MOST);
    }
    if (client.verb !== "MLST") return;
    const line = reply.text.split("\n")[1];
    if (line !== undefined) parseFacts(line.startsWith(" ") ? line.substring(1) : line, entry);
    entry.name = name;
  },
};

/** The answers to ABOR and to the transfer, in either order. Where ABOR is known not to work there is only the second. */
const ABORT_IT: Step<Client> = {
  line(client: Client): string | null {
    if (client.dialog.at > 0) return "";
    if ((client.off & ABOR) !== 0) return null;
    return client.options.telnet ? "\xff\xf4\xff\xf2ABOR" : "ABOR";
  },
  expect: FINAL,
  then(client: Client): void {
    client.answers++;
    if ((client.off & ABOR) === 0) client.dialog.limit = Math.min(SECOND, client.options.abortTimeout);
  },
};

/** After the login. */
export const WELCOME: Step<Client>[] = SECURITY ? [FEAT, OPTS].concat(AFTER) : [FEAT, OPTS];
const CONNECTION: Step<Client>[] = ACTIVE_MODE ? [PASSIVE, PASSIVE, ACTIVE, ACTIVE, ACTIVE] : [PASSIVE, PASSIVE];
export const ENTER: Step<Client>[] = [ACCESS, ACCESS, ACCESS, ACCESS].concat(WELCOME);

/** Before the login. */
export const GREETED: Step<Client>[] = SECURITY ? [WAIT].concat(BEFORE) : [WAIT];

export const LOGIN: Step<Client>[] = GREETED.concat(ENTER);
export const LOGIN_AGAIN: Step<Client>[] = [ASK].concat(ENTER);
export const RETRIEVE: Step<Client>[] = [TYPE, ASK_SIZE].concat(CONNECTION, [REST, COMMAND, COMPLETE]);
export const STORE: Step<Client>[] = [TYPE, ANNOUNCE].concat(CONNECTION, [REST, COMMAND, COMPLETE]);
export const LIST: Step<Client>[] = CONNECTION.concat([COMMAND, COMPLETE]);
export const CHECK: Step<Client>[] = [ASK_SIZE];
export const ONE: Step<Client>[] = [ASK];
export const LENGTH: Step<Client>[] = [TYPE, ASK];
export const TWO: Step<Client>[] = [ASK, THEN];
export const STAT: Step<Client>[] = [PROBE, PROBE, PROBE, PROBE];
export const ABORT: Step<Client>[] = [ABORT_IT, ABORT_IT];
