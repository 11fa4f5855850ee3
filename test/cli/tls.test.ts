// TLS on the command line: certificates from files or made on the spot, fingerprints, and what is refused.

import { writeFileSync } from "node:fs";
import { delimiter } from "node:path";
import { describe, test } from "node:test";
import { assert, assertEquals } from "../assert.ts";
import { certificates, noCertificates } from "../conformance/certificates.ts";
import type { Certificates } from "../conformance/certificates.ts";
import { Folder, picoftp, Served } from "./tool.ts";

const skip = noCertificates();
const made = certificates() as Certificates;
const USER = ["--port", "0", "--user", "ana", "--password", "pw"];

function url(served: Served, scheme: string, path = ""): string {
  return `${scheme}://ana:pw@localhost:${served.port}/${path}`;
}

describe("picoftp with TLS", { skip }, () => {
  test("--tls-self-signed: the fingerprint that is printed is the one to pin", async () => {
    using folder = new Folder();
    writeFileSync(folder.at("a.txt"), "hello");
    const served = await Served.start([folder.path, ...USER, "--tls-self-signed", "--tls-required"], {}, 3);
    assert(/^listening on ftpes:\/\/127\.0\.0\.1:\d+\/$/.test(served.lines[0]), served.lines[0]);
    const [, fingerprint] = /^fingerprint ((?:[0-9A-F]{2}:){31}[0-9A-F]{2})$/.exec(served.lines[2]) ?? [];
    const cat = (...options: string[]): ReturnType<typeof picoftp> =>
      picoftp(["cat", url(served, "ftpes", "a.txt"), "--active", ...options]);
    assertEquals((await cat("--pin", fingerprint)).out, "hello");
    assertEquals((await cat("--insecure")).out, "hello");
    const unknown = await cat();
    assertEquals([unknown.code, unknown.out], [3, ""]);
    assertEquals(unknown.err.trim(), "picoftp: Cannot secure the connection: The certificate is self-signed");
    assertEquals((await cat("--pin", made.self.fingerprint)).code, 3);
    const clear = await picoftp(["cat", url(served, "ftp", "a.txt")]);
    assertEquals([clear.code, clear.err.trim()], [1, "picoftp: USER was refused: 530 Send AUTH TLS first"]);
    await served.stop();
  });

  test("--tls-cert, --tls-key, --tls-implicit, --ca, and put and get through them", async () => {
    using folder = new Folder();
    writeFileSync(folder.at("cert.pem"), made.server.cert);
    writeFileSync(folder.at("key.pem"), made.server.key);
    writeFileSync(folder.at("ca.pem"), made.ca);
    const files = ["--tls-cert", folder.at("cert.pem"), "--tls-key", folder.at("key.pem")];
    const served = await Served.start([folder.path, ...USER, ...files, "--tls-implicit", "--json"], {}, 1);
    const told = JSON.parse(served.lines[0]);
    assertEquals([told.fingerprint, new URL(told.url).protocol], [made.server.fingerprint, "ftps:"]);
    const target = `ftps://ana:pw@localhost:${told.port}`;
    assertEquals((await picoftp(["put", folder.at("ca.pem"), `${target}/copy.pem`, "--ca", folder.at("ca.pem")])).code, 0);
    assertEquals((await picoftp(["get", `${target}/copy.pem`, "-", "--ca", folder.at("ca.pem")])).out, made.ca);
    await served.stop();
    const explicit = await Served.start([folder.path, ...USER, ...files], {}, 3);
    assert(explicit.lines[0].startsWith("listening on ftp://"));
    assertEquals((await picoftp(["cat", url(explicit, "ftp", "ca.pem"), "--tls", "--ca", folder.at("ca.pem")])).out, made.ca);
    await explicit.stop();
  });

  test("command lines that make no sense, and files that are missing", async () => {
    using folder = new Folder();
    writeFileSync(folder.at("cert.pem"), "nonsense");
    const wrong: [string[], number][] = [
      [["serve", "--tls-cert", folder.at("cert.pem")], 2],
      [["serve", "--tls-required"], 2],
      [["serve", "--tls-implicit"], 2],
      [["serve", "--tls-cert", folder.at("no.pem"), "--tls-key", folder.at("no.pem")], 4],
      [["serve", "--tls-cert", folder.at("cert.pem"), "--tls-key", folder.at("cert.pem")], 2],
      [["ls", "ftp://localhost:1/", "--pin", made.self.fingerprint], 2],
      [["ls", "ftp://localhost:1/", "--insecure"], 2],
      [["ls", "ftpes://localhost:1/", "--pin", "abc"], 2],
      [["ls", "ftps://localhost:1/", "--ca", folder.at("no.pem")], 4],
    ];
    for (const [line, code] of wrong) {
      const result = await picoftp(line);
      assertEquals([line, result.code], [line, code]);
      assert(result.err.startsWith("picoftp: Cannot "), result.err);
    }
  });

  test("without an openssl command --tls-self-signed says so", async () => {
    using folder = new Folder();
    const path = [folder.path].join(delimiter);
    const result = await picoftp(["serve", "--port", "0", "--tls-self-signed"], { env: { PATH: path } });
    assertEquals(result.code, 2);
    assert(result.err.includes("there is no openssl command here"), result.err);
  });
});
