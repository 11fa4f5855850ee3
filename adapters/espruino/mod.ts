// FTP on Espruino: what a bundle gives.

export { start } from "./server.ts";
export type { FilesOptions, NetOptions, StartOptions } from "./options.ts";
