import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect as dial } from "node:net";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, test } from "node:test";
import { MemoryFiles } from "../../adapters/memory/mod.ts";
import { ConnectionError, FileError, FtpError } from "../../api/mod.ts";
import type { Client, LoginAnswer, LoginRequest, ServeOptions, Server } from "../../api/mod.ts";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import { connect, runtime, serve } from "../runtime.ts";

const home = mkdtempSync(path.join(tmpdir(), "picoftp-api-"));
after(() => rmSync(home, { recursive: true, force: true }));

/** A folder with one file in it. */
function folder(name: string): string {
  const root = path.join(home, name);
  mkdirSync(root, { recursive: true });
  writeFileSync(path.join(root, "name.txt"), name);
  return root;
}

function start(options: ServeOptions): Promise<Server> {
  return serve({ root: folder("root"), port: 0, delay: 1, ...options });
}

function enter(server: Server, user: string, password = "", account?: string): Promise<Client> {
  return connect({ host: server.host, port: server.port, user, password, account });
}

async function refused(run: () => Promise<unknown>): Promise<number> {
  const error = await assertRejects(run);
  assert(error instanceof FtpError, `${error}`);
  return error.code;
}

/** A connection that only says what it is told to. */
async function bare(server: Server): Promise<Socket> {
  const socket = dial(server.port, server.host).on("error", () => {});
  await new Promise((resolve) => socket.once("data", resolve));
  return socket;
}

describe("users", () => {
  test("each with a password, a root, or for reading only", async () => {
    await using server = await start({
      users: { ana: { password: "a" }, bob: { password: "b", root: folder("bob") }, eve: { password: "e", readOnly: true } },
    });
    const texts: string[] = [];
    for (const [user, password] of [["ana", "a"], ["bob", "b"], ["eve", "e"]]) {
      const client = await enter(server, user, password);
      texts.push(await client.getText("name.txt"));
      if (user === "eve") assertEquals(await refused(() => client.put("x", "x")), 550);
      else assertEquals(await client.put(`${user}.txt`, "x"), 1);
      await client.quit();
    }
    assertEquals(texts, ["root", "bob", "root"]);
    assert(existsSync(path.join(home, "bob", "bob.txt")) && existsSync(path.join(home, "root", "ana.txt")));
  });

  test("nobody else, not even by the names of objects", async () => {
    await using server = await start({ users: { ana: { password: "a" }, nil: { password: "" } }, attempts: 100 });
    const wrong = [["ana", "b"], ["ana", ""], ["ana", "aa"], ["nobody", "a"], ["nil", ""], ["constructor", ""], ["__proto__", "x"], [
      "anonymous",
      "x",
    ]];
    for (const [user, password] of wrong) assertEquals(await refused(() => enter(server, user, password)), 530, user);
    await using fine = await enter(server, "ana", "a");
    assert(fine.connected);
  });

  test("without any user nobody comes in", async () => {
    await using server = await start({});
    assertEquals(await refused(() => enter(server, "ana", "a")), 530);
  });

  test("a server without a root of its own", async () => {
    await using server = await serve({ port: 0, users: { bob: { password: "b", root: folder("bob") } } });
    await using client = await enter(server, "bob", "b");
    assertEquals(await client.getText("name.txt"), "bob");
  });

  test("names and passwords in UTF-8 and in latin1", async () => {
    const users = { "\u00fcser": { password: "p\u00e4ss" } };
    for (const encoding of ["utf-8", "latin1"] as const) {
      await using server = await start({ users, encoding });
      const client = await connect({ host: server.host, port: server.port, user: "\u00fcser", password: "p\u00e4ss", encoding });
      await client.quit();
    }
  });

  test("readOnly for all takes the commands away", async () => {
    await using server = await start({ users: { ana: { password: "a" } }, readOnly: true });
    await using client = await enter(server, "ana", "a");
    assertEquals(await refused(() => client.mkdir("x")), 500);
  });
});

describe("anonymous", () => {
  test("reads the server's root with any password", async () => {
    await using server = await start({ anonymous: true });
    for (const user of ["anonymous", "ftp", "Anonymous"]) {
      const client = await enter(server, user, "me@example.org");
      assertEquals(await client.getText("name.txt"), "root");
      assertEquals(await refused(() => client.remove("name.txt")), 550);
      await client.quit();
    }
  });

  test("has a root of its own, and writes where it may", async () => {
    await using server = await start({ anonymous: { root: folder("public"), readOnly: false }, users: { ana: { password: "a" } } });
    await using client = await enter(server, "anonymous", "x");
    assertEquals(await client.getText("name.txt"), "public");
    await client.put("from-anonymous", "x");
    assert(existsSync(path.join(home, "public", "from-anonymous")));
    assert(!existsSync(path.join(home, "root", "from-anonymous")));
  });
});

describe("the login callback", () => {
  const answers: Record<string, LoginAnswer | Promise<LoginAnswer>> = {
    yes: true,
    no: false,
    late: new Promise((resolve) => setTimeout(resolve, 20, true)),
    own: { root: folder("own") },
    reader: { readOnly: true },
    never: new Promise(() => {}),
  };

  test("decides, now or later", async () => {
    const requests: LoginRequest[] = [];
    const login = (request: LoginRequest): LoginAnswer | Promise<LoginAnswer> => {
      requests.push(request);
      return answers[request.user] ?? false;
    };
    await using server = await start({ login });
    for (const user of ["yes", "late", "own", "reader"]) {
      const client = await enter(server, user, "secret");
      assertEquals(await client.getText("name.txt"), user === "own" ? "own" : "root");
      if (user === "reader") assertEquals(await refused(() => client.put("x", "x")), 550);
      await client.quit();
    }
    assertEquals(await refused(() => enter(server, "no", "secret")), 530);
    assertEquals([requests[0].user, requests[0].password, requests[0].host], ["yes", "secret", "127.0.0.1"]);
    assert(requests[0].port > 0);
  });

  test("is not asked about users of the table", async () => {
    await using server = await start({ users: { ana: { password: "a" } }, login: () => true });
    assertEquals(await refused(() => enter(server, "ana", "wrong")), 530);
    await (await enter(server, "bob", "whatever")).quit();
  });

  test("that fails refuses, and the error is told", async () => {
    const failures: unknown[] = [];
    const failed = (error: unknown): number => failures.push(error);
    await using server = await start({ login: () => Promise.reject(new Error("database")), failed });
    assertEquals(await refused(() => enter(server, "ana", "a")), 530);
    assertEquals((failures[0] as Error).message, "database");
  });

  test("can ask for an account", async () => {
    await using server = await start({ login: ({ account }) => account === "sales" || (account === "" && "account") });
    await (await enter(server, "ana", "a", "sales")).quit();
    assertEquals(await refused(() => enter(server, "ana", "a")), 332);
    assertEquals(await refused(() => enter(server, "ana", "a", "else")), 530);
  });

  test("a client that leaves meanwhile, and a close, do not wait for it", async () => {
    const server = await start({ login: ({ user }) => answers[user] ?? false });
    const socket = await bare(server);
    socket.write("USER never\r\nPASS x\r\n");
    await new Promise((resolve) => setTimeout(resolve, 50));
    const began = performance.now();
    await server.close();
    assert(performance.now() - began < 3000);
    socket.destroy();
  });

  test("logout is told once for each session that was in", async () => {
    const gone: string[] = [];
    const server = await start({ users: { ana: { password: "a" } }, anonymous: true, logout: ({ user }) => gone.push(user) });
    await (await enter(server, "ana", "a")).quit();
    const lost = await enter(server, "anonymous");
    lost.close();
    await refused(() => enter(server, "ana", "wrong"));
    await server.close();
    assertEquals(gone, ["ana", "anonymous"]);
  });
});

describe("the address", () => {
  test("is this machine only, by default", async () => {
    await using server = await start({});
    assertEquals(server.host, "127.0.0.1");
    assertEquals(server.url, `ftp://127.0.0.1:${server.port}/`);
  });

  test("all addresses, and IPv6", async () => {
    for (const [host, name] of [["0.0.0.0", "localhost"], ["::1", "[::1]"], ["localhost", ""]]) {
      const server = await start({ host, anonymous: true }).catch((error) => host === "::1" ? null : Promise.reject(error));
      if (server === null) continue;
      if (name !== "") assertEquals(server.url, `ftp://${name}:${server.port}/`);
      const client = await connect(server.url);
      assertEquals(await client.getText("name.txt"), "root");
      await client.quit();
      await server.close();
    }
  });

  test("that is taken, unknown or not ours", async () => {
    await using server = await start({});
    const taken = await assertRejects(() => start({ port: server.port })) as ConnectionError;
    assertEquals(taken.reason, "address in use");
    assert(taken.message.startsWith(`Cannot listen on "127.0.0.1:${server.port}": `), taken.message);
    const unknown = await assertRejects(() => start({ host: "no-such-host.invalid" })) as ConnectionError;
    assertEquals(unknown.reason, "host not found");
    assert(await assertRejects(() => start({ host: "192.0.2.1" })) instanceof ConnectionError);
  });

  test("masquerade by address and by name, passive ports in their range", async () => {
    for (const [masquerade, told] of [["203.0.113.7", "203,0,113,7"], ["localhost", "127,0,0,1"]]) {
      await using server = await start({ anonymous: true, masquerade, passivePorts: [47000, 47050] });
      await using client = await connect(server.url);
      const [, host, high, low] = /\((.*),(\d+),(\d+)\)/.exec((await client.send("PASV")).text) ?? [];
      assertEquals(host, told);
      const port = Number(high) * 256 + Number(low);
      assert(port >= 47000 && port <= 47050, `${port}`);
    }
    assert(await assertRejects(() => start({ masquerade: "no-such-host.invalid" })) instanceof ConnectionError);
  });
});

describe("options that make no sense", () => {
  const senseless: [string, ServeOptions][] = [
    ["nothing to serve", { root: undefined }],
    ["passive ports backwards", { passivePorts: [5, 4] }],
    ["passive ports beyond the last", { passivePorts: [65000, 70000] }],
    ["a user without password", { users: { ana: {} as { password: string } } }],
    ["TLS without a certificate", { tls: {} }],
  ];
  for (const [name, options] of senseless) {
    test(name, async () => {
      const error = await assertRejects(() => start(options));
      assert(error instanceof TypeError || error instanceof RangeError, `${error}`);
    });
  }

  test("a folder that is not there", async () => {
    const error = await assertRejects(() => start({ root: path.join(home, "missing") }));
    assert(error instanceof FileError, `${error}`);
    assertEquals(error.path, path.join(home, "missing"));
    assert(await assertRejects(() => start({ root: path.join(folder("file"), "name.txt") })) instanceof FileError);
  });
});

describe("the end", () => {
  test("close ends idle sessions and breaks transfers off", async () => {
    writeFileSync(path.join(folder("root"), "big"), new Uint8Array(30000000));
    const server = await start({ anonymous: true });
    const idle = await connect(server.url);
    const busy = await connect(server.url);
    const stream = await busy.get("big");
    assertEquals(server.sessions, 2);
    await server.close();
    assertEquals(server.sessions, 0);
    await assertRejects(async () => {
      for await (const chunk of stream) assert(chunk.length > 0);
    });
    const error = await assertRejects(() => idle.pwd());
    assert(error instanceof ConnectionError, `${error}`);
    await server.close();
  });

  test("close with drain lets a transfer end, and no new connection in", async () => {
    writeFileSync(path.join(folder("root"), "big"), new Uint8Array(30000000));
    const server = await start({ anonymous: true });
    const client = await connect(server.url);
    const stream = await client.get("big");
    const closed = server.close({ drain: 20000 });
    // Deno's listener takes a moment to go.
    const reasons = runtime === "deno" ? ["refused", "closed"] : ["refused"];
    const { reason } = await assertRejects(() => connect(server.url)) as ConnectionError;
    assert(reasons.includes(reason), reason);
    let bytes = 0;
    for await (const chunk of stream) bytes += chunk.length;
    assertEquals(bytes, 30000000);
    await closed;
    assertEquals(server.sessions, 0);
    client.close();
  });

  test("drain has an end too", async () => {
    writeFileSync(path.join(folder("root"), "big"), new Uint8Array(30000000));
    const server = await start({ anonymous: true });
    const client = await connect(server.url);
    const stream = await client.get("big");
    const began = performance.now();
    await server.close({ drain: 200 });
    const took = performance.now() - began;
    assert(took >= 190 && took < 3000, `${took}`);
    await stream.cancel().catch(() => {});
    client.close();
  });
});

describe("limits and files", () => {
  test("the sessions of one address, and of all", async () => {
    await using server = await start({ anonymous: true, sessionsPerHost: 1 });
    await using client = await connect(server.url);
    assertEquals(await refused(() => connect(server.url)), 421);
    assert(client.connected);
  });

  test("three wrong passwords end the session, each one late", async () => {
    await using server = await start({ users: { ana: { password: "a" } }, delay: 50 });
    const socket = await bare(server);
    let text = "";
    socket.on("data", (chunk) => text += chunk);
    const began = performance.now();
    for (let i = 0; i < 3; i++) socket.write("USER ana\r\nPASS wrong\r\n");
    await new Promise((resolve) => socket.once("close", resolve));
    assert(performance.now() - began >= 100);
    assertEquals(text.match(/^\d{3}/gm), ["331", "530", "331", "530", "331", "421"]);
  });

  test("files of one's own", async () => {
    const files = new MemoryFiles({});
    await using server = await serve({ files, port: 0, users: { ana: { password: "a" } } });
    await using client = await enter(server, "ana", "a");
    await client.mkdir("d");
    await client.put("d/x", "from memory");
    assertEquals(await client.getText("d/x"), "from memory");
  });

  test("trace shows what is said, without passwords", async () => {
    const lines: string[] = [];
    await using server = await start({ users: { ana: { password: "hidden-word" } }, trace: (line) => lines.push(line) });
    await (await enter(server, "ana", "hidden-word")).quit();
    const text = lines.join("\n");
    assert(text.includes("USER ana") && text.includes("230 "), text);
    assert(!text.includes("hidden-word"), text);
  });

  test("what is dropped on the way leaves the old file", async () => {
    const root = folder("kept");
    await using server = await serve({ root, port: 0, users: { ana: { password: "a" } } });
    const client = await enter(server, "ana", "a");
    async function* broken(): AsyncGenerator<string> {
      yield "new";
      client.close();
      await new Promise((resolve) => setTimeout(resolve, 50));
      yield "new";
    }
    await assertRejects(() => client.put("name.txt", broken()));
    assertEquals(readFileSync(path.join(root, "name.txt"), "utf8"), "kept");
  });
});
