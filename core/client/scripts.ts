// What the client says for each operation: arrays of steps that a Dialog runs.

import { BUSY, classOf, FINAL, MARK, MORE, NO, OK } from "../dialog.ts";
import type { Step } from "../dialog.ts";
import { FILE, NEEDS_ACCOUNT, PROTOCOL, REPLY, UNKNOWN } from "../ports.ts";
import { decimal, MOST } from "../wire/number.ts";
import { parseFacts } from "../wire/parsefacts.ts";
import { unquote } from "../wire/path.ts";
import type { Reply } from "../wire/reply.ts";
import { formatTime, parseTime } from "../wire/time.ts";
import type { Client } from "./client.ts";

/** What a server can have or lack: the verb at index i has bit 2^i of `features` and `off`. */
const VERBS = "EPSV MLST MLSD SIZE MDTM MFMT REST UTF8 ALLO ABOR ";
export const EPSV = 1;
export const MLST = 2;
export const MLSD = 4;
export const SIZE = 8;
export const MDTM = 16;
export const MFMT = 32;
export const UTF8 = 128;
export const ALLO = 256;
export const ABOR = 512;

/** The bit of a command line's verb, or of FEAT's word; 0: it has none. */
export function bitOf(line: string): number {
  const index = VERBS.indexOf(line.substring(0, 4).toUpperCase() + " ");
  return index < 0 || index % 5 > 0 ? 0 : 1 << (index / 5);
}

/** The first word of a reply. */
function word(reply: Reply): string {
  return reply.text.trim().split(" ")[0];
}

/** A step whose reply brings a value: none of it is no answer. */
function bring(client: Client, value: number): void {
  client.value = value;
  if (value < 0) client.dialog.fail(PROTOCOL);
}

const GREETING: Step<Client> = {
  line: (): string => "",
  expect: OK,
};

const USER: Step<Client> = {
  line: (client: Client): string | null => client.options.user === "" ? null : "USER " + client.options.user,
  expect: OK | MORE,
};

const PASS: Step<Client> = {
  line(client: Client): string | null {
    const reply = client.dialog.reply as Reply;
    return classOf(reply) === MORE && reply.code !== 332 ? "PASS " + client.options.password : null;
  },
  expect: OK | MORE,
};

const ACCT: Step<Client> = {
  line(client: Client): string | null {
    if (classOf(client.dialog.reply) !== MORE) return null;
    if (client.options.account !== "") return "ACCT " + client.options.account;
    client.dialog.fail(NEEDS_ACCOUNT);
    return null;
  },
  expect: OK,
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

/** Before or after a download, where nothing else tells its size. */
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

/** The data connection, whichever way it comes about: data.ts. */
const CONNECTION: Step<Client>[] = [
  {
    line: (client: Client): string | null => client.data.passive("EPSV"),
    expect: FINAL,
    then: (client: Client, reply: Reply): void => client.data.answered(reply),
  },
  {
    line: (client: Client): string | null => client.data.passive("PASV"),
    expect: FINAL,
    then: (client: Client, reply: Reply): void => client.data.answered(reply),
  },
  { line: (client: Client): null => client.data.listen(), expect: 0 },
  { line: (client: Client): string | null => client.data.active("PORT"), expect: OK | NO },
  { line: (client: Client): string | null => client.data.active("EPRT"), expect: OK },
];

/** The last thing before the transfer (RFC 3659 section 5.3). 0 undoes what a failed transfer may have left. */
const REST: Step<Client> = {
  line: (client: Client): string | null => client.offset + client.restart > 0 ? "REST " + client.offset : null,
  expect: MORE | OK | NO,
  then(client: Client, reply: Reply): void {
    client.restart = client.offset;
    if (classOf(reply) === NO && client.offset > 0) client.dialog.fail(REPLY);
  },
};

/** RETR, STOR, APPE, MLSD, LIST or NLST. */
const COMMAND: Step<Client> = {
  line: (client: Client): string => client.send(),
  expect: MARK | OK,
  then: (client: Client, reply: Reply): void => client.marked(reply),
};

/** A 200 before the 150, as some servers send, is not final. */
const COMPLETE: Step<Client> = {
  line: (client: Client): string | null => client.marks || (client.dialog.reply as Reply).code === 200 ? "" : null,
  expect: OK,
};

/** After REIN, or to log in anew. */
export const ENTER: Step<Client>[] = [USER, PASS, ACCT, FEAT, OPTS];
export const LOGIN: Step<Client>[] = [GREETING].concat(ENTER);
export const RETRIEVE: Step<Client>[] = [TYPE, ASK_SIZE].concat(CONNECTION, [REST, COMMAND, COMPLETE]);
export const STORE: Step<Client>[] = [TYPE, ANNOUNCE].concat(CONNECTION, [REST, COMMAND, COMPLETE]);
export const LIST: Step<Client>[] = CONNECTION.concat([COMMAND, COMPLETE]);
export const CHECK: Step<Client>[] = [ASK_SIZE];

/** One command, `client.path`, that either works or does not. */
export const PLAIN: Step<Client>[] = [{ line: (client: Client): string => client.path, expect: OK }];

/** The same, for whom the reply itself is the result. */
export const RAW: Step<Client>[] = [{
  line: (client: Client): string => client.path,
  expect: OK | MORE,
  then(client: Client, reply: Reply): void {
    client.value = reply;
    // It may have been TYPE or REIN.
    client.type = "";
  },
}];

/** The same, answered with a path in quotes (257). */
export const PATH: Step<Client>[] = [{
  line: (client: Client): string => client.path,
  expect: OK,
  then(client: Client, reply: Reply): void {
    const quoted = reply.text.indexOf('"') >= 0;
    client.value = quoted || !client.path.startsWith("MKD ") ? unquote(reply.text) : client.path.substring(4);
  },
}];

export const RENAME: Step<Client>[] = [
  { line: (client: Client): string => "RNFR " + client.path, expect: MORE | OK },
  { line: (client: Client): string => "RNTO " + client.to, expect: OK },
];

export const LENGTH: Step<Client>[] = [TYPE, {
  line: (client: Client): string => "SIZE " + client.path,
  expect: OK,
  then: (client: Client, reply: Reply): void => bring(client, decimal(word(reply), MOST)),
}];

export const MODIFIED: Step<Client>[] = [{
  line: (client: Client): string => "MDTM " + client.path,
  expect: OK,
  then: (client: Client, reply: Reply): void => bring(client, parseTime(word(reply))),
}];

/** MFMT, or MDTM with a time, which older servers take for the same. */
export const TOUCH: Step<Client>[] = [
  {
    line(client: Client): string | null {
      return (client.off & MFMT) === 0 ? "MFMT " + formatTime(client.offset) + " " + client.path : null;
    },
    expect: OK | NO,
    then(client: Client, reply: Reply): void {
      client.marks = classOf(reply) === OK;
      if (!client.marks && (client.off & MFMT) === 0) client.dialog.fail(REPLY);
    },
  },
  {
    line: (client: Client): string | null => client.marks ? null : "MDTM " + formatTime(client.offset) + " " + client.path,
    expect: OK,
  },
];

/** MLST where it is known, else SIZE and MDTM, which only files have; what is left is looked for in its folder's listing. */
export const STAT: Step<Client>[] = [
  {
    line: (client: Client): string | null => client.has(MLST) ? "MLST " + client.path : null,
    expect: OK | BUSY | NO,
    then(client: Client, reply: Reply): void {
      const entry = client.entry;
      const name = entry.name;
      const line = reply.text.split("\n")[1];
      if (classOf(reply) === OK && line !== undefined) parseFacts(line.startsWith(" ") ? line.substring(1) : line, entry);
      entry.name = name;
      if (entry.type !== UNKNOWN) client.wanted = client.type;
      else if (classOf(reply) !== OK && (client.off & MLST) === 0) client.dialog.fail(REPLY);
    },
  },
  TYPE,
  {
    line: (client: Client): string | null => client.entry.type === UNKNOWN && (client.off & SIZE) === 0 ? "SIZE " + client.path : null,
    expect: OK | BUSY | NO,
    then(client: Client, reply: Reply): void {
      if (classOf(reply) !== OK) return;
      client.entry.type = FILE;
      client.entry.size = decimal(word(reply), MOST);
      client.marks = (client.off & MDTM) === 0;
    },
  },
  {
    line: (client: Client): string | null => client.marks ? "MDTM " + client.path : null,
    expect: OK | BUSY | NO,
    then(client: Client, reply: Reply): void {
      if (classOf(reply) === OK) client.entry.modified = parseTime(word(reply));
    },
  },
];

/** The answers to ABOR and to the transfer, in either order. Where ABOR is known not to work there is only the second. */
export const ABORT: Step<Client>[] = [
  {
    line(client: Client): string | null {
      if ((client.off & ABOR) !== 0) return null;
      return client.options.telnet ? "\xff\xf4\xff\xf2ABOR" : "ABOR";
    },
    expect: FINAL,
    then: (client: Client): void => client.answered(),
  },
  {
    line: (): string => "",
    expect: FINAL,
    then: (client: Client): void => client.answered(),
  },
];
