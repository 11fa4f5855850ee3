// Cases of the matrix: names of every kind, lists, folders, times.

import { bytes, refused, same } from "./content.ts";
import type { Case } from "./stage.ts";

const OLD = new Date("2020-01-02T03:04:05Z");

/** Uploads, lists and downloads a file of each name. */
function named(title: string, names: string[]): Case {
  return {
    name: title,
    async run(stage) {
      for (const [i, name] of names.entries()) await stage.up(name, bytes(100 + i, i));
      same((await stage.listed()).map(({ name }) => name), [...names].sort(), "the list");
      same(await stage.names(), [...names].sort(), "NLST");
      for (const [i, name] of names.entries()) {
        await stage.holds(name, bytes(100 + i, i));
        const { type, size } = await stage.client.stat(name);
        same([type, size], ["file", 100 + i], `what is known of "${name}"`);
        await stage.client.remove(name);
      }
      same(await stage.listed(), [], "what is left");
    },
  };
}

/** Makes a folder of each name, and renames a file into it. */
function moved(title: string, names: string[]): Case {
  return {
    name: title,
    async run(stage) {
      const { client, order } = stage;
      for (const name of names) {
        await stage.up("other", bytes(100, 1));
        await client.mkdir(name);
        await client.rename("other", `${name}/${name}`);
        await client.cd(name);
        same(await client.pwd(), `${order.remote}/${name}`, "PWD");
        same((await stage.listed()).map((entry) => entry.name), [name], "the list of its folder");
        await client.remove(name);
        await client.cd("..");
        await client.rmdir(name);
      }
      same(await stage.listed(), [], "what is left");
    },
  };
}

const SPACES = [" first", "last ", "two  words", "a b.c d"];
const UTF8 = ["größe", "naïve", "nai\u0308ve", "日本語", "🎉 emoji", "Ελληνικά.txt"];
// FF goes to the server as it is, and it takes FF and a byte above EF for Telnet's.
const RAW = ["latin-\udce9", "\udcfe\udcff.x", "half \udce2\udc82"];
const SIGNS = ['"quoted"', "a;b=c.txt", "-l", "100%25", "*.?", "[x]", "#~$&'()", "->"];

/** In their order. */
export const NAMES: Case[] = [
  named("names with spaces", SPACES),
  named("UTF-8 names", UTF8),
  named("8-bit names", RAW),
  named("names with signs", SIGNS),
  moved("moves to names with spaces and signs", [...SPACES, ...SIGNS]),
  moved("moves to UTF-8 names", UTF8),
  moved("moves to 8-bit names", RAW),
  {
    name: "8-bit names in latin1",
    async run(stage) {
      // What is UTF-8 to one client is bytes to another.
      const client = await stage.dial(0, null, { encoding: "latin1" });
      await client.cd(stage.order.remote);
      await client.put("gr\xc3\xb6\xc3\x9fe", "text");
      same((await stage.names(client)).join(), "gr\xc3\xb6\xc3\x9fe", "NLST in latin1");
      same((await stage.names()).join(), "größe", "NLST in UTF-8");
      await client.remove("gr\xc3\xb6\xc3\x9fe");
      await client.quit();
    },
  },
  {
    name: "lists",
    brief: true,
    async run(stage) {
      const { client } = stage;
      same(await stage.listed(), [], "the list of an empty folder");
      same(await stage.names(), [], "NLST of an empty folder");
      await stage.up("a", bytes(12345, 1));
      await stage.up("b", bytes(1, 1));
      same((await stage.listed()).map(({ name, type, size }) => `${name} ${type} ${size}`), ["a file 12345", "b file 1"], "the list");
      same(await stage.names(), ["a", "b"], "NLST");
      for await (const { type } of client.list()) {
        same(type === "unknown", false, "an entry that is not understood");
        break; // the rest is aborted
      }
      await stage.still();
      await refused550(client.names("none/"), "a list of no folder");
      await stage.remove("a", "b");
    },
  },
  {
    name: "folders",
    async run(stage) {
      const { client, order } = stage;
      await client.mkdir("one/two/three", { recursive: true });
      await stage.up("one/two/file", bytes(10, 1));
      const found = (await stage.listed("one/two")).map(({ name, type }) => `${name} ${type}`);
      same(found, ["file file", "three directory"], "the list");
      await client.cd("one/two");
      same(await client.pwd(), `${order.remote}/one/two`, "PWD");
      await client.cd("../..");
      await refused550(client.mkdir("one"), "a folder that is there");
      await refused550(client.rmdir("one"), "removing a folder that is not empty");
      await refused550(client.remove("one/two/three"), "DELE of an empty folder");
      await client.rmdir("one", { recursive: true });
      same(await stage.listed(), [], "what is left");
    },
  },
  {
    name: "moves a folder",
    async run(stage) {
      const { client } = stage;
      await client.mkdir("one/two", { recursive: true });
      await stage.up("one/two/file", bytes(10, 1));
      await client.rename("one/two", "moved");
      await stage.holds("moved/file", bytes(10, 1));
      await client.rmdir("one");
      await client.rmdir("moved", { recursive: true });
      same(await stage.listed(), [], "what is left");
    },
  },
  {
    name: "renames",
    async run(stage) {
      const { client } = stage;
      await stage.up("one", bytes(1000, 1));
      await stage.up("two", bytes(2000, 2));
      await client.rename("one", "two");
      await stage.holds("two", bytes(1000, 1));
      same(await client.exists("one"), false, "there after it was renamed");
      await refused550(client.rename("one", "three"), "renaming what is not there");
      await stage.remove("two");
      await stage.still();
    },
  },
  {
    name: "removes",
    async run(stage) {
      const { client } = stage;
      await stage.up("one", bytes(1000, 1));
      await stage.remove("one");
      same(await client.exists("one"), false, "there after it was removed");
      await refused550(client.getBytes("one"), "a download of what is not there");
      await refused550(client.remove("one"), "removing what is not there");
      await stage.still();
    },
  },
  {
    name: "times",
    async run(stage) {
      await stage.up("file", bytes(1, 1));
      await stage.client.setModified("file", OLD);
      same((await stage.client.modified("file")).getTime(), OLD.getTime(), "MDTM");
      same((await stage.listed())[0].modified?.getTime(), OLD.getTime(), "modify= in the list");
      await stage.remove("file");
    },
  },
];

async function refused550(promise: Promise<unknown>, what: string): Promise<void> {
  const { code, message } = await refused(promise, what);
  same(code, 550, `the reply to ${what} (${message})`);
}
