// A power cut at every write of an upload: afterwards there is the old file or the new one, whole, and a retry goes through.

// deno-lint-ignore-file no-explicit-any
import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { CARD } from "../../adapters/espruino/disk.ts";
import { type Fuse } from "./host/flash.ts";
import { Machine } from "./host/machine.ts";

const EXPORTS = {
  DeviceFiles: "adapters/espruino/files.ts",
  Entry: "core/ports.ts",
};
const KEEP = ["core/ports.ts", "adapters/espruino/runtime.ts"];
const OLD = "old ".repeat(9);
const NEW = "new! ".repeat(11);
const LAST = "the last one";

/** What the programs below are given: one file system, used synchronously. */
const MAIN = `
  var m = require("files");
  var files = new m.DeviceFiles(WHERE, ROOT, 16);
  var entry = new m.Entry();
  function put(path, text, size) {
    var said = -1;
    files.create(path, { offset: 0, size: size, append: false, exclusive: false, owner: "" }, function (error, file) {
      if (error !== 0) { said = error; return; }
      var at = 0, failed = 0;
      while (at < text.length && failed === 0) {
        files.write(file, text.substring(at, at + 16), Math.min(16, text.length - at), function (error) { failed = error; });
        at += 16;
      }
      if (failed === 0) files.commit(file, function (error) { said = error; });
      else files.discard(file, false, function () { said = failed; });
    });
    return said;
  }
  function take(path) {
    var said = null;
    files.open(path, 0, entry, function (error, file) {
      if (error !== 0) { said = error; return; }
      var more = true;
      said = "";
      while (more) files.read(file, null, function (error, chunk, length) { more = length > 0; said += chunk; });
      files.close(file, function () {});
    });
    return said;
  }
  function list() {
    var said = [];
    files.list("/", function (error, cursor) {
      var more = true;
      while (more) cursor.next(entry, function (error, there) { more = there; if (there) said.push(entry.name); });
    });
    return said.filter(function (name) { return name !== "files"; }).join();
  }`;

let bundled = "";
let folder = "";

before(async () => {
  const { bundle } = await import(pathToFileURL(join(process.cwd(), "tools/espruino/bundle.mjs")).href) as any;
  bundled = (await bundle("files", { about: "test", preset: "full", exports: EXPORTS, keep: KEEP })).small;
  folder = mkdtempSync(join(tmpdir(), "picoftp-power-"));
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** Where files are kept, and how to go back to what was there. */
interface Place {
  main: string;
  machine(): Machine;
  fuse(machine: Machine): Fuse;
  save(machine: Machine): void;
  restore(machine: Machine): void;
}

const saved = { flash: new Uint8Array(0) };
const PLACES: Record<string, Place> = {
  "Storage": {
    main: MAIN.replace("WHERE", "1024").replace("ROOT", '""'),
    machine: () => new Machine({ storage: 32768 }),
    fuse: (machine) => machine.flash.fuse,
    save: (machine) => void (saved.flash = machine.flash.bytes.slice()),
    restore: (machine) => machine.flash.bytes.set(saved.flash),
  },
  "a card": {
    main: MAIN.replace("WHERE", `${CARD}`).replace("ROOT", '"card"'),
    machine: () => new Machine({ folder: join(folder, "now"), fat: true }),
    fuse: (machine) => machine.cardFuse,
    save() {
      rmSync(join(folder, "saved"), { recursive: true, force: true });
      cpSync(join(folder, "now"), join(folder, "saved"), { recursive: true });
    },
    restore() {
      rmSync(join(folder, "now"), { recursive: true, force: true });
      cpSync(join(folder, "saved"), join(folder, "now"), { recursive: true });
    },
  },
};

for (const [where, place] of Object.entries(PLACES)) {
  for (const known of [true, false]) {
    for (const first of [OLD, null]) {
      test(`${first === null ? "a new file" : "a file written anew"}, its size ${known ? "told" : "not told"}, on ${where}`, () => {
        rmSync(join(folder, "now"), { recursive: true, force: true });
        mkdirSync(join(folder, "now", "card"), { recursive: true });
        const machine = place.machine();
        machine.store("files", bundled);
        machine.boot(place.main);
        if (first !== null) assert.equal(machine.run(`put("/a", "${first}", ${first.length})`), 0);
        machine.stop();
        place.save(machine);
        const size = (text: string) => known ? text.length : -1;
        const outcomes: Record<string, number> = {};
        for (let cut = 0;; cut++) {
          place.restore(machine);
          machine.boot(place.main);
          place.fuse(machine).left = cut;
          const said = machine.run(`put("/a", "${NEW}", ${size(NEW)})`);
          const whole = machine.on;
          if (whole) assert.equal(said, 0);
          machine.stop();

          machine.boot(place.main);
          const found = machine.run('take("/a")');
          const names = machine.run("list()");
          const kept = found === NEW ? "new" : first === null ? found === 1 && "none" : found === OLD && "old";
          assert.ok(kept, `cut ${cut}: ${JSON.stringify(found)} ${machine.faults}`);
          assert.equal(names, kept === "none" ? "" : "a", `cut ${cut}`);
          assert.equal(machine.run(`put("/a", "${LAST}", ${size(LAST)})`), 0, `the retry after cut ${cut}`);
          assert.equal(machine.run('take("/a")'), LAST, `cut ${cut}`);
          machine.stop();
          assert.deepEqual(machine.faults, [], `cut ${cut}`);
          outcomes[kept as string] = (outcomes[kept as string] ?? 0) + 1;
          if (whole) {
            assert.equal(kept, "new");
            break;
          }
        }
        assert.ok(outcomes.new > 0 && (outcomes.old ?? outcomes.none) > 3, JSON.stringify(outcomes));
      });
    }
  }
}
