// The servers that are measured: ours, and those of others where they are installed. Each serves `folder` to user/password.
import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { start } from "./measure.mjs";
import { commandOf } from "./programs.mjs";

export const user = "ana";
export const password = "correct horse";

/** A free port. */
export function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** Our build; another folder that tsc has filled can take its place, to compare two of them. */
const dist = process.env.PICOFTP_DIST ?? "dist";

/** name -> (folder, files of TLS) => { port, pid, stop }, or a reason why it is missing. Only picoftp (on Node) and vsftpd know TLS. */
export const servers = {
  async picoftp(folder, tls) {
    const args = [join(dist, "cli/main.js"), "serve", folder, "--port", "0", "--user", user, "--password", password];
    if (tls) args.push("--tls-cert", tls.cert, "--tls-key", tls.key);
    const server = await start(process.execPath, args, /listening on \w+:\/\/[^:]+:(\d+)\//);
    return { ...server, port: Number(server.match[1]) };
  },

  "picoftp on deno": (folder) => on("deno", folder),
  "picoftp on bun": (folder) => on("bun", folder),

  async "ftp-srv"(folder) {
    const port = await freePort();
    const server = await start(process.execPath, ["bench/peers/ftp-srv.mjs", folder, String(port), user, password], /ready/);
    return { ...server, port };
  },

  async pyftpdlib(folder) {
    const port = await freePort();
    const script = join(folder, "..", "pyftpdlib-server.py");
    writeFileSync(
      script,
      `import sys
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer
a = DummyAuthorizer()
a.add_user(${JSON.stringify(user)}, ${JSON.stringify(password)}, sys.argv[1], perm="elradfmwMT")
FTPHandler.authorizer = a
s = FTPServer(("127.0.0.1", ${port}), FTPHandler)
s.max_cons = 4096
print("ready", flush=True)
s.serve_forever()
`,
    );
    const server = await start("/usr/bin/python3", [script, folder], /ready/);
    return { ...server, port };
  },

  async vsftpd(folder, tls) {
    const starter = join(process.cwd(), process.env.PICOFTP_DIST ?? ".tsc", "test/peers/vsftpd.js");
    if (!existsSync(starter)) throw new Error("run npm test first: it compiles what starts vsftpd");
    const { vsftpd } = await import(starter);
    if (vsftpd.missing !== "") throw new Error(vsftpd.missing);
    const server = await vsftpd.start("127.0.0.1", tls);
    rmSync(server.root, { recursive: true });
    symlinkSync(folder, server.root);
    return { port: server.port, pid: childOf(process.pid, "vsftpd"), stop: () => server.stop() };
  },
};

/** Our server on another runtime. */
async function on(runtime, folder) {
  const server = await start(...commandOf(runtime, "peers/picoftp.mjs", [folder, user, password]), /ready (\d+)/);
  return { ...server, port: Number(server.match[1]) };
}

/** The process that another has started, by what its command line holds. */
function childOf(parent, name) {
  for (const pid of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      const ppid = Number(readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1].split(" ")[1]);
      if (ppid === parent && readFileSync(`/proc/${pid}/cmdline`, "latin1").includes(name)) return Number(pid);
    } catch {
      // It has ended meanwhile.
    }
  }
  throw new Error(`Cannot find the process of ${name}`);
}
