import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import { assert, assertEquals } from "../assert.ts";
import { finish } from "../cli/tool.ts";
import { spawn } from "node:child_process";
import { ROOT } from "./text.ts";

const FOLDER = path.join(ROOT, "examples");

describe("the examples run to their end and print what their comments say", { concurrency: true }, () => {
  for (const name of readdirSync(FOLDER).filter((file) => file.endsWith(".ts"))) {
    test(name, async () => {
      const source = readFileSync(path.join(FOLDER, name), "utf8");
      const expected = [...source.matchAll(/\/\/ .*?prints "([^"]*)"/g)].map((match) => match[1]);
      assert(expected.length > 0, "it says nowhere what it prints");
      const child = spawn(process.execPath, [path.join(import.meta.dirname, "../../examples", name.replace(/\.ts$/, ".js"))]);
      const { code, out, err } = await finish(child);
      assertEquals([code, err], [0, ""]);
      for (const line of expected) assert(out.includes(line), `it should print "${line}", it prints\n${out}`);
    });
  }

  test("they are short", () => {
    for (const name of readdirSync(FOLDER, { recursive: true, encoding: "utf8" }).filter((name) => path.extname(name) !== "")) {
      const lines = readFileSync(path.join(FOLDER, name), "utf8").trimEnd().split("\n").length;
      assert(lines <= 40, `${name} has ${lines} lines`);
    }
  });
});
