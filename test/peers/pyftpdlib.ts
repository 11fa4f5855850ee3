// pyftpdlib on loopback, as a small script.

import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { PASSWORD, type Peer, type Running, USER } from "./peer.ts";
import { find, freePort, type Loopback, passiveRange, Program, removeFolder, temporaryFolder } from "./process.ts";

const SCRIPT = `
import logging, sys
logging.basicConfig(stream=sys.stderr, level=logging.DEBUG)
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer
host, port, root, first, last, user, password = sys.argv[1:]
authorizer = DummyAuthorizer()
authorizer.add_user(user, password, root, perm="elradfmwMT")
class Handler(FTPHandler):
    pass
Handler.authorizer = authorizer
Handler.passive_ports = range(int(first), int(last) + 1)
Handler.auth_failed_timeout = 0
FTPServer((host, int(port)), Handler).serve_forever()
`;

const python: string = findPython();

/** The peer. */
export const pyftpdlib: Peer = { name: "pyftpdlib", missing: python === "" ? "pyftpdlib is not installed" : "", start };

/** A Python that has pyftpdlib: Debian's own first, which need not be the one on PATH. */
function findPython(): string {
  for (const candidate of ["/usr/bin/python3", find("python3")]) {
    if (candidate !== "" && spawnSync(candidate, ["-W", "ignore", "-c", "import pyftpdlib.servers"]).status === 0) return candidate;
  }
  return "";
}

async function start(host: Loopback): Promise<Running> {
  const folder = temporaryFolder("pyftpdlib", process.getuid?.() ?? 0);
  const root = join(folder, "root");
  mkdirSync(root);
  const port = await freePort(host);
  const range = passiveRange();
  const numbers = [String(port), root, String(range.first), String(range.last)];
  const program = new Program(python, ["-W", "ignore", "-c", SCRIPT, host, ...numbers, USER, PASSWORD]);
  await program.greets(host, port).catch((error: unknown) => {
    removeFolder(folder);
    throw error;
  });
  return {
    host,
    port,
    root,
    log: () => program.output,
    async stop() {
      await program.stop();
      removeFolder(folder);
    },
  };
}
