// File names between JavaScript's text and the byte strings of the core.

/** How a server writes its file names. */
export type Encoding = "utf-8" | "latin1";

const encoder = new TextEncoder();
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** What stands for a byte that is no UTF-8: U+DC80 to U+DCFF, which no valid text holds. */
const ESCAPE = 0xdc00;
const ESCAPED = /[\udc80-\udcff]/;
const BEYOND_ASCII = /[^\x00-\x7f]/;

/**
 * The bytes of a name, one per character. Bytes that `decodeName` could not read come back as they were.
 * Throws RangeError where "latin1" has no such character.
 */
export function encodeName(text: string, encoding: Encoding): string {
  if (!BEYOND_ASCII.test(text)) return text;
  if (encoding === "latin1") {
    if (/[^\x00-\xff]/.test(text)) throw new RangeError(`Cannot write "${text}" in latin1`);
    return text;
  }
  let bytes = "";
  let plain = "";
  for (const character of text) {
    if (!ESCAPED.test(character) || character.length > 1) plain += character;
    else {
      bytes += byteString(encoder.encode(plain)) + String.fromCharCode(character.charCodeAt(0) - ESCAPE);
      plain = "";
    }
  }
  return bytes + byteString(encoder.encode(plain));
}

/** The text of a name. Bytes that are no UTF-8 become lone surrogates (U+DC80 to U+DCFF), so that nothing is lost. */
export function decodeName(bytes: string, encoding: Encoding): string {
  if (encoding === "latin1" || !BEYOND_ASCII.test(bytes)) return bytes;
  const array = Uint8Array.from(bytes, (character) => character.charCodeAt(0));
  const whole = valid(array);
  if (whole !== null) return whole;
  let text = "";
  for (let at = 0; at < array.length;) {
    const length = sequence(array, at);
    text += length > 0 ? valid(array.subarray(at, at + length)) : String.fromCharCode(ESCAPE + array[at]);
    at += length > 0 ? length : 1;
  }
  return text;
}

function valid(array: Uint8Array): string | null {
  try {
    return strict.decode(array);
  } catch {
    return null;
  }
}

/** Bytes of the valid UTF-8 sequence that starts at `at`; 0: none does. */
function sequence(array: Uint8Array, at: number): number {
  const first = array[at];
  const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  return at + length <= array.length && valid(array.subarray(at, at + length)) !== null ? length : 0;
}

function byteString(array: Uint8Array): string {
  let text = "";
  for (let at = 0; at < array.length; at += 8192) text += String.fromCharCode(...array.subarray(at, at + 8192));
  return text;
}

/** Text of a login as bytes. Throws TypeError where it would end the line. */
export function secret(text: string, encoding: Encoding): string {
  if (/[\r\n\0]/.test(text)) throw new TypeError("Cannot log in with a CR, LF or NUL in a name or a password");
  return encodeName(text, encoding);
}
