// TYPE A on a device: nothing is converted, and the reply says so. Takes the place of core/server/text.ts.

import type { Sink, Source } from "../../../core/ports.ts";
import type { Session } from "../../../core/server/session.ts";

/** Text is converted, in blocks of its own. */
export const CONVERTS = false;
/** What the reply to TYPE A says. */
export const TYPE_A = "Type A, line ends are left as they are";

/** The session's files as they are. */
export function asciiSource(session: Session): Source {
  return session.files;
}

/** The session's files as they are. */
export function asciiSink(session: Session): Sink {
  return session.files;
}
