// The memory adapter: sockets and files that exist only in this process, for tests and for servers of generated files.

export { MemoryNet } from "./net.ts";
export type { MemoryNetOptions, OpenCounts } from "./net.ts";
export type { MemoryConn } from "./conn.ts";
export type { MemoryListener } from "./listener.ts";
export type { MemoryIdentity } from "./tls.ts";
export type { Steps } from "./events.ts";
export { MemoryFiles } from "./files.ts";
export type { MemoryFilesOptions } from "./files.ts";
export { Peer, PeerServer } from "./peer.ts";
export { bytesOf, textOf } from "./bytes.ts";
