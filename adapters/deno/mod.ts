// FTP on Deno: for now Node's sockets and files, which Deno brings along. The names are those of every runtime.

export * from "../node/mod.ts";
