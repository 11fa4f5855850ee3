// HOST (RFC 7151): the login callback hears of the name, and it must be the one that the handshake asked for.

import { connect as dial } from "node:tls";
import type { TLSSocket } from "node:tls";
import { describe, test } from "node:test";
import { MemoryFiles } from "../../adapters/memory/mod.ts";
import type { LoginRequest, Server } from "../../api/mod.ts";
import { assertEquals } from "../assert.ts";
import { certificates, noCertificates } from "../conformance/certificates.ts";
import type { Certificates } from "../conformance/certificates.ts";
import { serve } from "../runtime.ts";

describe("HOST", { skip: noCertificates() }, () => {
  const made = certificates() as Certificates;

  test("must be the name of the handshake, and comes to the login", async () => {
    const seen: string[] = [];
    await using server = await start(seen);
    const codes = await talk(server, "localhost", ["HOST ftp.example", "HOST 127.0.0.1", "HOST LocalHost", "USER ana", "PASS x", "QUIT"]);
    assertEquals(codes, ["220", "504", "504", "220", "331", "230", "221"]);
    assertEquals(seen, ["localhost of localhost"]);
  });

  test("may be any name where the handshake asked for none; REIN forgets it", async () => {
    const seen: string[] = [];
    await using server = await start(seen);
    const lines = ["HOST one.example", "HOST two.example", "USER ana", "PASS x", "REIN", "USER ana", "PASS x", "QUIT"];
    assertEquals(await talk(server, "", lines), ["220", "220", "220", "331", "230", "220", "331", "230", "221"]);
    assertEquals(seen, ["two.example of ", " of "]);
  });

  function start(seen: string[]): Promise<Server> {
    const login = (request: LoginRequest): boolean => {
      seen.push(`${request.virtualHost} of ${request.tls?.servername}`);
      return true;
    };
    return serve({ files: new MemoryFiles({}), port: 0, login, tls: { ...made.server, implicit: true } });
  }
});

/** One command after the other; the codes of the greeting and the replies. */
function talk(server: Server, servername: string, lines: string[]): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const codes: string[] = [];
    const rest = [...lines];
    const socket: TLSSocket = dial({ host: server.host, port: server.port, servername, rejectUnauthorized: false });
    socket.on("error", reject);
    socket.on("close", () => resolve(codes));
    socket.on("end", () => socket.end());
    socket.on("data", (packet) => {
      codes.push(packet.toString().slice(0, 3));
      const line = rest.shift();
      if (line !== undefined) socket.write(`${line}\r\n`);
    });
  });
}
