// Deno's sockets: what they must not cost others.

import { it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { assert, assertEquals } from "../assert.ts";
import { DenoListener } from "../../adapters/deno/listener.ts";
import { connect, serve } from "../../adapters/deno/mod.ts";
import { ReadBuffers } from "../../adapters/node/buffers.ts";
import type { Acceptor } from "../../core/ports.ts";
import { certificates, noCertificates } from "../conformance/certificates.ts";

const here = "Deno" in globalThis;
const ELSEWHERE = "runs on Deno only";

/** Something of the runtime's, or of a class's, is another one until `body` is done. */
async function instead<T extends object>(owner: T, changes: Partial<T>, body: () => Promise<void>): Promise<void> {
  const before = Object.fromEntries(Object.keys(changes).map((key) => [key, owner[key as keyof T]]));
  Object.assign(owner, changes);
  try {
    await body();
  } finally {
    Object.assign(owner, before);
  }
}

it(
  "who resets before it was taken keeps nobody waiting; a process without descriptors waits",
  { skip: here ? false : ELSEWHERE },
  async () => {
    const counts: Record<string, number> = {};
    const runtime = (globalThis as unknown as { Deno: { listen(): unknown } }).Deno;
    for (const code of ["ENOTCONN", "ECONNABORTED", "EMFILE"]) {
      let accepts = 0;
      const accept = (): Promise<unknown> =>
        ++accepts <= 200 ? Promise.reject(Object.assign(new Error(code), { code })) : new Promise(() => undefined);
      const listen = (): unknown => ({ addr: { hostname: "127.0.0.1", port: 1 }, accept, close: (): void => undefined });
      await instead(runtime, { listen }, async () => {
        const acceptor: Acceptor = { listening: (): void => undefined, accept: () => null };
        const listener = new DenoListener({ host: "127.0.0.1", port: 0 }, acceptor, new ReadBuffers(4096, 0));
        await pause(20);
        counts[code] = accepts;
        listener.close();
      });
    }
    assertEquals([counts.ENOTCONN, counts.ECONNABORTED], [201, 201]);
    assert(counts.EMFILE < 10, `${counts.EMFILE} accepts`);
  },
);

it("a control connection takes no block, with TLS neither", { skip: here ? noCertificates() : ELSEWHERE }, async () => {
  const made = certificates();
  if (made === null) throw new Error("No certificates");
  let blocks = 0;
  const take = ReadBuffers.prototype.take;
  const counted = function (this: ReadBuffers): Buffer {
    blocks++;
    return take.call(this);
  };
  await instead(ReadBuffers.prototype, { take: counted }, async () => {
    const folder = (globalThis as unknown as { Deno: { makeTempDirSync(): string } }).Deno.makeTempDirSync();
    const server = await serve({
      root: folder,
      port: 0,
      users: { ana: { password: "x" } },
      tls: { cert: made.server.cert, key: made.server.key },
    });
    const client = await connect({
      host: "127.0.0.1",
      port: server.port,
      user: "ana",
      password: "x",
      tls: "explicit",
      rejectUnauthorized: false,
    });
    for (let i = 0; i < 5; i++) await client.pwd();
    assertEquals(blocks, 0);
    await client.quit();
    await server.close();
  });
});
