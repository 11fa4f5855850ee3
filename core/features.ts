// What a device's bundle can do without, in both roles: tools/espruino sets these to false, and what they guard is left out.

/** Blocks to read files into; not needed where the files hand over chunks of their own. */
export const BLOCKS = true;
/** Telnet's sequences on the control connection (RFC 1123 section 4.1.2.12), and CR NUL in names (RFC 2640 section 3.1). */
export const TELNET = true;
/** Files may be the caller's own: the names of what they have are not ours to change. */
export const OWN_FILES = true;
/** Connections over IPv6. */
export const IPV6 = true;
