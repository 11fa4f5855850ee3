// Wrappers round a port: each takes a Net or a FileSystem and is one.

export { traceNet } from "./trace.ts";
export type { Sink, TraceOptions } from "./trace.ts";
export { traceFiles } from "./tracefiles.ts";
export { FaultyNet } from "./faults.ts";
export type { NetFaults } from "./faults.ts";
export { FaultyFiles } from "./faultyfiles.ts";
export type { FileFaults } from "./faultyfiles.ts";
export { throttle } from "./throttle.ts";
export type { Speeds } from "./throttle.ts";
export { ProxyNet } from "./proxy.ts";
export type { Proxy } from "./proxywords.ts";
export { jail } from "./jail.ts";
export { readonly } from "./readonly.ts";
export { Relay, WrappedNet } from "./relay.ts";
export { ChangedCursor, WrappedFiles } from "./files.ts";
