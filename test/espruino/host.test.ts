// What the imitating host does that no program on a device can show of itself: cuts, budgets, costs, other firmware.

import assert from "node:assert/strict";
import { connect, createServer, type Server, type Socket } from "node:net";
import { test } from "node:test";
import { type Device, freePorts, start } from "./host/device.ts";
import { Loop } from "./host/loop.ts";
import type { MachineOptions } from "./host/machine.ts";

const LOOPBACK = "127.0.0.1";

/** Runs `body` with a device, which is stopped afterwards. */
async function on(main: string, options: MachineOptions, body: (device: Device) => Promise<void>): Promise<void> {
  const device = await start({ kind: "host", main, options });
  try {
    await body(device);
  } finally {
    await device.stop();
  }
}

function dial(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, LOOPBACK, () => resolve(socket));
    socket.once("error", reject);
  });
}

function listen(heard: (socket: Socket) => void): Promise<{ server: Server; port: number }> {
  return new Promise((resolve) => {
    const server = createServer(heard);
    server.listen(0, LOOPBACK, () => resolve({ server, port: (server.address() as { port: number }).port }));
  });
}

/** A server that tells what happens to its sockets. */
const TELLING = (port: number): string => `
  require("net").createServer(function (c) {
    c.on("data", function (d) { print("#data " + d.length); });
    c.on("error", function (e) { print("#error " + e.code); });
    c.on("end", function () { print("#end"); });
    c.on("close", function (e) { print("#close " + e); });
    print("#connected");
  }).listen(${port});`;

test("chunks are as long as the firmware's", async () => {
  for (const [chunk, expected] of [[536, "536 464"], [268, "268 268 268 196"]] as const) {
    const port = await freePorts(1);
    await on(TELLING(port), { chunk }, async (device) => {
      (await dial(port)).end("x".repeat(1000));
      await device.until("#close");
      const lengths = device.lines.filter((line) => line.startsWith("#data")).map((line) => line.slice(6));
      assert.equal(lengths.join(" "), expected);
    });
  }
});

test("a long write costs the square of its length, a chunk for each drain nothing", async () => {
  const port = await freePorts(1);
  const program = `
    function all(c) { c.write("x".repeat(30000)); c.end(); }
    function pieces(c) { var n = 0; function more() { if (n++ < 60) c.write("x".repeat(500)); else c.end(); } c.on("drain", more); more(); }
    require("net").createServer(MODE).listen(${port});`;
  const copied: number[] = [];
  for (const mode of ["all", "pieces"]) {
    await on(program.replace("MODE", mode), {}, async (device) => {
      const socket = await dial(port);
      let got = 0;
      for await (const bytes of socket) got += bytes.length;
      assert.equal(got, 30000);
      copied.push(device.machine!.figures.copied);
      assert.equal(device.machine!.figures.longest, mode === "all" ? 30000 : 500);
    });
  }
  assert.ok(copied[0] > 800000, `${copied[0]} bytes were copied`);
  // A full window may take a part of a chunk.
  assert.ok(copied[1] < 5000, `${copied[1]} bytes were copied`);
});

test("what a device cannot live with is told", async () => {
  const port = await freePorts(1);
  const program = `
    require("net").createServer(function () {}).listen(0);
    require("net").createServer(function () { print("#connected"); }).listen(${port});`;
  await on(program, {}, async (device) => {
    const socket = await dial(port);
    socket.end("x".repeat(5000));
    await device.until("#connected");
    while (device.faults.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.match(device.faults[0], /listen\(0\)/);
    assert.match(device.faults[1], /without a handler/);
  });
});

test("sockets are counted: those beyond the budget wait", async () => {
  const port = await freePorts(1);
  const program = `
    var n = 0;
    require("net").createServer(function (c) { c.on("data", function () { c.end(); }); print("#" + ++n); }).listen(${port});`;
  await on(program, { sockets: 3 }, async (device) => {
    const sockets = [await dial(port), await dial(port), await dial(port)];
    await device.until("#2");
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.ok(!device.lines.includes("#3"));
    const caught = device.machine!.run(`try { require("net").connect({ port: ${port} }); } catch (e) { "" + e; }`);
    assert.equal(caught, "InternalError: Unable to create socket");
    sockets[0].write("x");
    await device.until("#3");
    for (const socket of sockets) socket.destroy();
  });
});

test("AT firmware has one listener", async () => {
  const port = await freePorts(2);
  const program = `
    var net = require("net"), a = net.createServer(function () {}), b = net.createServer(function () {});
    a.listen(${port});
    try { b.listen(${port + 1}); } catch (e) { print("#" + e); }
    a.close();
    b.listen(${port + 1});
    print("#listens");`;
  await on(program, { singleListener: true, sockets: 5 }, async (device) => {
    await device.until("#listens");
    assert.deepEqual(device.lines.filter((line) => line.startsWith("#")), ["#InternalError: Unable to create socket", "#listens"]);
  });
});

test("firmware that does not wait for a connection tells of a refusal by an event", async () => {
  const port = await freePorts(1);
  const { server, port: there } = await listen((socket) => socket.once("data", () => socket.end("hi")));
  const program = `
    var c = require("net").connect({ host: "${LOOPBACK}", port: ${port} }, function () { print("#connected"); });
    c.on("error", function (e) { print("#error " + e.code + " " + e.message); });
    c.on("close", function (e) { print("#close " + e); });
    print("#asked");
    var d = require("net").connect({ host: "${LOOPBACK}", port: ${there} }, function (x) { print("#there " + (x === d)); d.write("x"); });
    d.on("data", function (t) { print("#data " + t); });
    d.on("close", function () { print("#over"); });`;
  await on(program, { blocking: false }, async (device) => {
    await device.until("#over");
    await device.until("#close");
    assert.deepEqual(device.lines.slice(0, 3), ["#asked", "#error -9 connection reset", "#close true"]);
    assert.deepEqual(device.lines.slice(3), ["#there true", "#data hi", "#over"]);
  });
  server.close();
});

test("two devices talk with each other", async () => {
  const port = await freePorts(1);
  const echo =
    `require("net").createServer(function (c) { c.on("data", function (d) { c.write(d); }); }).listen(${port}); print("#ready");`;
  const ask = `
    var got = "";
    require("net").connect({ host: "${LOOPBACK}", port: ${port} }, function (c) {
      c.on("data", function (d) { got += d; if (got.length === 2000) { print("#" + (got === "ab".repeat(1000))); c.end(); } });
      c.write("ab".repeat(1000));
    });`;
  await on(echo, {}, async (server) => {
    await server.until("#ready");
    await on(ask, { chunk: 268 }, async (client) => {
      await client.until("#true");
      assert.deepEqual([...server.faults, ...client.faults], []);
    });
  });
});

test("a stopped device lets go of its ports and sockets", async () => {
  const port = await freePorts(1);
  const device = await start({ kind: "host", main: TELLING(port) });
  const socket = await dial(port);
  await device.until("#connected");
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.on("error", () => undefined);
  socket.resume();
  device.machine!.stop();
  await closed;
  device.machine!.boot(TELLING(port) + 'print("#again");');
  await device.until("#again");
  const again = await dial(port);
  again.write("x");
  await device.until("#data 1");
  again.end();
  await device.until("#close");
  await device.stop();
  await assert.rejects(dial(port), /ECONNREFUSED/);
});

test("a stopped loop leaves no timer behind, not even where it was woken in the middle of a turn", async () => {
  const timers = (): number => process.getActiveResourcesInfo().filter((each) => each === "Timeout").length;
  const before = timers();
  let wakes = 5;
  const loop: Loop = new Loop({
    fault: (error) => assert.fail(String(error)),
    idle() {
      if (wakes-- > 0) loop.wake();
      return false;
    },
  }, 0);
  loop.add(() => undefined, 5000, false, []);
  while (wakes >= 0) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(timers(), before + 1);
  loop.stop();
  assert.equal(timers(), before);
});
