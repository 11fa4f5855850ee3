import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { ConnectionError, FileError, FtpError, parseUrl } from "../../api/mod.ts";
import type { Client, ConnectOptions, Progress, Server } from "../../api/mod.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "../assert.ts";
import { connect, runtime, serve } from "../runtime.ts";

const home = mkdtempSync(path.join(tmpdir(), "picoftp-client-"));
const root = path.join(home, "root");
const local = path.join(home, "local");
let server: Server;
let lines: string[] = [];

before(async () => {
  mkdirSync(root);
  mkdirSync(local);
  server = await serve({ root, port: 0, users: { ana: { password: "pw" } }, trace: (line) => lines.push(line), delay: 1 });
});

beforeEach(() => void (lines = []));

after(async () => {
  await server.close();
  rmSync(home, { recursive: true, force: true });
});

function enter(options: Partial<ConnectOptions> = {}): Promise<Client> {
  return connect({ host: server.host, port: server.port, user: "ana", password: "pw", ...options });
}

function onServer(name: string): string {
  return path.join(root, name);
}

function here(name: string): string {
  return path.join(local, name);
}

/** Commands that the server has heard. */
function commands(): string[] {
  return lines.map((line) => /^\d+ < ([A-Z]+.*)$/.exec(line)?.[1] ?? "").filter((line) => line !== "");
}

async function collect(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

async function ftpError(run: () => Promise<unknown>): Promise<FtpError> {
  const error = await assertRejects(run);
  assert(error instanceof FtpError, `${error.stack}`);
  return error;
}

async function connectionError(run: () => Promise<unknown>): Promise<ConnectionError> {
  const error = await assertRejects(run);
  assert(error instanceof ConnectionError, `${error.stack}`);
  return error;
}

const pause = (time: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, time));

describe("uploads", () => {
  const bytes = new TextEncoder().encode("some text");
  const uploads: [string, () => Parameters<Client["put"]>[1]][] = [
    ["text", () => "some text"],
    ["bytes", () => bytes],
    ["an ArrayBuffer", () => bytes.buffer],
    ["a Blob", () => new Blob(["some ", "text"])],
    ["a ReadableStream", () => new Blob(["some text"]).stream()],
    ["an array", () => ["some ", new Uint8Array(0), "text"]],
    ["a generator", async function* () {
      yield "some ";
      await pause(5);
      yield new Uint8Array(0);
      yield new TextEncoder().encode("text");
    }],
  ];
  for (const [name, make] of uploads) {
    test(name, async () => {
      await using client = await enter();
      assertEquals(await client.put("up", make()), 9);
      assertEquals(readFileSync(onServer("up"), "utf8"), "some text");
    });
  }

  test("nothing at all, in each form", async () => {
    await using client = await enter();
    for (const nothing of ["", new Uint8Array(0), [], new Blob([])]) {
      writeFileSync(onServer("empty"), "x");
      assertEquals(await client.put("empty", nothing), 0);
      assertEquals(statSync(onServer("empty")).size, 0);
    }
  });

  test("at an offset, and at the end", async () => {
    await using client = await enter();
    await client.put("at", "0123456789");
    await client.put("at", "abc", { offset: 4 });
    assertEquals(readFileSync(onServer("at"), "utf8"), "0123abc789");
    await client.put("at", "end", { append: true });
    assertEquals(readFileSync(onServer("at"), "utf8"), "0123abc789end");
  });

  test("what a source throws comes out, and the file stays as it was", async () => {
    await using client = await enter();
    writeFileSync(onServer("stays"), "old");
    async function* broken(): AsyncGenerator<string> {
      yield "new";
      throw new RangeError("no more");
    }
    const error = await assertRejects(() => client.put("stays", broken()));
    assert(error instanceof RangeError && error.message === "no more", `${error}`);
    assertEquals(readFileSync(onServer("stays"), "utf8"), "old");
    assertEquals(await client.pwd(), "/");
  });

  test("a source that hangs does not hold up a refusal or an abort", async () => {
    await using client = await enter();
    let left = 0;
    const hanging = (): AsyncIterable<string> => ({
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => {}),
        return: () => {
          left++;
          return Promise.resolve({ done: true, value: undefined });
        },
      }),
    });
    assertEquals((await ftpError(() => client.put("no/folder", hanging()))).code, 550);
    const error = await assertRejects(() => client.put("never", hanging(), { signal: AbortSignal.timeout(100) }));
    assertEquals(error.name, "TimeoutError");
    assertEquals(left, 2);
    assert(!existsSync(onServer("never")));
    assertEquals(await client.pwd(), "/");
  });

  test("something else than bytes", async () => {
    await using client = await enter();
    await assertRejects(() => client.put("x", [1] as unknown as Uint8Array), "Cannot upload");
    assertEquals(await client.pwd(), "/");
  });
});

describe("downloads", () => {
  const text = "line\n".repeat(200000);

  test("as a stream, as bytes, as text, from an offset", async () => {
    writeFileSync(onServer("down"), text);
    await using client = await enter();
    assertEquals(await collect(await client.get("down")), text);
    assertEquals((await client.getBytes("down")).length, text.length);
    assertEquals(await client.getText("down", { offset: text.length - 6 }), "\nline\n");
    assertEquals(await client.getText("down", { offset: text.length }), "");
  });

  test("an empty file", async () => {
    writeFileSync(onServer("nothing"), "");
    await using client = await enter();
    assertEquals(await collect(await client.get("nothing")), "");
    assertEquals((await client.getBytes("nothing")).length, 0);
    assertEquals(await client.download("nothing", here("nothing")), 0);
    assertEquals(statSync(here("nothing")).size, 0);
  });

  test("more than the limit of memory", async () => {
    writeFileSync(onServer("down"), text);
    await using client = await enter();
    const error = await assertRejects(() => client.getBytes("down", { limit: 1000 }));
    assert(error instanceof RangeError, `${error}`);
    assertEquals(await client.pwd(), "/");
  });

  test("a stream that is left or cancelled keeps the session", async () => {
    writeFileSync(onServer("large"), new Uint8Array(20000000));
    await using client = await enter();
    for (let i = 0; i < 3; i++) {
      for await (const chunk of await client.get("large")) {
        assert(chunk.length > 0);
        break;
      }
      const stream = await client.get("large");
      await stream.cancel();
      assertEquals(await client.pwd(), "/");
    }
    assertEquals(commands().filter((line) => line.startsWith("USER")).length, 1);
  });

  test("a slow reader holds the server up and is no timeout", async () => {
    writeFileSync(onServer("large"), new Uint8Array(20000000));
    await using client = await enter({ stallTimeout: 300, replyTimeout: 300 });
    const before = process.memoryUsage().arrayBuffers;
    const stream = await client.get("large");
    await pause(1000);
    assert(process.memoryUsage().arrayBuffers - before < 10000000);
    let bytes = 0;
    for await (const chunk of stream) bytes += chunk.length;
    assertEquals(bytes, 20000000);
  });

  test("a file that is not there", async () => {
    await using client = await enter();
    const error = await ftpError(() => client.get("missing"));
    assertEquals([error.code, error.command, error.name], [550, "RETR missing", "FtpError"]);
    assert(error.message.includes("550 "), error.message);
    await ftpError(() => client.getText("missing"));
    await ftpError(() => client.download("missing", here("missing")));
    assert(!existsSync(here("missing")));
    assertEquals(readdirSync(local).filter((name) => name.includes("picoftp")), []);
  });
});

describe("local files", () => {
  const text = "0123456789".repeat(100000);

  test("both ways", async () => {
    writeFileSync(here("one"), text);
    await using client = await enter();
    assertEquals(await client.upload(here("one"), "one"), text.length);
    assertEquals(readFileSync(onServer("one"), "utf8"), text);
    assertEquals(await client.download("one", here("two")), text.length);
    assertEquals(readFileSync(here("two"), "utf8"), text);
  });

  test("a download replaces a file only when it is complete", async () => {
    writeFileSync(onServer("large"), new Uint8Array(20000000));
    writeFileSync(here("kept"), "old");
    await using client = await enter();
    const stop = new AbortController();
    const onProgress = ({ bytes }: Progress): void => bytes > 0 && bytes < 20000000 ? stop.abort() : undefined;
    const download = client.download("large", here("kept"), { signal: stop.signal, onProgress });
    setTimeout(() => stop.abort(), 3);
    const failed = await download.then(() => false, () => true);
    if (failed) assertEquals(readFileSync(here("kept"), "utf8"), "old");
    assertEquals(readdirSync(local).filter((name) => name.includes("picoftp")), []);
    assertEquals(await client.pwd(), "/");
  });

  test("resuming a download: of a shorter file, of a whole one, of none", async () => {
    writeFileSync(onServer("whole"), text);
    await using client = await enter();
    for (const there of [text.slice(0, 1234), text, null]) {
      const name = here("resumed");
      rmSync(name, { force: true });
      if (there !== null) writeFileSync(name, there);
      assertEquals(await client.download("whole", name, { resume: true }), text.length - (there ?? "").length);
      assertEquals(readFileSync(name, "utf8"), text);
    }
  });

  test("resuming an upload: of a shorter file, of a whole one, of none", async () => {
    writeFileSync(here("whole"), text);
    await using client = await enter();
    for (const there of [text.slice(0, 1234), text, null]) {
      const name = onServer("resumed");
      rmSync(name, { force: true });
      if (there !== null) writeFileSync(name, there);
      assertEquals(await client.upload(here("whole"), "resumed", { resume: true }), text.length - (there ?? "").length);
      assertEquals(readFileSync(name, "utf8"), text);
    }
  });

  test("resuming an upload that broke", async () => {
    writeFileSync(here("whole"), text);
    await using client = await enter();
    async function* half(): AsyncGenerator<string> {
      yield text.slice(0, 500000);
      await pause(100);
      throw new Error("broke");
    }
    await assertRejects(() => client.put("broken", half()), "broke");
    assert(!existsSync(onServer("broken")));
    const bytes = await client.upload(here("whole"), "broken", { resume: true });
    assertEquals(readFileSync(onServer("broken"), "utf8"), text);
    assert(bytes <= text.length);
  });

  test("appending", async () => {
    writeFileSync(here("tail"), "tail");
    writeFileSync(onServer("head"), "head");
    await using client = await enter();
    await client.upload(here("tail"), "head", { append: true });
    assertEquals(readFileSync(onServer("head"), "utf8"), "headtail");
  });

  test("that cannot be used", async () => {
    writeFileSync(onServer("one"), "x");
    await using client = await enter();
    for (
      const run of [
        () => client.upload(here("missing"), "x"),
        () => client.upload(local, "x"),
        () => client.download("one", path.join(local, "no", "such")),
        () => client.download("one", local),
      ]
    ) {
      const error = await assertRejects(run);
      assert(error instanceof FileError, `${error.stack}`);
      assert(error.path.startsWith(local), error.path);
    }
    assertEquals(await client.pwd(), "/");
  });
});

describe("progress", () => {
  test("grows, knows the total, and ends with all", async () => {
    writeFileSync(here("p"), new Uint8Array(5000000));
    await using client = await enter();
    for (const way of ["up", "down"]) {
      const told: Progress[] = [];
      const onProgress = (progress: Progress): number => told.push(progress);
      if (way === "up") await client.upload(here("p"), "p", { onProgress });
      else await client.download("p", here("p"), { onProgress });
      const last = told[told.length - 1];
      assertEquals([last.bytes, last.total], [5000000, 5000000]);
      assert(told.every((each, i) => i === 0 || each.bytes >= told[i - 1].bytes));
    }
  });

  test("counts what was there before", async () => {
    writeFileSync(onServer("p"), "0123456789");
    writeFileSync(here("p"), "0123");
    await using client = await enter();
    let last: Progress | null = null;
    await client.download("p", here("p"), { resume: true, onProgress: (progress) => void (last = progress) });
    assertEquals([last!.bytes, last!.total], [10, 10] as [number, number | undefined]);
  });

  test("comes a few times a second, not for each chunk", async () => {
    await using client = await enter();
    async function* slow(): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < 100; i++) {
        yield new Uint8Array(1000);
        await pause(5);
      }
    }
    let times = 0;
    await client.put("slow", slow(), { size: 100000, onProgress: () => times++ });
    assert(times >= 2 && times <= 20, `${times}`);
  });
});

describe("lists", () => {
  before(() => {
    mkdirSync(onServer("many"));
    for (let i = 0; i < 1000; i++) writeFileSync(onServer(`many/f${i}`), "x".repeat(i % 10));
  });

  test("all entries, with what is known of them", async () => {
    await using client = await enter();
    const sizes = new Map<string, number | undefined>();
    for await (const entry of client.list("many")) sizes.set(entry.name, entry.size);
    assertEquals(sizes.size, 1000);
    assertEquals(sizes.get("f123"), 3);
    for await (const { name, type, modified, mode } of client.list("")) {
      if (name === "many") assertEquals([type, modified instanceof Date, typeof mode], ["directory", true, "number"]);
    }
  });

  test("left early, by break and by an error, keeps the session", async () => {
    await using client = await enter();
    for await (const entry of client.list("many")) {
      assert(entry.name !== "");
      break;
    }
    await assertRejects(async () => {
      for await (const entry of client.list("many")) throw new Error(entry.name);
    });
    assertEquals(await client.pwd(), "/");
  });

  test("with other operations inside the loop", async () => {
    await using client = await enter();
    let bytes = 0;
    for await (const entry of client.list("many")) bytes += entry.name.endsWith("9") ? await client.size(`many/${entry.name}`) : 0;
    assertEquals(bytes, 900);
  });

  test("of a folder that is not there, of an empty one", async () => {
    mkdirSync(onServer("bare"));
    await using client = await enter();
    assertEquals((await ftpError(() => client.list("missing").next())).code, 550);
    assertEquals((await client.list("bare").next()).done, true);
    assertEquals(await client.names("bare"), []);
    assertEquals((await client.names("many")).length, 1000);
  });
});

describe("names", () => {
  const bytes = { skip: runtime === "deno" ? "Deno cannot tell names that are not UTF-8" : false };

  test("in any script, with spaces and quotes", async () => {
    await using client = await enter();
    const names = ["\u00e4\u4e2d\u{1f600}", " leading and trailing ", 'quo"te', "-flag", "per%cent"];
    for (const name of names) await client.put(name, name);
    const listed: string[] = [];
    for await (const entry of client.list()) listed.push(entry.name);
    for (const name of names) {
      assert(listed.includes(name), `${JSON.stringify(name)} in ${JSON.stringify(listed)}`);
      assertEquals(await client.getText(name), name);
    }
  });

  test("bytes that are not UTF-8", bytes, async () => {
    await using client = await enter();
    const odd = Buffer.from([0x6f, 0x64, 0x64, 0xe9, 0xff]);
    writeFileSync(Buffer.concat([Buffer.from(`${root}/`), odd]), "odd");
    const listed: string[] = [];
    for await (const entry of client.list()) listed.push(entry.name);
    const raw = listed.find((name) => name.startsWith("odd")) ?? "";
    assertEquals(raw, "odd\udce9\udcff");
    assertEquals(await client.getText(raw), "odd");
    await client.rename(raw, `${raw}2`);
    assertEquals(await client.getText(`${raw}2`), "odd");
    await client.remove(`${raw}2`);
  });

  test("in latin1", bytes, async () => {
    await using client = await enter({ encoding: "latin1" });
    await client.put("caf\u00e9", "x");
    assert(readdirSync(Buffer.from(root), "buffer").some((name) => name.toString("latin1") === "caf\u00e9"));
    await assertRejects(() => client.put("\u4e2d", "x"));
    await client.remove("caf\u00e9");
  });

  test("with CR, LF or NUL are refused before anything is sent", async () => {
    await using client = await enter();
    const before = commands().length;
    for (const bad of ["a\rb", "a\nb", "a\0b", "x\r\nDELE y"]) {
      const calls: (() => Promise<unknown>)[] = [
        () => client.get(bad),
        () => client.getText(bad),
        () => client.put(bad, ""),
        () => client.upload(here("one"), bad),
        () => client.download(bad, here("one")),
        () => client.list(bad).next(),
        () => client.stat(bad),
        () => client.size(bad),
        () => client.rename("a", bad),
        () => client.mkdir(bad, { recursive: true }),
        () => client.rmdir(bad, { recursive: true }),
        () => client.cd(bad),
        () => client.send(bad),
      ];
      for (const call of calls) {
        const error = await assertRejects(call);
        assert(error instanceof TypeError, `${error.stack}`);
      }
    }
    assertEquals(commands().length, before);
    assertEquals(await client.pwd(), "/");
  });
});

describe("folders and facts", () => {
  test("mkdir, cd, pwd, rmdir, rename, remove, exists", async () => {
    await using client = await enter();
    await client.mkdir("dir/sub/deep", { recursive: true });
    await client.mkdir("dir/sub/deep", { recursive: true });
    assertEquals((await ftpError(() => client.mkdir("dir"))).code, 550);
    await client.cd("dir");
    assertEquals(await client.pwd(), "/dir");
    await client.put("file", "x");
    await client.rename("file", "sub/file");
    assertEquals([await client.exists("file"), await client.exists("sub/file"), await client.exists("sub")], [false, true, true]);
    await client.cd("..");
    assertEquals((await ftpError(() => client.rmdir("dir"))).code, 550);
    await client.rmdir("dir", { recursive: true });
    assertEquals(await client.exists("dir"), false);
    await ftpError(() => client.remove("dir"));
    assert(!existsSync(onServer("dir")));
  });

  test("mkdir with parents where a file is in the way", async () => {
    writeFileSync(onServer("way"), "x");
    await using client = await enter();
    await ftpError(() => client.mkdir("way", { recursive: true }));
    await ftpError(() => client.mkdir("way/sub", { recursive: true }));
  });

  test("rmdir with all that is in it removes links and does not follow them", async () => {
    const { symlinkSync } = await import("node:fs");
    mkdirSync(onServer("treasure"));
    writeFileSync(onServer("treasure/gold"), "x");
    mkdirSync(onServer("rm"));
    symlinkSync("../treasure", onServer("rm/link"));
    await using client = await enter();
    await client.rmdir("rm", { recursive: true }).catch(() => {});
    assert(existsSync(onServer("treasure/gold")));
  });

  test("size, modified, setModified, stat", async () => {
    writeFileSync(onServer("facts"), "12345");
    await using client = await enter();
    const time = new Date("2001-02-03T04:05:06Z");
    await client.setModified("facts", time);
    assertEquals([await client.size("facts"), (await client.modified("facts")).getTime()], [5, time.getTime()]);
    const { name, type, size, modified } = await client.stat("facts");
    assertEquals([name, type, size, modified?.getTime()], ["facts", "file", 5, time.getTime()] as unknown[]);
    assertEquals((await client.stat("/")).type, "directory");
  });

  test("send gives the reply, also a refusal", async () => {
    await using client = await enter();
    assertEquals((await client.send("NOOP")).code, 200);
    assertEquals((await client.send("FROB")).code, 500);
    assert((await client.send("FEAT")).text.includes("MLST"));
  });
});

describe("one after another", () => {
  test("calls at the same time queue in order", async () => {
    await using client = await enter();
    const order: number[] = [];
    await Promise.all(Array.from({ length: 20 }, (_, i) => client.put(`q${i}`, "x").then(() => order.push(i))));
    assertEquals(order, Array.from({ length: 20 }, (_, i) => i));
    assertEquals(commands().filter((line) => line.startsWith("STOR")).map((line) => line.slice(5)), order.map((i) => `q${i}`));
  });

  test("one that fails does not disturb the next ones", async () => {
    await using client = await enter();
    const results = await Promise.allSettled([client.getText("missing"), client.pwd(), client.cd("missing"), client.pwd()]);
    assertEquals(results.map((each) => each.status), ["rejected", "fulfilled", "rejected", "fulfilled"]);
  });
});

describe("signals", () => {
  test("aborted before: nothing is sent", async () => {
    await using client = await enter();
    const before = commands().length;
    const error = await assertRejects(() => client.put("x", "x", { signal: AbortSignal.abort(new Error("early")) }));
    assertEquals(error.message, "early");
    assertEquals(commands().length, before);
  });

  test("aborted in the queue: at once, and those behind go on", async () => {
    writeFileSync(onServer("large"), new Uint8Array(20000000));
    await using client = await enter();
    const stop = new AbortController();
    const stream = await client.get("large");
    const waiting = client.pwd({ signal: stop.signal });
    const behind = client.pwd();
    stop.abort(new Error("gone"));
    assertEquals((await assertRejects(() => waiting)).message, "gone");
    await stream.cancel();
    assertEquals(await behind, "/");
  });

  test("aborted before it begins, with its local file open: nothing is left of a download", async () => {
    writeFileSync(onServer("large"), new Uint8Array(20000000));
    const folder = here("early");
    mkdirSync(folder);
    await using client = await enter();
    for (let turns = 0; turns < 12; turns++) {
      const stop = new AbortController();
      const download = client.download("large", path.join(folder, "large"), { signal: stop.signal });
      for (let i = 0; i < turns; i++) await null;
      stop.abort(new Error("early"));
      assertEquals((await assertRejects(() => download)).message, "early");
      assertEquals(readdirSync(folder), [], `after ${turns} turns`);
    }
    assertEquals(await client.pwd(), "/");
  });

  test("aborted in a transfer: the reason comes out, the session stays", async () => {
    writeFileSync(onServer("large"), new Uint8Array(20000000));
    await using client = await enter();
    const stop = new AbortController();
    const stream = await client.get("large", { signal: stop.signal });
    const reader = stream.getReader();
    await reader.read();
    stop.abort(new Error("enough"));
    const error = await assertRejects(async () => {
      while (!(await reader.read()).done) continue;
    });
    assertEquals(error.message, "enough");
    assertEquals(await client.pwd(), "/");
    assert(commands().includes("ABOR"), commands().join());
  });

  test("abort() ends what runs, and what waits goes on", async () => {
    await using client = await enter();
    async function* slow(): AsyncGenerator<string> {
      yield "x";
      setTimeout(() => client.abort(), 20);
      await pause(300);
    }
    const [first, second] = await Promise.allSettled([client.put("aborted", slow()), client.pwd()]);
    assertEquals([first.status, second.status], ["rejected", "fulfilled"]);
    assertEquals((first as PromiseRejectedResult).reason.name, "AbortError");
  });

  test("aborted while it connects", async () => {
    await using silent = await listening(() => {});
    const error = await assertRejects(() =>
      connect({ host: "127.0.0.1", port: silent.port, signal: AbortSignal.timeout(50) } as ConnectOptions)
    );
    assertEquals(error.name, "TimeoutError");
  });
});

describe("what goes wrong", () => {
  test("nobody listens, no such host, wrong password", async () => {
    const none = await connectionError(() => connect({ host: "127.0.0.1", port: 1 }));
    assertEquals(none.reason, "refused");
    assertEquals((await connectionError(() => connect({ host: "no-such-host.invalid" }))).reason, "host not found");
    const wrong = await ftpError(() => enter({ password: "very-secret" }));
    assertEquals(wrong.code, 530);
    assert(!`${wrong.stack}${wrong.command}`.includes("very-secret"));
  });

  test("a server that says nothing, or not all: the error names what was waited for", async () => {
    await using silent = await listening(() => {});
    const options = { host: "127.0.0.1", port: silent.port, replyTimeout: 100 };
    const greeting = await connectionError(() => connect(options));
    assertEquals(greeting.reason, "timeout");
    assert(greeting.message.includes("greeting"), greeting.message);
    await using deaf = await listening((socket) => socket.write("220 hello\r\n"));
    const user = await connectionError(() => connect({ ...options, port: deaf.port }));
    assert(user.message.includes("reply to USER"), user.message);
  });

  test("a server that is something else", async () => {
    await using web = await listening((socket) => socket.write("HTTP/1.1 400 Bad Request\r\n\r\n"));
    assertEquals((await connectionError(() => connect({ host: "127.0.0.1", port: web.port, replyTimeout: 500 }))).reason, "protocol");
  });

  test("a server that leaves with 421: its words are kept", async () => {
    await using full = await listening((socket) => socket.end("421 Too many of you\r\n"));
    const error = await ftpError(() => connect({ host: "127.0.0.1", port: full.port }));
    assertEquals([error.code, error.reply], [421, "Too many of you"]);
  });

  test("the connection is lost while idle", async () => {
    const own = await serve({ root, port: 0, anonymous: true });
    const client = await connect(own.url);
    await own.close();
    assertEquals((await connectionError(() => client.pwd())).reason, "closed");
    assertEquals(client.connected, false);
    await client.quit();
    client.close();
  });

  test("the connection is lost, and made again", async () => {
    const client = await enter();
    client.close();
    await assertRejects(() => client.pwd());
    await client.connect();
    assertEquals(await client.pwd(), "/");
    await client.quit();
    assertEquals(client.connected, false);
  });
});

describe("connect", () => {
  test("takes a URL, as text or as an object", async () => {
    for (const url of [`ftp://ana:pw@${server.host}:${server.port}/`, new URL(`ftp://ana:pw@${server.host}:${server.port}/x`)]) {
      await (await connect(url)).quit();
    }
    assertEquals(parseUrl("ftp://a%40b:p%3Aw@[::1]:2121/x"), { host: "::1", port: 2121, user: "a@b", password: "p:w" });
    assertThrows(() => parseUrl("http://x/"));
    assertThrows(() => parseUrl("no url"));
  });

  test("active mode", async () => {
    await using client = await enter({ mode: "active" });
    await client.put("active", "x");
    assertEquals(await client.getText("active"), "x");
    assert(commands().some((line) => line.startsWith("PORT ") || line.startsWith("EPRT ")));
    client.mode = "passive";
    assertEquals(await client.getText("active"), "x");
  });

  test("senseless options", async () => {
    const senseless: [ConnectOptions, string][] = [
      [{ host: "ftp://x" }, "no URL"],
      [{ host: "" }, "needed"],
      [{ host: "x", port: 0 }, "port"],
      [{ host: "x", user: "a\r\nDELE b" }, "CR, LF or NUL"],
    ];
    for (const [options, part] of senseless) await assertRejects(() => connect(options), part);
  });
});

/** A server that does what it is told to with each connection. */
async function listening(greet: (socket: Socket) => void): Promise<{ port: number; [Symbol.asyncDispose](): Promise<void> }> {
  const sockets: Socket[] = [];
  const odd = createServer((socket) => {
    sockets.push(socket.on("error", () => {}));
    greet(socket);
  });
  await new Promise<void>((resolve) => odd.listen(0, "127.0.0.1", resolve));
  return {
    port: (odd.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => odd.close(resolve));
    },
  };
}
