import { connect as dial } from "node:net";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { connect, FtpError } from "../../adapters/node/mod.ts";
import type { Client } from "../../adapters/node/mod.ts";
import { assert, assertEquals, assertRejects } from "../assert.ts";
import { compile, Folder, needs, picoftp as run, Served, tidy, WAYS } from "./tool.ts";
import type { Result } from "./tool.ts";

function session(served: Served, user: string, password: string): Promise<Client> {
  return connect({ host: "127.0.0.1", port: served.port, user, password });
}

for (const way of WAYS) {
  describe(`picoftp serve on ${way}`, needs(way), () => {
    const picoftp = (args: string[]): Promise<Result> => run(args, { way });
    const start = (args: string[], env: Record<string, string> = {}, lines = 2): Promise<Served> => Served.start(args, env, lines, way);
    before(() => compile(way));
    after(() => tidy(way));

    test("says where it listens in its first line, serves, and ends in order at SIGTERM and SIGINT", async () => {
      for (const signal of ["SIGTERM", "SIGINT"] as const) {
        using folder = new Folder();
        writeFileSync(folder.at("a.txt"), "hello");
        const served = await start([folder.path, "--port", "0", "--user", "ana", "--password", "pw"]);
        assert(/^listening on ftp:\/\/127\.0\.0\.1:\d+\/$/.test(served.lines[0]), served.lines[0]);
        const client = await session(served, "ana", "pw");
        assertEquals(await client.getText("a.txt"), "hello");
        const result = await served.stop(signal);
        assertEquals(result.code, 0);
        assert(!result.out.includes("pw"), "a password that was given is not printed");
        client.close();
      }
    });

    test("makes a password up where none is given, and prints it behind the first line", async () => {
      using folder = new Folder();
      const served = await start([folder.path, "--port", "0"]);
      const [, user, password] = /^user (\S+), password (\S+)$/.exec(served.lines[1]) ?? [];
      assertEquals(user, "picoftp");
      assert(password.length >= 12);
      await (await session(served, user, password)).quit();
      await served.stop();
      const again = await start([folder.path, "--port", "0"]);
      assert(again.lines[1] !== served.lines[1], "another one each time");
      await again.stop();
    });

    test("takes the password from the environment", async () => {
      using folder = new Folder();
      const served = await start([folder.path, "--port", "0", "--user", "ana"], { PICOFTP_PASSWORD: "secret" });
      await (await session(served, "ana", "secret")).quit();
      assert(!(await served.stop()).out.includes("secret"));
    });

    test("--anonymous lets in without a user, for reading only", async () => {
      using folder = new Folder();
      writeFileSync(folder.at("a.txt"), "hello");
      const served = await start([folder.path, "--port", "0", "--anonymous"]);
      const client = await session(served, "anonymous", "whatever");
      assertEquals(await client.getText("a.txt"), "hello");
      const error = await assertRejects(() => client.put("b.txt", "x")) as FtpError;
      assertEquals(error.code, 550);
      await client.quit();
      await served.stop();
    });

    test("--read-only has no commands that change anything", async () => {
      using folder = new Folder();
      const served = await start([folder.path, "--port", "0", "--user", "ana", "--password", "pw", "--read-only"]);
      const client = await session(served, "ana", "pw");
      const error = await assertRejects(() => client.put("b.txt", "x")) as FtpError;
      assert(error.code === 500 || error.code === 502, String(error.code));
      await client.quit();
      await served.stop();
    });

    test("--passive-ports and --masquerade show in a 227", async () => {
      using folder = new Folder();
      const args = ["--port", "0", "--user", "ana", "--password", "pw", "--passive-ports", "47100-47120", "--masquerade", "10.1.2.3"];
      const served = await start([folder.path, ...args]);
      const client = await session(served, "ana", "pw");
      const [, host, high, low] = /\((\d+,\d+,\d+,\d+),(\d+),(\d+)\)/.exec((await client.send("PASV")).text) ?? [];
      assertEquals(host, "10,1,2,3");
      const port = Number(high) * 256 + Number(low);
      assert(port >= 47100 && port <= 47120, String(port));
      await client.quit();
      await served.stop();
    });

    test("--masquerade takes a name", async () => {
      using folder = new Folder();
      const served = await start([folder.path, "--port", "0", "--user", "a", "--password", "b", "--masquerade", "localhost"]);
      const client = await session(served, "a", "b");
      assert((await client.send("PASV")).text.includes("(127,0,0,1,"));
      await client.quit();
      await served.stop();
    });

    test("--json prints one object", async () => {
      using folder = new Folder();
      const served = await start([folder.path, "--port", "0", "--json"], {}, 1);
      const told = JSON.parse(served.lines[0]);
      assertEquals(told.url, `ftp://127.0.0.1:${told.port}/`);
      await (await connect({ host: told.host, port: told.port, user: told.user, password: told.password })).quit();
      await served.stop();
    });

    test("--verbose shows commands, but no password", async () => {
      using folder = new Folder();
      const served = await start([folder.path, "--port", "0", "--user", "ana", "--password", "hidden-word", "--verbose"]);
      await (await session(served, "ana", "hidden-word")).quit();
      const { err } = await served.stop();
      assert(err.includes("USER ana") && err.includes("PASS"), err);
      assert(!err.includes("hidden-word"));
    });

    test("a transfer has its time to end after the first signal", async () => {
      using folder = new Folder();
      const content = new Uint8Array(20000000).fill(65);
      writeFileSync(folder.at("big"), content);
      const served = await start([folder.path, "--port", "0", "--user", "ana", "--password", "pw"]);
      const client = await session(served, "ana", "pw");
      const stream = await client.get("big");
      served.child.kill("SIGTERM");
      let bytes = 0;
      for await (const chunk of stream) bytes += chunk.length;
      assertEquals(bytes, content.length);
      assertEquals((await served.output).code, 0);
      client.close();
    });

    test("kill -9 in the middle of an upload leaves the old file", async () => {
      using folder = new Folder();
      writeFileSync(folder.at("a.txt"), "old");
      const served = await start([folder.path, "--port", "0", "--user", "ana", "--password", "pw"]);
      const client = await session(served, "ana", "pw");
      async function* slow(): AsyncGenerator<string> {
        yield "new".repeat(10000);
        await new Promise((resolve) => setTimeout(resolve, 300));
        served.child.kill("SIGKILL");
        yield "new".repeat(10000);
      }
      await assertRejects(() => client.put("a.txt", slow()));
      await served.output;
      assertEquals(readFileSync(folder.at("a.txt"), "utf8"), "old");
      client.close();
    });

    test("what cannot be served", async () => {
      using folder = new Folder();
      mkdirSync(folder.at("x"));
      assertEquals((await picoftp(["serve", folder.at("missing")])).code, 4);
      assertEquals((await picoftp(["serve", folder.path, "--port", "70000"])).code, 2);
      assertEquals((await picoftp(["serve", folder.path, "--passive-ports", "9-1"])).code, 2);
      assertEquals((await picoftp(["serve", folder.path, "--password", ""])).code, 2);
      assertEquals((await picoftp(["serve", folder.path, "more"])).code, 2);
      const served = await start([folder.path, "--port", "0"]);
      const second = await picoftp(["serve", folder.path, "--port", String(served.port)]);
      assertEquals(second.code, 3);
      assert(second.err.includes("taken"), second.err);
      await served.stop();
    });

    test("an idle connection does not hold it up", async () => {
      using folder = new Folder();
      const served = await start([folder.path, "--port", "0"]);
      const socket = dial(served.port, "127.0.0.1");
      await new Promise((resolve) => socket.once("data", resolve));
      const began = performance.now();
      assertEquals((await served.stop()).code, 0);
      assert(performance.now() - began < 4000);
      socket.destroy();
    });
  });
}
