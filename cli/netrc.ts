// Reads ~/.netrc, where users keep the passwords of FTP servers.

/** What it says about a machine. */
export interface NetrcEntry {
  login: string;
  password: string;
  account: string;
}

/** The entry for a host, and for a user where one is given; null: there is none. */
export function findNetrc(text: string, host: string, user?: string): NetrcEntry | null {
  const words = tokens(text);
  let entry: NetrcEntry | null = null;
  let fits = false;
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (word === "machine" || word === "default") {
      if (found(entry, fits, user)) return entry;
      fits = word === "default" || (words[++i] ?? "").toLowerCase() === host.toLowerCase();
      entry = { login: "", password: "", account: "" };
    } else if (entry !== null && (word === "login" || word === "password" || word === "account")) {
      entry[word] = words[++i] ?? "";
    }
  }
  return found(entry, fits, user) ? entry : null;
}

function found(entry: NetrcEntry | null, fits: boolean, user: string | undefined): boolean {
  return entry !== null && fits && (user === undefined || entry.login === user || entry.login === "");
}

/** Words, with quotes and backslashes taken off. Comments and macros are left out. */
function tokens(text: string): string[] {
  const words: string[] = [];
  let macro = false;
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === "") macro = false;
    if (macro || line.trimStart().startsWith("#")) continue;
    for (const [, quoted, plain] of line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)) {
      if (plain === "macdef") macro = true;
      if (macro) break;
      words.push(quoted === undefined ? plain : quoted.replace(/\\(.)/g, "$1"));
    }
  }
  return words;
}
