// TYPE A on the server: network line ends on the wire, LF in files. A device's bundle leaves this file out and converts nothing.

import type { Sink, Source } from "../ports.ts";
import { ConvertedSink, ConvertedSource } from "../convert.ts";
import { FromNetwork, ToNetwork } from "../wire/ascii.ts";
import type { Session } from "./session.ts";

/** Text is converted, in blocks of its own. */
export const CONVERTS = true;
/** What the reply to TYPE A says. */
export const TYPE_A = "Type A";

/** The session's files, read as text. */
export function asciiSource(session: Session): Source {
  return new ConvertedSource(session.files, new ToNetwork(), new Uint8Array(session.server.options.block));
}

/** The session's files, written from text. */
export function asciiSink(session: Session): Sink {
  return new ConvertedSink(session.files, new FromNetwork(), new Uint8Array(session.server.options.block));
}
