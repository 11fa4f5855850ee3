// Reads decimal numbers strictly, digit by digit: a sign, a space or a letter makes them no number.

/** The largest size or offset that is exact: 2^53 - 1. */
export const MOST = 9007199254740991;

/** The value of 1 to 16 decimal digits and nothing else, at most `most`; -1 for everything else. */
export function decimal(text: string, most: number): number {
  const length = text.length;
  if (length === 0 || length > 16) return -1;
  let value = 0;
  for (let i = 0; i < length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value > most ? -1 : value;
}
