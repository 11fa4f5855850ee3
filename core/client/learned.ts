// What a client learns of its server, as bits: what it has, what it refused, and its habits.

/** The verb at index i has bit 2^i of `features` (FEAT told) and of `off` (it was refused for good). */
const VERBS = "EPSV MLST MLSD SIZE MDTM MFMT UTF8 ALLO ABOR ";

export const EPSV = 1;
export const MLST = 2;
export const MLSD = 4;
export const SIZE = 8;
export const MDTM = 16;
export const MFMT = 32;
export const UTF8 = 64;
export const ALLO = 128;
export const ABOR = 256;

/** `habits`: the number of bytes in its 150 is the size. */
export const HINTS = 1;
/** `habits`: it sends no 150. */
export const SILENT = 2;
/** `habits`: it listens for data only after the command (NetX Duo). */
export const LATE = 4;

/** The bit of a command line's verb, or of FEAT's word; 0: it has none. */
export function bitOf(line: string): number {
  const index = VERBS.indexOf(line.substring(0, 4).toUpperCase() + " ");
  return index < 0 || index % 5 > 0 ? 0 : 1 << (index / 5);
}
