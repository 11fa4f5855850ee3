// Cases of the matrix: transfers that are called off on their way. The session goes on, and nothing is left of them.

import { bytes, refused, same } from "./content.ts";
import { BIG } from "./protocol.ts";
import { type Case, pause, SLOW, type Stage } from "./stage.ts";

const PIECE = 65536;
const PIECES = 20;
const SMALL = bytes(1000, 1);

/** In their order. */
export const ABORTS: Case[] = [
  {
    name: "calls off a download",
    brief: true,
    async run(stage) {
      const early = new AbortController();
      const none = stage.onDisk
        ? stage.client.download(BIG, stage.local("big"), { signal: early.signal })
        : stage.client.getBytes(BIG, { signal: early.signal });
      early.abort();
      await refused(none, "a download that was called off at once");
      same(stage.clean(), [], "local files");

      const stop = new AbortController();
      const reason = new Error("enough");
      const slow = await stage.dial(SLOW);
      await slow.cd(stage.order.remote);
      const download = stage.onDisk
        ? slow.download(BIG, stage.local("big"), { signal: stop.signal })
        : slow.getBytes(BIG, { signal: stop.signal, onProgress: ({ bytes }) => bytes > 0 && stop.abort(reason) });
      if (stage.onDisk) stage.begun().then(() => stop.abort(reason));
      same(await refused(download, "a download that was called off") === reason, true, "it failed with the signal's reason");
      same(stage.clean(), [], "local files");
      await works(stage, slow);
      await slow.quit();
    },
  },
  {
    name: "leaves a stream",
    brief: true,
    async run(stage) {
      const stream = await stage.client.get(BIG);
      for await (const piece of stream) {
        same(piece.length > 0, true, "bytes of a stream");
        break;
      }
      await works(stage);
    },
  },
  {
    name: "calls off an upload",
    brief: true,
    async run(stage) {
      const stop = new AbortController();
      const source = async function* (): AsyncGenerator<Uint8Array> {
        for (let i = 0; i < PIECES; i++) yield bytes(PIECE, i);
        await pause(20);
        stop.abort();
        for (;;) yield bytes(PIECE, 0);
      };
      await refused(stage.client.put("half", source(), { signal: stop.signal }), "an upload that was called off");
      same(await stage.client.exists("half"), false, "half of a file shows");
      await works(stage);
    },
  },
  {
    name: "calls off an upload from a file",
    async run(stage) {
      if (!stage.onDisk) return await replaced(stage);
      const stop = new AbortController();
      const slow = await stage.dial(SLOW);
      await slow.cd(stage.order.remote);
      const local = stage.write("big", bytes(stage.order.big, 1));
      const upload = slow.upload(local, "half", { signal: stop.signal, onProgress: ({ bytes }) => bytes > 0 && stop.abort() });
      await refused(upload, "an upload that was called off");
      same(await slow.exists("half"), false, "half of a file shows");
      same(stage.clean(), ["big"], "local files");
      await works(stage, slow);
      await slow.quit();
    },
  },
  {
    name: "goes away in an upload",
    brief: true,
    async run(stage) {
      const leaving = await stage.dial();
      await leaving.cd(stage.order.remote);
      const source = async function* (): AsyncGenerator<Uint8Array> {
        for (let i = 0; i < PIECES; i++) yield bytes(PIECE, i);
        await pause(20);
        leaving.close();
      };
      await refused(leaving.put("half", source()), "an upload whose client went away");
      await works(stage);
      // The server may hear of it a moment later, and then the name is free again.
      await until(() => stage.up("half", SMALL).then(() => true, (error) => same(error.code, 450, String(error))));
      await stage.holds("half", SMALL);
      await stage.remove("half");
    },
  },
  {
    name: "leaves nothing",
    brief: true,
    async run(stage) {
      same(await stage.listed(), [], "files on the server");
      stage.clean();
      if (!stage.flat) {
        await stage.client.cd("/");
        await stage.client.rmdir(stage.order.remote);
      }
      await stage.client.quit();
      same(stage.client.connected, false, "connected after QUIT");
    },
  },
];

/** An upload that fails does not touch the file that is there. */
async function replaced(stage: Stage): Promise<void> {
  await stage.up("file", SMALL);
  const source = async function* (): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < PIECES; i++) yield bytes(PIECE, i);
    throw new Error("a source that breaks");
  };
  const error = await refused(stage.client.put("file", source()), "an upload whose source broke");
  same(error.message, "a source that breaks", "the error");
  await stage.holds("file", SMALL);
  await stage.remove("file");
  await works(stage);
}

/** The session goes on, with transfers both ways. */
async function works(stage: Stage, client = stage.client): Promise<void> {
  await stage.still(client);
  await stage.up("after", SMALL, client);
  await stage.holds("after", SMALL, client);
  await client.remove("after");
}

async function until(tried: () => Promise<boolean | void>): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (await tried() === true) return;
    await pause(50);
  }
  throw new Error("not within a hundred tries");
}
