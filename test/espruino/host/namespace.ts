// Runs the real interpreters of a test file in a network namespace of their own, where that is possible: they listen on every address.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Kind, KINDS, reasonToSkip } from "./device.ts";

/** Set inside the namespace. */
const INSIDE = "PICOFTP_NAMESPACE";
const LIMIT = process.env.FULL ? 3600000 : 240000;

/**
 * The kinds of device whose tests the file `url` is to register. Where namespaces are possible, those of real interpreters are
 * run by one test that starts the file once more in a namespace; elsewhere they run on the loopback address here.
 */
export function kindsHere(url: string): Kind[] {
  const real = KINDS.filter((kind) => kind !== "host");
  if (process.env[INSIDE]) return real;
  if (real.every((kind) => reasonToSkip(kind) !== "") || !possible()) return KINDS;
  test("with real interpreters, in a network namespace of their own", { timeout: LIMIT }, async (t) => {
    const { code, text } = await inside(fileURLToPath(url));
    const count = /^# pass (\d+)$/m.exec(text);
    t.diagnostic(`${count ? count[1] : "no"} tests passed inside`);
    assert.equal(code, 0, text);
    assert.ok(count && parseInt(count[1], 10) > 0, text);
  });
  return ["host"];
}

function possible(): boolean {
  return spawnSync("unshare", ["-rn", "ip", "link", "set", "lo", "up"], { stdio: "ignore" }).status === 0;
}

function inside(file: string): Promise<{ code: number | null; text: string }> {
  const env: NodeJS.ProcessEnv = { ...process.env, [INSIDE]: "1" };
  delete env.NODE_TEST_CONTEXT;
  const node = [process.execPath, "--test-force-exit", "--test-reporter=tap", "--test", file];
  const child = spawn("unshare", ["-rn", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", ...node], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  child.stdout.on("data", (chunk) => text += chunk);
  child.stderr.on("data", (chunk) => text += chunk);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => child.kill("SIGKILL"), LIMIT - 5000);
    child.once("error", reject);
    child.once("close", (code) => {
      clearTimeout(timer);
      resolve({ code, text });
    });
  });
}
