// Reads the server's transcripts (test/transcripts/server/*.ftp): what the header arranges, and the steps of the conversation.
//
//   # a comment
//   user ana secret [account]      may log in; without a "user" line ana with the password "secret" may
//   as ana [I]                     the conversation begins after the login of ana, with I after TYPE I
//   file /a.txt "text"             is there before; a number instead of the text: so many bytes of a pattern
//   folder /x    link /l /a.txt    are there before
//   modified /a.txt 0              its time, in milliseconds since 1970;  capacity 1000  bytes that fit
//   part /a.txt ana "text"         an upload of ana's that was broken off
//   option attempts 3              an option of the server (core/server/options.ts)
//   login held                     the login callback answers when the transcript says so (A: accept, refuse, account)
//   login none                     the server has no login callback
//   net window 1000                an option of the MemoryNet
//   unanswered 60000               the server's dials to that port stay unanswered
//   without DIRS SEEK              the file system lacks these capabilities
//   tls [required 2] [implicit on] ...     the server has TLS, with these options (core/server/secure.ts); with
//                                  "as ana I tls" the conversation begins after AUTH TLS, the login, PBSZ 0 and PROT P
//   certified ana                  the fingerprint of a client's certificate that spares ana the password
//   client 10.0.0.2                the address the client comes from;  server ::1  the one it connects to
//
//   C: NOOP                        the client sends a line and CR LF; \r \n \0 \xff \\ and \" are escapes, everywhere
//   C+ PWD                         another line in the same packet
//   R: NOOP\n                      the client sends bytes as they are
//   S: 200 *                       the server must send this line; % any number, * the rest
//   X: connect|end|reset|hold|resume    what the client does with its control connection
//   X: secure [certificate NAME] [unknown]     the client begins the handshake, with a certificate, one of no known authority
//   X: clear                                   the client goes back to clear text
//   X: secured                                 the handshake must be done;  D: secure [unowned] [certificate NAME], D: secured
//                                  for the data connection, "unowned" without the session of the control connection
//   X: ended|gone|open                  what the server must have done with it: ended it in order, broken it, neither
//                                  ("ended" makes the client end too, "ended only" does not; so with D:)
//   D: connect [from HOST] | listen PORT | send TEXT | end | reset | hold | resume     the data connection
//   D: refused | receive TEXT | some | ended | gone | open | finished                  what must have become of it
//   T: 60000                       time passes
//   H:                             the next two steps happen at the same moment
//   F: /a.txt TEXT | absent | folder | part ana TEXT | no part      what is in the file system
//   E: hold | go | fail read IO    the file system answers nothing until "go"; the next such call fails
//   A: login ana secret "" 127.0.0.1 %     the callbacks were called so; A: accept, refuse, account answer a held login
//   A: renew NAME                  the server gets another certificate;  X: secured NAME  which the client must have seen
//   A: close | close now | listen  the application closes the server, and starts it again
//
// C2:, S2:, X2: and D2: are a second client's.

/** One step: `kind` is the letter before the colon, "+" for C+. */
export interface Step {
  line: number;
  kind: string;
  client: number;
  text: string;
}

/** A transcript that was read. */
export interface Script {
  name: string;
  header: { line: number; words: string[] }[];
  steps: Step[];
}

/** Reads a transcript. */
export function parseScript(name: string, source: string): Script {
  const script: Script = { name, header: [], steps: [] };
  const lines = source.split("\n");
  for (let i = 0; i < lines.length; i++) {
    const text = lines[i];
    if (text.trim() === "" || text.startsWith("#")) continue;
    const step = /^([A-Z])([0-9]?)([:+])(?: (.*))?$/.exec(text);
    if (step === null && script.steps.length > 0) throw new Error(`${name}:${i + 1}: cannot read "${text}"`);
    if (step === null) script.header.push({ line: i + 1, words: words(text) });
    else {
      const kind = step[3] === "+" ? "+" : step[1];
      script.steps.push({ line: i + 1, kind, client: step[2] === "" ? 1 : Number(step[2]), text: step[4] ?? "" });
    }
  }
  return script;
}

/** Words between spaces, or texts in double quotes; escapes are resolved. A quoted one keeps a quote before it. */
export function words(text: string): string[] {
  const found: string[] = [];
  for (const match of text.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)) {
    found.push(match[1] !== undefined ? '"' + unescape(match[1]) : unescape(match[2]));
  }
  return found;
}

/** A word without the mark of a quoted one. */
export function plain(word: string | undefined): string {
  if (word === undefined) return "";
  return word.startsWith('"') ? word.substring(1) : word;
}

/** The bytes that a word means: a quoted text, or so many bytes of the pattern, from an offset on ("5000@100"). */
export function content(word: string | undefined): string {
  if (word === undefined) throw new Error("a text or a number of bytes is missing");
  if (word.startsWith('"')) return word.substring(1);
  const number = /^(\d+)(?:@(\d+))?$/.exec(word);
  if (number === null) throw new Error(`"${word}" is neither a text in quotes nor a number of bytes`);
  return pattern(Number(number[1]), Number(number[2] ?? 0));
}

/** Printable bytes that tell where they belong. */
export function pattern(length: number, offset: number): string {
  let text = "";
  for (let i = offset; i < offset + length; i++) text += String.fromCharCode(35 + (i * 7 + Math.floor(i / 64) * 11) % 57);
  return text;
}

/** Resolves \r \n \t \0 \xff \\ \" . */
export function unescape(text: string): string {
  return text.replace(/\\(x[0-9a-fA-F]{2}|.)/g, (_all: string, what: string): string => {
    if (what.length === 3) return String.fromCharCode(parseInt(what.substring(1), 16));
    const at = "rnt0".indexOf(what);
    return at < 0 ? what : "\r\n\t\0".charAt(at);
  });
}

/** Shows bytes in the way the transcripts write them. */
export function escape(text: string): string {
  const short = text.length > 300 ? text.substring(0, 300) + `... (${text.length} bytes)` : text;
  return short.replace(/[\0-\x1f\x7f-\xff\\]/g, (byte: string): string => {
    const at = "\r\n\t\0\\".indexOf(byte);
    return at < 0 ? "\\x" + byte.charCodeAt(0).toString(16).padStart(2, "0") : "\\" + "rnt0\\".charAt(at);
  });
}

/** Whether a line is what a transcript expects: % any digits, * the rest. */
export function matches(expected: string, actual: string): boolean {
  const open = expected.endsWith("*");
  const text = unescape(open ? expected.slice(0, -1) : expected);
  const source = text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/%/g, "\\d+");
  return new RegExp("^" + source + (open ? "" : "$")).test(actual);
}
