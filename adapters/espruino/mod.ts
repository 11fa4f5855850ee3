// FTP on Espruino: what the bundles give.

export { start } from "./server.ts";
export { connect, Remote } from "./client.ts";
export type { ConnectOptions, FilesOptions, NetOptions, StartOptions } from "./options.ts";
