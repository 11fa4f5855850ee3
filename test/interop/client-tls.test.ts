// Our client over TLS against real servers; vsftpd and proftpd insist that data connections resume the control connection's session.

import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { ConnectOptions } from "../../adapters/node/mod.ts";
import { ConnectionError } from "../../adapters/node/mod.ts";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import { certificates, noCertificates } from "../conformance/certificates.ts";
import type { Certificates } from "../conformance/certificates.ts";
import { PASSWORD, type Peer, type Running, USER } from "../peers/peer.ts";
import { present } from "../peers/peers.ts";
import { removeFolder, temporaryFolder } from "../peers/process.ts";
import { proftpd, withoutTls } from "../peers/proftpd.ts";
import { pureftpd } from "../peers/pureftpd.ts";
import { vsftpd } from "../peers/vsftpd.ts";
import { commandLine, connect, missing as absent } from "../runtime.ts";
import { expectCode, run } from "./run.ts";
import { content, type Outcome, type Task } from "./transfers.ts";
import { bytes, digest, digestOf } from "./tree.ts";

/** Transfers in a row, each way; on the other runtimes fewer of them in the gate. */
const MANY = 100;
const FEW = process.env.FULL ? MANY : 20;
const VERSIONS = ["TLSv1.2", "TLSv1.3"] as const;

for (const peer of [vsftpd, proftpd, pureftpd]) against(peer);

function against(peer: Peer): void {
  const title = `our client over TLS, ${peer.name}`;
  const missing = peer.missing || (peer === proftpd && withoutTls) || noCertificates();
  if (missing) {
    test(title, (t) => void present(t, missing));
    return;
  }
  describe(title, () => {
    const made = certificates() as Certificates;
    const folder = temporaryFolder("tls", process.getuid?.() ?? 0);
    let server: Running;
    before(async () => {
      const files = { cert: join(folder, "cert.pem"), key: join(folder, "key.pem"), both: join(folder, "both.pem") };
      writeFileSync(files.cert, made.server.cert);
      writeFileSync(files.key, made.server.key, { mode: 0o600 });
      writeFileSync(files.both, made.server.key + made.server.cert, { mode: 0o600 });
      server = await peer.start("127.0.0.1", files);
    });
    after(async () => {
      await server.stop();
      removeFolder(folder);
    });

    const dial = (options: Partial<ConnectOptions>): ReturnType<typeof connect> => {
      const times = { replyTimeout: 10000, dataTimeout: 5000, stallTimeout: 5000, abortTimeout: 3000 };
      const login = { host: "127.0.0.1", port: server.port, user: USER, password: PASSWORD };
      return connect({ ...login, tls: "explicit", ca: made.ca, servername: "localhost", ...times, ...options });
    };

    for (const version of VERSIONS) {
      for (const mode of ["passive", "active"] as const) {
        test(`${version}, ${mode}: a login, a listing, ${MANY} files up and down, an empty one`, async () => {
          const name = `${version} ${mode}`;
          const remote = join(server.root, name);
          mkdirSync(remote);
          chmodSync(remote, 0o777);
          await using client = await dial({ minVersion: version, maxVersion: version, mode });
          await client.cd(name);
          for (let i = 0; i < MANY; i++) {
            const content = bytes(i === 1 ? 0 : i === 2 ? 3000000 : i * 37, i);
            assertEquals(await client.put(`file ${i}`, content), content.length, server.log());
            assertEquals(digestOf(join(remote, `file ${i}`)), digest(content));
            assertEquals(digest(await client.getBytes(`file ${i}`)), digest(content));
          }
          assertEquals((await client.names()).length, MANY);
          let entries = 0;
          for await (const entry of client.list()) if (entry.type === "file") entries++;
          assertEquals(entries, MANY);
          const info = client.tlsInfo();
          assertEquals([info?.control.protocol, info?.data?.protocol], [version, version]);
          // pure-ftpd does not ask for it, and hands out fewer tickets than it is asked for.
          if (peer !== pureftpd) assertEquals(info?.data?.reused, true);
        });
      }
    }

    for (const runtime of ["deno", "bun"] as const) {
      for (const version of VERSIONS) {
        for (const mode of ["passive", "active"] as const) {
          const title = `${runtime}, ${version}, ${mode}: a login, a listing, ${FEW} files up and down, an empty one`;
          test(title, { skip: absent(runtime) || false }, async () => {
            const name = `${runtime} ${version} ${mode}`;
            const remote = join(server.root, name);
            mkdirSync(remote);
            chmodSync(remote, 0o777);
            // By its authority, and by its fingerprint.
            const trust = mode === "passive" ? { ca: made.ca } : { pin: made.server.fingerprint };
            const task: Task = { port: server.port, user: USER, password: PASSWORD, version, mode, ...trust, folder: name, many: FEW };
            const [program, ...command] = commandLine(runtime, "test/interop/transfers", ["--allow-all"]);
            const result = await run(program, [...command, JSON.stringify(task)], { home: folder, limit: 60000 });
            expectCode(result, 0, server.log());
            const outcome: Outcome = JSON.parse(result.out);
            // Deno uses a ticket once, and proftpd gives none for an upload: docs/runtimes.md.
            if (runtime === "deno" && version === "TLSv1.3" && peer === proftpd) {
              assert(/STOR was refused: 425 .*did not resume the TLS session/.test(outcome.failure ?? ""), result.out);
              return;
            }
            const reused = peer === pureftpd ? outcome.reused : true;
            assertEquals(outcome, { names: FEW, entries: FEW, protocols: [version, version], reused });
            for (let i = 0; i < FEW; i++) assertEquals(digestOf(join(remote, `file ${i}`)), digest(content(i)));
          });
        }
      }
    }

    test("an abort in the middle, and the session goes on", async () => {
      writeFileSync(join(server.root, "big"), bytes(30000000, 5));
      chmodSync(join(server.root, "big"), 0o666);
      await using client = await dial({});
      for (let i = 0; i < 3; i++) {
        const reader = (await client.get("big")).getReader();
        await reader.read();
        await reader.cancel();
        assert(await client.size("big") === 30000000);
      }
    });

    test("a certificate that is not trusted, a wrong name, a wrong pin", async () => {
      for (const options of [{ ca: made.self.cert }, { servername: "ftp.example" }, { pin: made.self.fingerprint }]) {
        const error = await assertRejects(() => dial(options));
        assert(error instanceof ConnectionError && error.reason === "tls", `${error}`);
      }
      await using client = await dial({ pin: made.server.fingerprint, ca: undefined, servername: "anything" });
      await client.put("pinned", "text");
      assertEquals(await client.getText("pinned"), "text");
    });

    test("no login without TLS", async () => {
      await assertRejects(() => dial({ tls: false, ca: undefined, servername: undefined }));
    });
  });
}
