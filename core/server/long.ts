// Replies with as many lines as a source has (STAT of a folder), on the control connection.

import { CANCELLED } from "../ports.ts";
import type { Done, File, Source } from "../ports.ts";
import { refusal } from "./replies.ts";
import type { Session } from "./session.ts";

/** Answers with a source's lines. */
export function longReply(session: Session, source: Source & File, code: number): void {
  session.say(code + "-Status:\r\n");
  session.pouring = source;
  session.last = code + " End\r\n";
}

/** The next piece; asks for nothing while a reply is lent. */
export function pour(session: Session): boolean {
  const source = session.pouring as Source & File;
  const piece = session.ask((error: number, text: string): void => {
    if (error === 0 && text.length > 0 && session.conn !== null) return session.say(text);
    if (error !== 0) session.last = session.last.substring(0, 4) + refusal(error).substring(4) + "\r\n";
    session.pouring = null;
    source.close(
      source,
      session.ask((): void => {
        session.working = false;
        session.say(session.last);
      }),
    );
  });
  if (session.conn === null) piece(CANCELLED, "");
  else source.read(source, null, piece as Done<unknown>);
  return true;
}
