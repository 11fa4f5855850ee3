// What a device's bundle can do without: tools/espruino sets these to false for a preset, and what they guard is left out.

/** Telnet's sequences on the control connection (RFC 1123 section 4.1.2.12). */
export const TELNET = true;
/** Replies as long as a folder (STAT with a path). */
export const LONG_REPLIES = true;
/** Blocks to read files into; not needed where the files hand over chunks of their own. */
export const BLOCKS = true;
/** TLS (RFC 4217). */
export const SECURITY = true;
