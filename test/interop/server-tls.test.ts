// Clients of others over TLS against our server on Node, Deno and Bun: explicit and implicit, TLS 1.2 and 1.3, passive and active.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { assert, assertEquals } from "../assert.ts";
import { certificates, noCertificates } from "../conformance/certificates.ts";
import type { Certificates } from "../conformance/certificates.ts";
import { PASSWORD, USER } from "../peers/peer.ts";
import { find, removeFolder, temporaryFolder } from "../peers/process.ts";
import { missing, RUNTIMES } from "../runtime.ts";
import { Ours } from "./ours.ts";
import { expectCode, run } from "./run.ts";
import { bytes, digest, digestOf } from "./tree.ts";

/** Small files on one connection. */
const MANY = 1000;
/**
 * Where that takes minutes, whatever the server: curl 7.88 waits for a second before some of its secure data connections; ftplib,
 * and lftp with TLS 1.3, wait for an acknowledgement of their data before they send close_notify, which is late by 40 ms.
 */
const FEW = 40;
/** Of curl's. */
const FEWER = 5;
const VERSIONS = ["1.2", "1.3"];

/** Each way is a line of output; `sys.argv`: host, port, user, password, certificate, version, way, how many. */
const FTPLIB = `
import ftplib, io, ssl, sys
host, port, user, password, ca, version, way, many = sys.argv[1:9]
context = ssl.create_default_context(cafile=ca)
context.maximum_version = context.minimum_version = ssl.TLSVersion.TLSv1_2 if version == "1.2" else ssl.TLSVersion.TLSv1_3
ftp = ftplib.FTP_TLS(context=context, timeout=20)
ftp.connect(host, int(port))
ftp.auth()
ftp.login(user, password)
ftp.prot_p()
ftp.set_pasv(way == "passive")
folder = "ftplib " + version + " " + way
ftp.mkd(folder)
ftp.cwd(folder)
for i in range(int(many)):
    data = b"" if i == 1 else bytes(3000000) if i == 2 else b"x" * i
    ftp.storbinary("STOR f%d" % i, io.BytesIO(data))
    parts = []
    ftp.retrbinary("RETR f%d" % i, parts.append)
    assert b"".join(parts) == data, i
assert len(ftp.nlst()) == int(many)
lines = []
ftp.dir(lines.append)
assert len(lines) == int(many), lines[:3]
ftp.quit()
print("done")
`;

for (const runtime of RUNTIMES) {
  for (const way of ["explicit", "implicit"] as const) {
    const reason = noCertificates() || missing(runtime) || false;
    describe(`our server on ${runtime}, ${way} TLS`, { skip: reason }, () => {
      const made = certificates() as Certificates;
      const folder = temporaryFolder("tls", process.getuid?.() ?? 0);
      const files = { cert: join(folder, "cert.pem"), key: join(folder, "key.pem"), ca: join(folder, "ca.pem") };
      const server = new Ours("127.0.0.1", runtime);
      const scheme = way === "implicit" ? "ftps" : "ftp";
      before(async () => {
        writeFileSync(files.cert, made.server.cert);
        writeFileSync(files.key, made.server.key);
        writeFileSync(files.ca, made.ca);
        const options = ["--tls-cert", files.cert, "--tls-key", files.key, "--tls-required"];
        await server.start(way === "implicit" ? [...options, "--tls-implicit"] : options);
      });
      after(async () => {
        await server.stop();
        removeFolder(folder);
      });

      for (const version of VERSIONS) {
        test(`curl, TLS ${version}`, { skip: absent("curl") }, async () => {
          const place = server.place(`curl ${version}`);
          const only = version === "1.2" ? ["--tls-max", "1.2"] : ["--tlsv1.3"];
          const curl = async (...args: string[]): Promise<string> => {
            const common = ["-4", "-sS", "-m", "40", "--ssl-reqd", "--cacert", files.ca, ...only, "-u", `${USER}:${PASSWORD}`];
            const result = await run("curl", [...common, ...args], { home: server.home, limit: 45000 });
            expectCode(result, 0, server.output);
            return result.out;
          };
          const url = `${scheme}://localhost:${server.port}/${encodeURIComponent(place.name)}/`;
          for (const [name, content] of [["big", bytes(20000000, 1)], ["empty", bytes(0, 1)]] as const) {
            for (const flags of [[], ["--disable-epsv"]]) {
              writeFileSync(join(place.local, name), content);
              await curl(...flags, "-T", join(place.local, name), url + name);
              assertEquals(digestOf(join(place.remote, name)), digest(content));
              await curl(...flags, "-o", join(place.local, "down"), url + name);
              if (name !== "empty") assertEquals(digestOf(join(place.local, "down")), digest(content));
            }
          }
          for (let i = 0; i < FEWER; i++) writeFileSync(join(place.remote, `s${i}`), `small ${i}`);
          await curl(`${url}s[0-${FEWER - 1}]`, "-o", join(place.local, "s#1"));
          for (let i = 0; i < FEWER; i++) assertEquals(readFileSync(join(place.local, `s${i}`), "utf8"), `small ${i}`);
          assertEquals((await curl("-l", url)).trim().split(/\r?\n/).length, FEWER + 2);
        });

        for (const passive of [true, false]) {
          const mode = passive ? "passive" : "active";
          test(`lftp, TLS ${version}, ${mode}`, { skip: absent("lftp") }, async () => {
            const many = version === "1.2" && passive ? MANY : FEW;
            const place = server.place(`lftp ${version} ${passive}`);
            const source = join(place.local, "source");
            mkdirSync(source);
            for (let i = 0; i < many; i++) writeFileSync(join(source, `f${i}`), i === 1 ? "" : bytes(i === 2 ? 3000000 : i, i));
            const settings = [
              ...[
                "cmd:fail-exit true",
                "cmd:interactive false",
                "net:max-retries 1",
                "net:timeout 10",
                "net:persist-retries 0",
                "dns:order inet",
              ],
              ...["ftp:ssl-force true", "ftp:ssl-protect-data true", `ssl:ca-file ${files.ca}`, "xfer:log false"],
              ...[`ftp:passive-mode ${passive}`, `ssl:priority NORMAL:-VERS-ALL:+VERS-TLS${version}`],
            ];
            const script = [
              ...settings.map((setting) => `set ${setting}`),
              `open -u "${USER},${PASSWORD}" ${scheme}://localhost:${server.port}`,
              `mirror -R "${source}" "${place.name}/up"`,
              `mirror "${place.name}/up" "${place.local}/down"`,
            ].join("; ");
            expectCode(await run("lftp", ["-c", script], { home: server.home, limit: 60000 }), 0, server.output);
            for (const there of [join(place.remote, "up"), join(place.local, "down")]) {
              assertEquals(readdirSync(there).length, many);
              for (let i = 0; i < many; i++) assertEquals(digestOf(join(there, `f${i}`)), digestOf(join(source, `f${i}`)));
            }
          });
        }

        if (way === "implicit") continue;
        for (const mode of ["passive", "active"]) {
          test(`ftplib, TLS ${version}, ${mode}`, { skip: absent("python3") }, async () => {
            const where = ["localhost", String(server.port), USER, PASSWORD, files.ca, version, mode, String(FEW)];
            const result = await run("python3", ["-c", FTPLIB, ...where], { home: server.home, limit: 60000 });
            expectCode(result, 0, server.output);
            assert(result.out.includes("done"), result.out);
          });
        }
      }

      test("rclone: a tree up and down, and check", { skip: absent("rclone") }, async () => {
        const place = server.place("rclone");
        const source = join(place.local, "source");
        mkdirSync(source);
        for (let i = 0; i < 100; i++) writeFileSync(join(source, `f${i}`), i === 1 ? "" : bytes(i * 100, i));
        const obscured = (await run("rclone", ["obscure", PASSWORD], { home: server.home })).out.trim();
        const env: Record<string, string> = { RCLONE_CONFIG: "/dev/null" };
        const options = { NO_CHECK_CERTIFICATE: "true", TYPE: "ftp", HOST: "localhost", PORT: String(server.port), USER, PASS: obscured };
        for (const [name, value] of Object.entries(options)) env[`RCLONE_CONFIG_OURS_${name}`] = value;
        env[way === "implicit" ? "RCLONE_CONFIG_OURS_TLS" : "RCLONE_CONFIG_OURS_EXPLICIT_TLS"] = "true";
        for (
          const args of [["copy", source, "ours:rclone/up"], ["check", source, "ours:rclone/up"], [
            "copy",
            "ours:rclone/up",
            join(place.local, "down"),
          ]]
        ) {
          const flags = ["--retries", "1", "--low-level-retries", "1", "--contimeout", "10s"];
          expectCode(await run("rclone", [...flags, ...args], { home: server.home, env, limit: 60000 }), 0, server.output);
        }
        for (let i = 0; i < 100; i++) assertEquals(digestOf(join(place.local, "down", `f${i}`)), digestOf(join(source, `f${i}`)));
      });
    });
  }
}

function absent(program: string): string | false {
  return find(program) === "" ? `${program} is not installed` : false;
}
