import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { assert, assertEquals } from "../assert.ts";
import { picoftp } from "../cli/tool.ts";
import { complete as completeClient } from "../../core/client/options.ts";
import { COMMANDS } from "../../core/server/commands.ts";
import { complete as completeServer } from "../../core/server/options.ts";
import { members, pages, read, ROOT, section } from "./text.ts";

/** Where the options of what are documented. */
const OPTIONS: [file: string, name: string, pages: string[]][] = [
  ["api/serveoptions.ts", "ServeOptions", ["docs/serve.md"]],
  ["api/serveoptions.ts", "Access", ["docs/serve.md"]],
  ["api/serveoptions.ts", "User", ["docs/serve.md"]],
  ["api/serveoptions.ts", "LoginRequest", ["docs/serve.md"]],
  ["api/serveoptions.ts", "CloseOptions", ["docs/serve.md"]],
  ["api/clientoptions.ts", "ConnectOptions", ["docs/client.md"]],
  ["api/clientoptions.ts", "OperationOptions", ["docs/client.md"]],
  ["api/clientoptions.ts", "TransferOptions", ["docs/client.md"]],
  ["api/clientoptions.ts", "GetOptions", ["docs/client.md"]],
  ["api/clientoptions.ts", "PutOptions", ["docs/client.md"]],
  ["api/clientoptions.ts", "FileOptions", ["docs/client.md"]],
  ["api/clientoptions.ts", "Credentials", ["docs/client.md"]],
  ["api/proxy.ts", "ProxyOptions", ["docs/client.md"]],
  ["api/clientoptions.ts", "DownloadOptions", ["docs/client.md"]],
  ["api/clientoptions.ts", "UploadOptions", ["docs/client.md"]],
  ["api/progress.ts", "Progress", ["docs/client.md"]],
  ["api/entries.ts", "FileInfo", ["docs/client.md"]],
  ["api/tls.ts", "TlsOptions", ["docs/tls.md"]],
  ["api/tls.ts", "Certificate", ["docs/tls.md"]],
  ["api/tls.ts", "ServeTlsOptions", ["docs/tls.md"]],
  ["api/tls.ts", "TlsInfo", ["docs/tls.md"]],
  ["api/tls.ts", "ClientTlsInfo", ["docs/tls.md"]],
  ["adapters/tlsoptions.ts", "TlsCertificate", ["docs/tls.md"]],
  ["core/server/options.ts", "ServerOptions", ["docs/serve.md", "docs/embedding.md"]],
  ["core/client/options.ts", "ClientOptions", ["docs/embedding.md"]],
  ["adapters/node/net.ts", "NodeNetOptions", ["docs/embedding.md"]],
  ["adapters/node/files.ts", "NodeFilesOptions", ["docs/embedding.md"]],
  ["adapters/memory/net.ts", "MemoryNetOptions", ["docs/embedding.md"]],
  ["adapters/memory/files.ts", "MemoryFilesOptions", ["docs/embedding.md"]],
  ["adapters/espruino/options.ts", "NetOptions", ["docs/espruino.md"]],
  ["adapters/espruino/options.ts", "FilesOptions", ["docs/espruino.md"]],
  ["adapters/espruino/options.ts", "StartOptions", ["docs/espruino.md"]],
  ["adapters/espruino/options.ts", "ConnectOptions", ["docs/espruino.md"]],
  ["adapters/espruino/options.ts", "NetOptions", ["docs/espruino/picoftp-server.md"]],
  ["adapters/espruino/options.ts", "FilesOptions", ["docs/espruino/picoftp-server.md"]],
  ["adapters/espruino/options.ts", "StartOptions", ["docs/espruino/picoftp-server.md"]],
  ["adapters/espruino/options.ts", "NetOptions", ["docs/espruino/picoftp-client.md"]],
  ["adapters/espruino/options.ts", "FilesOptions", ["docs/espruino/picoftp-client.md"]],
  ["adapters/espruino/options.ts", "ConnectOptions", ["docs/espruino/picoftp-client.md"]],
];

describe("every option is documented", () => {
  for (const [file, name, places] of OPTIONS) {
    test(name, () => {
      const text = places.map(read).join("\n");
      const options = members(file, name);
      assert(options.length > 0);
      assertEquals(options.filter((option) => !text.includes(`\`${option}\``)), []);
    });
  }

  test("what a client and a server can be asked for", () => {
    const classes = [
      ["api/client.ts", "Client", "docs/client.md"],
      ["api/transfers.ts", "Transfers", "docs/client.md"],
      ["api/session.ts", "Session", "docs/client.md"],
      ["api/server.ts", "Server", "docs/serve.md"],
    ];
    for (const [file, name, page] of classes) {
      const body = new RegExp(`export class ${name} [\\s\\S]*?\\n\\}`).exec(read(file))?.[0] ?? "";
      const found = [...body.matchAll(/^ {2}(?:async )?(?:get |set )?(\w+)[<(]/gm)].map((match) => match[1]);
      const wanted = found.filter((method) => method !== "constructor");
      assert(wanted.length > 2);
      const text = read(page);
      assertEquals(wanted.filter((method) => !text.includes(`\`${method}\``) && !text.includes(`\`${method}(`)), []);
    }
  });

  test("reasons of a ConnectionError", () => {
    const [reasons] = /export type ConnectionReason =[\s\S]*?;/.exec(read("api/errors.ts")) as RegExpExecArray;
    const text = section("docs/client.md", "Errors");
    for (const [, reason] of reasons.matchAll(/"([^"]+)"/g)) assert(text.includes(`"${reason}"`), reason);
  });

  test("commands of the server", () => {
    const text = section("docs/serve.md", "Commands");
    for (const { verb, alias } of COMMANDS) {
      for (const name of alias === "" ? [verb] : [verb, alias]) assert(new RegExp(`\\b${name}\\b`).test(text), name);
    }
  });
});

describe("what the tables say", () => {
  test("defaults of the server are the true ones", () => {
    const wrong = untrue("docs/serve.md", { ...completeServer({}), port: 2121, confirm: true });
    assertEquals(wrong, []);
  });

  test("defaults in the comments are those in the tables", () => {
    for (
      const [file, name, page] of [
        ["api/serveoptions.ts", "ServeOptions", "docs/serve.md"],
        [
          "api/clientoptions.ts",
          "ConnectOptions",
          "docs/client.md",
        ],
        ["adapters/node/files.ts", "NodeFilesOptions", "docs/embedding.md"],
        ["api/tls.ts", "TlsOptions", "docs/tls.md"],
      ]
    ) {
      const [body] = new RegExp(`export interface ${name} [\\s\\S]*?\\n\\}`).exec(read(file)) as RegExpExecArray;
      let count = 0;
      for (const [, comment, option] of body.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(\w+)\?:/g)) {
        const [, value] = /Default:? ("[^"]*"|\d+ to \d+|\d+|true|false)/.exec(comment) ?? [];
        if (value === undefined) continue;
        count++;
        const rows = [...read(page).matchAll(new RegExp(`^\\| \`${option}\` *\\|([^|]*)\\|`, "gm"))].map((row) =>
          row[1].replaceAll("`", "").trim()
        );
        assert(rows.includes(value), `${page}: ${option} is ${rows}, not ${value}`);
      }
      assert(count > 2, name);
    }
  });

  test("defaults of the core's client are the true ones", () => {
    assertEquals(untrue("docs/embedding.md", completeClient({}), "The client"), []);
  });

  test("defaults of connect are the true ones", () => {
    const { replyTimeout, stallTimeout, dataTimeout, connectTimeout, abortTimeout, keepAlive, port, block, ...core } = completeClient({});
    const same = { replyTimeout, stallTimeout, dataTimeout, connectTimeout, abortTimeout, keepAlive, port, block };
    assertEquals(untrue("docs/client.md", { ...same, replyLimit: core.reply, lineLimit: core.line, listLimit: 1000000 }), []);
  });
});

describe("the command line", () => {
  test("every option of every command, and none besides", async () => {
    const { out } = await picoftp(["help"]);
    const names = [...out.split("Commands:\n")[1].split("\n\n")[0].matchAll(/^ {2}(\w+) /gm)].map((match) => match[1]);
    assert(names.includes("serve") && names.includes("mv"));
    const known = new Set(["--help", "--version"]);
    const connecting = section("docs/cli.md", "All commands that connect");
    for (const name of names) {
      const text = section("docs/cli.md", name);
      const help = await picoftp([name, "--help"]);
      for (const [, short, option, about] of help.out.matchAll(/^ {2}(?:-(\w),| {3}) --([\w-]+)(.*)$/gm)) {
        if (option === "help") continue;
        known.add(`--${option}`);
        const documented = text.includes(`\`--${option}`) ? text : connecting;
        assert(documented.includes(`\`--${option}`), `${name} --${option}`);
        const row = documented.split("\n").find((line) => line.includes(`\`--${option}`)) ?? "";
        const [, value] = /\(default ([^\s);]+)/.exec(about) ?? [];
        if (value !== undefined) assert(row.includes(value), `${name} --${option}: ${value}`);
        if (short) assert(documented.includes(`\`-${short}\`, \`--${option}`), `${name} -${short}`);
      }
    }
    const told = [...read("docs/cli.md").matchAll(/`(--[\w-]+)/g)].map((match) => match[1]);
    assertEquals(told.filter((option) => !known.has(option)), []);
  });

  test("exit codes", () => {
    const text = section("docs/cli.md", "Exit codes");
    const codes = [...read("cli/command.ts").matchAll(/^export const [A-Z]+ = (\d+);/gm)].map((match) => match[1]);
    assertEquals([...text.matchAll(/^\| (\d+) /gm)].map((match) => match[1]), codes);
  });

  test("variables of the environment", () => {
    const look = (folders: string[]): string[] => {
      const names: string[] = [];
      for (const folder of folders) {
        for (const name of readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" })) {
          if (!/\.(ts|mjs)$/.test(name) || name.includes("node_modules")) continue;
          for (const [, variable] of read(`${folder}/${name}`).matchAll(/(?:process\.env\.|environment\(")(\w+)/g)) names.push(variable);
        }
      }
      return names.filter((variable) => variable !== "PATH");
    };
    const cli = section("docs/cli.md", "Environment");
    assertEquals(look(["cli"]).filter((name) => !cli.includes(`\`${name}\``)), []);
    const testing = cli + read("docs/testing.md");
    assertEquals(look(["test", "tools"]).filter((name) => !testing.includes(`\`${name}`)), []);
  });
});

describe("the pages", () => {
  test("links lead somewhere", () => {
    for (const page of pages()) {
      for (const [, link] of read(page).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)) {
        if (/^[a-z]+:/.test(link)) continue;
        const target = path.posix.normalize(path.posix.join(path.posix.dirname(page), link));
        const [folder, name] = [path.dirname(target), path.basename(target)];
        assert(readdirSync(path.join(ROOT, folder)).includes(name), `${page} links to ${link}`);
      }
    }
  });

  test("name files that there are", () => {
    const folders = "core|adapters|api|cli|tools|test|bench|docs|examples";
    for (const page of [...pages(), "CONTRIBUTING.md"]) {
      for (const [, file] of read(page).matchAll(new RegExp(`\`((?:${folders})/[\\w./-]*)\``, "g"))) {
        assert(existsSync(path.join(ROOT, file)), `${page} speaks of ${file}`);
      }
    }
  });

  test("sizes of bundles are those of bench/size.json", () => {
    const { bundles } = JSON.parse(read("bench/size.json"));
    const rows = [...read("README.md").matchAll(/^\| `(picoftp[\w-]*)` +\| (\d+) +\| (\d+) /gm)];
    assertEquals(rows.length, 3);
    for (const [, name, goal, limit] of rows) {
      assertEquals([name, goal, limit], [name, `${bundles[name].goal.bytes}`, `${bundles[name].budget.bytes}`]);
    }
  });

  test("are plain ASCII, and name no machine's folders", () => {
    for (const page of [...pages(), "CHANGELOG.md"]) {
      const text = read(page);
      // deno-lint-ignore no-control-regex
      assertEquals(/[^\x00-\x7f].*/.exec(text)?.[0], undefined, page);
      assertEquals(/(?:^|[\s"'`(])\/(?:home|Users|work|root)\/.*/.exec(text)?.[0], undefined, page);
    }
  });
});

/** Rows of a page's tables whose second cell is not the default of the option in the first. */
function untrue(page: string, defaults: object, heading?: string): string[] {
  const text = heading === undefined ? read(page) : section(page, heading);
  const wrong: string[] = [];
  let count = 0;
  for (const [option, value] of Object.entries(defaults)) {
    const rows = [...text.matchAll(new RegExp(`^\\| \`${option}\` *\\|([^|]*)\\|`, "gm"))];
    const told = rows.map((row) => row[1].replaceAll("`", "").trim()).filter((cell) => cell !== "");
    if (told.length === 0 || typeof value === "function" || value === null) continue;
    count++;
    if (!told.includes(JSON.stringify(value))) wrong.push(`${option}: ${told}, not ${JSON.stringify(value)}`);
  }
  assert(count > 5, "the tables were found");
  return wrong;
}
