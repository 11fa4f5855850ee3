// Handshakes that stall, stop half-way or fail, 1000 of each: nothing stays.

import { existsSync, readdirSync } from "node:fs";
import { connect as dial } from "node:net";
import type { Socket } from "node:net";
import { describe, test } from "node:test";
import { MemoryFiles } from "../../adapters/memory/mod.ts";
import type { Server } from "../../api/mod.ts";
import { assert, assertEquals } from "../assert.ts";
import { certificates, noCertificates } from "../conformance/certificates.ts";
import type { Certificates } from "../conformance/certificates.ts";
import { connect, runtime, serve } from "../runtime.ts";

const TIMES = 1000;
/** At once. */
const BATCH = 500;
/** Linux lists a process's descriptors here. */
const OPEN = "/proc/self/fd";
/** The first half of a ClientHello, and what is none. */
const HALF = "\x16\x03\x01\x01\x00\x01\x00\x00\xfc\x03\x03" + "x".repeat(60);
const GARBAGE = "USER mallory\r\nPASS secret\r\n";

describe("handshakes that come to nothing", { skip: noCertificates() }, () => {
  const made = certificates() as Certificates;
  for (const implicit of [false, true]) {
    for (const [what, text] of [["stall", ""], ["stop half-way", HALF], ["are none", GARBAGE]]) {
      test(`${TIMES} that ${what}, ${implicit ? "implicit" : "explicit"}`, async () => {
        const tls = { ...made.server, implicit, handshakeTimeout: 300 };
        await using server = await serve({ files: new MemoryFiles({}), port: 0, users: { ana: { password: "secret" } }, tls });
        // The first one opens what the runtime keeps for itself.
        await attempt(server, implicit, text);
        await settled(server);
        const before = descriptors();
        for (let i = 0; i < TIMES; i += BATCH) {
          await Promise.all(Array.from({ length: BATCH }, () => attempt(server, implicit, text)));
          await settled(server);
        }
        assertEquals(server.sessions, 0);
        if (runtime === "node") assertEquals(sockets(), 0);
        for (let i = 0; i < 100 && descriptors() > before; i++) await new Promise((resolve) => setTimeout(resolve, 20));
        assert(descriptors() <= before, `${descriptors()} descriptors, and there were ${before}`);
        await using client = await connect({
          host: server.host,
          port: server.port,
          user: "ana",
          password: "secret",
          tls: implicit ? "implicit" : "explicit",
          pin: made.server.fingerprint,
        });
        await client.put("after", "text");
        assertEquals(await client.getText("after"), "text");
      });
    }
  }
});

/** One connection, until the server has ended it. */
function attempt(server: Server, implicit: boolean, text: string): Promise<void> {
  return new Promise((resolve) => {
    const socket: Socket = dial(server.port, server.host);
    let told = implicit;
    socket.on("error", () => {});
    socket.on("close", () => resolve());
    // An end is answered with one.
    socket.on("end", () => socket.destroy());
    socket.on("connect", () => {
      if (!implicit) socket.write("AUTH TLS\r\n");
      else if (text !== "") socket.write(text, "latin1");
    });
    socket.on("data", (packet) => {
      assert(!packet.toString().includes("331"), "nobody is asked for a password");
      if (told || !packet.toString().includes("234")) return;
      told = true;
      if (text !== "") socket.write(text, "latin1");
    });
  });
}

async function settled(server: Server): Promise<void> {
  for (let i = 0; i < 100 && server.sessions > 0; i++) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Of this process; 0 where the system does not tell. */
function descriptors(): number {
  return existsSync(OPEN) ? readdirSync(OPEN).length : 0;
}

/** Connections of this process. */
function sockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap" || name === "TLSWrap").length;
}
