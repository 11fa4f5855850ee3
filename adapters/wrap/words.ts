// Words for what a trace tells: errors, addresses, lines without secrets.

import type { Address } from "../../core/ports.ts";

const ERRORS = (
  "ok,not found,exists,denied,busy,no space,not empty,bad offset,too long,needs size,io error,reset,refused,timeout,cancelled," +
  "tls error,not a file,not a folder,bad name,unreachable,in use,no such host,unsupported,truncated,needs account," +
  "protocol error,refused by reply,no connection,refused by the proxy"
).split(",");

/** The word for an error number of core/ports.ts. */
export function errorWord(error: number): string {
  const word = ERRORS[error];
  return word === undefined ? "error " + error : word;
}

/** "127.0.0.1:21" or "[::1]:21". */
export function addressText(address: Address): string {
  const host = address.family === 6 ? "[" + address.host + "]" : address.host;
  return host + ":" + address.port;
}

/** A line in which every byte below 32 is written as \xhh, so that it stays one line. */
export function printable(line: string): string {
  let text = "";
  for (let i = 0; i < line.length; i++) {
    const code = line.charCodeAt(i);
    if (code >= 32 && code !== 127) text += line.charAt(i);
    else text += "\\x" + (code < 16 ? "0" : "") + code.toString(16);
  }
  return text;
}

/** Verbs of FTP and POP3 whose argument is a secret. */
const SECRET = " PASS ACCT ADAT ";
/** Verbs that name something first; what follows is a secret. */
const HALF_SECRET = " AUTH APOP ";

/**
 * A command line without its secrets: arguments of PASS, ACCT and ADAT, what follows the mechanism of AUTH, and with
 * `logins` every USER with an "@" or a space, since logins through a proxy join names, hosts and even passwords.
 */
export function withoutSecrets(line: string, logins: boolean): string {
  let start = 0;
  while (start < line.length && !isLetter(line.charCodeAt(start))) start++;
  let end = start;
  while (end < line.length && isLetter(line.charCodeAt(end))) end++;
  const verb = " " + line.substring(start, end).toUpperCase() + " ";
  const rest = line.substring(end);
  if (rest === "") return printable(line);
  if (SECRET.indexOf(verb) >= 0) return printable(line.substring(0, end)) + " ****";
  if (HALF_SECRET.indexOf(verb) >= 0) return printable(line.substring(0, end)) + firstWord(rest);
  const joined = rest.indexOf("@") >= 0 || rest.substring(1).indexOf(" ") >= 0;
  if (logins && verb === " USER " && joined) return printable(line.substring(0, end)) + " ****";
  return printable(line);
}

function firstWord(rest: string): string {
  const words = rest.split(" ");
  const more = words.length > 2 && words[2] !== "";
  return " " + printable(words.length > 1 ? words[1] : "") + (more ? " ****" : "");
}

function isLetter(code: number): boolean {
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}
