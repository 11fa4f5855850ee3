// The version; the compiled command has no package.json beside it. A test compares it with that of the package.

/** What `--version` prints. */
export const VERSION = "0.1.0";
