// Python's ftplib against our server, with every Python that is here: Debian's own and the first on PATH.

import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { assert } from "../assert.ts";
import { PASSWORD, USER } from "../peers/peer.ts";
import { find } from "../peers/process.ts";
import { against } from "./ours.ts";
import { expectCode, run } from "./run.ts";

/** Each function is one test; `ftp` is logged in and in a folder of its own. */
const SCRIPT = `
import datetime, ftplib, io, random, socket, sys, threading

host, port, user, password, passive = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4], sys.argv[5] == "passive"
only = sys.argv[6]
log = []

def session(folder=None):
    ftp = ftplib.FTP(timeout=10)
    ftp.connect(host, port)
    ftp.login(user, password)
    ftp.set_pasv(passive)
    if folder:
        try: ftp.mkd(folder)
        except ftplib.error_perm: pass
        ftp.cwd(folder)
    return ftp

def content(n, seed=1):
    return random.Random(seed).randbytes(n)

def retr(ftp, name, rest=None):
    parts = []
    reply = ftp.retrbinary("RETR " + name, parts.append, rest=rest)
    assert reply.startswith("226"), reply
    return b"".join(parts)

def refused(code, call, *args):
    try: call(*args)
    except ftplib.Error as e: assert str(e).startswith(code), e
    else: assert False, "not refused"

def test_binary(ftp):
    for n in (0, 1, 5000, 3000000):
        assert ftp.storbinary("STOR file", io.BytesIO(content(n))).startswith("226")
        assert retr(ftp, "file") == content(n)
        ftp.voidcmd("TYPE I")
        assert ftp.size("file") == n

def test_rest(ftp):
    data = content(1000000)
    ftp.storbinary("STOR file", io.BytesIO(data))
    for at in (0, 1, 999999, 1000000, 123456):
        assert retr(ftp, "file", rest=at) == data[at:], at
    ftp.storbinary("STOR up", io.BytesIO(data[:400000]))
    ftp.storbinary("STOR up", io.BytesIO(data[400000:]), rest=400000)
    assert retr(ftp, "up") == data
    ftp.storbinary("APPE up", io.BytesIO(b"tail"))
    assert retr(ftp, "up") == data + b"tail"
    refused("554", lambda: ftp.storbinary("STOR up", io.BytesIO(b"x"), rest=5000000))
    assert retr(ftp, "up") == data + b"tail"

def test_lines(ftp):
    ftp.storlines("STOR text", io.BytesIO(b"one\\ntwo\\n\\nfour"))
    lines = []
    ftp.retrlines("RETR text", lines.append)
    assert lines == ["one", "two", "", "four"], lines

def test_lists(ftp):
    names = ["a", "b b", "gr\\u00fcn \\u6f22", "'q'", '"qq"', ".hidden"]
    for name in names: ftp.storbinary("STOR " + name, io.BytesIO(b"12345"))
    ftp.mkd("sub")
    assert sorted(ftp.nlst()) == sorted(names + ["sub"]), ftp.nlst()
    assert ftp.nlst("sub") == []
    facts = dict(ftp.mlsd())
    listed = {n: f for n, f in facts.items() if f["type"] in ("file", "dir")}
    assert sorted(listed) == sorted(names + ["sub"]), listed
    assert listed["a"]["size"] == "5" and listed["sub"]["type"] == "dir"
    modified = datetime.datetime.strptime(listed["a"]["modify"][:14], "%Y%m%d%H%M%S")
    assert abs((datetime.datetime.utcnow() - modified).total_seconds()) < 100
    only = dict(ftp.mlsd(facts=["size"]))
    assert set(only["a"]) == {"size"}, only["a"]
    lines = []
    ftp.dir(lines.append)
    assert len(lines) == len(names) + 1, lines
    refused("550", ftp.nlst, "nobody")

def test_names(ftp):
    folder = ftp.pwd()
    made = ftp.mkd('quo"te')
    assert made == folder + '/quo"te', made
    ftp.cwd('quo"te')
    assert ftp.pwd() == made, ftp.pwd()
    ftp.cwd("..")
    assert ftp.pwd() == folder
    ftp.storbinary("STOR one", io.BytesIO(b"1"))
    ftp.rename("one", 'quo"te/two words')
    assert retr(ftp, 'quo"te/two words') == b"1"
    ftp.cwd("/")
    assert ftp.pwd() == "/"
    ftp.cwd(made)
    refused("550", ftp.rmd, made)
    assert ftp.delete("two words").startswith("250")
    ftp.cwd("..")
    ftp.rmd('quo"te')
    refused("550", ftp.cwd, 'quo"te')
    refused("550", ftp.delete, "one")
    refused("550", ftp.size, "one")
    refused("550", ftp.rename, "one", "two")
    refused("550", ftp.retrbinary, "RETR one", print)
    ftp.voidcmd("NOOP")

def test_abort(ftp):
    data = content(8000000)
    ftp.storbinary("STOR big", io.BytesIO(data))
    ftp.voidcmd("TYPE I")
    conn = ftp.transfercmd("RETR big")
    got = conn.recv(10000)
    assert got
    # As a script does: the Telnet signals and ABOR, urgent, then the data connection is closed.
    reply = ftp.abort()
    assert reply[:3] in ("226", "225", "426"), reply
    conn.close()
    if reply[:3] == "426": assert ftp.getresp()[:3] == "226"
    assert ftp.pwd()
    assert retr(ftp, "big") == data

def test_abort_upload(ftp):
    ftp.storbinary("STOR kept", io.BytesIO(b"the old one"))
    ftp.voidcmd("TYPE I")
    conn = ftp.transfercmd("STOR kept")
    conn.sendall(b"x" * 100000)
    reply = ftp.abort()
    conn.close()
    if reply[:3] == "426": assert ftp.getresp()[:3] == "226"
    assert retr(ftp, "kept") == b"the old one"

def test_close_early(ftp):
    ftp.storbinary("STOR big", io.BytesIO(content(8000000)))
    ftp.voidcmd("TYPE I")
    conn = ftp.transfercmd("RETR big")
    conn.recv(1000)
    conn.close()
    try: ftp.voidresp()
    except ftplib.error_temp as e: assert str(e).startswith("426"), e
    assert ftp.pwd()
    assert len(retr(ftp, "big")) == 8000000

def test_ntransfercmd(ftp):
    ftp.storbinary("STOR file", io.BytesIO(content(12345)))
    ftp.voidcmd("TYPE I")
    conn, size = ftp.ntransfercmd("RETR file")
    assert size == 12345, size
    while conn.recv(65536): pass
    conn.close()
    ftp.voidresp()

def test_commands(ftp):
    assert "214" in ftp.sendcmd("HELP")
    assert ftp.sendcmd("SYST").startswith("215 UNIX")
    assert ftp.sendcmd("FEAT").startswith("211-")
    assert ftp.sendcmd("STAT").startswith("211")
    assert ftp.sendcmd("OPTS UTF8 ON").startswith("200")
    ftp.storbinary("STOR file", io.BytesIO(b"x"))
    assert ftp.sendcmd("MFMT 20200102030405 file").startswith("213")
    assert ftp.sendcmd("MDTM file") == "213 20200102030405"
    assert ftp.sendcmd("MLST file").startswith("250-")
    ftp.voidcmd("ALLO 100")
    refused("426", lambda: ftp.storbinary("STOR short", io.BytesIO(b"too short")))
    refused("550", ftp.retrbinary, "RETR short", print)
    reply = ftp.storbinary("STOU", io.BytesIO(b"unique"))
    assert reply.startswith("226"), reply

def test_many_sessions(ftp):
    folder = ftp.pwd()
    failed = []
    def one(i):
        try:
            other = session(folder)
            for j in range(5):
                other.storbinary("STOR f%d-%d" % (i, j), io.BytesIO(content(20000, i * 10 + j)))
                assert retr(other, "f%d-%d" % (i, j)) == content(20000, i * 10 + j)
            other.quit()
        except Exception as e: failed.append(repr(e))
    threads = [threading.Thread(target=one, args=(i,)) for i in range(20)]
    for t in threads: t.start()
    for t in threads: t.join()
    assert not failed, failed

def test_login(ftp):
    other = ftplib.FTP(timeout=10)
    other.connect(host, port)
    refused("530", other.login, user, "wrong")
    other.login(user, password)
    other.quit()

ftp = session(sys.argv[7])
globals()["test_" + only](ftp)
ftp.quit()
`;

const TESTS: string[] = [...SCRIPT.matchAll(/^def test_(\w+)/gm)].map((found) => found[1]);

/** The Pythons there are, none twice. */
function pythons(): string[] {
  const found: string[] = [];
  const seen: string[] = [];
  for (const candidate of ["/usr/bin/python3", find("python3")]) {
    if (candidate === "" || !existsSync(candidate)) continue;
    const told = spawnSync(candidate, ["-c", "import sys, ftplib; print(sys.version, ftplib.__file__)"], { encoding: "utf8" });
    if (told.status !== 0 || seen.includes(told.stdout)) continue;
    seen.push(told.stdout);
    found.push(candidate);
  }
  return found;
}

await against("python3", ["127.0.0.1", "::1"], (server) => {
  for (const python of pythons()) {
    const version = spawnSync(python, ["--version"], { encoding: "utf8" }).stdout.trim();
    for (const mode of ["passive", "active"]) {
      for (const name of TESTS) {
        // One wrong password takes three seconds: once is enough.
        if (name === "login" && (mode === "active" || server.host === "::1" || python !== pythons()[0])) continue;
        test(`${name}, ${mode}, ${version} ${python === "/usr/bin/python3" ? "(Debian)" : ""}`, async () => {
          const script = join(server.home, "script.py");
          writeFileSync(script, SCRIPT);
          const folder = `${name} ${mode} ${pythons().indexOf(python)}`;
          const args = ["-W", "ignore", script, server.host, String(server.port), USER, PASSWORD, mode, name, folder];
          const result = await run(python, args, { home: server.home, limit: 30000 });
          expectCode(result, 0, server.output);
          assert(result.err === "", result.err);
        });
      }
    }
  }
});
