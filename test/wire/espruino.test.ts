// The wire functions on the real interpreter, where ESPRUINO names one: the same answers as here, for thousands of inputs.

import { test } from "node:test";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { buildSync } from "esbuild";
import { assertEquals } from "../assert.ts";
import { BYTES, random, text } from "./random.ts";
import { SAMPLES } from "./samples.ts";

const INTERPRETER = process.env.ESPRUINO ?? "";

/** The adapter between a list of cases and the functions, in the interpreter's language. */
const ENTRY = `
import { decimal } from "WIRE/number.ts";
import { canonicalHost, sameHost } from "WIRE/host.ts";
import { formatHostPort, parseEprt, parsePort } from "WIRE/address.ts";
import { formatEprt, mustReplace, parseEpsv, parsePasv } from "WIRE/passive.ts";
import { join, name, oneLine, parent, quote, resolve, unquote } from "WIRE/path.ts";
import { isPattern, matches } from "WIRE/pattern.ts";
import { formatTime, listDate, parseTime } from "WIRE/time.ts";
import { chosen, features, formatFacts, selectFacts } from "WIRE/facts.ts";
import { parseFacts } from "WIRE/parsefacts.ts";
import { formatUnix } from "WIRE/listing.ts";
import { parseList } from "WIRE/listparse.ts";
import { Telnet, verbStart } from "WIRE/telnet.ts";
import { ReplyParser } from "WIRE/reply.ts";
import { FromNetwork, ToNetwork } from "WIRE/ascii.ts";
import { Entry } from "WIRE/../ports.ts";

var entry = new Entry();
var into = new Uint8Array(5);

function bytes(converter, line) {
  var chunk = new Uint8Array(line.length);
  for (var i = 0; i < line.length; i++) chunk[i] = line.charCodeAt(i);
  var out = "";
  var at = 0;
  while (at < line.length) {
    var length = converter.convert(chunk, at, line.length, into);
    at += converter.used;
    for (var j = 0; j < length; j++) out += String.fromCharCode(into[j]);
  }
  if (converter.finish(into) > 0) out += String.fromCharCode(into[0]);
  return out;
}

function fields() {
  return [entry.name, entry.type, entry.size, entry.modified, entry.mode, entry.owner, entry.group, entry.unique, entry.target, entry.perm];
}

function address(value) {
  return value === null ? 0 : [value.host, value.port, value.family];
}

var KINDS = {
  host: function (a, b) { return [canonicalHost(a), sameHost(a, b), mustReplace(a, "9.9.9.9")]; },
  address: function (a) { return [address(parsePort(a)), address(parseEprt(a)), address(parsePasv(a)), parseEpsv(a)]; },
  format: function (a, b) { return [formatHostPort(a, b), formatEprt(a, b), listDate(b * 1000, 1736942400000), formatTime(b * 1000 + 5)]; },
  path: function (a, b) { return [resolve(a, b), quote(b), unquote(b), name(b), parent(b), join(a, b), oneLine(b)]; },
  pattern: function (a, b) { return [isPattern(a), matches(b, a)]; },
  time: function (a) { return [parseTime(a), decimal(a, 9007199254740991)]; },
  choice: function (a) { return [selectFacts(a), features(selectFacts(a)), chosen(selectFacts(a))]; },
  facts: function (a) { return [parseFacts(a, entry), fields(), formatFacts(entry, -1, entry.name), formatUnix(entry, 1736942400000)]; },
  list: function (a) { return [parseList(a, entry, 1736942400000), fields(), formatFacts(entry, -1, entry.name), formatUnix(entry, 1736942400000)]; },
  telnet: function (a, b) {
    var telnet = new Telnet();
    telnet.push(a);
    var first = telnet.text + telnet.answer;
    telnet.push(b);
    return [first, telnet.text, telnet.answer, telnet.held, verbStart(a)];
  },
  reply: function (a, b) {
    var parser = new ReplyParser(30);
    var out = [];
    parser.push(a);
    for (var reply = parser.next(); reply !== null; reply = parser.next()) out.push([reply.code, reply.text, reply.error]);
    parser.push(b);
    for (reply = parser.next(); reply !== null; reply = parser.next()) out.push([reply.code, reply.text, reply.error]);
    return out;
  },
  ascii: function (a) { return [bytes(new ToNetwork(), a), bytes(new FromNetwork(), a)]; }
};

exports.run = function (kind, a, b) { return KINDS[kind](a, b); };
`;

/** Bytes that the code and the cases take at least: they run out of memory. */
const ROOM = 100000;

type Case = [string, string | number, (string | number)?];

function cases(): Case[] {
  const next = random(47);
  const list: Case[] = [];
  for (const sample of SAMPLES) list.push(["list", sample[1]]);
  for (let round = 0; round < 60; round++) {
    const any = text(next, 30, BYTES);
    const [, line] = SAMPLES[next(SAMPLES.length)];
    const at = next(line.length);
    list.push(["list", line.substring(0, at) + BYTES.charAt(next(256)) + line.substring(at + next(4))]);
    list.push(["list", any]);
    list.push(["host", text(next, 20, "0123456789abcdef:::.%"), text(next, 8, "0:1f.")]);
    list.push(["host", "2001:db8::" + next(9999), "2001:0DB8:0:0:0::" + next(9999)]);
    list.push(["host", next(256) + "." + next(256) + ".1.2", "::ffff:1.2.3." + next(256)]);
    list.push(["address", text(next, 30, "0123,,, |!")]);
    list.push(["address", next(300) + "," + next(300) + ", 3,4 ," + next(256) + "," + next(256)]);
    list.push(["address", "|" + next(4) + "|1.2.3." + next(300) + "|" + next(70000) + "|"]);
    list.push(["format", "1.2.3.4", next(65536)]);
    list.push(["format", "fe80::1%eth0", next(2000000000)]);
    list.push(["path", "/" + text(next, 6, "ab/"), text(next, 16, './ab\\\x00"\r\n ')]);
    list.push(["path", "/", any]);
    list.push(["pattern", text(next, 6, "a*?.\xc3\xa9"), text(next, 6, "aa*.\xc3\xa9")]);
    list.push(["time", text(next, 18, "0123456789.")]);
    list.push(["time", "20" + (10 + next(89)) + (10 + next(3)) + (10 + next(20)) + "1112" + (10 + next(50)) + "." + next(99999)]);
    list.push(["choice", "type;Size;unix.mode".substring(next(19))]);
    list.push([
      "facts",
      "type=" + text(next, 4, "dirfle") + ";Size=" + next(99999) + ";modify=20241121001105;UNIX.mode=07" + next(80) + "; " + any,
    ]);
    list.push(["facts", text(next, 40, "type=dirslnk;; =.:OSunx12\t")]);
    list.push(["telnet", text(next, 16, "a\xff\xff\xfd\xfb\xf4\xf2\r\n"), text(next, 16, "a\xff\xff\xfd\xfb\xf4\xf2\r\n")]);
    list.push(["reply", text(next, 60, "2233 -\r\n\n\nab\xff\xfd\x00"), text(next, 60, "2233 -\r\n\n\nab\xff\xfd\x00")]);
    list.push(["reply", "220-" + any + "\r\n2200 x\r\n22", "0 End" + any + "\r\n331 Go\r\n"]);
    list.push(["ascii", text(next, 30, "ab\r\n\r\n")]);
  }
  return list;
}

/** A literal that means the same to both: bytes as \xNN. */
function literal(value: string | number | undefined): string {
  if (typeof value !== "string") return String(value ?? 0);
  return '"' + Array.from(value, (char) => "\\x" + char.charCodeAt(0).toString(16).padStart(2, "0")).join("") + '"';
}

/** The lines that a script prints behind a mark. */
function interpret(script: string, folder: string): Promise<string[]> {
  return new Promise((done) => {
    const file = join(folder, "script.js");
    writeFileSync(file, script);
    // Its console stays open: at its end the interpreter would read rubbish.
    const child = spawn(INTERPRETER, [file], { cwd: folder, stdio: ["pipe", "pipe", "inherit"] });
    let out = "";
    child.stdout.setEncoding("latin1").on("data", (part: string) => out += part);
    const late = setTimeout(() => child.kill("SIGKILL"), 120000);
    child.on("close", () => {
      clearTimeout(late);
      const lines = out.split("\n").map((line) => line.substring(Math.max(0, line.indexOf("@@"))).trim());
      done(lines.filter((line) => line.startsWith("@@") || line.includes("ncaught") || line.includes("ERROR")));
    });
  });
}

test("Espruino gives the same answers", { skip: INTERPRETER === "" && "ESPRUINO names no interpreter" }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "wire-"));
  try {
    // The stock interpreter's variables grow; those of a device's layout do not.
    const room = await interpret(`var text = "x".repeat(${ROOM}); print("@@" + text.length); quit();\n`, folder);
    if (room[0] !== `@@${ROOM}`) return t.skip(`The script takes ${ROOM} bytes of memory, and this interpreter has less`);
    const entry = join(folder, "entry.js");
    writeFileSync(entry, ENTRY.replaceAll("WIRE", resolve("core/wire")));
    const bundle = join(folder, "bundle.js");
    const tsconfigRaw = { compilerOptions: { useDefineForClassFields: false } };
    for (const minify of [false, true]) {
      buildSync({
        entryPoints: [entry],
        outfile: bundle,
        bundle: true,
        format: "cjs",
        target: "es2015",
        minify,
        tsconfigRaw,
        logLevel: "error",
      });
      const code = readFileSync(bundle, "latin1");
      const own: { run?: (kind: string, a: unknown, b: unknown) => unknown } = {};
      new Function("exports", code)(own);
      const list = cases();
      const calls = list.map(([kind, a, b], i) => `print("@@${i} "+JSON.stringify(exports.run("${kind}",${literal(a)},${literal(b)})));`);
      const lines = await interpret("var exports={};\n" + code + "\n" + calls.join("\n") + "\nquit();\n", folder);
      const answers = lines.filter((line) => line.startsWith("@@"));
      for (let i = 0; i < answers.length; i++) {
        const [kind, a, b] = list[i];
        const said = JSON.parse(answers[i].substring(answers[i].indexOf(" ") + 1)) as unknown;
        assertEquals(said, JSON.parse(JSON.stringify(own.run?.(kind, a, b))) as unknown, kind + " " + JSON.stringify([a, b]));
      }
      assertEquals(lines.filter((line) => !line.startsWith("@@")), []);
      assertEquals(answers.length, list.length);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
