// The client with implicit TLS on a device whose firmware has the module `tls`, against our server on Node and against odd ones.

// deno-lint-ignore-file no-explicit-any
import assert from "node:assert/strict";
import { createServer as listen, type Socket } from "node:net";
import { join } from "node:path";
import { before, test } from "node:test";
import { createServer as listenTls, type TLSSocket } from "node:tls";
import { pathToFileURL } from "node:url";
import { MemoryFiles } from "../../adapters/memory/mod.ts";
import { serve, type ServeOptions, type Server } from "../../adapters/node/mod.ts";
import { certificates, noCertificates, rsaIdentity } from "../conformance/certificates.ts";
import { noise } from "../conformance/filesystem-tools.ts";
import { type Device, freePorts, type Kind, reasonToSkip, start } from "./host/device.ts";
import type { MachineOptions } from "./host/machine.ts";
import { kindsHere } from "./host/namespace.ts";

const MODULE = "picoftp-client-tls";
const HOST = "127.0.0.1";
const LINES = "0123456789".repeat(3000);
const SECRET = { host: HOST, user: "ana", password: "secret", files: "sd", root: "card", tls: "implicit", rejectUnauthorized: false };
/** The interpreter for Linux takes more memory as it needs it, but not for the firmware's buffers. */
const GROW = "var i, l = []; for (i = 0; i < 20000; i++) l.push([i]); l = undefined;";
const GET = `ftp.get("/down.bin", "/down.bin", function (error) { print("#get " + error); });`;

const bundles: Record<string, string> = {};
before(async () => {
  const { bundle } = await import(pathToFileURL(join(process.cwd(), "tools/espruino/bundle.mjs")).href) as any;
  for (const name of [MODULE, "picoftp-client"]) bundles[name] = (await bundle(name)).small;
});

/** Connects, prints "#connect" with the error, and goes on with `ftp` where there is none. */
async function boot(kind: Kind, options: object, then: string, host: MachineOptions = {}, module: string = MODULE): Promise<Device> {
  const main = `${GROW}
    require("${module}").connect(${JSON.stringify({ ...SECRET, ...options })}, function (error, ftp) {
      print("#connect " + error);
      if (error) return;
      ${then}
    });`;
  const { key, cert } = rsaIdentity();
  const files = { "up.bin": LINES, "empty.bin": "", "own.key": key, "own.pem": cert };
  return await start({ kind, main, modules: { [module]: bundles[module] }, files, options: { tls: true, ...host } });
}

async function serving(files: MemoryFiles, tls: object = {}): Promise<Server> {
  const { cert, key } = rsaIdentity();
  const users = { ana: { password: "secret" } };
  return await serve({ files, host: HOST, port: 0, users, tls: { cert, key, implicit: true, ...tls } } as ServeOptions);
}

function told(device: Device): string[] {
  assert.deepEqual(device.faults.filter((fault) => fault.includes("crash")), []);
  return device.lines.filter((line) => line.startsWith("#"));
}

const kinds = kindsHere(import.meta.url);

/** One test on each kind of device; a device with 1700 variables has no room for TLS. */
function onDevices(name: string, body: (kind: Kind) => Promise<void>): void {
  for (const kind of kinds) {
    test(`${name}, on ${kind}`, { skip: kind === "small" ? "TLS needs more memory" : noCertificates() }, async (t) => {
      const reason = reasonToSkip(kind);
      if (reason !== "") return t.skip(reason);
      await body(kind);
    });
  }
}

onDevices("files go up and come down and folders are listed over TLS", async (kind) => {
  const files = new MemoryFiles({});
  const down = noise(77777, 5);
  files.put("/down.bin", down);
  files.put("/none.bin", new Uint8Array(0));
  await using server = await serving(files, { required: "data" });
  const device = await boot(
    kind,
    { port: server.port },
    `
    ftp.put("/up.bin", "/up.bin", function (error, bytes) {
      print("#put " + error + " " + bytes);
      ftp.put("/empty.bin", "/empty.bin", function (error) {
        print("#empty " + error);
        ftp.get("/down.bin", "/down.bin", function (error, bytes) {
          print("#get " + error + " " + bytes);
          ftp.get("/none.bin", "/none.bin", function (error, bytes) {
            print("#get " + error + " " + bytes);
            ftp.list("/", function (entry) { print("#entry " + entry.name + " " + entry.size); }, function (error) {
              print("#list " + error);
              ftp.quit(function (error) { print("#quit " + error); });
            });
          });
        });
      });
    });`,
  );
  try {
    await device.until("#quit");
    const listed = ["#entry down.bin 77777", "#entry none.bin 0", "#entry up.bin 30000", "#list 0"];
    assert.deepEqual(told(device), ["#connect 0", "#put 0 30000", "#empty 22", "#get 0 77777", "#get 0 0", ...listed, "#quit 0"]);
    assert.equal(Buffer.from(files.bytes("/up.bin")!).toString(), LINES);
    assert.ok(Buffer.from(device.file("down.bin")!, "latin1").equals(Buffer.from(down)), "down.bin differs");
    assert.deepEqual(device.faults, []);
  } finally {
    await device.stop();
  }
});

onDevices("twenty transfers in a row leave nothing behind", async (kind) => {
  const files = new MemoryFiles({});
  await using server = await serving(files);
  const device = await boot(
    kind,
    { port: server.port },
    `
    var n = 0, used;
    (function go() {
      ftp.put("/up.bin", "/up" + n + ".bin", function (error) {
        if (error) return print("#over " + error);
        if (n === 3) used = process.memory().usage;
        if (++n < 23) return go();
        print("#over " + error + " " + (process.memory().usage - used < 20));
      });
    })();`,
  );
  try {
    await device.until("#over");
    assert.deepEqual(told(device), ["#connect 0", "#over 0 true"]);
    for (let i = 0; i < 23; i++) assert.equal(files.bytes(`/up${i}.bin`)!.length, LINES.length);
  } finally {
    await device.stop();
  }
});

onDevices("a certificate of our own is shown", async (kind) => {
  const files = new MemoryFiles({});
  files.put("/down.bin", noise(1000, 5));
  const { cert } = rsaIdentity();
  for (const [own, said] of [[{ key: "card/own.key", cert: "card/own.pem" }, "#get 0"], [{}, "#connect"]] as const) {
    await using server = await serving(files, { clientCertificate: "require", ca: cert });
    const device = await boot(kind, { port: server.port, ...own }, GET);
    try {
      await device.until(said);
      if (said === "#connect") assert.notDeepEqual(told(device), ["#connect 0"]);
    } finally {
      await device.stop();
    }
  }
});

onDevices("what cannot be is refused before anything is sent", async (kind) => {
  let visitors = 0;
  const server = listen(() => visitors++).listen(0, HOST);
  await new Promise((done) => server.once("listening", done));
  const { port } = server.address() as { port: number };
  const cases: [object, MachineOptions, string, string][] = [
    [{ rejectUnauthorized: undefined }, {}, MODULE, "22"],
    [{ rejectUnauthorized: true }, {}, MODULE, "22"],
    [{ tls: "explicit" }, {}, MODULE, "22"],
    [{ tls: true }, {}, MODULE, "22"],
    [{}, {}, "picoftp-client", "22"],
    [{ tls: undefined, port: 990, rejectUnauthorized: undefined }, {}, MODULE, "22"],
  ];
  if (kind === "host") cases.push([{}, { tls: false }, MODULE, "22"], [{}, { piece: 12000 }, MODULE, "5"]);
  for (const [options, host, module, error] of cases) {
    const device = await boot(kind, { port, ...options }, "", host, module);
    try {
      await device.until("#connect");
      assert.deepEqual(told(device), [`#connect ${error}`], JSON.stringify(options));
      assert.deepEqual(device.faults, []);
    } finally {
      await device.stop();
    }
  }
  server.close();
  assert.equal(visitors, 0);
});

onDevices("where nobody listens, that is said, with TLS and without", async (kind) => {
  const port = await freePorts(1);
  for (const [tls, module] of [["implicit", MODULE], [false, MODULE], [false, "picoftp-client"]] as const) {
    const device = await boot(kind, { port, tls }, "", {}, module);
    try {
      await device.until("#connect");
      assert.deepEqual(told(device), ["#connect 12"]);
    } finally {
      await device.stop();
    }
  }
});

onDevices("a server in clear, and one whose TLS the firmware does not know, are TLS errors, and hear no word in clear", async (kind) => {
  const heard: Buffer[] = [];
  const clear = listen((socket) => socket.on("error", () => undefined).on("data", (bytes) => heard.push(bytes)).write("220 Welcome\r\n"));
  await new Promise((done) => clear.listen(0, HOST, () => done(0)));
  await using elliptic = await serving(new MemoryFiles({}), certificates()!.server);
  await using newer = await serving(new MemoryFiles({}), { minVersion: "TLSv1.3" });
  for (const port of [(clear.address() as { port: number }).port, elliptic.port, newer.port]) {
    const device = await boot(kind, { port }, "");
    try {
      await device.until("#connect");
      assert.deepEqual(told(device), ["#connect 15"]);
    } finally {
      await device.stop();
    }
  }
  clear.close();
  const all = Buffer.concat(heard);
  assert.equal(all[0], 22, "a ClientHello");
  assert.equal(all.indexOf("USER"), -1);
});

onDevices("a cut is told from an end by close_notify", async (kind) => {
  for (const [cut, result] of [[false, "#get 0"], [true, "#get 11"]] as const) {
    const peer = await Peer.start(cut);
    const device = await boot(kind, { port: peer.port }, GET);
    try {
      await device.until("#get");
      assert.deepEqual(told(device), ["#connect 0", result]);
      assert.equal(device.file("down.bin.!") !== undefined, cut, "what is not whole is marked");
      if (!cut) assert.equal(device.file("down.bin")!.length, 1000);
      assert.ok(peer.said.includes("PBSZ 0") && peer.said.includes("PROT P"));
    } finally {
      await device.stop();
      peer.stop();
    }
  }
});

onDevices("a server that wants sessions to be resumed says no", async (kind) => {
  const files = new MemoryFiles({});
  files.put("/down.bin", noise(1000, 5));
  await using server = await serving(files, { requireReuse: true });
  const device = await boot(kind, { port: server.port }, GET);
  try {
    await device.until("#get");
    assert.deepEqual(told(device), ["#connect 0", "#get 26"]);
  } finally {
    await device.stop();
  }
});

/** A server that knows no sizes and sends 1000 bytes, after which it ends in order or not. */
class Peer {
  port = 0;
  readonly said: string[] = [];
  private readonly sockets: Socket[] = [];
  private readonly servers: { close(): void }[] = [];

  static async start(cut: boolean): Promise<Peer> {
    const peer = new Peer();
    const { cert, key } = rsaIdentity();
    let waiting: TLSSocket | null = null;
    let send: (() => void) | null = null;
    const data = listenTls({ cert, key }, (socket) => {
      waiting = socket;
      send?.();
    });
    const control = listenTls({ cert, key }, (socket) => {
      const reply: Record<string, string> = {
        USER: "331 x",
        EPSV: `229 x (|||${portOf(data)}|)`,
        SIZE: "502 x",
        FEAT: "502 x",
        RETR: "150 x",
      };
      socket.on("error", () => undefined).write("220 x\r\n");
      socket.on("data", (bytes) => {
        for (const line of `${bytes}`.split("\r\n").slice(0, -1)) {
          peer.said.push(line);
          socket.write(`${reply[line.slice(0, 4)] ?? "200 x"}\r\n`);
          if (!line.startsWith("RETR")) continue;
          send = () => {
            const stream = waiting as TLSSocket;
            stream.on("error", () => undefined);
            stream.write(Buffer.alloc(1000, 7), () => cut ? peer.cut(stream) : stream.end());
            socket.write("226 x\r\n");
          };
          if (waiting) send();
        }
      });
    });
    for (const server of [data, control]) {
      server.on("connection", (socket: Socket) => peer.sockets.push(socket));
      peer.servers.push(server);
      await new Promise((done) => server.listen(0, HOST, () => done(0)));
    }
    peer.port = portOf(control);
    return peer;
  }

  stop(): void {
    for (const socket of this.sockets) socket.destroy();
    for (const server of this.servers) server.close();
  }

  /** The end of TCP, without a good-bye of TLS. */
  private cut(stream: TLSSocket): void {
    this.sockets.find((socket) => socket.remotePort === stream.remotePort)?.destroy();
  }
}

function portOf(server: { address(): unknown }): number {
  return (server.address() as { port: number }).port;
}
