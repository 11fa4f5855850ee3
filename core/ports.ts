// The two ports that a runtime supplies, sockets (Net) and files (FileSystem), and the names of errors and capabilities.

/**
 * Bytes on their way through. The core reads nothing of a chunk but its length.
 * A string holds one byte per character (char codes 0 to 255).
 */
export type Chunk = Uint8Array | string;

/** The end of an operation: `error` is 0 or one of the error numbers below. It may come before the operation returns. */
export type Done<T> = (error: number, value: T) => void;

/** The end of a read: `length` bytes of `chunk`; length 0 is the end of the file. */
export type ReadDone = (error: number, chunk: Chunk, length: number) => void;

// --- Errors: small numbers, 0 is success. core/server/replies.ts and api/errors.ts give them words.

/** No such file or folder. */
export const NOT_FOUND = 1;
/** The name is taken. */
export const EXISTS = 2;
/** Not allowed: permissions, read-only, outside the root. */
export const DENIED = 3;
/** Another writer has it; try again later. */
export const BUSY = 4;
/** The storage is full. */
export const NO_SPACE = 5;
/** The folder has entries. */
export const NOT_EMPTY = 6;
/** The offset lies beyond the end. */
export const BAD_OFFSET = 7;
/** A name, a line or a list is longer than its limit. */
export const TOO_LONG = 8;
/** This storage needs the size first (ALLO). */
export const NEEDS_SIZE = 9;
/** The storage failed. */
export const IO = 10;
/** The connection broke. */
export const RESET = 11;
/** Nobody listens there. */
export const REFUSED = 12;
/** It took too long. */
export const TIMEOUT = 13;
/** Somebody called it off. */
export const CANCELLED = 14;
/** The TLS handshake or a certificate failed. */
export const TLS = 15;
/** A file was needed, this is a folder or something else. */
export const NOT_FILE = 16;
/** A folder was needed, this is something else. */
export const NOT_DIR = 17;
/** The name cannot be used here. */
export const BAD_NAME = 18;
/** No route to the host. */
export const UNREACHABLE = 19;
/** The local address or port is taken. */
export const IN_USE = 20;
/** The host name does not resolve. */
export const NO_HOST = 21;
/** This runtime or storage cannot do it. */
export const UNSUPPORTED = 22;
/** Fewer bytes came than were declared. */
export const TRUNCATED = 23;
/** The login is good so far, an account is needed too (332). */
export const NEEDS_ACCOUNT = 24;
/** The peer said something that makes no sense here. */
export const PROTOCOL = 25;
/** The peer refused with a reply. */
export const REPLY = 26;
/** The data connection did not come. */
export const NO_CONNECTION = 27;
/** A proxy refused to connect, or who we are. */
export const PROXY = 28;

// --- Capabilities: bits of Net.can and FileSystem.can; they never overlap, so one number holds the needs of a command.

/** Net: can listen for connections. */
export const CAN_LISTEN = 1;
/** Net: TLS from the first byte. */
export const CAN_TLS = 2;
/** Net: TLS on an open connection. */
export const CAN_STARTTLS = 4;
/** Net: knows IPv6. */
export const CAN_IPV6 = 8;
/** Net: can send after the peer has ended. */
export const CAN_HALF_CLOSE = 16;
/** Net: can go back from TLS to clear text (CCC). */
export const CAN_CLEAR = 32;
/** Net: whoever is cut off seems to have ended in order, so only a declared size shows that something is missing. */
export const HIDES_CUTS = 64;
/** The host of a peer whose address the runtime does not tell, where data may go wherever a client says. */
export const ANYBODY = "*";
/** Files: can be written, removed. */
export const CAN_WRITE = 256;
/** Files: rename. */
export const CAN_RENAME = 512;
/** Files: open or create at an offset. */
export const CAN_SEEK = 1024;
/** Files: append to a file that exists. */
export const CAN_APPEND = 2048;
/** Files: folders. */
export const CAN_DIRS = 4096;
/** Files: setFacts. */
export const CAN_FACTS = 8192;
/** Files: know when a file was modified. */
export const CAN_TIMES = 16384;
/** Files: hash. */
export const CAN_HASH = 32768;
/** Files: space. */
export const CAN_SPACE = 65536;
/** Files: create needs the size. */
export const WANTS_SIZE = 131072;
/** Files: read hands over chunks of its own and takes no block. */
export const OWN_CHUNKS = 262144;
/** Files: compact, for room that only then is free. */
export const CAN_COMPACT = 1048576;
/** Files: names are bytes and survive a round trip even where they are not UTF-8. */
export const RAW_NAMES = 524288;

// --- Sockets

/** One end of a connection. `family` is 4 or 6; an IPv4 address mapped into IPv6 is shown as IPv4. */
export interface Address {
  host: string;
  port: number;
  family: number;
}

/** `role` of a Tls: the side that sends the ClientHello. */
export const TLS_CLIENT = 1;
/** `role` of a Tls: the side that has the certificate. */
export const TLS_SERVER = 2;

/** What a handshake shall be; the core decides, an adapter only carries it out. */
export interface Tls {
  /** TLS_CLIENT or TLS_SERVER. */
  role: number;
  /** Client: the name that the certificate must be for, and that is sent (SNI); "": none. */
  name: string;
  /** Client: the server's certificate must be trusted and for `name`. Server: a client must show one that is trusted. */
  verify: boolean;
  /** Client: the SHA-256 fingerprint that the server's certificate must have; "": any. */
  pin: string;
  /** Certificates and settings, in the adapter's own form; it looks at each handshake. */
  identity: unknown;
  /** The control connection whose session counts for a data connection; null: this is a control connection. */
  owner: Conn | null;
  /** Server: fails unless the session of `owner` is resumed. */
  requireReuse: boolean;
}

/** What a handshake came to. */
export interface TlsFacts {
  protocol: string;
  cipher: string;
  /** A session was resumed. */
  reused: boolean;
  /** The name that the client asked for (SNI); "": none. */
  name: string;
  /** SHA-256 of the peer's certificate; "": it has shown none. */
  fingerprint: string;
  /** The peer's certificate, in the adapter's own form; null: it has shown none. */
  certificate: unknown;
}

/** Where to connect to or to listen on. Fields that are absent are left to the runtime. */
export interface Target {
  /** Name or address; "" listens on every address. */
  host: string;
  /** 0 listens on any free port. */
  port: number;
  /** The last port of a range that starts with `port`; any free port of the range is taken, in random order. */
  last?: number;
  /** 4, 6, or 0 for both. */
  family?: number;
  /** The connection delivers byte strings instead of Uint8Array chunks (control connections, listings). */
  text?: boolean;
  /** TLS from the first byte. */
  tls?: Tls | null;
  localHost?: string;
  localPort?: number;
  noDelay?: boolean;
  /** Milliseconds before the first TCP keep-alive probe; 0: none. */
  keepAlive?: number;
}

/** The core's side of a connection. One object per connection; nothing else hears of its events. */
export interface ConnHandler {
  /** TCP (and implicit TLS) is up. Comes for accepted connections too, after `accept`. */
  opened(conn: Conn): void;
  /** Bytes. false: the chunk is kept, and nothing more may come until `conn.resume()`, which gives the chunk back. */
  data(chunk: Chunk, length: number): boolean;
  /** The chunk lent to `conn.send()` is free again. Never comes from within `send`. */
  drained(): void;
  /** The handshake that `conn.secure()` asked for is done; `conn.tls` holds the facts. Needed only by who calls `secure`. */
  secured?(): void;
  /** The peer will send no more. Comes after its last byte was taken. */
  ended(): void;
  /**
   * Always last, and once: the runtime holds no chunk lent to `send` any more. `error` is 0 where both sides ended in order.
   * A chunk that `data` kept stays valid until its handler is done with it: a runtime does not use its memory again.
   */
  closed(error: number): void;
}

/** A transfer whose bytes the runtime carries by itself. */
export interface Carried {
  /** What it reads from; null where it writes. */
  source: Source | null;
  /** The runtime counts here, with every chunk: who does not move any is cut off. */
  bytes: number;
  /** Not the runtime's turn: the peer is waited for. */
  lent: boolean;
  /** The end, with an error where there was one: all of the file was sent and is out, or no more comes. Before `closed`. */
  done(error: number, chunk: Chunk, length: number): void;
}

/** The runtime's side of a connection. */
export interface Conn {
  /** May be replaced: that is how a dialer or a proxy hands a connection over. */
  handler: ConnHandler;
  readonly local: Address;
  readonly remote: Address;
  readonly tls: TlsFacts | null;
  /** From `closed` on: why, as the runtime says it (an Error), where it says more than the number. */
  readonly cause?: unknown;
  /** true: done with the chunk. false: it is lent until `drained()`. One loan at a time; nothing is sent after `end` or `abort`. */
  send(chunk: Chunk, length: number): boolean;
  /** Takes the kept chunk back and goes on reading. Legal in any state; the next `data` may come before it returns. */
  resume(): void;
  /** Sends what is lent, then FIN. Later input is thrown away; `closed` comes when the peer has ended too. */
  end(): void;
  /**
   * At once. Before `opened` it cancels the dial. `closed` still comes, never from within `abort`. The peer hears of a
   * reset; but after `end`, where nothing is lent any more, it only lets go, and what is on its way still arrives.
   */
  abort(): void;
  /** Explicit TLS, with CAN_STARTTLS, only from within `opened`, from within `data`, or while reading is held. Unsent bytes go out first, in clear. */
  secure(tls: Tls): void;
  /**
   * For runtimes on which a call for each chunk costs too much: carries the bytes between the connection and an open file of
   * the runtime's own without asking the handler, until `done`. false: it cannot with this file.
   */
  carry?(file: File, carried: Carried): boolean;
  /** Back to clear text, with CAN_CLEAR, from within `data` or while reading is held. Unsent bytes go out first, secured; `tls` is null at once. */
  plain?(): void;
}

/** Takes connections in. */
export interface Acceptor {
  /** Comes once per `listen`, possibly before it returns: 0 and the listener has its address, or the error. */
  listening(error: number): void;
  /** null: the connection is ended as soon as what was sent to it is out. */
  accept(conn: Conn): ConnHandler | null;
}

/** A listening socket. */
export interface Listener {
  /** Valid from `listening(0)` on. */
  readonly address: Address;
  /** Takes no more connections; those taken live on. May be called twice. */
  close(): void;
}

/** A machine with deadlines. */
export interface Ticker {
  /** Milliseconds of a monotonic clock in, milliseconds to the next deadline out; -1: none. */
  tick(now: number): number;
}

/** A runtime's sockets. */
export interface Net {
  /** CAN_LISTEN, CAN_TLS ... */
  readonly can: number;
  /** The handler hears nothing before `connect` returns. A failed dial is `closed(error)` without `opened`. */
  connect(target: Target, handler: ConnHandler): Conn;
  listen(target: Target, acceptor: Acceptor): Listener;
  /** Calls `ticker.tick` within 100 ms, and again whenever its answer says so, with one timer that keeps no process alive. */
  wake(ticker: Ticker): void;
}

// --- Files

/** `type` of an Entry where nothing is known. */
export const UNKNOWN = 0;
/** `type` of an Entry: a regular file. */
export const FILE = 1;
/** `type` of an Entry: a folder. */
export const DIR = 2;
/** `type` of an Entry: a symbolic link that was not followed; `target` says where to. */
export const LINK = 3;
/** `type` of an Entry: a device, socket or pipe. */
export const OTHER = 4;

/** What is known of a file: -1 or "" where it is not. */
export class Entry {
  /** The bare name, one byte per character. */
  name = "";
  /** UNKNOWN, FILE, DIR, LINK or OTHER. */
  type = 0;
  /** Bytes. */
  size = -1;
  /** Milliseconds since 1970-01-01 UTC. */
  modified = -1;
  /** Unix permission bits. */
  mode = -1;
  owner = "";
  group = "";
  /** The same for two names of one file, and only then. */
  unique = "";
  /** Where a LINK points to. */
  target = "";
  /** Permission letters of RFC 3659 section 7.5.5. */
  perm = "";
}

/** An open file: each file system has its own kind, and only it looks inside. */
export type File = object;

/** How a file is to be written. */
export interface Create {
  /** Where the first byte goes. */
  offset: number;
  /** Bytes that will come, counted from `offset`; -1: not known. */
  size: number;
  append: boolean;
  /** EXISTS where the name is taken. */
  exclusive: boolean;
  /** Whose part it is; "" without a user. */
  owner: string;
}

/** What can be set of a file; -1: leave it. */
export interface Facts {
  modified: number;
  created: number;
  mode: number;
}

/** Where a transfer's bytes come from. A file system is one for its files, a listing is one for itself. */
export interface Source {
  /** Fills `into`, or hands over a chunk of its own where `into` is null. One read at a time. */
  read(file: File, into: Uint8Array | null, done: ReadDone): void;
  /** Waits for an outstanding read. */
  close(file: File, done: Done<void>): void;
}

/** Where a transfer's bytes go to. One write at a time; the chunk is lent until `done`. */
export interface Sink {
  write(file: File, chunk: Chunk, length: number, done: Done<void>): void;
  /** What was written becomes the file, at once and whole. */
  commit(file: File, done: Done<void>): void;
  /** It never happened. `keep`: the part stays, to be resumed. Waits for an outstanding write. */
  discard(file: File, keep: boolean, done: Done<void>): void;
}

/** A folder that is being read. One `next` at a time. */
export interface Cursor {
  /** Fills `entry`; true: filled, false: there are no more. "." and ".." never show. */
  next(entry: Entry, done: Done<boolean>): void;
  close(done: Done<void>): void;
}

/** An incremental hash. */
export interface Hash {
  add(chunk: Chunk, length: number): void;
  done(): string;
}

/**
 * A runtime's files. Paths are absolute, normal ("/a/b", no "." or ".."), "/"-separated byte strings; "/" is the root.
 *
 * Parts: `create` keeps one part per path and owner, and a second writer gets BUSY. Offset 0 starts a new part; an
 * offset equal to the part's size goes on with it, and so does an append where there is only a part; any other offset
 * up to the committed file's size, and every append to a committed file, writes in place; beyond is BAD_OFFSET.
 */
export interface FileSystem extends Source, Sink {
  /** CAN_WRITE, CAN_RENAME ... */
  readonly can: number;
  /** For reading from `offset`; fills `entry`. NOT_FOUND, NOT_FILE, DENIED, BAD_OFFSET (beyond the end). */
  open(path: string, offset: number, entry: Entry, done: Done<File>): void;
  create(path: string, how: Create, done: Done<File>): void;
  /** NOT_DIR where it is no folder. */
  list(path: string, done: Done<Cursor>): void;
  /** Fills `entry`, links followed. Where only a part of `owner` exists, that; owner "" sees no part. */
  stat(path: string, owner: string, entry: Entry, done: Done<Entry>): void;
  /** The facts that were really set come back. */
  setFacts(path: string, facts: Facts, done: Done<Facts>): void;
  /** An existing file at `to` is replaced at once; an existing folder is EXISTS. */
  rename(from: string, to: string, done: Done<void>): void;
  /** A file; a folder is NOT_FILE. */
  remove(path: string, done: Done<void>): void;
  mkdir(path: string, done: Done<void>): void;
  /** An empty folder; NOT_EMPTY, NOT_DIR. The root is DENIED. */
  rmdir(path: string, done: Done<void>): void;
  hash?(name: string): Hash | null;
  /** Makes room of what was removed; BUSY while a file is open. */
  compact?(done: Done<void>): void;
  /** Free bytes. */
  space?(path: string, done: Done<number>): void;
}
