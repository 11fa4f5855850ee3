// The client through proxies that really carry its bytes, and what it says where they do not.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { ConnectionError, FtpError, parseProxy } from "../../api/mod.ts";
import type { ConnectOptions, ProxyOptions, ProxyType, Server } from "../../api/mod.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "../assert.ts";
import { connect, serve } from "../runtime.ts";
import { ftpProxy, httpConnect, socks4, socks5 } from "../proxies.ts";
import type { TestProxy } from "../proxies.ts";

const root = mkdtempSync(path.join(tmpdir(), "picoftp-proxy-"));
const WHO = { user: "fu", password: "f:p\xe4" };
let server: Server;
let lines: string[] = [];

before(async () => {
  server = await serve({ root, port: 0, users: { ana: { password: "pw" } }, delay: 1 });
});

after(async () => {
  await server.close();
  rmSync(root, { recursive: true, force: true });
});

function options(proxy: ConnectOptions["proxy"], more: Partial<ConnectOptions> = {}): ConnectOptions {
  lines = [];
  return { host: server.host, port: server.port, user: "ana", password: "pw", proxy, trace: (line) => lines.push(line), ...more };
}

/** Up, down and a listing through a proxy; what was carried is compared. */
async function works(proxy: TestProxy, target: ConnectOptions): Promise<void> {
  const bytes = new Uint8Array(300000).map((_none, i) => i * 7 + (i >> 8));
  await using client = await connect(target);
  assertEquals(await client.put("file", bytes), bytes.length);
  assertEquals(Buffer.compare(Buffer.from(await client.getBytes("file")), Buffer.from(bytes)), 0);
  assert((await client.names()).includes("file"));
  assert(proxy.asked.includes(`${server.host}:${server.port}`), proxy.asked.join());
  for (const line of lines) assert(!line.includes("pw") && !line.includes(WHO.password), line);
  assert(lines.some((line) => / > (TYPE|RETR file)/.test(line)), lines.join("\n"));
}

describe("proxies that carry every connection", () => {
  const kinds: [string, ProxyType, () => Promise<TestProxy>, Partial<ProxyOptions>][] = [
    ["SOCKS 5", "socks5", () => socks5(), {}],
    ["SOCKS 5 with a login", "socks5", () => socks5(WHO), WHO],
    ["SOCKS 5 where nobody wants the login", "socks5", () => socks5(), WHO],
    ["SOCKS 4", "socks4", () => socks4(), {}],
    ["HTTP", "http", () => httpConnect(), {}],
    ["HTTP with a login", "http", () => httpConnect(WHO), WHO],
  ];
  for (const [name, type, start, who] of kinds) {
    test(name, async () => {
      const proxy = await start();
      try {
        await works(proxy, options({ type, host: proxy.host, port: proxy.port, ...who }));
        // The control connection, and one for each transfer.
        assertEquals(proxy.asked.length, 4);
      } finally {
        await proxy.close();
      }
    });
  }

  test("a name is looked up by the proxy, and EPSV's port is on the same host", async () => {
    for (const [scheme, start] of [["socks5h", socks5], ["socks4a", socks4], ["http", httpConnect]] as const) {
      const proxy = await start();
      try {
        await using client = await connect(options(`${scheme}://127.0.0.1:${proxy.port}`, { host: "localhost" }));
        await client.put("file", "text");
        assertEquals(proxy.asked.map((target) => target.split(":")[0]), ["localhost", "localhost"]);
      } finally {
        await proxy.close();
      }
    }
  });

  test("a wrong password, a refusal, a host that does not answer, no proxy at all", async () => {
    const wants = await socks5(WHO);
    const forbids = await socks5();
    forbids.refuse = 2;
    const wantsHttp = await httpConnect(WHO);
    const plain = await socks5();
    const cases: [ConnectOptions, string, string][] = [
      [options(`socks5://127.0.0.1:${wants.port}`), "proxy", "it wants a login"],
      [options(`socks5://fu:wrong@127.0.0.1:${wants.port}`), "proxy", "wrong name or password"],
      [options(`socks5://127.0.0.1:${forbids.port}`), "proxy", "not allowed by its rules"],
      [options(`http://127.0.0.1:${wantsHttp.port}`), "proxy", "407 Who are you?"],
      [options(`http://127.0.0.1:${server.port}`), "protocol", "it does not speak HTTP"],
      [options(`socks5://127.0.0.1:${plain.port}`, { port: 1 }), "refused", "connection refused"],
    ];
    try {
      for (const [target, reason, words] of cases) {
        const error = await assertRejects(() => connect(target));
        assert(error instanceof ConnectionError, `${error}`);
        assertEquals([error.reason, error.message], [reason, `The proxy refused to connect: ${words}`]);
      }
      await plain.close();
      const error = await assertRejects(() => connect(options(`socks5://127.0.0.1:${plain.port}`)));
      assert(error instanceof ConnectionError && error.reason === "refused", `${error}`);
    } finally {
      for (const proxy of [wants, forbids, wantsHttp, plain]) await proxy.close();
    }
  });

  test("a data connection that the proxy refuses is no end of the session", async () => {
    const proxy = await socks5();
    try {
      await using client = await connect(options({ type: "socks5", host: proxy.host, port: proxy.port }));
      await client.put("file", "text");
      proxy.refuse = 2;
      const error = await assertRejects(() => client.getText("file"));
      assert(error instanceof ConnectionError, `${error}`);
      assertEquals([error.reason, error.message], ["no data connection", "The proxy refused to connect: not allowed by its rules"]);
      proxy.refuse = 0;
      assertEquals(await client.getText("file"), "text");
    } finally {
      await proxy.close();
    }
  });

  test("a transfer is aborted, and the session goes on", async () => {
    const proxy = await httpConnect();
    try {
      await using client = await connect(options(`http://127.0.0.1:${proxy.port}`));
      await client.put("big", new Uint8Array(8000000));
      const stream = await client.get("big");
      for await (const chunk of stream) {
        assert(chunk.length > 0);
        break;
      }
      assertEquals(await client.pwd(), "/");
    } finally {
      await proxy.close();
    }
  });
});

describe("FTP proxies", () => {
  const kinds: [ProxyType, boolean][] = [["user", false], ["login", true], ["open", false], ["open", true], ["site", true]];
  for (const [type, login] of kinds) {
    test(`${type}${login ? ", which wants a login of its own" : ""}`, async () => {
      const proxy = await ftpProxy(login ? WHO : undefined);
      try {
        await works(proxy, options({ type, host: proxy.host, port: proxy.port, ...(login ? WHO : {}) }));
        const heard = proxy.heard.map((line) => line.split(" ")[0]);
        assertEquals(heard.slice(0, login ? 2 : 0), login ? ["USER", "PASS"] : []);
        assert(proxy.heard.at(-1)?.endsWith(`${server.host}:${server.port}`), proxy.heard.join());
      } finally {
        await proxy.close();
      }
    });
  }

  test("the proxy refuses its user, and the error says who it was", async () => {
    const proxy = await ftpProxy(WHO);
    try {
      const error = await assertRejects(() =>
        connect(options({ type: "login", host: proxy.host, port: proxy.port, user: "fu", password: "no" }))
      );
      assert(error instanceof FtpError, `${error}`);
      assertEquals([error.code, error.command, error.message], [530, "PASS", "PASS was refused by the proxy: 530 Not for you"]);
      assertEquals(proxy.heard.filter((line) => line.includes("pw")), []);
    } finally {
      await proxy.close();
    }
  });

  test("the server refuses, and the error does not blame the proxy", async () => {
    const proxy = await ftpProxy();
    try {
      const error = await assertRejects(() => connect(options(`ftp://127.0.0.1:${proxy.port}`, { password: "wrong" })));
      assert(error instanceof FtpError && error.code === 530 && !error.message.includes("proxy"), `${error}`);
    } finally {
      await proxy.close();
    }
  });

  test("other: the application talks to the proxy, then it logs in", async () => {
    const proxy = await ftpProxy();
    try {
      await using client = await connect(options(`ftp+other://127.0.0.1:${proxy.port}`));
      assertEquals(proxy.heard, []);
      assertEquals((await client.send(`OPEN ${server.host}:${server.port}`)).code, 220);
      await client.login({ user: "ana", password: "pw" });
      assertEquals(await client.pwd(), "/");
    } finally {
      await proxy.close();
    }
  });

  test("transparent: the connection is the server's, which the proxy has taken", async () => {
    const heard: string[] = [];
    const other = await serve({
      root,
      port: 0,
      login: ({ user, password }) => void heard.push(`${user} ${password}`) === undefined,
    });
    try {
      const target = { host: other.host, port: other.port, user: "ana", password: "pw" };
      await using client = await connect({ ...target, proxy: { type: "transparent", ...WHO } });
      assertEquals(heard, [`${WHO.user} ${WHO.password}`, "ana pw"]);
      assertEquals(await client.pwd(), "/");
    } finally {
      await other.close();
    }
  });
});

describe("options of a proxy", () => {
  test("URLs", () => {
    assertEquals(parseProxy("socks5://fu:f%3Ap@proxy:1234"), { type: "socks5", host: "proxy", port: 1234, user: "fu", password: "f:p" });
    assertEquals(parseProxy("socks://proxy"), { type: "socks5", host: "proxy" });
    assertEquals(parseProxy("http://[::1]:80"), { type: "http", host: "::1", port: 80 });
    assertEquals(parseProxy("ftp://proxy"), { type: "user", host: "proxy" });
    assertEquals(parseProxy("ftp+user@host://fu@proxy"), { type: "user@host", host: "proxy", user: "fu" });
    assert(assertThrows(() => parseProxy("proxy:1080")) instanceof TypeError);
  });

  test("what makes no sense is refused before anything is dialled", async () => {
    const wrong: [ConnectOptions["proxy"], Partial<ConnectOptions>][] = [
      ["ssh://proxy", {}],
      [{ type: "socks5" }, {}],
      [{ type: "socks5", host: "a b" }, {}],
      [{ type: "socks5", host: "proxy", port: 65536 }, {}],
      [{ type: "socks5", host: "proxy" }, { mode: "active" }],
      [{ type: "login", host: "proxy", user: "fu\r\nDELE x" }, {}],
      [{ type: "user", host: "proxy" }, { user: "" }],
    ];
    for (const [proxy, more] of wrong) {
      const error = await assertRejects(() => connect(options(proxy, more)));
      assert(error instanceof TypeError || error instanceof RangeError, `${JSON.stringify(proxy)}: ${error}`);
    }
  });

  test("none, and port 0", async () => {
    await using client = await connect(options({ type: "none", host: "nowhere.invalid" }));
    assertEquals(await client.pwd(), "/");
    const error = await assertRejects(() => connect(options({ type: "socks5", host: "127.0.0.1", port: 0 })));
    assert(error instanceof ConnectionError && error.reason === "refused", `${error}`);
  });

  test("active later: nobody can connect to us", async () => {
    const proxy = await socks5();
    try {
      await using client = await connect(options({ type: "socks5", host: proxy.host, port: proxy.port }));
      client.mode = "active";
      const error = await assertRejects(() => client.names());
      assert(error instanceof ConnectionError && error.reason === "unsupported", `${error}`);
      client.mode = "passive";
      await client.names();
    } finally {
      await proxy.close();
    }
  });
});
