// The bundled server on the real interpreter, where ESPRUINO names one (and ESPRUINO_SMALL one with a device's variables).

// deno-lint-ignore-file no-explicit-any
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { createContext, runInContext } from "node:vm";

const root = process.cwd();
const LARGE = process.env.ESPRUINO ?? "";
const SMALL = process.env.ESPRUINO_SMALL ?? "";
const tool = async (name: string): Promise<any> => await import(pathToFileURL(join(root, "tools/espruino", name)).href);

const STAGE = {
  Server: "core/server/server.ts",
  MemoryNet: "adapters/memory/net.ts",
  MemoryFiles: "adapters/memory/files.ts",
  Peer: "adapters/memory/peer.ts",
};
const KEEP = ["core/server/options.ts", "adapters/memory/net.ts", "adapters/memory/files.ts", "core/ports.ts"];
const CODES = "220 331 230 257 257 250 200 350 227 150 226 213 227 150 226 227 150 226 250 250 500 221";

/** A folder with a fake flash memory in which modules are stored, as an upload would. */
class Flash {
  folder = mkdtempSync(join(tmpdir(), "picoftp-"));

  async store(modules: Record<string, string>): Promise<void> {
    let script = 'var s = require("Storage"), fs = require("fs"); s.eraseAll();\n';
    for (const [name, code] of Object.entries(modules)) {
      writeFileSync(join(this.folder, `${name}.js`), code);
      script += `s.write("${name}", fs.readFileSync("${name}.js"));\n`;
    }
    await this.run(LARGE, script + "quit();");
  }

  /** The lines that begin with "#" of what a script prints. Its input stays open: at its end the interpreter reads rubbish. */
  run(interpreter: string, script: string): Promise<string[]> {
    writeFileSync(join(this.folder, "main.js"), script);
    return new Promise((resolve, reject) => {
      const child = spawn(interpreter, ["main.js"], { cwd: this.folder, stdio: ["pipe", "pipe", "ignore"] });
      let text = "";
      child.stdout.setEncoding("latin1").on("data", (chunk) => text += chunk);
      const timer = setTimeout(() => child.kill("SIGKILL"), 60000);
      child.on("error", reject).on("close", (code) => {
        clearTimeout(timer);
        if (code !== 0) return reject(new Error(`the interpreter ended with ${code}\n${text}`));
        resolve(
          text.split(/\r?\n/).map((line) => line.replace(/^>?(?:\r\x1b\[J)?/, "")).filter((line) => line.charAt(0) === "#").map((line) =>
            line.slice(1)
          ),
        );
      });
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** Four conversations; how many variables the last two leave behind, less what the measuring itself does. */
const CONVERSE = `
var d = require("dialogue"), s = d.stage(require("stage")), i, b, r;
function left(call) { process.memory(); b = process.memory().usage; r = call(); r = undefined; return process.memory().usage - b; }
d.converse(s).forEach(function (line) { print("#" + line.substring(0, 3) + (/^[0-9]/.test(line) ? "" : line)); });
left(function () { return d.converse(s); });
print("#left " + (left(function () { return d.converse(s); }) - left(function () { return 1; })));
print("#left " + (left(function () { return d.converse(s); }) - left(function () { return 1; })));
quit();
`;

const OPERATE = CONVERSE.split("d.converse(s)").join("d.operate(s)").replace(/print\("#" \+ line.*?\); \}/, 'print("#" + line); }');

for (const preset of ["tiny", "full"]) {
  for (const [what, interpreter] of [["ESPRUINO", LARGE], ["ESPRUINO_SMALL", SMALL]]) {
    test(`the server of preset ${preset} converses on ${what} and leaves nothing behind`, async (t) => {
      if (LARGE === "") return t.skip("ESPRUINO is not set");
      if (interpreter === "") return t.skip(`${what} is not set`);
      const { bundle } = await tool("bundle.mjs");
      const flash = new Flash();
      try {
        const made = await bundle("stage", { about: "test", preset, exports: STAGE, keep: KEEP });
        const dialogue = readFileSync(join(root, "test/espruino/dialogue.js"), "utf8");
        await flash.store({ stage: made.small, dialogue: dialogue + "exports.stage = stage;\nexports.converse = converse;\n" });
        const [total] = await flash.run(interpreter, 'print("#" + process.memory().total); quit();');
        if (parseInt(total, 10) < 3500) return t.skip(`${total} variables hold no server, client and test at once`);
        const said = await flash.run(interpreter, CONVERSE);
        assert.equal(said.filter((line) => !line.startsWith("left")).join(" "), CODES);
        assert.deepEqual(said.filter((line) => line.startsWith("left")), ["left 0", "left 0"]);
      } finally {
        flash.remove();
      }
    });
  }
}

test("our client does with our server on ESPRUINO what it does here, and leaves nothing behind", async (t) => {
  if (LARGE === "") return t.skip("ESPRUINO is not set");
  const { bundle } = await tool("bundle.mjs");
  const flash = new Flash();
  try {
    const exports = { ...STAGE, Client: "core/client/client.ts", Entry: "core/ports.ts" };
    const keep = [...KEEP, "core/client/options.ts", "core/client/client.ts#Get,Put"];
    const made = await bundle("stage", { about: "test", preset: "full", exports, keep });
    const dialogue = readFileSync(join(root, "test/espruino/dialogue.js"), "utf8");
    const context = createContext({ exports: {}, Uint8Array });
    const here: string[] = runInContext(`(function (exports) {${made.small}})(exports);\n${dialogue}operate(stage(exports));`, context);
    assert.ok(here.includes("retrieve 0 5") && here.includes("quit 0"), here.join("; "));
    await flash.store({ stage: made.small, dialogue: dialogue + "exports.stage = stage;\nexports.operate = operate;\n" });
    const there = await flash.run(LARGE, OPERATE);
    assert.deepEqual(there.filter((line) => !line.startsWith("left")), [...here]);
    assert.deepEqual(there.filter((line) => line.startsWith("left")), ["left 0", "left 0"]);
  } finally {
    flash.remove();
  }
});

test("the variables that a bundle takes are those that are estimated", async (t) => {
  if (LARGE === "" || SMALL === "") return t.skip("ESPRUINO or ESPRUINO_SMALL is not set");
  const { bundle, cost } = await tool("bundle.mjs");
  const { bundles } = JSON.parse(readFileSync(join(root, "bench/size.json"), "utf8"));
  const flash = new Flash();
  try {
    const [total] = await flash.run(SMALL, 'print("#" + process.memory().total); quit();');
    for (const name of Object.keys(bundles).filter((name) => bundles[name].budget.variables < parseInt(total, 10) - 300)) {
      const made = await bundle(name);
      await flash.store({ bundle: made.small });
      const script =
        'process.memory(); var b = process.memory().usage, m = require("bundle"); print("#" + (process.memory().usage - b)); quit();';
      const [taken] = await flash.run(SMALL, script);
      const estimated = cost(made).variables;
      t.diagnostic(`${name}: ${taken} variables, estimated ${estimated}`);
      assert.ok(Math.abs(parseInt(taken, 10) / estimated - 1) < 0.04, `${name}: ${taken}, estimated ${estimated}`);
      assert.ok(parseInt(taken, 10) <= bundles[name].budget.variables, `${name}: ${taken} variables are over budget`);
    }
  } finally {
    flash.remove();
  }
});

/** The bundle with both roles talks to itself: a file of the card goes up, comes back, is listed. */
const ITSELF = `
var fs = require("fs"), P = require("picoftp"), text = "", back, n = 0;
fs.mkdirSync("card"); fs.mkdirSync("card/up");
for (n = 0; n < 200; n++) text += "line " + n + "\\n";
fs.writeFileSync("card/a.txt", text);
P.start({ user: "ana", password: "secret", port: PORT, passiveFirst: PORT + 1, passiveLast: PORT + 4, address: "127.0.0.1", files: "sd", root: "card" });
P.connect({ host: "127.0.0.1", port: PORT, user: "ana", password: "secret", files: "sd", root: "card" }, function (error, ftp) {
  print("#connect " + error);
  ftp.put("/a.txt", "/up/b.txt", function (error, bytes) {
    print("#put " + error + " " + bytes);
    ftp.get("/up/b.txt", "/c.txt", function (error, bytes) {
      back = fs.readFileSync("card/c.txt");
      print("#get " + error + " " + bytes + " " + (back === text));
      var names = [];
      ftp.list("/up", function (entry) { names.push(entry.name + " " + entry.size); }, function (error) {
        print("#list " + error + " " + names.join());
        ftp.command("DELE none", function (error, reply) {
          print("#command " + error + " " + reply.substring(0, 3));
          ftp.quit(function (error) { print("#quit " + error); quit(); });
        });
      });
    });
  });
});
`;

for (const [what, interpreter] of [["ESPRUINO", LARGE], ["ESPRUINO_SMALL", SMALL]]) {
  test(`picoftp.js serves itself on ${what}`, async (t) => {
    if (LARGE === "") return t.skip("ESPRUINO is not set");
    if (interpreter === "") return t.skip(`${what} is not set`);
    const { bundle } = await tool("bundle.mjs");
    const flash = new Flash();
    try {
      await flash.store({ picoftp: (await bundle("picoftp")).small });
      const [total] = await flash.run(interpreter, 'print("#" + process.memory().total); quit();');
      if (parseInt(total, 10) < 3500) return t.skip(`${total} variables do not hold both roles`);
      const port = 20000 + Math.floor(Math.random() * 12000);
      const said = await flash.run(interpreter, ITSELF.replaceAll("PORT", String(port)));
      assert.deepEqual(said, ["connect 0", "put 0 1690", "get 0 1690 true", "list 0 b.txt 1690", "command 26 550", "quit 0"]);
    } finally {
      flash.remove();
    }
  });
}
