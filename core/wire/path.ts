// Paths: the client's argument to a normal absolute path, and paths in and out of the quotes of 257.
//
// Espruino 2v29 takes a text's end for a match where what it looks for begins like it: "abc".indexOf("cd") is 2, and
// replaceAll comes back to such a match for ever. So more than one character is looked for with split or lastIndexOf.

import { TELNET } from "../features.ts";

/**
 * The normal absolute path that `argument` means in `cwd`: no ".", "..", "//" or final "/", and never above "/".
 * A backslash is an ordinary character. CR NUL is a CR (RFC 2640 section 3.1); "" where another NUL makes it illegal.
 */
export function resolve(cwd: string, argument: string): string {
  let full = argument.charAt(0) === "/" ? argument : cwd + "/" + argument;
  if (full.indexOf("\x00") >= 0) {
    if (!TELNET) return "";
    const pieces = full.split("\x00");
    for (let i = 0; i < pieces.length - 1; i++) if (!pieces[i].endsWith("\r")) return "";
    full = pieces.join("");
  }
  const parts = full.split("/");
  const names: string[] = [];
  for (let i = 0; i < parts.length; i++) {
    if (parts[i] === "..") names.pop();
    else if (parts[i] !== "" && parts[i] !== ".") names.push(parts[i]);
  }
  return "/" + names.join("/");
}

/** The path as 257 tells it: in quotes, with quotes inside doubled (RFC 959 appendix II) and CR as CR NUL. */
export function quote(path: string): string {
  return '"' + path.replaceAll('"', '""').replaceAll("\r", TELNET ? "\r\x00" : "?") + '"';
}

/** The path in the text of a 257: the first quoted string, or the first word where nothing is quoted; "" where nothing is. */
export function unquote(text: string): string {
  const start = text.indexOf('"') + 1;
  if (start === 0) {
    // Not trim(): it takes A0 for a space, the last byte of some UTF-8 letters.
    const words = text.split(" ");
    let first = 0;
    while (first < words.length - 1 && words[first] === "") first++;
    return words[first];
  }
  let end = text.indexOf('"', start);
  while (end >= 0 && text.charAt(end + 1) === '"') end = text.indexOf('"', end + 2);
  return text.substring(start, end < 0 ? text.length : end).split('""').join('"');
}

/** The last part of a normal path; "" for "/". */
export function name(path: string): string {
  return path.substring(path.lastIndexOf("/") + 1);
}

/** The folder that a normal path lies in; "/" lies in itself. */
export function parent(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash > 0 ? path.substring(0, slash) : "/";
}

/** The path of `child` in `folder`. */
export function join(folder: string, child: string): string {
  return folder.endsWith("/") ? folder + child : folder + "/" + child;
}

/** A name as a line of a listing can hold it: CR and LF, which would end the line, are shown as "?". */
export function oneLine(text: string): string {
  return text.replaceAll("\n", "?").replaceAll("\r", "?");
}
