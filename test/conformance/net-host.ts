// A listener and its two ends, for the contract tests of sockets.

import { setTimeout as pause } from "node:timers/promises";
import { assertEquals } from "../assert.ts";
import type { Acceptor, Conn, ConnHandler, Listener, Net, Target } from "../../core/ports.ts";
import { Peer } from "./peer.ts";

/** Where the tests listen. */
export const LOOPBACK = "127.0.0.1";
/** Bytes. */
export const MEBIBYTE = 1048576;

/** A listener that gives every connection a Peer. */
export class Host implements Acceptor {
  peers: Peer[] = [];
  told: number[] = [];
  listener!: Listener;
  /** Has its turn in `accept`, before `opened`. */
  meet: (conn: Conn, peer: Peer) => ConnHandler | null = (_conn, peer) => peer;
  private waiting: (() => void)[] = [];

  listening(error: number): void {
    this.told.push(error);
    this.notify();
  }

  accept(conn: Conn): ConnHandler | null {
    const peer = new Peer(`accepted ${this.peers.length}`);
    peer.conn = conn;
    this.peers.push(peer);
    const handler = this.meet(conn, peer);
    this.notify();
    return handler;
  }

  /** The error of `listening`. */
  async error(): Promise<number> {
    while (this.told.length === 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
    return this.told[0];
  }

  async peer(index: number): Promise<Peer> {
    while (this.peers.length <= index) await new Promise<void>((resolve) => this.waiting.push(resolve));
    return this.peers[index];
  }

  private notify(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}

/** Listens on a free port, or as told. */
export async function host(net: Net, target: Partial<Target>): Promise<Host> {
  const made = new Host();
  made.listener = net.listen({ host: LOOPBACK, port: 0, ...target }, made);
  assertEquals(await made.error(), 0);
  return made;
}

/** A Peer that dials. */
export function dial(net: Net, target: Target): Peer {
  const peer = new Peer("client");
  peer.conn = net.connect(target, peer);
  assertEquals(peer.events, []);
  return peer;
}

/** Both ends of a connection, and its listener, which is closed when it is up. */
export async function pair(net: Net, target: Partial<Target> = {}, prepare?: (peer: Peer) => void): Promise<[Peer, Peer]> {
  const made = await host(net, target);
  if (prepare !== undefined) made.meet = (_conn, peer) => (prepare(peer), peer);
  const client = dial(net, { host: LOOPBACK, text: target.text, port: made.listener.address.port });
  if (prepare !== undefined) prepare(client);
  await client.heard("opened");
  const server = await made.peer(0);
  await server.heard("opened");
  made.listener.close();
  return [client, server];
}

/** Both are closed as it should be, and no rule was broken. */
export async function finish(...ends: [Peer, number][]): Promise<void> {
  for (const [peer] of ends) await peer.gone();
  await pause(10);
  for (const [peer, error] of ends) {
    assertEquals(peer.faults, [], peer.name);
    assertEquals(peer.error, error, peer.name);
  }
}

/** Declares a test that gets a Net of its own. */
export type Declare = (title: string, run: (net: Net) => Promise<void>) => void;
