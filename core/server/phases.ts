// When a command may be given: the bits of a row's `when` and of a session's `phase`.

/** Nobody has said USER. */
export const NEW = 1;
/** USER was given, PASS or ACCT is awaited. */
export const NAMED = 2;
/** Logged in. */
export const READY = 4;
/** RNFR was the command before. */
export const RENAMING = 8;
/** In a row: may run while data moves. */
export const TRANSFERRING = 16;
/** In a row: needs a data connection, or one that is arranged. */
export const DATA = 32;
/** At any time. */
export const ALWAYS = 7;
