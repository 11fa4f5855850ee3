// A Net whose connections go through a SOCKS or HTTP proxy: control and data alike, and who uses it does not notice.
//
// Invariant: a Handshake hears the connection to the proxy until that has said yes; from then on a Tunnel does, and passes
// everything on. `remote` of a Tunnel is the target that was asked for. Nobody can connect to us: a ProxyNet does not listen.

import { CAN_LISTEN, CAN_STARTTLS, PROTOCOL, UNSUPPORTED } from "../../core/ports.ts";
import type { Acceptor, Address, Chunk, Conn, ConnHandler, Listener, Net, Target } from "../../core/ports.ts";
import { isIPv6 } from "../../core/wire/host.ts";
import { TALKS } from "./proxywords.ts";
import type { Proxy, Words } from "./proxywords.ts";
import { cut, innerTls, Relay, WrappedNet } from "./relay.ts";

/** Bytes of a proxy's words that are kept at most. */
const MOST = 16384;

/** Sockets behind a proxy. Names are looked up by the proxy. */
export class ProxyNet extends WrappedNet {
  proxy: Proxy;
  /** How the proxy has worded its last no; "": it did not. */
  refusal: string;

  constructor(inner: Net, proxy: Proxy) {
    super(inner);
    this.proxy = proxy;
    this.refusal = "";
    if ((this.can & CAN_LISTEN) !== 0) this.can -= CAN_LISTEN;
  }

  override connect(target: Target, handler: ConnHandler): Conn {
    const tunnel = new Tunnel(target);
    const way: Target = Object.assign({}, target);
    this.refusal = "";
    tunnel.handler = handler;
    way.host = this.proxy.host;
    way.port = this.proxy.port;
    // Which address of the target is the proxy's business.
    way.family = 0;
    way.tls = null;
    tunnel.inner = this.inner.connect(way, new Handshake(this, tunnel, target));
    return tunnel;
  }

  override listen(target: Target, acceptor: Acceptor): Listener {
    acceptor.listening(UNSUPPORTED);
    return { address: { host: "", port: 0, family: 4 }, close: (): void => {} };
  }
}

/** The connection as its user sees it. */
class Tunnel extends Relay {
  to: Address;
  /** TLS from the first byte: a handshake before `opened`. */
  shaking: boolean;
  /** Its user wants to hear no more. */
  left: boolean;

  constructor(target: Target) {
    super();
    this.to = { host: target.host, port: target.port, family: isIPv6(target.host) ? 6 : 4 };
    this.shaking = false;
    this.left = false;
  }

  override get remote(): Address {
    return this.to;
  }

  override end(): void {
    this.left = true;
    this.inner.end();
  }

  override abort(): void {
    this.left = true;
    this.inner.abort();
  }

  override drained(): void {
    if (!this.shaking) this.handler.drained();
  }

  override secured(): void {
    if (!this.shaking) return Relay.prototype.secured.call(this);
    this.shaking = false;
    this.handler.opened(this);
  }
}

/** The talk with the proxy. */
class Handshake implements ConnHandler {
  net: ProxyNet;
  tunnel: Tunnel;
  words: Words;
  target: Target;
  /** What came and was not understood yet. */
  text: string;
  error: number;
  lent: boolean;
  /** What is to be said as soon as nothing is lent. */
  later: string;
  /** The yes has come while something was lent; what follows it in this chunk is the server's. */
  rest: Chunk | null;
  restAt: number;
  restLength: number;

  constructor(net: ProxyNet, tunnel: Tunnel, target: Target) {
    this.net = net;
    this.tunnel = tunnel;
    this.words = TALKS[net.proxy.type](net.proxy, target);
    this.target = target;
    this.text = "";
    this.error = 0;
    this.lent = false;
    this.later = "";
    this.rest = null;
    this.restAt = 0;
    this.restLength = 0;
  }

  opened(conn: Conn): void {
    const hello = this.words.hello();
    this.tunnel.inner = conn;
    if (hello === "") this.fail(UNSUPPORTED, "it cannot be asked for this host");
    else this.say(hello);
  }

  data(chunk: Chunk, length: number): boolean {
    this.text += textOf(chunk, length);
    while (this.error === 0) {
      const answer = this.words.hear(this.text);
      if (answer.error !== 0) this.fail(answer.error, answer.why);
      if (answer.used === 0) break;
      this.text = this.text.substring(answer.used);
      if (answer.say === "") return this.yes(chunk, length - this.text.length, length);
      this.say(answer.say);
    }
    if (this.text.length > MOST) this.fail(PROTOCOL, "too many words");
    return true;
  }

  drained(): void {
    const later = this.later;
    const rest = this.rest;
    this.lent = false;
    this.later = "";
    if (later !== "") this.say(later);
    if (rest === null) return;
    this.rest = null;
    if (this.handOver(rest, this.restAt, this.restLength)) this.tunnel.inner.resume();
  }

  ended(): void {
    if (this.error === 0) this.fail(PROTOCOL, "it ended the connection");
  }

  closed(error: number): void {
    this.tunnel.handler.closed(this.error === 0 ? error : this.error);
  }

  /** The server's bytes begin at `at`. The connection is handed over when our own loan has ended. */
  yes(chunk: Chunk, at: number, length: number): boolean {
    if (this.target.tls) return this.secure(at < length);
    if (!this.lent) return this.handOver(chunk, at, length);
    this.rest = chunk;
    this.restAt = at;
    this.restLength = length;
    return false;
  }

  handOver(chunk: Chunk, at: number, length: number): boolean {
    const tunnel = this.tunnel;
    if (tunnel.left) return true;
    tunnel.inner.handler = tunnel;
    tunnel.handler.opened(tunnel);
    return at >= length || tunnel.left || tunnel.data(cut(chunk, at, length - at), length - at);
  }

  /** Nothing may come in clear behind the yes. */
  secure(more: boolean): boolean {
    const tunnel = this.tunnel;
    if (more || !this.target.tls || (this.net.inner.can & CAN_STARTTLS) === 0) {
      this.fail(more ? PROTOCOL : UNSUPPORTED, "TLS cannot begin");
      return true;
    }
    tunnel.shaking = true;
    tunnel.inner.handler = tunnel;
    tunnel.inner.secure(innerTls(this.target.tls));
    return true;
  }

  say(text: string): void {
    if (this.lent) this.later += text;
    else this.lent = !this.tunnel.inner.send(text, text.length);
  }

  fail(error: number, why: string): void {
    this.error = error;
    this.net.refusal = why;
    this.tunnel.inner.abort();
  }
}

function textOf(chunk: Chunk, length: number): string {
  if (typeof chunk === "string") return length === chunk.length ? chunk : chunk.substring(0, length);
  let text = "";
  for (let i = 0; i < length; i++) text += String.fromCharCode(chunk[i]);
  return text;
}
