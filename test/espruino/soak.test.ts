// A thousand logins, listings and transfers, a tenth of them cut at a random byte: nothing stays in memory, no file changes half.
// FULL=1 runs all of them; SEED=n repeats what failed.

// deno-lint-ignore-file no-explicit-any
import assert from "node:assert/strict";
import { join } from "node:path";
import { before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { noise } from "../conformance/filesystem-tools.ts";
import { generator } from "../interop/raw.ts";
import { type Device, freePorts, type Kind, reasonToSkip, start } from "./host/device.ts";
import { kindsHere } from "./host/namespace.ts";
import { call, look } from "./visitor.ts";

const SEED = Number(process.env.SEED ?? 41);
const FULL = process.env.FULL !== undefined;
const VISITS: Record<Kind, number> = FULL ? { host: 1000, real: 1000, small: 1000 } : { host: 100, real: 60, small: 60 };
const CUTS = 10;
/** Variables. */
const SLACK = 4;
/** Milliseconds between two looks at the memory; and after so many it does not become less: an eighth of the longest deadline is sooner. */
const LOOK = 200;
const QUIET = 16000;
const NAMES = ["kept", "other", "third"];

let bundled = "";
before(async () => {
  const { bundle } = await import(pathToFileURL(join(process.cwd(), "tools/espruino/bundle.mjs")).href) as any;
  bundled = (await bundle("picoftp-server")).small;
});

for (const kind of kindsHere(import.meta.url)) {
  const visits = VISITS[kind];
  test(`${visits} visits, ${visits / CUTS} of them cut, leave nothing behind on ${kind} (seed ${SEED})`, {
    timeout: FULL ? 1500000 : 220000,
  }, async (t) => {
    const reason = reasonToSkip(kind);
    if (reason !== "") return t.skip(reason);
    const port = await freePorts(6);
    const main = `
      print("#total " + process.memory().total);
      require("picoftp-server").start({ user: "ana", password: "secret", address: "127.0.0.1", port: ${port}, passiveFirst: ${port + 1},
        passiveLast: ${port + 5}, files: "sd", root: "card", idleTimeout: 30000 });
      setInterval(function () { print("#gc " + process.memory().usage); }, ${LOOK});
      print("#ready");`;
    const device = await start({ kind, main, modules: { "picoftp-server": bundled } });
    try {
      await device.until("#ready");
      const random = generator(SEED);
      const contents = new Map<string, Uint8Array>();
      // A visit of each name, and one that is cut: what is made once is there.
      const length = (await call(port, "kept", noise(3000, 1))).bytes;
      for (const name of NAMES) {
        await call(port, name, noise(3000, 1));
        contents.set(name, noise(3000, 1));
      }
      await call(port, "never", noise(3000, 1), length / 2, 1);
      assert.equal(await look(port, "never"), undefined);
      const began = await idle(device, 0);
      let cut = 0;
      for (let i = 0; i < visits; i++) {
        const last = i % CUTS === CUTS - 1;
        const fresh = last && random() < 0.3;
        const name = fresh ? `new${i}` : NAMES[Math.floor(random() * NAMES.length)];
        const data = noise(2000 + Math.floor(random() * 2000), i);
        const visit = await call(port, name, data, last ? Math.floor(random() * length) : Infinity, random());
        if (visit.cut) cut++;
        const now = last ? await look(port, name) : Buffer.from(device.file(name) ?? "", "latin1");
        const old = contents.get(name);
        const changed = now !== undefined && Buffer.compare(now, data) === 0;
        const kept = now === undefined ? old === undefined : old !== undefined && Buffer.compare(now, old) === 0;
        const told = `visit ${i}, ${name}: ${JSON.stringify(visit)}, ${now?.length} bytes, not ${data.length} or ${old?.length}`;
        assert.ok(visit.stored ? changed : changed || kept, told);
        if (visit.sent < data.length) assert.ok(kept, told);
        if (changed) contents.set(name, data);
      }
      const ended = await idle(device, typeof began === "number" ? began + SLACK : 0);
      t.diagnostic(`${cut} were cut; before: ${JSON.stringify(began)}, after: ${JSON.stringify(ended)}`);
      assert.ok(cut >= visits / CUTS / 2, `${cut} were cut`);
      // A number takes a variable or none, as it is long or short. What is left is once for all: the smallest object takes more.
      if (typeof began === "number") assert.ok((ended as number) <= began + SLACK, `${ended}, not ${began}`);
      else assert.deepEqual(ended, began);
      assert.deepEqual(device.faults, []);
    } finally {
      await device.stop();
    }
  });
}

/** What is held when all sessions have ended: variables after a collection, or what the host counts. It is not waited for less than `enough`. */
async function idle(device: Device, enough: number): Promise<unknown> {
  if (device.machine) {
    for (let last = "", same = 0;;) {
      const held = device.machine.held;
      same = JSON.stringify(held) === last ? same + 1 : 0;
      last = JSON.stringify(held);
      if (same === 20) return held;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  const found = (): number[] => device.lines.filter((line) => line.startsWith("#gc ")).map((line) => parseInt(line.slice(4), 10));
  const from = found().length;
  let least = Infinity;
  // A timer that was set before is there until it rings, and takes some variables.
  for (let same = 0, seen = from; least > enough && same < QUIET / LOOK; seen++) {
    while (found().length === seen) await new Promise((resolve) => setTimeout(resolve, 20));
    const now = found()[seen];
    same = now < least ? 0 : same + 1;
    least = Math.min(least, now);
  }
  return least;
}
