// Patterns of names, as LIST and NLST take them: "*" is any text, "?" one character, everything else itself.

/** Bytes of a pattern: comparing takes as long as the pattern and a name multiplied. */
const LONGEST = 255;

/** A name that may be a pattern. */
export function isPattern(name: string): boolean {
  return name.length <= LONGEST && (name.indexOf("*") >= 0 || name.indexOf("?") >= 0);
}

/** Behind the character that begins there: a letter of UTF-8 is several bytes. */
function characterEnd(name: string, start: number): number {
  let at = start + 1;
  while (name.charCodeAt(start) >= 0xC0 && at < name.length && (name.charCodeAt(at) & 0xC0) === 0x80) at++;
  return at;
}

/** Whether a name is one that the pattern means. Names that begin with a dot are hidden, unless the pattern begins so too. */
export function matches(name: string, pattern: string): boolean {
  let at = 0;
  let next = 0;
  // Behind the last "*", and where its text ends.
  let star = -1;
  let end = 0;
  if (name.charAt(0) === "." && pattern.charAt(0) !== ".") return false;
  while (at < name.length) {
    const wanted = next < pattern.length ? pattern.charAt(next) : "";
    if (wanted === "*") {
      next++;
      star = next;
      end = at;
    } else if (wanted === "?") {
      next++;
      at = characterEnd(name, at);
    } else if (wanted === name.charAt(at)) {
      next++;
      at++;
    } else if (star >= 0) {
      next = star;
      end++;
      at = end;
    } else return false;
  }
  while (pattern.charAt(next) === "*") next++;
  return next === pattern.length;
}
