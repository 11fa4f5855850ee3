// Comparing files: which way is taken, what the replies of real servers look like, what is found; text; trying again.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, beforeEach, describe, test } from "node:test";
import { ConnectionError, FtpError } from "../../api/mod.ts";
import { NodeNet } from "../../adapters/node/net.ts";
import type { Client, ConnectOptions, Server } from "../../api/mod.ts";
import { hashOf } from "../../adapters/node/hashes.ts";
import { Relay, WrappedNet } from "../../adapters/wrap/mod.ts";
import { askHash, waysOf } from "../../api/verify.ts";
import type { Algorithm } from "../../api/verify.ts";
import { RESET } from "../../core/ports.ts";
import type { Chunk, Conn, ConnHandler, Target } from "../../core/ports.ts";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import { connect, serve } from "../runtime.ts";

const home = mkdtempSync(path.join(tmpdir(), "picoftp-verify-"));
const root = path.join(home, "root");
const TEXT = "hello\n";
const HASHES: Record<Algorithm, string> = {
  "SHA-256": "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03",
  "SHA-512": createHash("sha512").update(TEXT).digest("hex"),
  "SHA-1": "f572d396fae9206628714fb2ce00f72e94f2258f",
  "MD5": "b1946ac92492d2347c6235b4d2611184",
  "CRC32": "363a3020",
};

describe("hashes", () => {
  for (const [name, value] of Object.entries(HASHES)) {
    test(`${name}, in pieces of bytes and text`, () => {
      const whole = hashOf(name);
      whole.add(new TextEncoder().encode(TEXT + "rubbish"), TEXT.length);
      assertEquals(whole.done(), value);
      const pieces = hashOf(name);
      for (const character of TEXT) pieces.add(character, 1);
      assertEquals(pieces.done(), value);
    });
  }

  test("nothing at all, and bytes above 127", () => {
    assertEquals([hashOf("CRC32").done(), hashOf("MD5").done()], ["00000000", "d41d8cd98f00b204e9800998ecf8427e"]);
    const high = hashOf("CRC32");
    high.add("\xff\x80", 2);
    assertEquals(high.done(), "3f456cad");
  });
});

describe("which way is taken", () => {
  const cases: [string[], string[]][] = [
    [["SIZE", "HASH SHA-256*;SHA-512;MD5"], ["HASH SHA-256", "HASH SHA-512", "HASH MD5"]],
    [["hash md5;crc32*"], ["HASH MD5", "HASH CRC32"]],
    [["XCRC filename;start;end", "XMD5", "XSHA1", "XSHA256", "XSHA512"], [
      "XSHA256 SHA-256",
      "XSHA512 SHA-512",
      "XSHA1 SHA-1",
      "XMD5 MD5",
      "XCRC CRC32",
    ]],
    [["MD5", "XSHA"], ["XSHA SHA-1", "MD5 MD5"]],
    [["SIZE", "MDTM"], []],
    [[], ["XMD5 MD5", "XCRC CRC32"]],
  ];
  for (const [features, expected] of cases) {
    test(features.join(" | ") || "no FEAT", () => {
      const found = waysOf(features).map(({ verb, algorithm }) => `${verb} ${algorithm}`);
      assertEquals(found, expected);
    });
  }

  test("one algorithm only", () => {
    assertEquals(waysOf(["HASH SHA-256*;MD5", "XMD5"], "MD5").map(({ verb }) => verb), ["HASH", "XMD5"]);
    assertEquals(waysOf(["HASH SHA-256*"], "CRC32"), []);
  });
});

describe("replies of servers", () => {
  const cases: [string, Algorithm, string, string][] = [
    ["HASH", "SHA-256", "213 SHA-256 0-6 5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03 a b", HASHES["SHA-256"]],
    ["HASH", "SHA-1", "213 Computing\nSHA-1 0-6 F572D396FAE9206628714FB2CE00F72E94F2258F a", HASHES["SHA-1"]],
    ["HASH", "MD5", "213 MD5 b1946ac92492d2347c6235b4d2611184", HASHES.MD5],
    ["XMD5", "MD5", "250 B1946AC92492D2347C6235B4D2611184", HASHES.MD5],
    ["XSHA1", "SHA-1", "213 f572d396fae9206628714fb2ce00f72e94f2258f", HASHES["SHA-1"]],
    ["XCRC", "CRC32", "250 363A3020", HASHES.CRC32],
    ["XCRC", "CRC32", "250 3A30", "00003a30"],
    ["XCRC", "CRC32", "250 XCRC 363A3020", HASHES.CRC32],
    ["MD5", "MD5", "251 d41d8cd98f00b204e9800998ecf8427e b1946ac92492d2347c6235b4d2611184", HASHES.MD5],
  ];
  const reply = (text: string): { code: number; text: string } => ({ code: Number(text.slice(0, 3)), text: text.slice(4) });
  for (const [verb, algorithm, text, value] of cases) {
    test(text.replace("\n", " / "), async () => {
      const found = await askHash({ verb, algorithm }, "a", (line) => Promise.resolve(reply(line.startsWith("OPTS") ? "200 Fine" : text)));
      assertEquals(found, { algorithm, value });
    });
  }

  test("unknown after all, refused, nonsense", async () => {
    const ask = (text: string): ReturnType<typeof askHash> => {
      return askHash({ verb: "XMD5", algorithm: "MD5" }, "a", () => Promise.resolve(reply(text)));
    };
    for (const text of ["500 What?", "502 No", "504 Not that"]) assertEquals(await ask(text), null);
    const refused = await assertRejects(() => ask("550 No such file"));
    assert(refused instanceof FtpError && refused.code === 550, `${refused}`);
    const nonsense = await assertRejects(() => ask("250 Done"));
    assert(nonsense instanceof ConnectionError && nonsense.reason === "protocol", `${nonsense}`);
  });

  test("a name with spaces stands in quotes where spaces end it", async () => {
    const lines: string[] = [];
    const ask = (line: string): Promise<{ code: number; text: string }> => {
      lines.push(line);
      return Promise.resolve({ code: 250, text: HASHES.MD5 });
    };
    await askHash({ verb: "XMD5", algorithm: "MD5" }, "a b", ask);
    await askHash({ verb: "MD5", algorithm: "MD5" }, "a b", ask);
    assertEquals(lines, ['XMD5 "a b"', "MD5 a b"]);
  });
});

/** Answers of a server that picoftp's does not give; null: what it says itself. */
type Answers = (line: string) => string | null;

/** A Net that puts words into the server's mouth, and breaks connections in the middle of data. */
class Actor extends WrappedNet {
  answers: Answers = () => null;
  /** Bytes of a data connection before it breaks, one number for each connection; none: it does not. */
  breaks: number[] = [];
  /** Whether the control connection breaks with it. */
  all = false;
  control: Relay | null = null;
  /** Nobody takes control connections any more. */
  down = false;

  override connect(target: Target, handler: ConnHandler): Conn {
    const gone = this.down && target.text && target.port === server.port;
    return super.connect(gone ? { ...target, port: 1 } : target, handler);
  }

  override relay(target: Target): Relay {
    const relay = target.text ? new Mouth(this) : new Breaking(this, this.breaks.shift() ?? Infinity);
    if (target.text && target.host === server.host && target.port === server.port) this.control = relay;
    return relay;
  }
}

class Mouth extends Relay {
  actor: Actor;

  constructor(actor: Actor) {
    super();
    this.actor = actor;
  }

  override send(chunk: Chunk, length: number): boolean {
    const answer = this.actor.answers(String(chunk).trimEnd());
    if (answer === null) return this.inner.send(chunk, length);
    setTimeout(() => this.handler.data(`${answer}\r\n`, answer.length + 2), 1);
    return true;
  }
}

class Breaking extends Relay {
  actor: Actor;
  left: number;

  constructor(actor: Actor, left: number) {
    super();
    this.actor = actor;
    this.left = left;
  }

  override send(chunk: Chunk, length: number): boolean {
    if (this.count(length)) return true;
    return this.inner.send(chunk, length);
  }

  override data(chunk: Chunk, length: number): boolean {
    if (!this.count(length)) return this.handler.data(chunk, length);
    return true;
  }

  override closed(error: number): void {
    this.handler.closed(this.left > 0 ? error : RESET);
  }

  private count(length: number): boolean {
    this.left -= length;
    if (this.left > 0) return false;
    this.inner.abort();
    if (this.actor.all) this.actor.control?.inner.abort();
    return true;
  }
}

const net = new Actor(new NodeNet());
let server: Server;
let lines: string[] = [];

before(async () => {
  mkdirSync(root);
  server = await serve({ root, port: 0, users: { ana: { password: "pw" } }, delay: 1 });
  writeFileSync(path.join(home, "local"), TEXT);
});

beforeEach(() => {
  net.answers = () => null;
  net.breaks = [];
  net.all = false;
  lines = [];
});

after(async () => {
  await server.close();
  rmSync(home, { recursive: true, force: true });
});

function enter(options: Partial<ConnectOptions> = {}): Promise<Client> {
  return connect({ host: server.host, port: server.port, user: "ana", password: "pw", net, trace: (line) => lines.push(line), ...options });
}

function commands(verbs: RegExp): string[] {
  return lines.map((line) => / > (.*)$/.exec(line)?.[1] ?? "").filter((line) => verbs.test(line));
}

const local = path.join(home, "local");

/** A server with these features, and hashes that are right, or those of another file. */
function hashing(features: string[], right: boolean): Answers {
  return (line) => {
    const [verb, argument] = line.split(" ");
    const value = (name: Algorithm): string => right ? HASHES[name] : HASHES[name].replace(/^./, "f");
    if (verb === "FEAT") return `211-Features\r\n${features.map((feature) => ` ${feature}\r\n`).join("")}211 End`;
    if (verb === "OPTS" && argument === "HASH") return "200 Fine";
    if (verb === "HASH") return `213 SHA-256 0-6 ${value("SHA-256")} remote`;
    if (verb === "XMD5") return `250 ${value("MD5")}`;
    if (verb === "XCRC") return `250 ${value("CRC32").toUpperCase()}`;
    return null;
  };
}

describe("verify", () => {
  const ways: [string[], string][] = [[["SIZE", "HASH SHA-256*"], "SHA-256"], [["SIZE", "XCRC", "XMD5"], "MD5"], [["XCRC"], "CRC32"]];
  for (const [features, algorithm] of ways) {
    test(`${features.join()}: up, from memory, and down`, async () => {
      net.answers = hashing(features, true);
      await using client = await enter();
      assertEquals(await client.upload(local, "remote", { verify: true }), 6);
      assertEquals(client.verified, algorithm);
      assertEquals(await client.put("remote", TEXT, { verify: "hash" }), 6);
      assertEquals(client.verified, algorithm);
      assertEquals(await client.download("remote", path.join(home, "copy"), { verify: true }), 6);
      assertEquals(client.verified, algorithm);
      assertEquals(await client.hash("remote"), { algorithm: algorithm as Algorithm, value: HASHES[algorithm as Algorithm] });
    });

    test(`${features.join()}: another file is found`, async () => {
      net.answers = hashing(features, false);
      await using client = await enter();
      for (
        const run of [
          () => client.upload(local, "remote", { verify: true }),
          () => client.put("remote", TEXT, { verify: true }),
          () => client.download("remote", path.join(home, "copy"), { verify: "hash" }),
        ]
      ) {
        const error = await assertRejects(run);
        assert(error instanceof ConnectionError && error.reason === "different", `${error}`);
        assertEquals(client.verified, "");
      }
      assertEquals(await client.pwd(), "/");
    });
  }

  test("with picoftp's own server, every algorithm", async () => {
    await using client = await enter();
    await client.upload(local, "remote", { verify: true });
    assertEquals(client.verified, "SHA-256");
    for (const [algorithm, value] of Object.entries(HASHES) as [Algorithm, string][]) {
      assertEquals(await client.hash("remote", { algorithm }), { algorithm, value });
      await client.put("a b", TEXT, { verify: algorithm });
      assertEquals(client.verified, algorithm);
    }
    const bytes = new Uint8Array(1000001).map((_none, i) => i * 31 + (i >> 8));
    await client.put("large", bytes, { verify: "hash" });
    assertEquals((await client.hash("large")).value, createHash("sha256").update(bytes).digest("hex"));
    writeFileSync(path.join(root, "large"), "other");
    const error = await assertRejects(() => client.download("missing", path.join(home, "x"), { verify: true }));
    assert(error instanceof FtpError && error.code === 550, `${error}`);
  });

  test("without FEAT: XMD5, then XCRC, then SIZE", async () => {
    net.answers = (line) => line === "FEAT" || /^X/.test(line) ? "500 What?" : null;
    await using client = await enter();
    await client.upload(local, "remote", { verify: true });
    assertEquals(client.verified, "size");
    assertEquals(commands(/^(X|SIZE)/), ["XMD5 remote", "XCRC remote", "SIZE remote"]);
    net.answers = (line) => line === "FEAT" || /^XM/.test(line) ? "500 What?" : line.startsWith("XCRC") ? "250 363A3020" : null;
    await client.upload(local, "remote", { verify: true });
    assertEquals(client.verified, "CRC32");
  });

  test("by size: more, fewer, and where there is no hash", async () => {
    await using client = await enter();
    net.answers = hashing(["SIZE"], true);
    await client.upload(local, "remote", { verify: "size" });
    assertEquals(client.verified, "size");
    const none = await assertRejects(() => client.upload(local, "remote", { verify: "hash" }));
    assert(none instanceof ConnectionError && none.reason === "unsupported", `${none}`);
    const other = await assertRejects(() => client.hash("remote", { algorithm: "MD5" }));
    assert(other instanceof ConnectionError && other.reason === "unsupported", `${other}`);
    net.answers = (line) => line.startsWith("SIZE") ? "213 7" : null;
    const error = await assertRejects(() => client.put("remote", TEXT, { verify: "size" }));
    assert(error instanceof ConnectionError && error.reason === "different", `${error}`);
  });

  test("one algorithm is asked for", async () => {
    net.answers = hashing(["HASH SHA-256*", "XCRC"], true);
    await using client = await enter();
    await client.upload(local, "remote", { verify: "CRC32" });
    assertEquals([client.verified, commands(/^(HASH|XCRC)/)], ["CRC32", ["XCRC remote"]]);
  });

  test("a resumed upload and a resumed download are compared as a whole", async () => {
    net.answers = hashing(["XMD5"], true);
    await using client = await enter();
    writeFileSync(path.join(root, "half"), "hel");
    assertEquals(await client.upload(local, "half", { resume: true, verify: true }), 3);
    assertEquals([client.verified, readFileSync(path.join(root, "half"), "utf8")], ["MD5", TEXT]);
    writeFileSync(path.join(home, "part"), "hallo");
    const error = await assertRejects(() => client.download("half", path.join(home, "part"), { resume: true, verify: true }));
    assert(error instanceof ConnectionError && error.reason === "different", `${error}`);
  });

  test("a part cannot be compared", async () => {
    await using client = await enter();
    for (
      const run of [
        () => client.upload(local, "remote", { append: true, verify: true }),
        () => client.put("remote", TEXT, { append: true, verify: true }),
        () => client.put("remote", TEXT, { offset: 2, verify: true }),
      ]
    ) assert(await assertRejects(run) instanceof TypeError);
  });
});

describe("text", () => {
  test("line ends are LF here and CR LF on the way", async () => {
    const data: string[] = [];
    await using client = await enter();
    await client.put("text", "one\ntwo\r\nthree", { ascii: true });
    assertEquals(readFileSync(path.join(root, "text"), "utf8"), "one\ntwo\nthree");
    writeFileSync(path.join(root, "text"), "a\nb\n\nc");
    assertEquals(await client.getText("text", { ascii: true }), "a\nb\n\nc");
    for await (const chunk of await client.get("text", { ascii: true })) data.push(new TextDecoder().decode(chunk));
    assertEquals(data.join(""), "a\nb\n\nc");
    assertEquals(commands(/^TYPE/), ["TYPE A"]);
  });

  test("files, many of them blocks long; the type goes back to I", async () => {
    const text = "some words\n".repeat(40000);
    writeFileSync(path.join(home, "words"), text);
    await using client = await enter();
    await client.upload(path.join(home, "words"), "words", { ascii: true });
    assertEquals(readFileSync(path.join(root, "words"), "utf8") === text, true);
    await client.download("words", path.join(home, "back"), { ascii: true });
    assertEquals(readFileSync(path.join(home, "back"), "utf8") === text, true);
    assertEquals((await client.getBytes("words")).length, text.length);
    assertEquals(commands(/^TYPE/), ["TYPE A", "TYPE I"]);
  });

  test("CR LF is really on the way", async () => {
    const sent: string[] = [];
    class Spy extends WrappedNet {
      override relay(target: Target): Relay {
        const relay = new Relay();
        const send = relay.send.bind(relay);
        if (!target.text) {
          relay.send = (chunk, length) => {
            sent.push(Buffer.from((chunk as Uint8Array).subarray(0, length)).toString());
            return send(chunk, length);
          };
        }
        return relay;
      }
    }
    await using client = await enter({ net: new Spy(new NodeNet()) });
    await client.put("text", ["a\n", "b\r", "\nc"], { ascii: true });
    assertEquals(sent.join(""), "a\r\nb\r\nc");
  });

  test("is not compared, and not resumed", async () => {
    await using client = await enter();
    await client.upload(local, "text", { ascii: true, verify: true });
    assertEquals(client.verified, "");
    for (
      const run of [
        () => client.upload(local, "text", { ascii: true, resume: true }),
        () => client.download("text", path.join(home, "x"), { ascii: true, resume: true }),
        () => client.getText("text", { ascii: true, offset: 1 }),
        () => client.put("text", "x", { ascii: true, offset: 1 }),
      ]
    ) assert(await assertRejects(run) instanceof TypeError);
  });

  test("what fails in the middle is an error, and the session goes on", async () => {
    await using client = await enter();
    async function* broken(): AsyncGenerator<string> {
      yield "new\n";
      throw new RangeError("no more");
    }
    const error = await assertRejects(() => client.put("text", broken(), { ascii: true }));
    assert(error instanceof RangeError, `${error}`);
    const missing = await assertRejects(() => client.getText("missing", { ascii: true }));
    assert(missing instanceof FtpError && missing.code === 550, `${missing}`);
    assertEquals(await client.pwd(), "/");
  });
});

describe("going on with an upload", () => {
  const ways: [string, string[], string[]][] = [
    ["what has REST STREAM is told where", ["SIZE", "REST STREAM"], ["REST 3", "STOR half"]],
    ["what tells features, and not that, is appended to", ["SIZE"], ["APPE half"]],
    ["what tells none is told where", [], ["REST 3", "STOR half"]],
  ];
  for (const [name, features, expected] of ways) {
    test(name, async () => {
      writeFileSync(path.join(root, "half"), TEXT.slice(0, 3));
      net.answers = (line) => line !== "FEAT" || features.length > 0 ? hashing(features, true)(line) : "502 No";
      await using client = await enter();
      assertEquals(await client.upload(local, "half", { resume: true }), 3);
      assertEquals(commands(/^(REST|STOR|APPE)/), expected);
      assertEquals(readFileSync(path.join(root, "half"), "utf8"), TEXT);
    });
  }
});

describe("trying again", () => {
  const big = new Uint8Array(3000000).map((_none, i) => i * 13 + (i >> 9));
  const file = path.join(home, "big");
  before(() => writeFileSync(file, big));

  for (const all of [false, true]) {
    const what = all ? "the connections break" : "the data connection breaks";
    test(`a download: ${what} twice, and it goes on behind what came`, async () => {
      writeFileSync(path.join(root, "down"), big);
      const copy = path.join(home, `down-${all}`);
      await using client = await enter();
      net.breaks = [1000000, 500000];
      net.all = all;
      await client.download("down", copy, { retries: 2, retryDelay: 1 });
      assertEquals(Buffer.compare(readFileSync(copy), big), 0);
      const rests = commands(/^REST [1-9]/).map((line) => Number(line.slice(5)));
      assertEquals(rests.length, 2);
      assert(rests[0] > 0 && rests[1] >= rests[0], `${rests}`);
      assertEquals(commands(/^USER/).length, all ? 3 : 1);
    });

    test(`an upload: ${what} twice, and it goes on behind what arrived`, async () => {
      rmSync(path.join(root, `up-${all}`), { force: true });
      await using client = await enter();
      net.breaks = [1500000, 500000];
      net.all = all;
      await client.upload(file, `up-${all}`, { retries: 2, retryDelay: 50, verify: "size" });
      assertEquals(Buffer.compare(readFileSync(path.join(root, `up-${all}`)), big), 0);
      assertEquals(commands(/^STOR/).length, 3);
    });
  }

  test("a file that is there is never taken for a part", async () => {
    await using client = await enter();
    const copy = path.join(home, "there");
    writeFileSync(copy, new Uint8Array(2000000));
    writeFileSync(path.join(root, "down"), big);
    net.breaks = [1000000];
    await client.download("down", copy, { retries: 1, retryDelay: 1 });
    assertEquals(Buffer.compare(readFileSync(copy), big), 0);
    writeFileSync(path.join(root, "up"), new Uint8Array(2000000));
    net.breaks = [1000000];
    await client.upload(file, "up", { retries: 1, retryDelay: 1 });
    assertEquals(Buffer.compare(readFileSync(path.join(root, "up")), big), 0);
    assertEquals(commands(/^REST [1-9]/), []);
  });

  test("no more often than it was told, and nothing is left behind", async () => {
    await using client = await enter();
    writeFileSync(path.join(root, "down"), big);
    const copy = path.join(home, "none");
    net.breaks = [1000000, 1000000, 1000000, 1000000];
    const error = await assertRejects(() => client.download("down", copy, { retries: 2, retryDelay: 1 }));
    assert(error instanceof FtpError && error.code === 426, `${error}`);
    assertEquals([commands(/^RETR/).length, existsSync(copy)], [3, false]);
    assertEquals(readdirSync(home).filter((name) => name.startsWith(".picoftp")), []);
    assertEquals(await client.pwd(), "/");
  });

  test("also where the server has gone for good", async () => {
    await using client = await enter();
    const copy = path.join(home, "gone");
    net.breaks = [1000000];
    net.all = true;
    net.down = true;
    const error = await assertRejects(() => client.download("down", copy, { retries: 2, retryDelay: 1 }));
    assert(error instanceof ConnectionError && error.reason === "refused", `${error}`);
    assertEquals(readdirSync(home).filter((name) => name.startsWith(".picoftp") || name === "gone"), []);
    net.down = false;
    await client.connect();
  });

  test("in the folder where it was", async () => {
    await using client = await enter();
    await client.mkdir("/in/side", { recursive: true });
    await client.cd("/in/side");
    await client.put("down", big);
    net.breaks = [1000000];
    net.all = true;
    await client.download("down", path.join(home, "inside"), { retries: 1, retryDelay: 1 });
    assertEquals(Buffer.compare(readFileSync(path.join(home, "inside")), big), 0);
    assertEquals(await client.pwd(), "/in/side");
  });

  test("not what will not pass; 4yz may", async () => {
    await using client = await enter();
    const missing = await assertRejects(() => client.download("missing", path.join(home, "x"), { retries: 5, retryDelay: 60000 }));
    assert(missing instanceof FtpError && missing.code === 550, `${missing}`);
    let count = 0;
    net.answers = (line) => line.startsWith("STOR") && count++ === 0 ? "450 Busy" : null;
    await client.upload(local, "busy", { retries: 1, retryDelay: 1 });
    assertEquals(readFileSync(path.join(root, "busy"), "utf8"), TEXT);
    assert(await assertRejects(() => client.upload(local, "busy", { append: true, retries: 1 })) instanceof TypeError);
  });

  test("who calls it off meanwhile gets no further attempt", async () => {
    for (const leave of ["close", "abort", "quit"] as const) {
      const client = await enter();
      net.answers = (line) => line.startsWith("STOR") ? "450 Busy" : null;
      const went = client.upload(local, "busy", { retries: 9, retryDelay: 100 });
      const left = new Promise((resolve) => setTimeout(resolve, 60)).then(() => client[leave]());
      assertEquals((await assertRejects(() => went)).name, "AbortError", leave);
      await left;
      assertEquals([commands(/^STOR/).length, client.connected], [1, leave === "abort"]);
      lines = [];
      client.close();
    }
  });

  test("a signal ends the waiting", async () => {
    await using client = await enter();
    net.answers = (line) => line.startsWith("STOR") ? "450 Busy" : null;
    const signal = AbortSignal.timeout(50);
    const error = await assertRejects(() => client.upload(local, "busy", { retries: 9, retryDelay: 60000, signal }));
    assertEquals(error.name, "TimeoutError");
    net.answers = () => null;
    assertEquals(await client.pwd(), "/");
  });
});
