// A session of a client's without the server's certificate: OpenSSL decodes that anew for each connection, twice, which costs more
// than the rest of a resumed handshake. It was checked when the session was made.

/** SSL_SESSION_ASN1 of OpenSSL is a SEQUENCE, and what it holds are tagged fields; [3] is the peer's certificate. */
const SEQUENCE = 0x30;
const PEER = 0xa3;

/** Bytes of a session that is looked at. */
const MOST = 65535;

/** One field of DER: where its contents begin and end. */
interface Field {
  tag: number;
  from: number;
  to: number;
}

/** The session as it was where there is nothing to leave out, or nothing that is understood. */
export function bare(session: Buffer): Buffer {
  const all = fieldAt(session, 0);
  if (all === null || all.tag !== SEQUENCE || all.to !== session.length || all.to > MOST) return session;
  for (let at = all.from; at < all.to;) {
    const field = fieldAt(session, at);
    if (field === null) return session;
    if (field.tag === PEER) return sequence(session.subarray(all.from, at), session.subarray(field.to, all.to));
    at = field.to;
  }
  return session;
}

function fieldAt(bytes: Buffer, at: number): Field | null {
  const short = bytes[at + 1];
  if (short === undefined) return null;
  const more = short < 128 ? 0 : short - 128;
  if (more > 4 || at + 2 + more > bytes.length) return null;
  const from = at + 2 + more;
  const length = more === 0 ? short : bytes.readUIntBE(at + 2, more);
  return short !== 128 && from + length <= bytes.length ? { tag: bytes[at], from, to: from + length } : null;
}

/** DER wants the shortest form of a length. */
function sequence(before: Buffer, after: Buffer): Buffer {
  const length = before.length + after.length;
  const form = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([SEQUENCE, ...form]), before, after]);
}
