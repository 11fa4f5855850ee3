// What a device's bundle can do without: tools/espruino sets these to false for a preset, and what they guard is left out.

/** Replies as long as a folder (STAT with a path). */
export const LONG_REPLIES = true;
/** TLS (RFC 4217). */
export const SECURITY = true;
/** EPSV ALL. */
export const EPSV_ALL = true;
/** Sessions end that send one unknown command after the other before a login. */
export const STRANGERS = true;
/** Addresses of peers are known. */
export const PEERS = true;
/** LIST shows the time of what is young. */
export const CLOCK = true;
/** LIST and NLST take patterns of names. */
export const PATTERNS = true;

// Rows that other code knows of: true where a preset has them.

/** Transfers can be broken off by the client. */
export const ABOR = true;
/** Names that nobody has. */
export const STOU = true;
/** Hashes of files. */
export const HASH = true;
