// Decimal numbers without a loop over their digits: one with zeros before it is none. Takes the place of core/wire/number.ts.

/** The largest size or offset, in few characters: up to here all are exact. */
export const MOST = 9e15;

/** The value of decimal digits and nothing else, at most `most`; -1 for everything else. */
export function decimal(text: string, most: number): number {
  const value = parseInt(text, 10);
  return "" + value === text && value >= 0 && value <= most ? value : -1;
}
