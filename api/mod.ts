// What every runtime's mod.ts exports beside its own sockets and files.

export { ConnectionError, FileError, FtpError } from "./errors.ts";
export type { ConnectionReason } from "./errors.ts";
export type { Encoding } from "./names.ts";
export { Server } from "./server.ts";
export type { Access, CloseOptions, LoginAnswer, LoginRequest, ServeOptions, User } from "./serveoptions.ts";
export { Client } from "./client.ts";
export type { ServerReply, Session } from "./session.ts";
export type { Transfers } from "./transfers.ts";
export type {
  ConnectOptions,
  Credentials,
  DownloadOptions,
  FileOptions,
  GetOptions,
  OperationOptions,
  PutOptions,
  TransferOptions,
  UploadOptions,
  Verify,
} from "./clientoptions.ts";
export { parseUrl } from "./connect.ts";
export type { EntryType, FileInfo } from "./entries.ts";
export { parseProxy } from "./proxy.ts";
export type { ProxyOptions, ProxyType } from "./proxy.ts";
export type { Algorithm, FileHash } from "./verify.ts";
export type { Progress } from "./progress.ts";
export { TlsError } from "./tls.ts";
export type { Certificate, ClientTlsInfo, Pem, ServeTlsOptions, TlsCertificate, TlsInfo, TlsOptions, TlsVersion } from "./tls.ts";
export type { Upload } from "./streams.ts";
