import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import path from "node:path";
import { assert, assertEquals } from "../assert.ts";
import { root as home } from "../runtime.ts";
import { find } from "../peers/process.ts";
import { socks5 } from "../proxies.ts";
import { spawn } from "node:child_process";
import { COMMANDS, compile, finish, Folder, needs, picoftp as run, Served, tidy, WAYS } from "./tool.ts";
import type { Result, Setup } from "./tool.ts";

for (const way of WAYS) {
  describe(`picoftp ls, get, put, cat, rm, mkdir, mv on ${way}`, needs(way), () => {
    const picoftp = (args: string[], setup: Setup = {}): Promise<Result> => run(args, { way, ...setup });
    const root = new Folder();
    const local = new Folder();
    let served: Served;

    before(async () => {
      compile(way);
      served = await Served.start([root.path, "--port", "0", "--user", "ana", "--password", "pw"]);
    });

    after(async () => {
      await served.stop();
      tidy(way);
      root[Symbol.dispose]();
      local[Symbol.dispose]();
    });

    test("help for each, with every option and the exit codes", async () => {
      for (const name of ["serve", "ls", "get", "put", "cat", "rm", "mkdir", "mv"]) {
        const { code, out } = await picoftp([name, "--help"]);
        assertEquals(code, 0);
        assert(out.startsWith(`Usage: picoftp ${name}`), out);
        assert(out.includes("--json") && out.includes("Exit codes:"), out);
        assertEquals((await picoftp(["help", name])).out, out);
      }
      const { code, out } = await picoftp(["--help"]);
      assertEquals(code, 0);
      assert(out.includes("mkdir"));
      assertEquals((await picoftp([])).code, 2);
      const { version } = JSON.parse(readFileSync(path.join(home, "package.json"), "utf8"));
      assertEquals((await picoftp(["--version"])).out, `${version}\n`);
    });

    test("through a proxy, compared, as text", async () => {
      const proxy = await socks5({ user: "fu", password: "fp" });
      const through = ["--proxy", `socks5://fu:fp@127.0.0.1:${proxy.port}`];
      try {
        writeFileSync(local.at("text"), "a\nb\n");
        const put = await picoftp(["put", local.at("text"), served.url("text"), "--verify", "--retries", "1", "-v", ...through]);
        assertEquals([put.code, readFileSync(root.at("text"), "latin1")], [0, "a\nb\n"]);
        assert(/ > HASH text\n[^]* < 213 SHA-256 0-4 /.test(put.err) && !put.err.includes("fp"), put.err);
        const get = await picoftp(["get", served.url("text"), local.at("back"), "-t", "-v", ...through]);
        assertEquals([get.code, readFileSync(local.at("back"), "latin1"), get.err.includes("TYPE A")], [0, "a\nb\n", true]);
        assertEquals((await picoftp(["cat", served.url("text"), ...through])).out, "a\nb\n");
        assertEquals(proxy.asked.length, 6);
        const wrong = await picoftp(["cat", served.url("text"), "--proxy", `socks5://127.0.0.1:${proxy.port}`]);
        assertEquals([wrong.code, wrong.err.includes("The proxy refused to connect: it wants a login")], [3, true]);
      } finally {
        await proxy.close();
        rmSync(root.at("text"));
      }
      for (const line of [["--proxy", "ssh://x"], ["--retries", "x"], ["-t", "-c"]]) {
        assertEquals((await picoftp(["get", served.url("text"), local.at("back"), ...line])).code, 2);
      }
      for (const line of [["-a", "--retries", "1"], ["-a", "--verify"]]) {
        assertEquals((await picoftp(["put", local.at("text"), served.url("text"), ...line])).code, 2);
      }
      rmSync(local.at("text"));
    });

    test("put, ls, get, cat", async () => {
      writeFileSync(local.at("one.txt"), "one\n");
      mkdirSync(root.at("folder"));
      const put = await picoftp(["put", local.at("one.txt"), served.url("folder/")]);
      assertEquals([put.code, put.out], [0, ""]);
      assert(/^folder\/one\.txt: 4 bytes in /.test(put.err), put.err);
      assertEquals(readFileSync(root.at("folder", "one.txt"), "utf8"), "one\n");
      assertEquals((await picoftp(["ls", served.url("")])).out, "folder/\n");
      assertEquals((await picoftp(["ls", served.url("folder")])).out, "one.txt\n");
      assert(/^file +4 \d{4}-\d\d-\d\d \d\d:\d\d one\.txt\n$/.test((await picoftp(["ls", "-l", served.url("folder")])).out));
      assertEquals((await picoftp(["cat", served.url("folder/one.txt")])).out, "one\n");
      assertEquals((await picoftp(["get", served.url("folder/one.txt")], { cwd: local.path })).code, 0);
      assertEquals((await picoftp(["get", "-q", served.url("folder/one.txt"), local.at("two.txt")])).err, "");
      assertEquals(readFileSync(local.at("two.txt"), "utf8"), "one\n");
      assertEquals((await picoftp(["get", served.url("folder/one.txt"), "-"])).out, "one\n");
    });

    test("standard input, append, resume", async () => {
      assertEquals((await picoftp(["put", "-", served.url("in.txt")], { input: "from a pipe" })).code, 0);
      assertEquals(readFileSync(root.at("in.txt"), "utf8"), "from a pipe");
      writeFileSync(local.at("more"), ", and more");
      assertEquals((await picoftp(["put", "--append", local.at("more"), served.url("in.txt")])).code, 0);
      assertEquals(readFileSync(root.at("in.txt"), "utf8"), "from a pipe, and more");
      writeFileSync(local.at("whole"), "0123456789");
      writeFileSync(root.at("part"), "01234");
      assertEquals((await picoftp(["put", "--resume", local.at("whole"), served.url("part")])).code, 0);
      assertEquals(readFileSync(root.at("part"), "utf8"), "0123456789");
      writeFileSync(local.at("part"), "01234");
      assertEquals((await picoftp(["get", "--resume", served.url("part"), local.at("part")])).code, 0);
      assertEquals(readFileSync(local.at("part"), "utf8"), "0123456789");
    });

    test("mkdir, mv, rm", async () => {
      assertEquals((await picoftp(["mkdir", served.url("d")])).code, 0);
      assertEquals((await picoftp(["mkdir", served.url("d")])).code, 1);
      assertEquals((await picoftp(["mkdir", "-p", served.url("d/e/f")])).code, 0);
      assert(existsSync(root.at("d", "e", "f")));
      writeFileSync(root.at("d", "x"), "");
      assertEquals((await picoftp(["mv", served.url("d/x"), served.url("d/e/y")])).code, 0);
      assert(existsSync(root.at("d", "e", "y")));
      assertEquals((await picoftp(["mv", served.url("d/e/y"), "d/z"])).code, 0);
      assertEquals((await picoftp(["rm", served.url("d/z")])).code, 0);
      assert(!existsSync(root.at("d", "z")));
      assertEquals((await picoftp(["rm", "-d", served.url("d")])).code, 1);
      assertEquals((await picoftp(["rm", "-r", served.url("d")])).code, 0);
      assert(!existsSync(root.at("d")));
      assertEquals((await picoftp(["mv", served.url("d"), "ftp://elsewhere.example/d"])).code, 2);
    });

    test("--json", async () => {
      mkdirSync(root.at("j"));
      writeFileSync(root.at("j", "n.txt"), "12345");
      const [entry] = (await picoftp(["ls", "--json", served.url("j")])).out.trim().split("\n").map((line) => JSON.parse(line));
      assertEquals([entry.name, entry.type, entry.size], ["n.txt", "file", 5]);
      const { out, err } = await picoftp(["get", "--json", served.url("j/n.txt"), local.at("n.txt")]);
      assertEquals([JSON.parse(out).bytes, err], [5, ""]);
    });

    test("names: percent signs, spaces, letters, bytes that are not UTF-8", async () => {
      const odd = Buffer.from([0x63, 0x61, 0x66, 0xe9]);
      mkdirSync(root.at("names"));
      writeFileSync(Buffer.concat([Buffer.from(`${root.at("names")}/`), odd]), "latin");
      writeFileSync(root.at("names", "a b#c?d%.txt"), "odd");
      writeFileSync(root.at("names", "gr\u00fc\u00df"), "utf8");
      const { out } = await picoftp(["ls", served.url("names")]);
      assertEquals(
        out.trim().split("\n").sort(),
        ["a b#c?d%.txt", odd.toString("latin1"), Buffer.from("gr\u00fc\u00df").toString("latin1")].sort(),
      );
      assertEquals((await picoftp(["cat", served.url("names/a%20b#c?d%25.txt")])).out, "odd");
      assertEquals((await picoftp(["cat", served.url("names/gr\u00fc\u00df")])).out, "utf8");
      assertEquals((await picoftp(["cat", served.url("names/gr%C3%BC%C3%9F")])).out, "utf8");
      assertEquals((await picoftp(["cat", served.url("names/caf%E9")])).out, "latin");
    });

    test("exit codes", async () => {
      assertEquals((await picoftp(["cat", served.url("missing")])).code, 1);
      assertEquals((await picoftp(["ls", served.url("", "ana:wrong")])).code, 1);
      assertEquals((await picoftp(["ls"])).code, 2);
      assertEquals((await picoftp(["ls", "http://127.0.0.1/"])).code, 2);
      assertEquals((await picoftp(["ls", served.url(""), "--bogus"])).code, 2);
      assertEquals((await picoftp(["rm", served.url("a%0d%0aDELE%20b")])).code, 2);
      assertEquals((await picoftp(["ls", "ftp://127.0.0.1:1/"])).code, 3);
      assertEquals((await picoftp(["put", local.at("missing"), served.url("x")])).code, 4);
      writeFileSync(root.at("there"), "x");
      assertEquals((await picoftp(["get", served.url("there"), local.at("no", "folder")])).code, 4);
    });

    test("the password comes from the environment or a netrc file", async () => {
      const url = served.url("", "ana");
      assertEquals((await picoftp(["ls", url], { env: { PICOFTP_PASSWORD: "pw" } })).code, 0);
      const none = await picoftp(["ls", url]);
      assertEquals(none.code, 2);
      assert(none.err.includes("PICOFTP_PASSWORD"), none.err);
      writeFileSync(local.at("netrc"), `machine other login x password y\nmachine 127.0.0.1\n  login ana\n  password "pw"\n`);
      assertEquals((await picoftp(["ls", url, "--netrc-file", local.at("netrc")])).code, 0);
      assertEquals((await picoftp(["ls", served.url("", "")], { env: { NETRC: local.at("netrc") } })).code, 0);
      assertEquals((await picoftp(["ls", served.url("", "")])).code, 1);
    });

    test(
      "the password is asked for on a terminal, and not shown",
      { skip: find("python3") === "" ? "python3 is not installed" : false },
      async () => {
        const script = `import os, pty, sys, time
pid, fd = pty.fork()
if pid == 0: os.execv(sys.argv[1], sys.argv[1:])
text = b""
while b"Password" not in text: text += os.read(fd, 1000)
time.sleep(0.2)
os.write(fd, b"xx\\x7f\\x7fpw\\r")
try:
    while True:
        more = os.read(fd, 1000)
        if not more: break
        text += more
except OSError: pass
sys.stdout.write(text.decode())
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;
        const env = { ...process.env, NETRC: "/nonexistent" };
        const child = spawn("python3", ["-c", script, ...COMMANDS[way], "cat", served.url("folder/one.txt", "ana")], { env });
        const { code, out, err } = await finish(child);
        assertEquals(code, 0, err + out);
        assert(out.includes("Password of ana on 127.0.0.1: ") && out.includes("one"), out);
        assert(!out.includes("pw"), out);
      },
    );

    test("a progress bar on a terminal", { skip: find("python3") === "" ? "python3 is not installed" : false }, async () => {
      writeFileSync(root.at("bar"), "x".repeat(100000));
      const script = `import pty, sys, os
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))`;
      const child = spawn("python3", ["-c", script, ...COMMANDS[way], "get", served.url("bar"), local.at("bar")]);
      const { code, out } = await finish(child);
      assertEquals(code, 0);
      assert(out.includes("[########################] 100%"), JSON.stringify(out));
      assert(/bar: 100000 bytes in /.test(out), out);
    });

    test("active mode and --verbose", async () => {
      const { code, err } = await picoftp(["cat", "--active", "--verbose", served.url("folder/one.txt")]);
      assertEquals(code, 0);
      assert(/PORT |EPRT /.test(err) && !err.includes("pw"), err);
    });

    test("Ctrl-C ends a transfer with 130 and leaves nothing", async () => {
      const result = await picoftp(["put", "-", served.url("never")], {
        started: (child) => {
          child.stdin?.write("some");
          child.stdin!.end = (() => child.stdin) as never;
          setTimeout(() => child.kill("SIGINT"), 700);
        },
      });
      assertEquals(result.code, 130, result.err);
      assert(!existsSync(root.at("never")));
    });

    test("a reader that goes away", async () => {
      writeFileSync(root.at("long"), "x".repeat(5000000));
      const { code, err } = await picoftp(["cat", served.url("long")], {
        started: (child) => child.stdout?.once("data", () => child.stdout?.destroy()),
      });
      assertEquals([code, err], [4, ""]);
    });
  });
}
