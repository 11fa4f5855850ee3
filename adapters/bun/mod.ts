// FTP on Bun: for now Node's sockets and files, which Bun brings along. The names are those of every runtime.

export * from "../node/mod.ts";
