// What a session is beside its operations: its login, its end, NOOP, where it comes from, what it tells.

import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { ConnectionError, FtpError } from "../../api/mod.ts";
import type { Client, ConnectOptions, Server } from "../../api/mod.ts";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import { connect, serve } from "../runtime.ts";

const root = mkdtempSync(path.join(tmpdir(), "picoftp-session-"));
let server: Server;

before(async () => {
  server = await serve({ root, port: 0, users: { ana: { password: "pw" }, bob: { password: "pw2" } }, delay: 1 });
});

after(async () => {
  await server.close();
  rmSync(root, { recursive: true, force: true });
});

function enter(options: Partial<ConnectOptions> = {}): Promise<Client> {
  return connect({ host: server.host, port: server.port, user: "ana", password: "pw", ...options });
}

/** A server that answers by a function, line by line; "" is no answer. */
class Scripted {
  lines: string[] = [];
  sockets: Socket[] = [];
  port = 0;
  private readonly server = createServer((socket) => {
    this.sockets.push(socket);
    socket.on("error", () => {});
    socket.write("220 Hello\r\n");
    socket.on("data", (chunk) => {
      for (const line of chunk.toString().trimEnd().split("\r\n")) {
        this.lines.push(line);
        const answer = this.answer(line);
        if (answer !== "") socket.write(`${answer}\r\n`);
      }
    });
  });
  private readonly answer: (line: string) => string;

  constructor(answer: (line: string) => string | undefined) {
    this.answer = (line) => answer(line) ?? (line.startsWith("PASS") ? "230 In" : line.startsWith("USER") ? "331 Password" : "502 No");
  }

  async start(options: Partial<ConnectOptions> = {}): Promise<Client> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.port = (this.server.address() as AddressInfo).port;
    return await connect({ host: "127.0.0.1", port: this.port, user: "ana", password: "pw", ...options });
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}

async function until(what: () => boolean): Promise<void> {
  while (!what()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe("logins", () => {
  test("nobody at first, a wrong password, then the right one", async () => {
    await using client = await enter({ user: "" });
    const refused = await assertRejects(() => client.pwd());
    assert(refused instanceof FtpError && refused.code === 530, `${refused}`);
    const wrong = await assertRejects(() => client.login({ user: "ana", password: "no" }));
    assert(wrong instanceof FtpError && wrong.code === 530, `${wrong}`);
    await client.login({ user: "ana", password: "pw" });
    assertEquals(await client.pwd(), "/");
    assert((await client.stat("/")).type === "directory");
  });

  test("out, and in as another", async () => {
    const heard: string[] = [];
    await using client = await enter({ trace: (line) => void heard.push(line) });
    await client.logout();
    const refused = await assertRejects(() => client.pwd());
    assert(refused instanceof FtpError && refused.code === 530, `${refused}`);
    await client.login({ user: "bob", password: "pw2" });
    await client.put("of-bob", "text");
    assertEquals(await client.getText("of-bob"), "text");
    assertEquals(heard.filter((line) => / > (USER|REIN|PASS)/.test(line)).map((line) => line.replace(/^\d+ > /, "")), [
      "USER ana",
      "PASS ****",
      "REIN",
      "USER bob",
      "PASS ****",
    ]);
  });

  test("a server that knows no REIN", async () => {
    const scripted = new Scripted(() => undefined);
    const client = await scripted.start();
    const error = await assertRejects(() => client.logout());
    assert(error instanceof FtpError && error.code === 502 && error.command === "REIN", `${error}`);
    client.close();
    await scripted.close();
  });

  test("the virtual host is named before the login", async () => {
    for (const [virtualHost, name] of [[true, "127.0.0.1"], ["b\xfccher.example", "xn--bcher-kva.example"]] as const) {
      const scripted = new Scripted((line) => line.startsWith("HOST") ? "220 There you are" : undefined);
      const client = await scripted.start({ virtualHost });
      assertEquals(scripted.lines.slice(0, 2), [`HOST ${name}`, "USER ana"]);
      client.close();
      await scripted.close();
    }
  });
});

describe("the end of a connection", () => {
  test("the server leaves, and says why", async () => {
    const reasons: (ConnectionError | null)[] = [];
    const scripted = new Scripted(() => undefined);
    const client = await scripted.start({ onClose: (reason) => void reasons.push(reason) });
    scripted.sockets[0].end("421 Enough for today\r\n");
    await until(() => reasons.length > 0);
    assertEquals([reasons.length, reasons[0]?.reason, client.connected], [1, "closed", false]);
    assert(reasons[0]?.message.includes("421 Enough for today"), reasons[0]?.message);
    await client.connect();
    scripted.sockets[1].resetAndDestroy();
    await until(() => reasons.length > 1);
    assert(reasons[1] instanceof ConnectionError, `${reasons[1]}`);
    await scripted.close();
  });

  test("we give up, for want of an answer", async () => {
    const reasons: (ConnectionError | null)[] = [];
    const scripted = new Scripted((line) => line === "PWD" ? "" : undefined);
    const client = await scripted.start({ replyTimeout: 200, onClose: (reason) => void reasons.push(reason) });
    const error = await assertRejects(() => client.pwd());
    await until(() => reasons.length > 0);
    assert(error instanceof ConnectionError && reasons[0] instanceof ConnectionError, `${error}, ${reasons[0]}`);
    assertEquals([error.reason, reasons[0].reason, reasons[0].message], ["timeout", "timeout", "Timed out waiting for the reply to PWD"]);
    await scripted.close();
  });

  test("we leave", async () => {
    const reasons: (ConnectionError | null)[] = [];
    const onClose = (reason: ConnectionError | null): void => void reasons.push(reason);
    await (await enter({ onClose })).quit();
    assertEquals(reasons, [null]);
    (await enter({ onClose })).close();
    await until(() => reasons.length > 1);
    assertEquals(reasons, [null, null]);
  });

  test("a login that fails is told by connect, not by onClose", async () => {
    const reasons: unknown[] = [];
    await assertRejects(() => enter({ password: "no", onClose: (reason) => void reasons.push(reason) }));
    assertEquals(reasons, []);
  });
});

describe("NOOP", () => {
  test("when nothing happens, until the connection is gone", async () => {
    const scripted = new Scripted((line) => line === "NOOP" ? "200 Fine" : undefined);
    const client = await scripted.start({ noop: 10 });
    await until(() => scripted.lines.filter((line) => line === "NOOP").length > 2);
    client.close();
    await until(() => !client.connected);
    const count = scripted.lines.length;
    await new Promise((resolve) => setTimeout(resolve, 60));
    assertEquals(scripted.lines.length, count);
    await scripted.close();
  });

  test("never within an operation", async () => {
    const scripted = new Scripted((line) => line === "NOOP" ? "200 Fine" : line === "PWD" ? "" : undefined);
    const client = await scripted.start({ noop: 10 });
    const pwd = client.pwd();
    await until(() => scripted.lines.includes("PWD"));
    const before = scripted.lines.length;
    await new Promise((resolve) => setTimeout(resolve, 60));
    assertEquals(scripted.lines.length, before);
    scripted.sockets[0].write('257 "/a"\r\n');
    assertEquals(await pwd, "/a");
    await until(() => scripted.lines.length > before);
    client.close();
    await scripted.close();
  });

  test("not again where it was refused", async () => {
    const scripted = new Scripted(() => undefined);
    const client = await scripted.start({ noop: 5 });
    await until(() => scripted.lines.includes("NOOP"));
    await new Promise((resolve) => setTimeout(resolve, 60));
    assertEquals(scripted.lines.filter((line) => line === "NOOP").length, 1);
    assertEquals((await client.send("SITE X")).code, 502);
    await new Promise((resolve) => setTimeout(resolve, 30));
    assertEquals(scripted.lines.filter((line) => line === "NOOP").length, 1);
    client.close();
    await scripted.close();
  });
});

describe("where a connection comes from", () => {
  test("an address, for control and data", async () => {
    const lines: string[] = [];
    await using client = await enter({ localHost: "127.0.0.1", trace: (line) => void lines.push(line) });
    await client.put("from", "text");
    assertEquals(lines.filter((line) => / opened .*, here 127\.0\.0\.1:/.test(line)).length, 2);
    const error = await assertRejects(() => enter({ localHost: "192.0.2.1" }));
    assert(error instanceof ConnectionError, `${error}`);
  });

  test("a port, a range of which some are taken, none that is free", async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const port = (taken.address() as AddressInfo).port;
    const ports: number[] = [];
    const trace = (line: string): void => {
      const [, text] = /^1 opened .*, here 127\.0\.0\.1:(\d+)$/.exec(line) ?? [];
      if (text !== undefined) ports.push(Number(text));
    };
    try {
      const error = await assertRejects(() => enter({ localHost: "127.0.0.1", localPort: port }));
      assert(error instanceof ConnectionError && error.reason === "address in use", `${error}`);
      const first = Math.min(port, 65500);
      const client = await enter({
        localHost: "127.0.0.1",
        localPort: [first, first + 30],
        trace: (line) => trace(line.replace(/^\d+/, "1")),
      });
      assert(ports[0] >= first && ports[0] <= first + 30 && ports[0] !== port, `${ports}`);
      await client.quit();
    } finally {
      taken.close();
    }
    for (const localPort of [-1, 70000, 1.5, [5, 4], [0, 9]]) {
      const error = await assertRejects(() => enter({ localPort: localPort as number }));
      assert(error instanceof RangeError, `${error}`);
    }
  });

  test("with and without Nagle's algorithm", async () => {
    for (const noDelay of [true, false]) {
      await using client = await enter({ noDelay });
      assertEquals(await client.pwd(), "/");
    }
  });

  test("a name beyond ASCII is encoded", async () => {
    const error = await assertRejects(() => enter({ host: "b\xfccher.invalid", trace: () => {} }));
    assert(error instanceof ConnectionError, `${error}`);
    const lines: string[] = [];
    await assertRejects(() => enter({ host: "b\xfccher.invalid", trace: (line) => void lines.push(line) }));
    assert(lines[0].includes("xn--bcher-kva.invalid"), lines[0]);
  });
});

describe("what a server has", () => {
  test("features, asked for once for each connection", async () => {
    const lines: string[] = [];
    await using client = await enter({ trace: (line) => void lines.push(line) });
    const features = await client.features();
    assert(features.includes("REST STREAM") && features.includes("SIZE"), features.join());
    const before = lines.length;
    assertEquals(await client.features(), features);
    assertEquals(lines.length, before);
    await client.quit();
    await client.connect();
    assertEquals(await client.features(), features);
  });

  test("none where FEAT is not known", async () => {
    const scripted = new Scripted(() => undefined);
    const client = await scripted.start();
    assertEquals(await client.features(), []);
    client.close();
    await scripted.close();
  });
});
