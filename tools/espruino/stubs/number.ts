// Decimal numbers without a loop over their digits: one with zeros before it is none. Takes the place of core/wire/number.ts.

/** The largest size or offset that is exact: 2^53 - 1. */
export const MOST = 9007199254740991;

/** The value of decimal digits and nothing else, at most `most`; -1 for everything else. */
export function decimal(text: string, most: number): number {
  const value = parseInt(text, 10);
  return "" + value === text && value >= 0 && value <= most ? value : -1;
}
