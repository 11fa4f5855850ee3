// Takes Telnet commands out of what a control connection delivers (RFC 854, RFC 959 section 4.1.3, RFC 1123 4.1.2.12).

/** Bytes of refusals that one packet can cause at most. */
const MOST_ANSWER = 96;

/**
 * A packet in, its clean text and the refusals to send out. A sequence that is split over packets is held back.
 * FF FF is one FF. FF and a byte below F0 stay: a name from a client that does not double its FF.
 */
export class Telnet {
  /** The packet without Telnet commands. */
  text = "";
  /** What to send: WONT for DO, DONT for WILL; "" nothing. */
  answer = "";
  /** The begin of a sequence whose end is still to come: at most two bytes. */
  held = "";

  /** Fills `text` and `answer`. */
  push(packet: string): void {
    const whole = this.held === "" ? packet : this.held + packet;
    let at = whole.indexOf("\xff");
    this.text = whole;
    this.answer = "";
    this.held = "";
    if (at < 0) return;
    let text = "";
    let from = 0;
    while (at >= 0) {
      const command = whole.charCodeAt(at + 1);
      const option = command > 250 && command < 255;
      if (at + (option ? 2 : 1) >= whole.length) {
        this.held = whole.substring(at);
        break;
      }
      let next = at + 2;
      if (command === 255) {
        text += whole.substring(from, at + 1);
        from = next;
      } else if (command > 239) {
        if (option) next++;
        // Not charAt: where Espruino has Unicode it gives a character, of two bytes.
        if (option) this.refuse(command, whole.substring(at + 2, next));
        text += whole.substring(from, at);
        from = next;
      }
      at = whole.indexOf("\xff", next);
    }
    this.text = text + whole.substring(from, at < 0 ? whole.length : at);
  }

  /** Answers WILL (251) with DONT and DO (253) with WONT. */
  refuse(command: number, option: string): void {
    if (this.answer.length >= MOST_ANSWER) return;
    if (command === 251) this.answer += "\xff\xfe" + option;
    if (command === 253) this.answer += "\xff\xfc" + option;
  }

  /** Forgets what is held. */
  reset(): void {
    this.text = "";
    this.answer = "";
    this.held = "";
  }
}

/** Where the verb begins: urgent data may have left a lone FF, F2 or F4 before it. */
export function verbStart(line: string): number {
  let at = 0;
  while (line.charCodeAt(at) > 127) at++;
  return at;
}
