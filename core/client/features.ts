// What a device's bundle can do without: tools/espruino sets these to false for a preset, and what they guard is left out.

/** Lines of LIST are understood; without, they all show as UNKNOWN entries. MLSD is not touched. */
export const FORMATS = true;
/** PORT and EPRT. */
export const ACTIVE_MODE = true;
/** TLS (RFC 4217). */
export const SECURITY = true;
/** TLS on a connection that is open: AUTH and CCC. Without, TLS is there from the first byte or not at all. */
export const STARTTLS = true;
