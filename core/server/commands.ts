// The command table: one row per command. The dispatcher in session.ts has checked verb, phase and arguments before `run`.

import {
  ANYBODY,
  BAD_NAME,
  CAN_APPEND,
  CAN_CLEAR,
  CAN_COMPACT,
  CAN_DIRS,
  CAN_FACTS,
  CAN_HASH,
  CAN_IPV6,
  CAN_LISTEN,
  CAN_RENAME,
  CAN_SEEK,
  CAN_STARTTLS,
  CAN_TIMES,
  CAN_TLS,
  CAN_WRITE,
  CANCELLED,
  DIR,
  EXISTS,
  FILE,
  NEEDS_ACCOUNT,
  NOT_DIR,
  NOT_FILE,
  NOT_FOUND,
} from "../ports.ts";
import type { Conn, Cursor, Entry, Facts, File, FileSystem } from "../ports.ts";
import { IPV6, OWN_FILES } from "../features.ts";
import { parseEprt, parsePort } from "../wire/address.ts";
import { chosen, features, formatFacts, selectFacts } from "../wire/facts.ts";
import { sameHost } from "../wire/host.ts";
import { decimal, MOST } from "../wire/number.ts";
import { name, parent, quote, resolve } from "../wire/path.ts";
import { isPattern } from "../wire/pattern.ts";
import { formatTime, parseTime } from "../wire/time.ts";
import { algorithms, chooseHash, hashFile, hashPart } from "./digest.ts";
import { EPSV_ALL, HASH, PATTERNS, STOU } from "./features.ts";
import { FACTS, Lister, NAMES, UNIX } from "./lister.ts";
import { SECURITY } from "./features.ts";
import { longReply } from "./long.ts";
import { ALWAYS, DATA, NAMED, READY, RENAMING, TRANSFERRING } from "./phases.ts";
import { auth, ccc, certify, host, pbsz, prot } from "./secure.ts";
import type { Session } from "./session.ts";
import { asciiSink, asciiSource, CONVERTS, TYPE_A } from "./text.ts";

/** A row of the table. */
export interface Command {
  /** In upper case. */
  verb: string;
  /** An older name (RFC 1123 section 4.1.3.1); "": none. */
  alias: string;
  /** The phases it may be given in, as bits of phases.ts. */
  when: number;
  /** Capabilities without which the row does not exist. */
  needs: number;
  /** "" none, "<x>" required, "[x]" optional, "[-flags] [x]" with flags to ignore; a "path" arrives resolved. */
  args: string;
  /** Its lines in FEAT, "\r\n " between them; "": none. */
  feat: string;
  /** Answers once, now or later. */
  run(session: Session, argument: string): void;
}

/** Asks the login callback; a user, a password and perhaps an account are known. */
function enter(s: Session): void {
  const login = s.server.options.login;
  if (login === null) return s.deny();
  login(
    s.loginFacts(),
    s.ask((error: number, files: FileSystem | null): void => {
      if (error === NEEDS_ACCOUNT && s.givenAccount === "") return s.refuse(error);
      if (error !== 0) return s.deny();
      if (OWN_FILES && files) s.files = files;
      s.phase = READY;
      s.fails = 0;
      s.since = -1;
      s.wake();
      s.reply(230, "Logged in");
    }),
  );
}

/** STOR, APPE and STOU: what came before decides where and how much. */
function store(s: Session, path: string, append: boolean, text: string): void {
  const size = s.declared;
  const how = { offset: s.offset, size: size, append: append && s.offset === 0, exclusive: STOU && text !== "", owner: s.user };
  s.files.create(
    path,
    how,
    s.ask((error: number, file: File): void => {
      if (STOU && error === EXISTS && text !== "") return unique(s, path + "x");
      s.offset = 0;
      s.declared = -1;
      if (error !== 0) return s.refuse(error);
      if (!CONVERTS || !s.ascii) s.side.transfer.expected = size;
      s.begin(null, s.ascii ? asciiSink(s) : s.files, file, 0, !STOU || text === "" ? "Ready for the data" : text);
    }),
  );
}

/** STOU: a name that nobody has (RFC 1123 section 4.1.2.9). */
function unique(s: Session, path: string): void {
  store(s, path, false, "FILE: " + name(path));
}

/** LIST, NLST, MLSD: a folder's entries, or with LIST and NLST the one file, or those that a pattern means. */
function list(s: Session, path: string, form: number, prefix: string): void {
  const files = s.files;
  files.list(
    path,
    s.ask((error: number, cursor: Cursor): void => {
      if (error === NOT_DIR && form !== FACTS) return listOne(s, path, form);
      if (error === NOT_DIR) return s.reply(501, "Not a folder");
      // Windows says that such a name cannot be.
      if (PATTERNS && (error === NOT_FOUND || error === BAD_NAME) && form !== FACTS && isPattern(name(path))) {
        return listSome(s, path, form);
      }
      if (error !== 0) return s.refuse(error);
      pour(s, new Lister(s, form, cursor, prefix));
    }),
  );
}

/** The last part of the path is a pattern. */
function listSome(s: Session, path: string, form: number): void {
  const prefix = s.given.substring(0, s.given.lastIndexOf("/") + 1);
  s.files.list(
    parent(path),
    s.ask((error: number, cursor: Cursor): void => {
      if (error !== 0) return s.refuse(error);
      const lister = new Lister(s, form, cursor, prefix);
      lister.pattern = name(path);
      pour(s, lister);
    }),
  );
}

function listOne(s: Session, path: string, form: number): void {
  s.inspect(path, "", (error: number): void => {
    if (error !== 0) return s.refuse(error);
    if (form === NAMES) s.entry.name = s.given;
    pour(s, new Lister(s, form, null, ""));
  });
}

function pour(s: Session, lister: Lister): void {
  s.begin(lister, null, lister, 0, "Here comes the listing");
}

/** SIZE and MDTM speak of files only. */
function tell(s: Session, path: string, time: boolean): void {
  s.inspect(path, s.user, (error: number, entry: Entry): void => {
    if (error === 0 && entry.type !== FILE) error = NOT_FILE;
    const known = error !== 0 || (!time && entry.size < 0) ? "" : time ? formatTime(entry.modified) : String(entry.size);
    if (error === 0 && known === "") return s.reply(550, "Not known");
    s.answer(error, 213, known);
  });
}

/** PORT and EPRT: only to the client itself, never to a service (RFC 2577 section 3). */
function aim(s: Session, host: string, port: number): void {
  // lftp 4.9 means its own address over IPv6 when it says "::"; only the client is ever connected to.
  if ((!IPV6 || host !== "::") && s.host !== ANYBODY && !sameHost(host, s.host)) return s.reply(501, "Only your own address is allowed");
  if (port < 1024) return s.reply(504, "Ports below 1024 are not allowed");
  s.side.clear();
  s.side.aimHost = s.host === ANYBODY ? host : s.host;
  s.side.aimPort = port;
  s.reply(200, "I will connect there");
}

/** Answers with several lines: the body's each begin with a space and end with CR LF. */
function block(s: Session, code: number, first: string, body: string, last: string): void {
  s.working = false;
  s.say(code + "-" + first + "\r\n" + body + code + " " + last + "\r\n");
}

/** STAT without a path (RFC 959 section 4.1.3), also while data moves. */
function status(s: Session): void {
  const now = s.moving ? " Moved so far: " + s.side.transfer.bytes + " bytes\r\n" : "";
  const who = " Logged in as " + s.user + " from " + s.host + "\r\n Type " + (s.ascii ? "A" : "I") + "\r\n";
  block(s, 211, "picoftp", who + now, "End");
}

function statOne(s: Session, path: string): void {
  s.inspect(path, "", (error: number): void => {
    if (error !== 0) return s.refuse(error);
    longReply(s, new Lister(s, UNIX, null, ""), 213);
  });
}

/** All the commands there are; the bundler for Espruino writes a preset of them as one switch. */
// deno-fmt-ignore: the facts of a row stay on one line
export const COMMANDS: Command[] = [
  // --- Who, RFC 959 section 4.1.1
  {
    verb: "USER", alias: "", when: ALWAYS, needs: 0, args: "<user>", feat: "",
    run(s: Session, user: string): void {
      s.rein();
      s.user = user;
      s.phase = NAMED;
      if (SECURITY && s.secure !== null && s.secure.certified()) return certify(s);
      s.reply(331, "Send the password");
    },
  },
  {
    verb: "PASS", alias: "", when: NAMED, needs: 0, args: "[password]", feat: "",
    run(s: Session, password: string): void {
      s.givenPassword = password;
      s.givenAccount = "";
      enter(s);
    },
  },
  {
    verb: "ACCT", alias: "", when: ALWAYS, needs: 0, args: "<account>", feat: "",
    run(s: Session, account: string): void {
      if (s.phase === READY) return s.reply(202, "No account is needed");
      if (s.givenPassword === "") return s.reply(503, "Send USER and PASS first");
      s.givenAccount = account;
      enter(s);
    },
  },
  {
    verb: "REIN", alias: "", when: ALWAYS, needs: 0, args: "", feat: "",
    run(s: Session): void {
      if (SECURITY && s.secure !== null) s.secure.rein();
      s.rein();
      s.reply(220, s.server.options.greeting);
    },
  },
  {
    verb: "QUIT", alias: "", when: ALWAYS, needs: 0, args: "", feat: "",
    run(s: Session): void {
      s.reply(221, "Goodbye");
      s.bye();
    },
  },
  {
    verb: "NOOP", alias: "", when: ALWAYS | TRANSFERRING, needs: 0, args: "[x]", feat: "",
    run(s: Session): void {
      s.reply(200, "Done nothing");
    },
  },

  // --- Security, RFC 4217
  {
    verb: "AUTH", alias: "", when: ALWAYS, needs: CAN_STARTTLS, args: "<mechanism>", feat: "AUTH TLS",
    run(s: Session, mechanism: string): void {
      auth(s, mechanism);
    },
  },
  {
    verb: "PBSZ", alias: "", when: ALWAYS, needs: CAN_TLS, args: "<size>", feat: "PBSZ",
    run(s: Session, argument: string): void {
      pbsz(s, argument);
    },
  },
  {
    verb: "PROT", alias: "", when: ALWAYS, needs: CAN_TLS, args: "<level>", feat: "PROT",
    run(s: Session, level: string): void {
      prot(s, level);
    },
  },
  {
    verb: "HOST", alias: "", when: ALWAYS, needs: CAN_TLS, args: "<name>", feat: "HOST",
    run(s: Session, name: string): void {
      host(s, name);
    },
  },
  {
    verb: "CCC", alias: "", when: ALWAYS, needs: CAN_TLS | CAN_CLEAR, args: "", feat: "CCC",
    run(s: Session): void {
      ccc(s);
    },
  },

  // --- Folders
  {
    verb: "CWD", alias: "XCWD", when: READY, needs: CAN_DIRS, args: "<path>", feat: "",
    run(s: Session, path: string): void {
      s.inspect(path, "", (error: number, entry: Entry): void => {
        if (error === 0 && entry.type !== DIR) error = NOT_DIR;
        if (error === 0) s.cwd = path;
        s.answer(error, 250, quote(path) + " is the current folder");
      });
    },
  },
  {
    verb: "CDUP", alias: "XCUP", when: READY, needs: CAN_DIRS, args: "", feat: "",
    run(s: Session): void {
      s.cwd = resolve(s.cwd, "..");
      s.reply(250, quote(s.cwd) + " is the current folder");
    },
  },
  {
    verb: "PWD", alias: "XPWD", when: READY, needs: 0, args: "", feat: "",
    run(s: Session): void {
      s.reply(257, quote(s.cwd) + " is the current folder");
    },
  },
  {
    verb: "MKD", alias: "XMKD", when: READY, needs: CAN_DIRS | CAN_WRITE, args: "<path>", feat: "",
    run(s: Session, path: string): void {
      s.files.mkdir(path, s.ask((error: number): void => s.answer(error, 257, quote(path) + " made")));
    },
  },
  {
    verb: "RMD", alias: "XRMD", when: READY, needs: CAN_DIRS | CAN_WRITE, args: "<path>", feat: "",
    run(s: Session, path: string): void {
      s.files.rmdir(path, s.ask((error: number): void => s.answer(error, 250, "Removed")));
    },
  },

  // --- Names
  {
    verb: "DELE", alias: "", when: READY, needs: CAN_WRITE, args: "<path>", feat: "",
    run(s: Session, path: string): void {
      s.files.remove(path, s.ask((error: number): void => s.answer(error, 250, "Removed")));
    },
  },
  {
    verb: "RNFR", alias: "", when: READY, needs: CAN_RENAME, args: "<path>", feat: "",
    run(s: Session, path: string): void {
      s.inspect(path, "", (error: number): void => {
        s.from = path;
        if (error === 0) s.phase = s.phase | RENAMING;
        s.answer(error, 350, "Send RNTO");
      });
    },
  },
  {
    verb: "RNTO", alias: "", when: RENAMING, needs: CAN_RENAME, args: "<path>", feat: "",
    run(s: Session, path: string): void {
      s.files.rename(s.from, path, s.ask((error: number): void => s.answer(error, 250, "Renamed")));
    },
  },

  // --- How, RFC 959 section 4.1.2
  {
    verb: "TYPE", alias: "", when: READY, needs: 0, args: "<type>", feat: "",
    run(s: Session, type: string): void {
      const wanted = type.trim().toUpperCase();
      // RFC 1123 section 4.1.2.1: L 8 is I; section 4.1.2.2: A T is A N.
      const ascii = wanted === "A" || wanted === "A N" || wanted === "A T";
      if (!ascii && wanted !== "I" && wanted !== "L 8" && wanted !== "L8") return s.reply(504, "Only A, I and L 8");
      s.ascii = ascii;
      s.reply(200, ascii ? TYPE_A : "Type I");
    },
  },
  {
    verb: "MODE", alias: "", when: READY, needs: 0, args: "<mode>", feat: "",
    run(s: Session, mode: string): void {
      if (mode.trim().toUpperCase() === "S") s.reply(200, "Mode S");
      else s.reply(504, "Only mode S");
    },
  },
  {
    verb: "STRU", alias: "", when: READY, needs: 0, args: "<structure>", feat: "",
    run(s: Session, structure: string): void {
      if (structure.trim().toUpperCase() === "F") s.reply(200, "Structure F");
      else s.reply(504, "Only structure F");
    },
  },
  {
    verb: "PORT", alias: "", when: READY, needs: 0, args: "<h1,h2,h3,h4,p1,p2>", feat: "",
    run(s: Session, argument: string): void {
      const to = parsePort(argument.trim());
      if (EPSV_ALL && s.side.epsvOnly) return s.reply(503, "Only EPSV after EPSV ALL");
      if (to === null) return s.reply(501, "Syntax: PORT <h1,h2,h3,h4,p1,p2>");
      aim(s, to.host, to.port);
    },
  },
  {
    verb: "PASV", alias: "", when: READY, needs: CAN_LISTEN, args: "", feat: "PASV",
    run(s: Session): void {
      if (EPSV_ALL && s.side.epsvOnly) return s.reply(503, "Only EPSV after EPSV ALL");
      if (IPV6 && (s.conn as Conn).local.family === 6 && s.server.options.masquerade === "") return s.reply(425, "Use EPSV over IPv6");
      s.side.listen(227);
    },
  },
  {
    verb: "EPRT", alias: "", when: READY, needs: CAN_IPV6, args: "<|family|address|port|>", feat: "EPRT",
    run(s: Session, argument: string): void {
      const to = parseEprt(argument.trim());
      if (s.side.epsvOnly) return s.reply(503, "Only EPSV after EPSV ALL");
      if (to === null) return s.reply(501, "Syntax: EPRT <|family|address|port|>");
      const family = (s.conn as Conn).local.family;
      if (to.family !== family) return s.reply(522, "Use (" + (family === 6 ? 2 : 1) + ")");
      aim(s, to.host, to.port);
    },
  },
  {
    verb: "EPSV", alias: "", when: READY, needs: CAN_LISTEN, args: "[1, 2 or ALL]", feat: "EPSV",
    run(s: Session, argument: string): void {
      const protocol = IPV6 && (s.conn as Conn).local.family === 6 ? "2" : "1";
      const wanted = argument.trim().toUpperCase();
      if (EPSV_ALL && wanted === "ALL") {
        s.side.epsvOnly = true;
        return s.reply(200, "Only EPSV from now on");
      }
      if (wanted === "" || wanted === protocol) return s.side.listen(229);
      if (decimal(wanted, MOST) >= 0) return s.reply(522, "Use (" + protocol + ")");
      s.reply(501, "Syntax: EPSV [1, 2 or ALL]");
    },
  },

  // --- Transfers
  {
    verb: "RETR", alias: "", when: READY | DATA, needs: 0, args: "<path>", feat: "",
    run(s: Session, path: string): void {
      const offset = s.offset;
      s.offset = 0;
      if (CONVERTS && offset > 0 && s.ascii) return s.reply(551, "REST needs TYPE I");
      s.files.open(path, offset, s.entry, s.ask((error: number, file: File): void => {
        if (error !== 0) return s.refuse(error);
        const size = s.entry.size;
        const blocks = s.server.blocks;
        if (CONVERTS && s.ascii) return s.begin(asciiSource(s), null, file, blocks > 0 ? blocks : 1, "Here it comes as text");
        s.begin(s.files, null, file, blocks, "Here it comes" + (size < 0 ? "" : " (" + (size - offset) + " bytes)"));
      }));
    },
  },
  {
    verb: "STOR", alias: "", when: READY | DATA, needs: CAN_WRITE, args: "<path>", feat: "",
    run(s: Session, path: string): void {
      store(s, path, false, "");
    },
  },
  {
    verb: "APPE", alias: "", when: READY | DATA, needs: CAN_WRITE | CAN_APPEND, args: "<path>", feat: "",
    run(s: Session, path: string): void {
      store(s, path, true, "");
    },
  },
  {
    verb: "STOU", alias: "", when: READY | DATA, needs: CAN_WRITE, args: "[path]", feat: "",
    run(s: Session, path: string): void {
      s.offset = 0;
      unique(s, s.given === "" ? resolve(path, "upload." + s.server.options.clock().toString(36)) : path);
    },
  },
  {
    verb: "REST", alias: "", when: READY, needs: CAN_SEEK, args: "<offset>", feat: "REST STREAM",
    run(s: Session, argument: string): void {
      const offset = decimal(argument.trim(), MOST);
      if (offset < 0) return s.reply(501, "Syntax: REST <offset>");
      s.offset = offset;
      s.reply(350, "The next transfer starts at " + offset);
    },
  },
  {
    verb: "ALLO", alias: "", when: READY, needs: 0, args: "<size>", feat: "",
    run(s: Session, argument: string): void {
      // "ALLO 100 R 20" tells a record size too, which says nothing for files.
      const size = decimal(argument.split(" ")[0], MOST);
      if (size < 0) return s.reply(501, "Syntax: ALLO <size>");
      s.declared = size;
      s.reply(200, "The next upload has " + size + " bytes");
    },
  },
  {
    verb: "ABOR", alias: "", when: READY | TRANSFERRING, needs: 0, args: "", feat: "",
    run(s: Session): void {
      if (s.moving) {
        s.aborting = true;
        // The next command waits for the transfer's end.
        s.working = true;
        return s.side.transfer.abort(CANCELLED);
      }
      s.side.clear();
      s.reply(225, "No transfer to abort");
    },
  },

  // --- Lists
  {
    verb: "LIST", alias: "", when: READY | DATA, needs: 0, args: "[-flags] [path]", feat: "",
    run(s: Session, path: string): void {
      list(s, path, UNIX, "");
    },
  },
  {
    verb: "NLST", alias: "", when: READY | DATA, needs: 0, args: "[-flags] [path]", feat: "",
    run(s: Session, path: string): void {
      const given = s.given;
      list(s, path, NAMES, given === "" || given.charAt(given.length - 1) === "/" ? given : given + "/");
    },
  },
  {
    verb: "MLSD", alias: "", when: READY | DATA, needs: 0, args: "[path]", feat: "",
    run(s: Session, path: string): void {
      list(s, path, FACTS, "");
    },
  },
  {
    verb: "MLST", alias: "", when: READY, needs: 0, args: "[path]", feat: "MLST",
    run(s: Session, path: string): void {
      s.inspect(path, "", (error: number, entry: Entry): void => {
        if (error !== 0) return s.refuse(error);
        block(s, 250, "Facts:", " " + formatFacts(entry, s.facts, path) + "\r\n", "End");
      });
    },
  },
  {
    verb: "SIZE", alias: "", when: READY, needs: 0, args: "<path>", feat: "SIZE",
    run(s: Session, path: string): void {
      if (CONVERTS && s.ascii) return s.reply(550, "SIZE needs TYPE I");
      tell(s, path, false);
    },
  },
  {
    verb: "MDTM", alias: "", when: READY, needs: CAN_TIMES, args: "<path>", feat: "MDTM",
    run(s: Session, path: string): void {
      tell(s, path, true);
    },
  },
  {
    verb: "MFMT", alias: "", when: READY, needs: CAN_FACTS, args: "<time> <name>", feat: "MFMT",
    run(s: Session, argument: string): void {
      const space = argument.indexOf(" ");
      const time = parseTime(argument.substring(0, space < 0 ? 0 : space));
      const path = resolve(s.cwd, argument.substring(space + 1));
      if (time < 0 || space === argument.length - 1) return s.reply(501, "Syntax: MFMT <YYYYMMDDHHMMSS> <path>");
      if (path === "") return s.refuse(BAD_NAME);
      s.files.setFacts(path, { modified: time, created: -1, mode: -1 }, s.ask((error: number, facts: Facts): void => {
        s.answer(error, 213, error === 0 ? "Modify=" + formatTime(facts.modified) + "; " + argument.substring(space + 1) : "");
      }));
    },
  },

  // --- Hashes
  {
    verb: "HASH", alias: "", when: READY, needs: CAN_HASH, args: "<path>", feat: "HASH",
    run(s: Session, path: string): void {
      hashFile(s, path);
    },
  },
  {
    verb: "XCRC", alias: "", when: READY, needs: CAN_HASH, args: "<name> [start] [end]", feat: "XCRC",
    run(s: Session, argument: string): void {
      hashPart(s, argument, "CRC32");
    },
  },
  {
    verb: "XMD5", alias: "", when: READY, needs: CAN_HASH, args: "<name> [start] [end]", feat: "XMD5",
    run(s: Session, argument: string): void {
      hashPart(s, argument, "MD5");
    },
  },
  {
    verb: "XSHA1", alias: "XSHA", when: READY, needs: CAN_HASH, args: "<name> [start] [end]", feat: "XSHA1",
    run(s: Session, argument: string): void {
      hashPart(s, argument, "SHA-1");
    },
  },
  {
    verb: "XSHA256", alias: "", when: READY, needs: CAN_HASH, args: "<name> [start] [end]", feat: "XSHA256",
    run(s: Session, argument: string): void {
      hashPart(s, argument, "SHA-256");
    },
  },
  {
    verb: "XSHA512", alias: "", when: READY, needs: CAN_HASH, args: "<name> [start] [end]", feat: "XSHA512",
    run(s: Session, argument: string): void {
      hashPart(s, argument, "SHA-512");
    },
  },

  // --- About
  {
    verb: "STAT", alias: "", when: READY | TRANSFERRING, needs: 0, args: "[-flags] [path]", feat: "",
    run(s: Session, path: string): void {
      if (s.given === "") return status(s);
      s.files.list(path, s.ask((error: number, cursor: Cursor): void => {
        if (error === NOT_DIR) return statOne(s, path);
        if (error !== 0) return s.refuse(error);
        longReply(s, new Lister(s, UNIX, cursor, ""), 212);
      }));
    },
  },
  {
    verb: "FEAT", alias: "", when: ALWAYS, needs: 0, args: "", feat: "",
    run(s: Session): void {
      block(s, 211, "Features:", s.server.table.features(features(s.facts), HASH ? algorithms(s) : ""), "End");
    },
  },
  {
    verb: "OPTS", alias: "", when: ALWAYS, needs: 0, args: "<name> [value]", feat: "UTF8\r\n TVFS",
    run(s: Session, argument: string): void {
      const wanted = argument.trim().toUpperCase();
      const facts = argument.trim().substring(5);
      if (wanted === "UTF8 ON" || wanted === "UTF8") return s.reply(200, "Names are UTF-8");
      if (HASH && (wanted === "HASH" || wanted.startsWith("HASH "))) return chooseHash(s, wanted.substring(5));
      if ((wanted !== "MLST" && !wanted.startsWith("MLST ")) || facts.indexOf(" ") >= 0) return s.reply(501, "No such option");
      s.facts = selectFacts(facts);
      s.reply(200, ("MLST OPTS " + chosen(s.facts)).trim());
    },
  },
  {
    verb: "HELP", alias: "", when: ALWAYS, needs: 0, args: "[command]", feat: "",
    run(s: Session, argument: string): void {
      if (argument === "") return block(s, 214, "Commands:", s.server.table.verbs(), "End");
      const row = s.server.table.find(argument.toUpperCase());
      if (row === null) s.reply(502, "No such command");
      else s.reply(214, ("Syntax: " + row.verb + " " + row.args).trim());
    },
  },
  {
    verb: "SYST", alias: "", when: ALWAYS, needs: 0, args: "", feat: "",
    run(s: Session): void {
      s.reply(215, "UNIX Type: L8");
    },
  },
  {
    verb: "SITE", alias: "", when: READY, needs: 0, args: "<command>", feat: "",
    run(s: Session, argument: string): void {
      const files = s.files;
      const compacts = (files.can & CAN_COMPACT) !== 0;
      const wanted = argument.toUpperCase();
      if (wanted === "COMPACT" && compacts && files.compact !== undefined) {
        files.compact(s.ask((error: number): void => s.answer(error, 200, "Compacted")));
      } else if (wanted === "HELP") s.reply(214, "SITE knows HELP" + (compacts ? " and COMPACT" : ""));
      // 502, not 504: lftp takes it for an answer about all of SITE CHMOD, and does not ask again for every file.
      else s.reply(502, "SITE knows only HELP");
    },
  },
];
