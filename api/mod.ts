// What every runtime's mod.ts exports beside its own sockets and files.

export { ConnectionError, FileError, FtpError } from "./errors.ts";
export type { ConnectionReason } from "./errors.ts";
export type { Encoding } from "./names.ts";
export { Server } from "./server.ts";
export type { Access, CloseOptions, LoginAnswer, LoginRequest, ServeOptions, User } from "./serveoptions.ts";
