// What a client keeps of a session: no certificate, and yet it is resumed, on the system's own OpenSSL.

import type { AddressInfo } from "node:net";
import { describe, test } from "node:test";
import { connect, createServer } from "node:tls";
import type { TLSSocket } from "node:tls";
import { X509Certificate } from "node:crypto";
import { bare } from "../../adapters/tlssession.ts";
import { assert, assertEquals } from "../assert.ts";
import { certificates, noCertificates } from "../conformance/certificates.ts";
import type { Certificates } from "../conformance/certificates.ts";

describe("a session without the certificate", { skip: noCertificates() }, () => {
  for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
    test(`is resumed, ${version}`, async (t) => {
      const { ca, server } = certificates() as Certificates;
      const listener = createServer({ cert: server.cert, key: server.key, maxVersion: version }, (socket) => {
        socket.on("error", () => {}).end("x");
      });
      await new Promise<void>((resolve) => void listener.listen(0, "127.0.0.1", resolve));
      t.after(() => void listener.close());
      const { port } = listener.address() as AddressInfo;
      const dial = (session?: Buffer): Promise<{ reused: boolean; session: Buffer | null }> =>
        new Promise((resolve, reject) => {
          let told: Buffer | null = null;
          let reused = false;
          const socket: TLSSocket = connect({
            port,
            host: "127.0.0.1",
            servername: "localhost",
            ca,
            session,
            rejectUnauthorized: session === undefined,
          }, () => reused = socket.isSessionReused());
          socket.on("session", (bytes: Buffer) => told = bytes).on("error", reject).resume();
          socket.on("close", () => resolve({ reused, session: told }));
        });
      const first = await dial();
      const whole = first.session as Buffer;
      const der = new X509Certificate(server.cert).raw;
      const less = bare(whole);
      assertEquals([first.reused, whole.includes(der), less.includes(der)], [false, true, false]);
      assert(whole.length - less.length > der.length, "more than the certificate is left out: its frame");
      const second = await dial(less);
      assertEquals(second.reused, true);
      const next = bare(second.session ?? less);
      assertEquals((await dial(next)).reused, true);
      assert(bare(next) === next, "nothing is left to leave out");
    });
  }

  test("what is no session stays as it is", () => {
    const strange = [[], [0x30], [0x30, 0x80, 0, 0], [0x30, 0x85, 1, 1, 1, 1, 1], [0x30, 3, 0xa3, 5, 1], [0x31, 2, 0xa3, 0], [0x30, 2, 2]];
    for (const bytes of strange.map((list) => Buffer.from(list))) assert(bare(bytes) === bytes, `${bytes.toString("hex")} was changed`);
    assertEquals(bare(Buffer.from([0x30, 7, 2, 1, 1, 0xa3, 2, 5, 0])).toString("hex"), "3003020101");
  });
});
