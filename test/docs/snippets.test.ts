import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { transform } from "esbuild";
import { MemoryFiles } from "../../adapters/memory/mod.ts";
import { serve } from "../../adapters/node/mod.ts";
import { assert, assertEquals } from "../assert.ts";
import { Folder, Served } from "../cli/tool.ts";
import { finish } from "../cli/tool.ts";
import { certificates, noCertificates } from "../conformance/certificates.ts";
import type { Certificates } from "../conformance/certificates.ts";
import { parseScript } from "../transcripts/server-script.ts";
import { runScript, WAYS } from "../transcripts/server-runner.ts";
import { pages, read, ROOT, section } from "./text.ts";

/** Pages with programs for runtimes that do not run here. */
const ELSEWHERE = ["docs/runtimes.md"];
/** What a "ts client" block has before it, and behind it. */
const BEFORE = `import { connect as dial } from "picoftp/node";
const client = await dial({ host: "127.0.0.1", port: 2121, user: "ana", password: "secret" });
`;
const AFTER = `\nawait client.quit();\n`;
/** The compiled project. */
const COMPILED = path.join(import.meta.dirname, "../..");

/** A block of a page: "ts" is a whole program, "ts client" has a client. */
interface Block {
  name: string;
  code: string;
}

const blocks = pages().filter((page) => !ELSEWHERE.includes(page)).flatMap(blocksOf);

describe("the programs in the pages run", { concurrency: true }, () => {
  assert(blocks.length > 10, "blocks were found");
  for (const { name, code } of blocks) {
    const secure = code.includes("cert.pem");
    test(name, { skip: secure && noCertificates() }, async () => {
      using folder = new Folder();
      if (secure) {
        const { ca, server } = certificates() as Certificates;
        for (const [name, text] of [["ca", ca], ["cert", server.cert], ["key", server.key]]) writeFileSync(folder.at(`${name}.pem`), text);
      }
      mkdirSync(folder.at("public", "bob"), { recursive: true });
      writeFileSync(folder.at("local.bin"), new Uint8Array(1000));
      const files = new MemoryFiles({});
      files.put("/hello.txt", "Hello\n");
      await using server = await serve({ files, port: 0, users: { ana: { password: "secret" } } });
      const port = code.includes("serve(") ? 0 : server.port;
      writeFileSync(folder.at("main.mjs"), await javascript(code.replace("port: 2121", `port: ${port}`)));
      const { code: status, err } = await finish(spawn(process.execPath, ["main.mjs"], { cwd: folder.path }));
      assertEquals([status, err.replace(/^.*Warning.*\n?/gm, "")], [0, ""], code);
    });
  }
});

test("the programs in the pages have the right types", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "picoftp-docs-"));
  try {
    for (const { name, code } of blocks) writeFileSync(path.join(folder, `${name.replace(/\W+/g, "-")}.ts`), `${code}\nexport {};\n`);
    const exports = { "picoftp": "node", "picoftp/node": "node", "picoftp/memory": "memory" };
    const paths: Record<string, string[]> = { "picoftp/core": [path.join(ROOT, "core/mod.ts")] };
    for (const [name, adapter] of Object.entries(exports)) paths[name] = [path.join(ROOT, "adapters", adapter, "mod.ts")];
    const compilerOptions = {
      noEmit: true,
      paths,
      rootDir: "/",
      module: "esnext",
      moduleResolution: "bundler",
      declaration: false,
      isolatedDeclarations: false,
      noUnusedLocals: false,
      allowImportingTsExtensions: true,
      rewriteRelativeImportExtensions: false,
      typeRoots: [path.join(ROOT, "node_modules/@types")],
    };
    const config = { extends: path.join(ROOT, "tsconfig.json"), compilerOptions, include: ["*.ts"], exclude: [] };
    writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify(config));
    const compiler = path.join(ROOT, "node_modules/typescript/bin/tsc");
    const { out } = await finish(spawn(process.execPath, [compiler, "-p", folder]));
    assertEquals(out, "");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe("the commands in the README", () => {
  const folder = new Folder();
  let served: Served;

  before(async () => {
    mkdirSync(folder.at("public"));
    writeFileSync(folder.at("notes.txt"), "note\n");
    served = await Served.start([folder.at("public"), "--port", "0", "--user", "ana", "--password", "secret"]);
  });

  after(async () => {
    await served.stop();
    folder[Symbol.dispose]();
  });

  test("work one after another", async () => {
    const [, script] = /```sh\n([\s\S]*?)```/.exec(section("README.md", "The command line")) as RegExpExecArray;
    const [first, ...lines] = script.trim().split("\n");
    assertEquals(first, "npx picoftp serve ./public --user ana --password secret");
    assert(lines.length > 2);
    for (const line of lines) {
      const command = line.replace("npx picoftp", `"${process.execPath}" "${path.join(COMPILED, "cli/main.js")}"`);
      const child = spawn("sh", ["-c", command.replaceAll(":2121/", `:${served.port}/`)], { cwd: folder.path });
      const { code, err } = await finish(child);
      assertEquals(code, 0, `${line}\n${err}`);
    }
  });
});

test("the transcript in docs/testing.md passes in every way", () => {
  const [, script] = /```\n([\s\S]*?)```/.exec(section("docs/testing.md", "Transcripts")) as RegExpExecArray;
  for (const way of WAYS) runScript(parseScript("docs/testing.md", script), way);
});

function blocksOf(page: string): Block[] {
  const text = read(page);
  return [...text.matchAll(/^```ts( client)?\n([\s\S]*?)^```$/gm)].map((match) => {
    const line = text.slice(0, match.index).split("\n").length + 1;
    const closes = !match[2].includes("const server = await serve") || match[2].includes("server.close(");
    const code = match[1] === undefined ? match[2] + (closes ? "" : "await server.close();\n") : BEFORE + match[2] + AFTER;
    return { name: `${page} line ${line}`, code };
  });
}

/** Without types, and with the compiled modules in the place of the package's. */
async function javascript(code: string): Promise<string> {
  const { code: plain } = await transform(code, { loader: "ts", target: "es2022" });
  return plain.replace(/from "picoftp(?:\/(\w+))?"/g, (_all, name = "node") => {
    const file = name === "core" ? "core/mod.js" : `adapters/${name}/mod.js`;
    return `from ${JSON.stringify(pathToFileURL(path.join(COMPILED, file)).href)}`;
  });
}
