// TLS as a script has it, on Node's sockets: both ways to it, certificates, what is required, what must not pass in clear.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { connect as dial } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, test } from "node:test";
import { connect as secure } from "node:tls";
import { ConnectionError, FtpError, parseUrl, TlsError } from "../../api/mod.ts";
import type { Client, ConnectOptions, LoginRequest, ServeOptions, Server, ServeTlsOptions, TlsVersion } from "../../api/mod.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "../assert.ts";
import { certificates, noCertificates } from "../conformance/certificates.ts";
import { connect, runtime, serve } from "../runtime.ts";
import { httpConnect, socks5 } from "../proxies.ts";
import type { Certificates } from "../conformance/certificates.ts";

const skip = noCertificates();
const made = certificates() as Certificates;
const home = mkdtempSync(path.join(tmpdir(), "picoftp-tls-"));
after(() => rmSync(home, { recursive: true, force: true }));

async function start(tls: ServeTlsOptions, options: ServeOptions = {}): Promise<{ server: Server; heard: string[] }> {
  const heard: string[] = [];
  const server = await serve({
    root: home,
    port: 0,
    delay: 1,
    users: { ana: { password: "secret" } },
    trace: (line) => heard.push(line),
    tls: { ...made.server, ...tls },
    ...options,
  });
  return { server, heard };
}

function enter(server: Server, options: Partial<ConnectOptions> = {}): Promise<Client> {
  const login = { host: "localhost", family: 4 as const, port: server.port, user: "ana", password: "secret" };
  return connect({ ...login, tls: "explicit", ca: made.ca, ...options });
}

async function failed(run: () => Promise<unknown>): Promise<ConnectionError> {
  const error = await assertRejects(run);
  assert(error instanceof ConnectionError, `${error}`);
  return error;
}

// Deno keeps sessions by the server's name: those of one version spoil the other's in the same process. The matrix has both.
const VERSIONS: TlsVersion[] = runtime === "deno" ? ["TLSv1.2"] : ["TLSv1.2", "TLSv1.3"];

describe("sessions", { skip }, () => {
  for (const tls of ["explicit", "implicit"] as const) {
    for (const version of VERSIONS) {
      for (const mode of ["passive", "active"] as const) {
        test(`${tls}, ${version}, ${mode}: everything is secure, and data connections resume the session`, async () => {
          const only = { minVersion: version, maxVersion: version };
          const { server, heard } = await start({ required: "data", requireReuse: true, implicit: tls === "implicit", ...only });
          await using _closed = server;
          const client = await enter(server, { tls, mode });
          const text = "x".repeat(300000);
          for (const name of ["one", "two", "empty", "four"]) {
            const content = name === "empty" ? "" : name + text;
            assertEquals(await client.put(name, content), content.length);
            assertEquals(await client.getText(name), content);
          }
          assertEquals((await client.names()).sort(), ["empty", "four", "one", "two"]);
          const info = client.tlsInfo();
          assertEquals([info?.control.protocol, info?.data?.protocol], [version, version]);
          assertEquals([info?.control.reused, info?.data?.reused], [false, true]);
          assertEquals(info?.control.certificate?.fingerprint, made.server.fingerprint);
          assertEquals(info?.control.certificate?.subject, "localhost");
          assertEquals(info?.control.certificate?.verified, true);
          // Which the resumed session did not bring.
          assertEquals(info?.data?.certificate, info?.control.certificate);
          assertEquals(heard.filter((line) => /(USER|PASS)/.test(line)).length, 2);
          await client.quit();
        });
      }
    }
  }

  test("data connections in clear on request, where the server allows it", async () => {
    const { server } = await start({ required: "login" });
    await using _closed = server;
    await using client = await enter(server, { protect: "control" });
    await client.put("clear", "text");
    assertEquals(await client.getText("clear"), "text");
    assertEquals([client.tlsInfo()?.data, client.tlsInfo()?.control.protocol], [null, runtime === "deno" ? "TLSv1.2" : "TLSv1.3"]);
    const { server: strict } = await start({ required: "data" });
    await using _gone = strict;
    const error = await assertRejects(() => enter(strict, { protect: "control" }));
    assert(error instanceof FtpError, `${error}`);
    assertEquals([error.code, error.command], [534, "PROT C"]);
  });

  test("clear text where TLS is only offered, and not where it is required", async () => {
    const { server } = await start({});
    await using _closed = server;
    await using client = await enter(server, { tls: false, ca: undefined });
    assertEquals(client.tlsInfo(), null);
    const { server: strict } = await start({ required: "login" });
    await using _gone = strict;
    const error = await assertRejects(() => enter(strict, { tls: false, ca: undefined }));
    assert(error instanceof FtpError, `${error}`);
    assertEquals([error.code, error.command], [530, "USER ana"]);
  });

  test("the scheme of the URL tells", async () => {
    const { server } = await start({ implicit: true });
    await using _closed = server;
    assertEquals(server.url, `ftps://127.0.0.1:${server.port}/`);
    const { server: required } = await start({ required: "login" });
    await using _gone = required;
    assertEquals(required.url, `ftpes://127.0.0.1:${required.port}/`);
    assertEquals(parseUrl("ftps://ana@[::1]/x"), { host: "::1", user: "ana", tls: "implicit" });
    assertEquals(parseUrl("ftps://b\u00fccher.example:21"), { host: "xn--bcher-kva.example", port: 21, tls: "implicit" });
    assertEquals(parseUrl("FTPES://h:2121/"), { host: "h", port: 2121, tls: "explicit" });
    assertEquals(parseUrl("ftp://h"), { host: "h" });
    // Port 990 means TLS, too.
    const error = await failed(() => connect({ host: "127.0.0.1", port: 990, family: 4 }));
    assert(["refused", "tls"].includes(error.reason), error.reason);
  });

  test("CCC is an error at once: none of the runtimes gives back what is below TLS", async () => {
    assertEquals((await failed(() => start({ ccc: true }))).reason, "unsupported");
    const { server } = await start({});
    await using _closed = server;
    assertEquals((await failed(() => enter(server, { ccc: true }))).reason, "unsupported");
  });
});

describe("certificates", { skip }, () => {
  const wrong: [string, Partial<ConnectOptions>, string][] = [
    ["of no known authority", { ca: undefined }, "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
    ["for another name", { servername: "ftp.example" }, "ERR_TLS_CERT_ALTNAME_INVALID"],
    ["with another fingerprint", { pin: "00".repeat(32) }, "PIN"],
  ];
  for (const tls of ["explicit", "implicit"] as const) {
    for (const [what, options, code] of wrong) {
      test(`${tls}: one ${what} is an error that says so, and no user is named`, async () => {
        const { server, heard } = await start({ implicit: tls === "implicit" });
        await using _closed = server;
        const error = await failed(() => enter(server, { tls, ...options }));
        assertEquals(error.reason, "tls");
        assert(error.message.startsWith("Cannot secure the connection: "), error.message);
        assert(error.cause instanceof TlsError, `${error.cause}`);
        assertEquals(error.cause.code, code);
        assertEquals(heard.filter((line) => /USER|PASS/.test(line)), []);
      });
    }
  }

  test("a pinned one needs no authority, an unchecked one nothing", async () => {
    const { server } = await start(made.self);
    await using _closed = server;
    const pin = made.self.fingerprint.replaceAll(":", "").toLowerCase();
    for (const options of [{ pin }, { rejectUnauthorized: false }, { pin, host: "127.0.0.1" }]) {
      await using client = await enter(server, { ca: undefined, ...options });
      await client.put("pinned", "text");
      assertEquals([client.tlsInfo()?.control.certificate?.verified, client.tlsInfo()?.data?.reused], [false, true]);
    }
    // Both: the pin alone is not enough where the authority is asked for.
    assertEquals((await failed(() => enter(server, { ca: undefined, pin, rejectUnauthorized: true }))).reason, "tls");
  });

  test("of a client: asked for, required, and in the place of a password", async () => {
    const asked: LoginRequest[] = [];
    const certified = (request: LoginRequest): boolean => {
      asked.push(request);
      return request.tls?.certificate?.subject === "ana";
    };
    const { server } = await start({ clientCertificate: "request", ca: made.ca, certified });
    await using _closed = server;
    const { cert, key } = made.client;
    await using client = await enter(server, { cert, key, password: "wrong" });
    assertEquals([asked.length, asked[0].user, asked[0].tls?.certificate?.verified], [1, "ana", true]);
    await client.put("certified", "text");
    const error = await assertRejects(() => enter(server, { password: "wrong" }));
    assert(error instanceof FtpError && error.code === 530, `${error}`);
    assertEquals(asked.length, 1);

    const users = { ana: { password: "secret", certificates: [made.client.fingerprint] }, bob: { password: "b" } };
    const { server: table } = await start({ clientCertificate: "request", ca: made.ca }, { users });
    await using _gone = table;
    await (await enter(table, { cert, key, password: "wrong" })).quit();
    assert(await assertRejects(() => enter(table, { cert, key, user: "bob", password: "wrong" })) instanceof FtpError);

    const { server: strict } = await start({ clientCertificate: "require", ca: made.ca });
    await using _over = strict;
    const refused = await assertRejects(() => enter(strict));
    assert(refused instanceof ConnectionError, `${refused}`);
    await using known = await enter(strict, { cert, key });
    await known.put("required", "text");
    assertEquals(await known.getText("required"), "text");
  });

  test("another one without a restart", async () => {
    const { server } = await start({});
    await using _closed = server;
    await using before = await enter(server);
    server.reloadCertificate(made.other);
    assertThrows(() => server.reloadCertificate({ cert: made.server.cert, key: made.other.key }));
    assertThrows(() => server.reloadCertificate({}));
    await using later = await enter(server, { servername: "ftp.example" });
    assertEquals(later.tlsInfo()?.control.certificate?.fingerprint, made.other.fingerprint);
    await later.put("later", "text");
    await before.put("before", "text");
    assertEquals([await later.getText("before"), await before.getText("later")], ["text", "text"]);
  });

  for (const [name, order] of [["the key first", ["key", "cert"]], ["the certificate first", ["cert", "key"]]] as const) {
    test(`key and certificate in one file, ${name}`, async () => {
      const both = order.map((part) => String(made.server[part])).join("\n");
      const { server } = await start({ cert: both, key: both });
      await using _closed = server;
      await using client = await enter(server);
      await client.put("one", "text");
      assertEquals(await client.getText("one"), "text");
      const others = order.map((part) => String((part === "key" ? made.other : made.server)[part])).join("\n");
      assert(await assertRejects(() => start({ cert: others, key: others })) instanceof TypeError);
    });
  }

  test("by name (SNI), which the login hears of", async () => {
    const asked: string[] = [];
    const login = (request: LoginRequest): boolean => asked.push(request.tls?.servername ?? "") > 0;
    if (runtime === "bun") {
      const error = await failed(() => start({ names: { "FTP.example": made.other } }));
      return assertEquals(error.reason, "unsupported");
    }
    const { server } = await start({ names: { "FTP.example": made.other } }, { users: {}, login });
    await using _closed = server;
    await using one = await enter(server);
    await using other = await enter(server, { servername: "ftp.example" });
    assertEquals(one.tlsInfo()?.control.certificate?.subject, "localhost");
    assertEquals(other.tlsInfo()?.control.certificate?.subject, "ftp.example");
    assertEquals(asked, ["localhost", "ftp.example"]);
  });
});

describe("options that make no sense", { skip }, () => {
  const serving: [string, ServeTlsOptions][] = [
    ["no certificate", { cert: undefined }],
    ["no key", { key: undefined }],
    ["another's key", { key: made?.other.key }],
    ["no PEM", { cert: "nonsense" }],
    ["TLS required for nothing", { required: "all" as "data" }],
    ["an unknown version", { minVersion: "SSLv3" as "TLSv1.2" }],
    ["an old version", { minVersion: "TLSv1" }],
  ];
  for (const [name, options] of serving) {
    test(`a server with ${name}`, async () => assert(await assertRejects(() => start(options)) instanceof TypeError));
  }
  const connecting: [string, Partial<ConnectOptions>][] = [
    ["a pin without TLS", { tls: false, pin: "00".repeat(32) }],
    ["a pin that is none", { pin: "abc" }],
    ["an unknown kind of TLS", { tls: "always" as "explicit" }],
    ["an unknown protection", { protect: "none" as "all" }],
  ];
  for (const [name, options] of connecting) {
    test(`a client with ${name}`, async () => {
      assert(await assertRejects(() => connect({ host: "localhost", port: 1, tls: "explicit", ...options })) instanceof TypeError);
    });
  }
});

/** A server that says what it is told to: `answers` by verb, and what it heard. */
async function scripted(answers: Record<string, string>): Promise<{ port: number; heard: string[]; close(): void }> {
  const heard: string[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    socket.write("220 Hello\r\n");
    socket.on("data", (packet) => {
      heard.push(packet.toString("latin1"));
      const line = packet.toString("latin1").trim();
      const answer = answers[line] ?? answers[line.split(" ")[0]];
      if (answer !== undefined) socket.write(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = (): void => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { port: (server.address() as AddressInfo).port, heard, close };
}

describe("nobody on the way", { skip }, () => {
  test("strips AUTH and gets a password, unless the client is opportunistic", async () => {
    const answers = { AUTH: "500 What\r\n", USER: "331 And\r\n", PASS: "230 In\r\n", FEAT: "502 No\r\n", QUIT: "221 Bye\r\n" };
    const server = await scripted(answers);
    const options = { host: "127.0.0.1", port: server.port, user: "ana", password: "secret" };
    const error = await assertRejects(() => connect({ ...options, tls: "explicit" }));
    assert(error instanceof FtpError, `${error}`);
    assertEquals([error.code, error.command], [500, "AUTH SSL"]);
    assertEquals(server.heard, ["AUTH TLS\r\n", "AUTH SSL\r\n"]);
    const client = await connect({ ...options, tls: "opportunistic" });
    assertEquals([client.tlsInfo(), server.heard[4]], [null, "USER ana\r\n"]);
    client.close();
    server.close();
  });

  test("puts a reply behind 234", async () => {
    const server = await scripted({ AUTH: "234 Go\r\n230 You are in already\r\n" });
    const error = await failed(() => connect({ host: "127.0.0.1", port: server.port, user: "ana", password: "secret", tls: "explicit" }));
    assertEquals([error.reason, server.heard], ["tls", ["AUTH TLS\r\n"]]);
    server.close();
  });

  test("puts a command behind AUTH", async () => {
    const { server } = await start({});
    await using _closed = server;
    writeFileSync(path.join(home, "victim"), "text");
    const socket = dial(server.port, server.host);
    let received = "";
    await new Promise((resolve) => socket.once("data", resolve));
    socket.write("AUTH TLS\r\nUSER ana\r\nPASS secret\r\nDELE victim\r\n");
    const [answer] = await new Promise<Uint8Array[]>((resolve) => socket.once("data", (packet) => resolve([packet])));
    assertEquals(Buffer.from(answer).toString(), "234 Begin the handshake\r\n");
    const inside = secure({ socket, rejectUnauthorized: false });
    inside.on("data", (packet) => received += packet.toString());
    await new Promise((resolve) => inside.once("secureConnect", resolve));
    inside.write("NOOP\r\nPWD\r\nQUIT\r\n");
    await new Promise((resolve) => inside.once("close", resolve));
    assertEquals(received, "200 Done nothing\r\n530 Log in with USER and PASS\r\n221 Goodbye\r\n");
    await using client = await enter(server);
    assertEquals(await client.getText("victim"), "text");
  });

  test("says 234 and nothing more", async () => {
    const server = await scripted({ AUTH: "234 Go\r\n" });
    const options = { host: "127.0.0.1", port: server.port, tls: "explicit", handshakeTimeout: 100 } as const;
    const error = await failed(() => connect(options));
    assertEquals([error.reason, error.message], ["tls", "Cannot secure the connection: the handshake took too long"]);
    server.close();
  });
});

describe("through proxies", { skip }, () => {
  for (const tls of ["explicit", "implicit"] as const) {
    for (const [type, begin] of [["socks5", socks5], ["http", httpConnect]] as const) {
      test(`${tls} through ${type}: secure from us to the server, which resumes sessions`, async () => {
        const { server } = await start({ required: "data", requireReuse: true, implicit: tls === "implicit" });
        await using _closed = server;
        const proxy = await begin();
        const client = await enter(server, { tls, family: undefined, proxy: { type, host: proxy.host, port: proxy.port } });
        try {
          const text = "x".repeat(300000);
          await client.put("proxied", text, { verify: true });
          assertEquals(await client.getText("proxied"), text);
          assertEquals((await client.names()).includes("proxied"), true);
          assertEquals([client.verified, client.tlsInfo()?.data?.reused], ["SHA-256", true]);
          assertEquals(proxy.asked.every((target) => target.startsWith("localhost:")), true);
        } finally {
          await client.quit();
          await proxy.close();
        }
      });
    }

    test(`${tls} to an FTP proxy: the certificate is the proxy's`, async () => {
      const asked: string[] = [];
      const { server } = await start({ implicit: tls === "implicit" }, {
        users: {},
        login: ({ user }) => asked.push(user) > 0,
      });
      await using _closed = server;
      const proxy = { type: "user" as const, host: "localhost", port: server.port };
      const client = await enter(server, { host: "far.example", port: undefined, tls, proxy });
      assertEquals([asked, client.tlsInfo()?.control.certificate?.verified], [["ana@far.example"], true]);
      await client.quit();
    });
  }
});
