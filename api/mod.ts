// What every runtime's mod.ts exports beside its own sockets and files.

export { ConnectionError, FileError, FtpError } from "./errors.ts";
export type { ConnectionReason } from "./errors.ts";
export type { Encoding } from "./names.ts";
export { Server } from "./server.ts";
export type { Access, CloseOptions, LoginAnswer, LoginRequest, ServeOptions, User } from "./serveoptions.ts";
export { Client } from "./client.ts";
export type { ServerReply } from "./client.ts";
export type {
  ConnectOptions,
  DownloadOptions,
  GetOptions,
  OperationOptions,
  PutOptions,
  TransferOptions,
  UploadOptions,
} from "./clientoptions.ts";
export { parseUrl } from "./connect.ts";
export type { EntryType, FileInfo } from "./entries.ts";
export type { Progress } from "./progress.ts";
export type { Upload } from "./streams.ts";
