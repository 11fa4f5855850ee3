// What the matrix and its child processes say to each other: one JSON object a line, orders in, outcomes out.
//
// A server child gets its Setup as its only argument, prints Ports, answers each "look\n" with a Holdings, and ends by itself
// after the end of its input. A client child prints an empty object when it is ready, answers each Order with one Outcome a case and
// one End, and ends by itself too. A runtime whose programs cannot read their input has a helper that can for a child.

/** A certificate for the server, in PEM, its key, and who has signed it. */
export interface Keys {
  cert: string;
  key: string;
  ca: string;
}

/** What a server serves. */
export interface Setup {
  storage: string;
  /** "plain", "explicit" or "implicit". */
  protection: string;
  /** Where it is not plain. */
  tls: Keys | null;
  /** The folder that a server of files from a disk serves. */
  root: string;
  /** Bytes of the file BIG in it. */
  big: number;
  /** The folder with what devices run. */
  bundles: string;
}

/** Where a server listens, by address; an address that this machine does not have is absent. */
export type Ports = { [host: string]: number };

/** What a server holds at the moment. Nothing of it may last. */
export interface Holdings {
  sessions: number;
  /** Files and listings that are open in memory; 0 where the storage is a disk. */
  handles: number;
  /** Parts of files in memory. */
  parts: number;
}

/** One cell for a client to run. */
export interface Order {
  mode: string;
  storage: string;
  security: string;
  tls: Keys | null;
  host: string;
  port: number;
  /** The client's own folder on the server; it makes and removes it. "/": there are no folders, so what is there is not its own. */
  remote: string;
  /** Its own folder on the disk. */
  local: string;
  /** How many files make many. */
  many: number;
  /** Bytes of the file BIG. */
  big: number;
  /** The folder with what devices run. */
  bundles: string;
  /** Names of the cases, in their order. */
  cases: string[];
  /** Failures come with the conversation. */
  trace: boolean;
}

/** What became of a case: "" or why it failed. */
export interface Outcome {
  name: string;
  error: string;
}

/** After the outcomes. */
export interface End {
  /** Why it could not say good-bye in order. */
  unclean?: string;
}

/** A file that every server has, too long for what the system buffers. */
export const BIG = "/big";
/** What is in it: the bytes of this seed. */
export const BIG_SEED = 9;
/** Who logs in. */
export const LOGIN = { user: "ana", password: "secret" };
