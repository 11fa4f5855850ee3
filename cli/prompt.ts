// Asks for a password on a terminal, without showing it.

const ENTER = ["\r", "\n", "\x04"];
const DELETE = ["\x7f", "\b"];
const INTERRUPT = "\x03";

/** What was typed. Rejects with an AbortError at Ctrl-C. Only where `process.stdin` is a terminal. */
export function askPassword(question: string): Promise<string> {
  const input = process.stdin;
  process.stderr.write(question);
  input.setRawMode(true);
  input.resume();
  input.setEncoding("utf8");
  return new Promise((resolve, reject) => {
    let typed = "";
    const end = (): void => {
      input.setRawMode(false);
      input.pause();
      input.removeListener("data", take);
      process.stderr.write("\n");
    };
    const take = (text: string | Uint8Array): void => {
      for (const letter of String(text)) {
        if (letter === INTERRUPT) {
          end();
          return reject(new DOMException("Interrupted", "AbortError"));
        }
        if (ENTER.includes(letter)) {
          end();
          return resolve(typed);
        }
        typed = DELETE.includes(letter) ? [...typed].slice(0, -1).join("") : typed + letter;
      }
    };
    input.on("data", take);
  });
}
