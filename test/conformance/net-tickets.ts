// When a server's tickets go out: whoever only sends may have hung up before they come, and a reset would be the answer, with
// which what is still on its way is lost.

import * as net from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { assert, assertEquals } from "../assert.ts";
import type { Tls } from "../../core/ports.ts";
import { dial, finish, host, LOOPBACK } from "./net-host.ts";
import type { Declare } from "./net-host.ts";
import type { Peer } from "./peer.ts";

/** Passes on what a client and a server send, and counts what the server does. */
class Relay {
  /** Bytes that the server has sent. */
  sent = 0;
  private readonly server: net.Server;

  constructor(port: number) {
    this.server = net.createServer({ allowHalfOpen: true }, (near) => {
      const far = net.connect({ host: LOOPBACK, port, allowHalfOpen: true });
      far.on("data", (bytes: Uint8Array) => this.sent += bytes.length);
      for (const [from, to] of [[near, far], [far, near]]) from.on("error", () => to.destroy()).pipe(to);
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, LOOPBACK, resolve));
    return (this.server.address() as net.AddressInfo).port;
  }

  close(): void {
    this.server.close();
  }
}

/** Declares the tests; `tls`: what both sides are told, the client first. */
export function tickets(test: Declare, tls: () => [Tls, Tls]): void {
  for (const first of ["sends", "ends"] as const) {
    test(`tickets wait until the server ${first}`, async (sockets) => {
      const [mine, theirs] = tls();
      const made = await host(sockets, { tls: theirs });
      const relay = new Relay(made.listener.address.port);
      const client = dial(sockets, { host: LOOPBACK, port: await relay.listen(), tls: mine });
      try {
        await wait(client, await made.peer(0), relay, first);
      } finally {
        client.abort();
        made.listener.close();
        relay.close();
      }
    });
  }
}

async function wait(client: Peer, server: Peer, relay: Relay, first: "sends" | "ends"): Promise<void> {
  await client.heard("opened");
  const handshake = relay.sent;
  client.stream(100000, [50000], () => undefined);
  await server.until("all of it", () => server.received === 100000);
  // What was sent would be here by now.
  await pause(50);
  assertEquals(relay.sent - handshake, 0);
  if (first === "sends") server.stream(10, [10], () => server.end());
  else server.end();
  await client.heard("ended");
  client.end();
  await finish([client, 0], [server, 0]);
  assert(relay.sent - handshake > 100, "they come with that");
}
