// The client for devices with implicit TLS against real servers: up, down and a listing, on the host and on the interpreter.

// deno-lint-ignore-file no-explicit-any
import assert from "node:assert/strict";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { noCertificates, rsaIdentity } from "../conformance/certificates.ts";
import { noise } from "../conformance/filesystem-tools.ts";
import { type Kind, reasonToSkip, start } from "../espruino/host/device.ts";
import { PASSWORD, type Peer, USER } from "../peers/peer.ts";
import { present } from "../peers/peers.ts";
import { removeFolder, temporaryFolder } from "../peers/process.ts";
import { proftpd, withoutTls } from "../peers/proftpd.ts";
import { vsftpd } from "../peers/vsftpd.ts";

const MODULE = "picoftp-client-tls";
const UP = "0123456789".repeat(3000);
const DOWN = Buffer.from(noise(50000, 7));

/** What the device does. On the interpreter for Linux there is room for the firmware's buffers only once there was for more. */
const program = (port: number): string => `
  var i, l = []; for (i = 0; i < 20000; i++) l.push([i]); l = undefined;
  require("${MODULE}").connect({
    host: "127.0.0.1", port: ${port}, user: "${USER}", password: "${PASSWORD}", files: "sd", root: "card", tls: "implicit", rejectUnauthorized: false
  }, function (error, ftp) {
    print("#connect " + error);
    if (error) return print("#over");
    ftp.put("/up.bin", "/up.bin", function (error, bytes) {
      print("#put " + error + " " + bytes);
      ftp.get("/down.bin", "/down.bin", function (error, bytes) {
        print("#get " + error + " " + bytes);
        var names = 0;
        ftp.list("", function (entry) { names++; }, function (error) {
          print("#list " + error + " " + (names >= 2));
          ftp.quit(function () { print("#over"); });
        });
      });
    });
  });`;

for (const peer of [vsftpd, proftpd]) for (const kind of ["host", "real"] as const) against(peer, kind);

function against(peer: Peer, kind: Kind): void {
  test(`a device's client over TLS, ${peer.name}, on ${kind}`, async (t) => {
    const missing = peer.missing || (peer === proftpd && withoutTls) || noCertificates();
    if (missing) return void present(t, missing);
    const reason = reasonToSkip(kind);
    if (reason !== "") return t.skip(reason);
    const { bundle } = await import(pathToFileURL(join(process.cwd(), "tools/espruino/bundle.mjs")).href) as any;
    const folder = temporaryFolder("device-tls", process.getuid?.() ?? 0);
    const { cert, key } = rsaIdentity();
    const files = { cert: join(folder, "cert.pem"), key: join(folder, "key.pem"), both: "", implicit: true };
    writeFileSync(files.cert, cert);
    writeFileSync(files.key, key, { mode: 0o600 });
    const server = await peer.start("127.0.0.1", files);
    writeFileSync(join(server.root, "down.bin"), DOWN);
    chmodSync(join(server.root, "down.bin"), 0o644);
    const device = await start({
      kind,
      main: program(server.port),
      modules: { [MODULE]: (await bundle(MODULE)).small },
      files: { "up.bin": UP },
      options: { tls: true },
    });
    try {
      await device.until("#over");
      // The firmware says no good-bye (close_notify), and vsftpd will not have an upload without.
      const put = peer === vsftpd ? "#put 26 30000" : "#put 0 30000";
      const told = device.lines.filter((line) => line.startsWith("#"));
      assert.deepEqual(told, ["#connect 0", put, "#get 0 50000", "#list 0 true", "#over"], server.log());
      assert.equal(readFileSync(join(server.root, "up.bin"), "latin1"), UP);
      assert.ok(Buffer.from(device.file("down.bin")!, "latin1").equals(DOWN), "down.bin differs");
      assert.deepEqual(device.faults, []);
    } finally {
      await device.stop();
      await server.stop();
      removeFolder(folder);
    }
  });
}
