// Cases of the matrix: names of every kind, lists, folders, times.

import { bytes, refused, same } from "./content.ts";
import type { Case } from "./stage.ts";

const OLD = new Date("2020-01-02T03:04:05Z");

/** Uploads, lists, downloads, renames and removes a file of each name, and goes into a folder of each. */
function named(title: string, names: string[]): Case {
  return {
    name: title,
    async run(stage) {
      const { client, order } = stage;
      for (const [i, name] of names.entries()) await stage.up(name, bytes(100 + i, i));
      same((await stage.listed()).map(({ name }) => name), [...names].sort(), "the list");
      same((await client.names()).sort(), [...names].sort(), "NLST");
      for (const [i, name] of names.entries()) {
        await stage.holds(name, bytes(100 + i, i));
        const { type, size } = await client.stat(name);
        same([type, size], ["file", 100 + i], `what is known of "${name}"`);
        await client.rename(name, "other");
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

/** In their order. */
export const NAMES: Case[] = [
  named("names with spaces", [" first", "last ", "two  words", "a b.c d"]),
  named("UTF-8 names", ["größe", "naïve", "nai\u0308ve", "日本語", "🎉 emoji", "Ελληνικά.txt"]),
  // FF goes to the server as it is, and it takes FF and a byte above EF for Telnet's.
  named("8-bit names", ["latin-\udce9", "\udcfe\udcff.x", "half \udce2\udc82"]),
  named("names with signs", ['"quoted"', "a;b=c.txt", "-l", "100%25", "*.?", "[x]", "#~$&'()", "->"]),
  {
    name: "8-bit names in latin1",
    async run(stage) {
      // What is UTF-8 to one client is bytes to another.
      const client = await stage.dial(0, null, { encoding: "latin1" });
      await client.cd(stage.order.remote);
      await client.put("gr\xc3\xb6\xc3\x9fe", "text");
      same((await client.names()).join(), "gr\xc3\xb6\xc3\x9fe", "NLST in latin1");
      same((await stage.client.names()).join(), "größe", "NLST in UTF-8");
      await client.remove("gr\xc3\xb6\xc3\x9fe");
      await client.quit();
    },
  },
  {
    name: "lists",
    async run(stage) {
      const { client } = stage;
      same(await stage.listed(), [], "the list of an empty folder");
      same(await client.names(), [], "NLST of an empty folder");
      await stage.up("a", bytes(12345, 1));
      await stage.up("b", bytes(0, 1));
      await client.mkdir("c");
      const found = (await stage.listed()).map(({ name, type, size }) => type === "file" ? `${name} ${type} ${size}` : `${name} ${type}`);
      same(found, ["a file 12345", "b file 0", "c directory"], "the list");
      same((await client.names()).sort(), ["a", "b", "c"], "NLST");
      for await (const { type } of client.list()) {
        same(type === "unknown", false, "an entry that is not understood");
        break; // the rest is aborted
      }
      await stage.still();
      await refused550(client.names("none/"), "a list of no folder");
      await client.rmdir("c");
      await stage.remove("a", "b");
    },
  },
  {
    name: "folders",
    async run(stage) {
      const { client, order } = stage;
      await client.mkdir("one/two/three", { recursive: true });
      await stage.up("one/two/file", bytes(10, 1));
      await client.cd("one/two");
      same(await client.pwd(), `${order.remote}/one/two`, "PWD");
      await client.cd("../..");
      await refused550(client.mkdir("one"), "a folder that is there");
      await refused550(client.rmdir("one"), "removing a folder that is not empty");
      await refused550(client.remove("one/two/three"), "DELE of an empty folder");
      await client.rename("one/two", "moved");
      await stage.holds("moved/file", bytes(10, 1));
      await client.rmdir("one");
      await client.rmdir("moved", { recursive: true });
      same(await stage.listed(), [], "what is left");
    },
  },
  {
    name: "renames and removes",
    async run(stage) {
      const { client } = stage;
      await stage.up("one", bytes(1000, 1));
      await stage.up("two", bytes(2000, 2));
      await client.rename("one", "two");
      await stage.holds("two", bytes(1000, 1));
      same(await client.exists("one"), false, "there after it was renamed");
      await refused550(client.rename("one", "three"), "renaming what is not there");
      await refused550(client.getBytes("one"), "a download of what is not there");
      await stage.remove("two");
      await refused550(client.remove("two"), "removing what is not there");
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
