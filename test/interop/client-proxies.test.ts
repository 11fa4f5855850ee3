// Our client through real proxies, to our own server: microsocks (SOCKS 5) and tinyproxy (HTTP).

import { writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { connect, ConnectionError, type ConnectOptions, type ProxyOptions, serve, type Server } from "../../adapters/node/mod.ts";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import { present } from "../peers/peers.ts";
import { findServer, freePort, Program, removeFolder, temporaryFolder } from "../peers/process.ts";
import { bytes } from "./tree.ts";

const HOST = "127.0.0.1";
const WHO = { user: "fu", password: "correct horse" };

/** A proxy of another project. */
interface RealProxy {
  name: string;
  type: ProxyOptions["type"];
  file: string;
  /** Its command line, for a port, with or without a login; files go into `folder`. */
  args(port: number, login: boolean, folder: string): string[];
}

const PROXIES: RealProxy[] = [
  {
    name: "microsocks",
    type: "socks5",
    file: findServer("microsocks", "usr/bin/microsocks"),
    args: (port, login) => ["-i", HOST, "-p", `${port}`, ...(login ? ["-u", WHO.user, "-P", WHO.password] : [])],
  },
  {
    name: "tinyproxy",
    type: "http",
    file: findServer("tinyproxy", "usr/bin/tinyproxy"),
    args(port, login, folder) {
      const lines = [`Port ${port}`, `Listen ${HOST}`, "Timeout 600", "MaxClients 50", `PidFile "${join(folder, "pid")}"`];
      if (login) lines.push(`BasicAuth ${WHO.user} ${WHO.password.replace(" ", "-")}`);
      writeFileSync(join(folder, "conf"), lines.join("\n") + "\n");
      return ["-d", "-c", join(folder, "conf")];
    },
  },
];

for (const { name, type, file, args } of PROXIES) {
  for (const login of [false, true]) {
    const title = `our client through ${name}${login ? " with a login" : ""}`;
    if (file === "") {
      test(title, (t) => void present(t, `${name} is not installed`));
      continue;
    }
    describe(title, () => {
      const folder = temporaryFolder(name, process.getuid?.() ?? 0);
      const content = bytes(2000000, 6);
      let program: Program;
      let server: Server;
      let options: ConnectOptions;

      before(async () => {
        const port = await freePort(HOST);
        program = new Program(file, args(port, login, folder));
        await listens(program, port);
        server = await serve({ root: folder, port: 0, users: { ana: { password: "pw" } } });
        const password = type === "http" ? WHO.password.replace(" ", "-") : WHO.password;
        const proxy: ProxyOptions = { type, host: HOST, port, ...(login ? { ...WHO, password } : {}) };
        options = { host: server.host, port: server.port, user: "ana", password: "pw", proxy };
      });

      after(async () => {
        await server.close();
        await program.stop();
        removeFolder(folder);
      });

      test("up, down, lists, compared", async () => {
        await using client = await connect(options);
        await client.put("file", content, { verify: true });
        assertEquals(client.verified, "SHA-256");
        assertEquals(Buffer.compare(await client.getBytes("file"), content), 0);
        for (let i = 0; i < 20; i++) await client.put(`file ${i}`, `${i}`);
        assertEquals((await client.names()).filter((each) => each.startsWith("file")).length, 21);
      });

      test("a name, which the proxy looks up", async () => {
        await using client = await connect({ ...options, host: "localhost" });
        assertEquals(await client.pwd(), "/");
        assert((await client.names()).length > 0);
      });

      test("nobody listens there", async () => {
        const error = await assertRejects(() => connect({ ...options, port: 1 }));
        assert(error instanceof ConnectionError && /^The proxy refused to connect: ./.test(error.message), `${error}`);
      });

      test("a wrong password", { skip: login ? false : "it wants none" }, async () => {
        const proxy = { ...options.proxy as ProxyOptions, password: "wrong" };
        const error = await assertRejects(() => connect({ ...options, proxy }));
        assert(error instanceof ConnectionError && error.reason === "proxy", `${error}`);
      });
    });
  }
}

/** Until somebody takes connections there. */
async function listens(program: Program, port: number): Promise<void> {
  while (program.status === -1) {
    const there = await new Promise<boolean>((resolve) => {
      const socket = createConnection({ host: HOST, port });
      socket.on("connect", () => resolve(true)).on("error", () => resolve(false));
      socket.unref();
      socket.on("connect", () => socket.destroy());
    });
    if (there) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`The proxy has ended: ${program.output}`);
}
