// Paths: the client's argument to a normal absolute path, and paths in and out of the quotes of 257.

/**
 * The normal absolute path that `argument` means in `cwd`: no ".", "..", "//" or final "/", and never above "/".
 * A backslash is an ordinary character. CR NUL is a CR (RFC 2640 section 3.1); "" where another NUL makes it illegal.
 */
export function resolve(cwd: string, argument: string): string {
  const full = (argument.charAt(0) === "/" ? argument : cwd + "/" + argument).replaceAll("\r\x00", "\r");
  if (full.indexOf("\x00") >= 0) return "";
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
  return '"' + path.replaceAll('"', '""').replaceAll("\r", "\r\x00") + '"';
}

/** The path in the text of a 257: the first quoted string, or the first word where nothing is quoted; "" where nothing is. */
export function unquote(text: string): string {
  const start = text.indexOf('"') + 1;
  if (start === 0) return text.trim().split(" ")[0];
  let end = text.indexOf('"', start);
  while (end >= 0 && text.charAt(end + 1) === '"') end = text.indexOf('"', end + 2);
  return text.substring(start, end < 0 ? text.length : end).replaceAll('""', '"');
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
