// The core: one FTP server and one FTP client that know no runtime. An adapter's sockets and files are handed in.

export * from "./ports.ts";
export { Blocks } from "./blocks.ts";
export { Transfer } from "./transfer.ts";
export type { TransferLimits, TransferOwner } from "./transfer.ts";
export { Server } from "./server/server.ts";
export type { Login, ServerOptions } from "./server/options.ts";
export { FOR_DATA, FOR_LOGIN, OFFERED, renew, serverTls } from "./server/secure.ts";
export type { ServerTls } from "./server/secure.ts";
export { Client } from "./client/client.ts";
export type { Get, Put } from "./client/client.ts";
export { login, loginScript } from "./client/login.ts";
export type { Way } from "./client/login.ts";
export type { Each } from "./client/list.ts";
export { clientTls, EXPLICIT, IMPLICIT, OPPORTUNISTIC } from "./client/secure.ts";
export type { ClientTls } from "./client/secure.ts";
export { AUTO, PEER, SERVER } from "./client/options.ts";
export type { ClientOptions } from "./client/options.ts";
export type { Reply } from "./wire/reply.ts";
