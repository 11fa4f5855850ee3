// Our client against a real server: one list of cases that every server is asked to pass; skips.ts excuses what one cannot do.

import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type Algorithm, type Client, connect, type ConnectOptions, type FileInfo, FtpError, NodeNet } from "../../adapters/node/mod.ts";
import { hashOf } from "../../adapters/node/hashes.ts";
import { throttle } from "../../adapters/wrap/throttle.ts";
import { traceNet } from "../../adapters/wrap/trace.ts";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import { PASSWORD, type Peer, type Running, USER } from "../peers/peer.ts";
import { present } from "../peers/peers.ts";
import { hasIPv6, type Loopback, removeFolder, temporaryFolder } from "../peers/process.ts";
import { excuse } from "./skips.ts";
import { bytes, digest, digestOf, NAMES } from "./tree.ts";

const BIG = 20 * 1024 * 1024;
const OLD = new Date("2020-01-02T03:04:05Z");

/** A way for the data connection, and the command that it has to show. */
interface Way {
  sent: string;
  options: Partial<ConnectOptions>;
}

const WAYS: Record<Loopback, Way[]> = {
  "127.0.0.1": [
    { sent: "EPSV", options: {} },
    { sent: "PASV", options: { epsv: false } },
    { sent: "PORT", options: { mode: "active" } },
  ],
  "::1": [
    { sent: "EPSV", options: {} },
    { sent: "EPRT", options: { mode: "active" } },
  ],
};

/** What a case works with: a session, and a folder of its own on both sides. */
interface Stage {
  client: Client;
  peer: string;
  /** The conversation so far. */
  trace: string[];
  remote: string;
  local: string;
  /** Writes a file that the server may change. */
  put(name: string, content: Uint8Array | string): void;
  /** Makes a folder that the server may change. */
  mkdir(name: string): void;
  /** Another session, for a case that needs its own. */
  connect(options: Partial<ConnectOptions>, bytesPerSecond?: number): Promise<Client>;
}

interface Case {
  name: string;
  run(stage: Stage): Promise<void>;
}

/** All cases against one server; with IPv6 only the ways of the data connection and what depends on them. */
export async function suite(peer: Peer): Promise<void> {
  const six = await hasIPv6();
  for (const host of ["127.0.0.1", "::1"] as const) {
    const title = `our client, ${peer.name} on ${host}`;
    if (peer.missing !== "") {
      test(title, (t) => void present(t, peer.missing));
      continue;
    }
    if (host === "::1" && !six) {
      test(title, (t) => t.skip("no IPv6 here"));
      continue;
    }
    describe(title, () => {
      let server: Running;
      const local = temporaryFolder("client", process.getuid?.() ?? 0);
      before(async () => void (server = await peer.start(host)));
      after(async () => {
        await server.stop();
        removeFolder(local);
      });
      for (const way of WAYS[host]) {
        const cases = way.sent === "EPSV" && host === "127.0.0.1" ? CASES : CASES.filter(({ name }) => MOVING.includes(name));
        describe(`with ${way.sent}`, () => define(peer, () => server, local, way, cases));
      }
    });
  }
}

/** The cases of one way; they share a session. */
function define(peer: Peer, server: () => Running, local: string, way: Way, cases: Case[]): void {
  const trace: string[] = [];
  const opened: Client[] = [];
  let shared: Client | null = null;
  const dial = async (options: Partial<ConnectOptions>, speed: number): Promise<Client> => {
    const plain = new NodeNet();
    const net = traceNet(speed === 0 ? plain : throttle(plain, { receive: speed, send: speed }), (line) => void trace.push(line), {});
    const { host, port } = server();
    const times = { replyTimeout: 10000, dataTimeout: 5000, stallTimeout: 5000, abortTimeout: 3000 };
    const client = await connect({ host, port, user: USER, password: PASSWORD, ...times, ...way.options, net, ...options });
    opened.push(client);
    return client;
  };
  after(() => opened.forEach((client) => client.close()));
  cases.forEach(({ name, run }, at) => {
    test(name, async (t) => {
      const reason = excuse(peer.name, name);
      if (reason !== "") return t.skip(reason);
      const folder = `${way.sent} ${at}`;
      const remote = join(server().root, folder);
      mkdirSync(remote);
      chmodSync(remote, 0o777);
      mkdirSync(join(local, `${server().host === "::1" ? 6 : 4} ${folder}`));
      trace.length = 0;
      if (shared === null || !shared.connected) shared = await dial({}, 0);
      await shared.cd(`/${folder}`);
      const stage: Stage = {
        client: shared,
        peer: peer.name,
        trace,
        remote,
        local: join(local, `${server().host === "::1" ? 6 : 4} ${folder}`),
        put(file, content) {
          writeFileSync(join(remote, file), content);
          chmodSync(join(remote, file), 0o666);
        },
        mkdir(path) {
          mkdirSync(join(remote, path));
          chmodSync(join(remote, path), 0o777);
        },
        async connect(options, speed = 0) {
          const client = await dial(options, speed);
          await client.cd(`/${folder}`);
          return client;
        },
      };
      try {
        await run(stage);
        if (MOVING.includes(name)) assert(trace.some((line) => line.includes(` > ${way.sent}`)), `no ${way.sent}`);
      } catch (error) {
        // The conversation is what one needs to understand it.
        (error as Error).message += `\n${trace.slice(-60).join("\n")}\n${server().log().slice(-2000)}`;
        throw error;
      }
    });
  });
}

async function listed(entries: AsyncIterable<FileInfo>): Promise<FileInfo[]> {
  const all: FileInfo[] = [];
  for await (const entry of entries) all.push(entry);
  return all.filter((entry) => entry.name !== "." && entry.name !== "..").sort((a, b) => a.name < b.name ? -1 : 1);
}

async function refused(code: number, operation: () => Promise<unknown>): Promise<void> {
  const error = await assertRejects(operation);
  assert(error instanceof FtpError, String(error));
  assertEquals(error.code, code, error.message);
}

async function still(client: Client): Promise<void> {
  assert(client.connected);
  assertEquals((await client.send("NOOP")).code, 200);
}

/** The cases that are run in every way of the data connection, over IPv4 and IPv6. */
const MOVING: string[] = ["lists", "gets and puts", "resumes both ways", "aborts a download and goes on", "100 small files"];

const CASES: Case[] = [
  {
    name: "compares by the best way that the server has",
    async run({ client, local, trace, peer }) {
      const content = bytes(300000, 4);
      writeFileSync(join(local, "a b"), content);
      await client.upload(join(local, "a b"), "a b", { verify: true });
      const hashes = (await client.features()).some((line) => line.startsWith("HASH"));
      assertEquals(client.verified, hashes ? "SHA-256" : "size", trace.join("\n"));
      assert(peer !== "proftpd" || hashes, "proftpd has no mod_digest");
      await client.download("a b", join(local, "back"), { verify: true });
      await client.put("c", content, { verify: true });
      const features = await client.features();
      const ways: [string, Algorithm][] = [["XCRC", "CRC32"], ["XMD5", "MD5"], ["XSHA1", "SHA-1"], ["XSHA512", "SHA-512"]];
      for (const [verb, algorithm] of ways.filter(([verb]) => features.some((line) => line.startsWith(verb)))) {
        const { value } = await client.hash("a b", { algorithm });
        const hash = hashOf(algorithm);
        hash.add(content, content.length);
        assertEquals(value, hash.done(), verb);
      }
    },
  },
  {
    name: "moves text",
    async run({ client, put }) {
      await client.put("text", "one\ntwo\n", { ascii: true });
      assertEquals(await client.getText("text", { ascii: true }), "one\ntwo\n");
      put("bytes", "a\nb");
      assertEquals(await client.getText("bytes"), "a\nb");
    },
  },
  {
    name: "an upload that was cut off is resumed and compared",
    async run({ client, local, remote, connect }) {
      const content = bytes(3000000, 5);
      writeFileSync(join(local, "big"), content);
      const slow = await connect({}, 10000000);
      // Who closes a client wants an end, not another attempt.
      setTimeout(() => slow.close(), 100);
      await assertRejects(() => slow.upload(join(local, "big"), "up", { retries: 3, retryDelay: 100 }));
      await client.upload(join(local, "big"), "up", { resume: true, verify: true, retries: 1 });
      assertEquals(readFileSync(join(remote, "up")).equals(content), true);
    },
  },
  {
    name: "logs in and out",
    async run({ client, connect }) {
      assert((await client.pwd()).startsWith("/"));
      const other = await connect({});
      await other.cd("/");
      assertEquals(await other.pwd(), "/");
      await other.quit();
      assert(!other.connected);
    },
  },
  {
    name: "a wrong password",
    async run({ connect, client }) {
      await refused(530, () => connect({ password: "wrong" }));
      await still(client);
    },
  },
  {
    name: "lists",
    async run({ client, remote, put, mkdir, peer }) {
      put("a file", bytes(12345, 1));
      utimesSync(join(remote, "a file"), OLD, OLD);
      put("empty", "");
      mkdir("folder");
      const entries = await listed(client.list());
      assertEquals(entries.map(({ name, type }) => `${name} ${type}`), ["a file file", "empty file", "folder directory"]);
      assertEquals(entries.slice(0, 2).map(({ size }) => size), [12345, 0]);
      // vsftpd has no MLSD, and LIST tells no more than the day.
      const shown = entries[0].modified?.getTime() ?? 0;
      assert(Math.abs(shown - OLD.getTime()) < (peer === "vsftpd" ? 86400000 : 1000), String(entries[0].modified));
      assertEquals(await listed(client.list("folder")), []);
      assertEquals((await client.names()).filter((name) => !name.startsWith(".")).sort(), ["a file", "empty", "folder"]);
    },
  },
  {
    name: "gets and puts",
    async run({ client, remote, local }) {
      for (const size of [0, 1, 100000, BIG]) {
        const content = bytes(size, 2);
        assertEquals(await client.put("file", content), size);
        assertEquals(digestOf(join(remote, "file")), digest(content));
        assertEquals(digest(await client.getBytes("file")), digest(content));
        writeFileSync(join(local, "up"), content);
        assertEquals(await client.upload(join(local, "up"), "uploaded"), size);
        assertEquals(digestOf(join(remote, "uploaded")), digest(content));
        assertEquals(await client.download("uploaded", join(local, "down")), size);
        assertEquals(digestOf(join(local, "down")), digest(content));
      }
      const stream = await client.get("file");
      let count = 0;
      for await (const chunk of stream) count += chunk.length;
      assertEquals(count, BIG);
      await still(client);
    },
  },
  {
    name: "resumes both ways",
    async run({ client, remote, local, put, connect }) {
      const content = bytes(3000000, 3);
      put("file", content);
      assertEquals(digest(await client.getBytes("file", { offset: 1234567 })), digest(content.subarray(1234567)));
      assertEquals((await client.getBytes("file", { offset: content.length })).length, 0);

      // A download that is broken off leaves a part, and the next one goes on with it.
      const slow = await connect({}, 4000000);
      const stop = new AbortController();
      const first = slow.download("file", join(local, "down"), { resume: true, signal: stop.signal });
      setTimeout(() => stop.abort(), 250);
      await assertRejects(() => first);
      assert(!existsSync(join(local, "down")));
      const came = await client.download("file", join(local, "down"), { resume: true });
      assert(came > 0 && came < content.length, String(came));
      assertEquals(digestOf(join(local, "down")), digest(content));

      // An upload goes on where the server's file ends.
      writeFileSync(join(local, "up"), content);
      put("up", content.subarray(0, 1000001));
      assertEquals(await client.upload(join(local, "up"), "up", { resume: true }), content.length - 1000001);
      assertEquals(digestOf(join(remote, "up")), digest(content));
      put("part", content.subarray(0, 777));
      await client.put("part", content.subarray(777), { offset: 777 });
      assertEquals(digestOf(join(remote, "part")), digest(content));
    },
  },
  {
    name: "appends",
    async run({ client, remote, local, put }) {
      put("log", "one ");
      await client.put("log", "two ", { append: true });
      writeFileSync(join(local, "more"), "three");
      await client.upload(join(local, "more"), "log", { append: true });
      await client.put("new", "first", { append: true });
      assertEquals(readFileSync(join(remote, "log"), "latin1"), "one two three");
      assertEquals(readFileSync(join(remote, "new"), "latin1"), "first");
    },
  },
  {
    name: "size and modified",
    async run({ client, remote, put }) {
      put("file", bytes(54321, 4));
      utimesSync(join(remote, "file"), OLD, OLD);
      assertEquals(await client.size("file"), 54321);
      assertEquals((await client.modified("file")).getTime(), OLD.getTime());
      await refused(550, () => client.size("nobody"));
      await refused(550, () => client.modified("nobody"));
    },
  },
  {
    name: "sets modified",
    async run({ client, remote }) {
      // A file of its own: only the owner may.
      await client.put("file", "content");
      await client.setModified("file", OLD);
      assertEquals(statSync(join(remote, "file")).mtime.getTime(), OLD.getTime());
      assertEquals((await client.modified("file")).getTime(), OLD.getTime());
    },
  },
  {
    name: "renames and removes",
    async run({ client, remote, put, mkdir }) {
      put("one", "1");
      mkdir("sub");
      await client.rename("one", "two");
      await client.rename("two", "sub/three four");
      assertEquals(readdirSync(join(remote, "sub")), ["three four"]);
      await client.rename("sub", "renamed");
      await client.remove("renamed/three four");
      assertEquals(readdirSync(join(remote, "renamed")), []);
      await refused(550, () => client.remove("nobody"));
      const error = await assertRejects(() => client.rename("nobody", "somebody"));
      assert(error instanceof FtpError && error.code >= 500, String(error));
      await still(client);
    },
  },
  {
    name: "makes and removes folders",
    async run({ client, remote }) {
      await client.mkdir("one");
      await client.mkdir("one/two");
      await client.mkdir("one/two/three/four", { recursive: true });
      await client.mkdir("one/two/three/four", { recursive: true });
      assert(existsSync(join(remote, "one/two/three/four")));
      await client.put("one/two/file", "content");
      await refused(550, () => client.rmdir("one"));
      await client.rmdir("one/two/three/four");
      await client.rmdir("one", { recursive: true });
      assertEquals(readdirSync(remote), []);
      await client.mkdir("here");
      await client.cd("here");
      assert((await client.pwd()).endsWith("/here"));
      await client.cd("..");
      await client.rmdir("here");
      await refused(550, () => client.cd("here"));
    },
  },
  {
    name: "stats",
    async run({ client, remote, put, mkdir }) {
      put("a file", bytes(777, 5));
      utimesSync(join(remote, "a file"), OLD, OLD);
      mkdir("folder");
      const file = await client.stat("a file");
      assertEquals(`${file.name} ${file.type} ${file.size}`, "a file file 777");
      const folder = await client.stat("folder");
      assertEquals(`${folder.name} ${folder.type}`, "folder directory");
      assertEquals(await client.exists("a file"), true);
      assertEquals(await client.exists("folder"), true);
      assertEquals(await client.exists("nobody"), false);
    },
  },
  {
    name: "aborts a download and goes on",
    async run({ client, put, connect }) {
      const content = bytes(BIG, 6);
      put("big", content);
      put("small", "small");
      // Slow enough to be in the middle.
      const slow = await connect({}, 10000000);
      const stop = new AbortController();
      const transfer = slow.getBytes("big", { signal: stop.signal });
      setTimeout(() => stop.abort(), 100);
      const error = await assertRejects(() => transfer);
      assertEquals(error.name, "AbortError", String(error));
      assert(slow.connected, "the session is gone");
      assertEquals(await slow.getText("small"), "small");
      // A reader who has enough.
      const stream = await client.get("big");
      const reader = stream.getReader();
      const { value } = await reader.read();
      assert(value !== undefined && value.length > 0);
      await reader.cancel();
      assertEquals(await client.getText("small"), "small");
    },
  },
  {
    name: "aborts at any moment and goes on",
    async run({ client, put }) {
      put("big", bytes(BIG, 6));
      put("small", "small");
      for (let i = 0; i < 6; i++) {
        const stop = new AbortController();
        const transfer = client.getBytes("big", { signal: stop.signal }).catch((error: Error) => error);
        if (i > 0) await new Promise((resolve) => setTimeout(resolve, i - 1));
        stop.abort();
        const ended = await transfer;
        // The last moment may be too late.
        assert(ended instanceof Uint8Array || ended.name === "AbortError", String(ended));
        assert(client.connected, "the session is gone");
        const text = await client.getText("small");
        assert(text === "small", `${text.length} bytes of something else`);
      }
    },
  },
  {
    name: "aborts an upload and goes on",
    async run({ remote, connect }) {
      const slow = await connect({}, 10000000);
      for (let i = 0; i < 2; i++) {
        const stop = new AbortController();
        const transfer = slow.put(`big ${i}`, bytes(BIG, 7), { signal: stop.signal });
        setTimeout(() => stop.abort(), 100);
        const error = await assertRejects(() => transfer);
        assertEquals(error.name, "AbortError", String(error));
        assert(slow.connected, "the session is gone");
        await slow.put("small", `small ${i}`);
        assertEquals(readFileSync(join(remote, "small"), "latin1"), `small ${i}`);
      }
    },
  },
  {
    name: "aborts a listing and goes on",
    async run({ client, remote }) {
      for (let i = 0; i < 500; i++) writeFileSync(join(remote, `f${i}`), "");
      let seen = 0;
      for await (const _entry of client.list()) if (++seen === 3) break;
      assertEquals(seen, 3);
      assertEquals((await listed(client.list())).length, 500);
    },
  },
  {
    name: "odd names",
    async run({ client, remote }) {
      const names = NAMES;
      for (const name of names) {
        await client.put(name, `content of ${name}`);
        assertEquals(readFileSync(join(remote, name), "utf8"), `content of ${name}`);
        assertEquals(await client.getText(name), `content of ${name}`);
        assertEquals(await client.size(name), new TextEncoder().encode(`content of ${name}`).length);
      }
      assertEquals((await listed(client.list())).map(({ name }) => name), [...names].sort());
      for (const name of names) {
        await client.rename(name, `${name}.new`);
        await client.remove(`${name}.new`);
      }
      assertEquals(await listed(client.list()), []);
    },
  },
  {
    name: "a folder with quotes in its name",
    async run({ client, remote }) {
      const name = 'fol"der with "quotes"';
      await client.mkdir(name);
      await client.cd(name);
      assert((await client.pwd()).endsWith(`/${name}`), await client.pwd());
      await client.cd("..");
      await client.rmdir(name);
      assertEquals(readdirSync(remote), []);
    },
  },
  {
    name: "100 small files",
    async run({ client, remote }) {
      for (let i = 0; i < 100; i++) await client.put(`f${i}`, bytes(4096, i));
      for (let i = 0; i < 100; i++) {
        assertEquals(digestOf(join(remote, `f${i}`)), digest(bytes(4096, i)));
        assertEquals(digest(await client.getBytes(`f${i}`)), digest(bytes(4096, i)));
      }
    },
  },
  {
    name: "calls at once queue in order",
    async run({ client, put }) {
      put("one", "1");
      put("two", "22");
      const results = await Promise.all([
        client.getText("one"),
        client.size("two"),
        listed(client.list()).then((entries) => entries.length),
        client.put("three", "333"),
        client.getText("three"),
        client.remove("one").then(() => client.exists("one")),
      ]);
      assertEquals(results, ["1", 2, 2, 3, "333", false]);
    },
  },
  {
    name: "errors keep the session",
    async run({ client, local, trace }) {
      await refused(550, () => client.getBytes("nobody"));
      await refused(550, () => client.get("nobody"));
      await refused(550, () => client.download("nobody", join(local, "x")));
      assert(!existsSync(join(local, "x")));
      await refused(550, () => client.cd("nobody"));
      const put = await assertRejects(() => client.put("no folder/file", "content"));
      assert(put instanceof FtpError && put.code >= 550, String(put));
      await assertRejects(() => client.upload(join(local, "not here"), "file"));
      await assertRejects(async () => await client.put("a\r\nb", "content"), "CR");
      await client.put("file", "content");
      assertEquals(await client.getText("file"), "content");
      // All of it in one session.
      assertEquals(trace.filter((line) => line.includes("> USER")).length, 0);
    },
  },
  {
    name: "raw commands",
    async run({ client }) {
      assertEquals((await client.send("SYST")).code, 215);
      assertEquals((await client.send("FEAT")).code, 211);
      assertEquals((await client.send("HELP")).code, 214);
      assert((await client.send("XYZZY")).code >= 500);
      await still(client);
    },
  },
];
