// Cases of the matrix: files of every size, whole and in parts, up and down.

import { existsSync, readFileSync } from "node:fs";
import { bytes, refused, same, sameBytes } from "./content.ts";
import { BIG, BIG_SEED } from "./protocol.ts";
import { type Case, SLOW, type Stage } from "./stage.ts";

const MIB = 1048576;
const ODD = 7919;
const AT_ONCE = 4;

/** Moves a file of a size there and back. */
function whole(name: string, size: number, full = false): Case {
  return {
    name,
    full,
    brief: true,
    async run(stage) {
      await stage.there("file", bytes(size, 1));
      await stage.remove("file");
      same(await stage.client.exists("file"), false, "there after DELE");
    },
  };
}

/** In their order. */
export const FILES: Case[] = [
  {
    name: "by its command",
    brief: true,
    async run(stage) {
      const said: string[] = [];
      const client = await stage.dial(0, said);
      await client.cd(stage.order.remote);
      await client.put("file", "x");
      same(await client.getText("file"), "x", "what came back");
      await client.remove("file");
      await client.quit();
      const ways = said.map((line) => / > (EPSV|PASV|EPRT|PORT)\b/.exec(line)?.[1]).filter((way) => way !== undefined);
      same([...new Set(ways)], [stage.order.mode], "commands for data connections");
    },
  },
  whole("0 bytes", 0),
  whole("1 byte", 1),
  whole("1 MiB", MIB),
  whole("64 MiB", 64 * MIB, true),
  {
    name: "streams of odd pieces",
    brief: true,
    async run({ client }) {
      const content = bytes(MIB + 1, 3);
      const pieces = async function* (): AsyncGenerator<Uint8Array> {
        for (let at = 0; at < content.length; at += ODD) yield content.subarray(at, at + ODD);
      };
      same(await client.put("file", pieces()), content.length, "bytes that went");
      const back = new Uint8Array(content.length);
      let at = 0;
      for await (const piece of await client.get("file")) {
        back.set(piece, at);
        at += piece.length;
        // Nobody reads for a moment: the server has to wait.
        await new Promise((resolve) => setTimeout(resolve));
      }
      sameBytes(back, content, "the stream");
      await client.remove("file");
    },
  },
  {
    name: "a short file over a long one",
    async run(stage) {
      await stage.up("file", bytes(300000, 4));
      await stage.there("file", bytes(7, 5));
      await stage.remove("file");
    },
  },
  {
    name: "appends",
    brief: true,
    async run(stage) {
      const { client } = stage;
      const content = bytes(200001, 6);
      await client.put("log", content.subarray(0, 100000), { append: true });
      if (stage.onDisk) await client.upload(stage.write("more", content.subarray(100000)), "log", { append: true });
      else await client.put("log", content.subarray(100000), { append: true });
      await stage.holds("log", content);
      await stage.remove("log");
    },
  },
  {
    name: "resumes a download",
    brief: true,
    async run(stage) {
      const { client } = stage;
      const content = bytes(MIB, 7);
      await client.put("file", content);
      sameBytes(await client.getBytes("file", { offset: 700001 }), content.subarray(700001), "from an offset");
      sameBytes(await client.getBytes("file", { offset: MIB }), new Uint8Array(0), "from the end");
      await refused(client.getBytes("file", { offset: MIB + 1 }), "a download from beyond the end");
      if (stage.onDisk) await resumesOnDisk(stage, content);
      await stage.remove("file");
    },
  },
  {
    name: "resumes an upload",
    brief: true,
    async run(stage) {
      const { client } = stage;
      const content = bytes(MIB, 8);
      await client.put("file", content.subarray(0, 333333));
      if (stage.onDisk) same(await client.upload(stage.write("up", content), "file", { resume: true }), MIB - 333333, "bytes that went");
      else await client.put("file", content.subarray(333333), { offset: 333333 });
      await stage.holds("file", content);
      // In the middle of a file, and nothing else of it changes.
      const middle = bytes(5000, 10);
      await client.put("file", middle, { offset: 1000 });
      content.set(middle, 1000);
      await stage.holds("file", content);
      await stage.remove("file");
    },
  },
  {
    name: "many small files",
    async run(stage) {
      const { client } = stage;
      const names = Array.from({ length: stage.order.many }, (_, i) => `${String(i).padStart(5, "0")}.txt`);
      const content = new Map(names.map((name, i) => [name, bytes(i + 1, i)]));
      if (!stage.flat) await client.mkdir("many");
      if (!stage.flat) await client.cd("many");
      for (const [name, file] of content) await stage.up(name, file);
      same((await stage.listed()).map(({ name, size }) => `${name} ${size}`), names.map((name, i) => `${name} ${i + 1}`), "the list");
      for (const [name, file] of content) await stage.holds(name, file);
      if (stage.flat) return await stage.remove(...names);
      await client.cd("..");
      await client.rmdir("many", { recursive: true });
    },
  },
  {
    name: "four sessions at once",
    brief: true,
    async run(stage) {
      const jobs = Array.from({ length: AT_ONCE }, async (_, i) => {
        const client = await stage.dial();
        await client.cd(stage.order.remote);
        const content = bytes(MIB, 20 + i);
        await stage.up(`file ${i}`, content, client);
        await stage.holds(`file ${i}`, content, client);
        await client.remove(`file ${i}`);
        await client.quit();
      });
      await Promise.all(jobs);
    },
  },
];

/** A download that was called off leaves a part where it is told to, and the next one goes on with it. */
async function resumesOnDisk(stage: Stage, content: Uint8Array): Promise<void> {
  const local = stage.write("half", content.subarray(0, 400000));
  same(await stage.client.download("file", local, { resume: true }), MIB - 400000, "bytes that came");
  sameBytes(readFileSync(local), content, "a file that was half there");
  stage.clean();

  const slow = await stage.dial(SLOW);
  const stop = new AbortController();
  const first = slow.download(BIG, local, { resume: true, signal: stop.signal });
  await stage.begun();
  stop.abort();
  await refused(first, "a download that was called off");
  await slow.quit();
  same(existsSync(local), false, "half of a file shows");
  const came = await stage.client.download(BIG, local, { resume: true });
  same(came > 0 && came < stage.order.big, true, `${came} bytes came, some of the file`);
  sameBytes(readFileSync(local), bytes(stage.order.big, BIG_SEED), "a download in two parts");
  same(stage.clean(), ["half"], "local files");
}
