// A device and a peer outside of it, on the host and on the interpreter: what comes in which order.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { connect } from "node:net";
import { test } from "node:test";
import { freePorts, reasonToSkip, start } from "./host/device.ts";
import { kindsHere } from "./host/namespace.ts";

const LOOPBACK = "127.0.0.1";

for (const kind of kindsHere(import.meta.url)) {
  for (const reset of [false, true]) {
    test(`${reset ? "a reset" : "an end"} of the peer is an end on ${kind}`, async (t) => {
      const reason = reasonToSkip(kind);
      if (reason !== "") return t.skip(reason);
      const port = await freePorts(1);
      const main = `
        require("net").createServer(function (c) {
          c.on("data", function (d) { print("#data " + d.length); });
          c.on("error", function (e) { print("#error " + e.code); });
          c.on("end", function () { print("#end"); });
          c.on("close", function (e) { print("#close " + e); });
          print("#connected");
        }).listen(${port});
        print("#ready");`;
      const device = await start({ kind, main });
      try {
        await device.until("#ready");
        const socket = connect(port, LOOPBACK);
        await device.until("#connected");
        socket.write("abc");
        await device.until("#data");
        if (reset) socket.resetAndDestroy();
        else socket.end();
        await device.until("#close");
        assert.deepEqual(device.lines.slice(1), ["#connected", "#data 3", "#end", "#close false"]);
        assert.deepEqual(device.faults, []);
      } finally {
        await device.stop();
      }
    });
  }

  test(`a greeting that is there at once comes before the connect event on ${kind}`, async (t) => {
    const reason = reasonToSkip(kind);
    if (reason !== "") return t.skip(reason);
    await patiently(async (seconds) => {
      const { port, stop } = await peer('socket.write("220 hello\\r\\n")');
      const main = `
        var c = require("net").connect({ host: "${LOOPBACK}", port: ${port} }, function () { print("#connected"); c.end(); });
        c.on("data", function (d) { print("#data " + d.length); });
        c.on("close", function () { print("#over"); });
        var e = getTime() + ${seconds};
        while (getTime() < e);`;
      const device = await start({ kind, main });
      try {
        await device.until("#over");
        assert.deepEqual(device.lines, ["#data 11", "#connected", "#over"]);
      } finally {
        await device.stop();
        stop();
      }
    });
  });

  test(`what waits to be sent when the peer ends is lost on ${kind}, and that is an error`, async (t) => {
    const reason = reasonToSkip(kind);
    if (reason !== "") return t.skip(reason);
    await patiently(async (seconds) => {
      const { port, stop } = await peer("socket.pause().end()");
      const main = `
        var c = require("net").connect({ host: "${LOOPBACK}", port: ${port} });
        c.on("error", function (e) { print("#error " + e.code); });
        c.on("end", function () { print("#end"); });
        c.on("close", function (e) { print("#close " + e); });
        c.write("x".repeat(4000));
        var e = getTime() + ${seconds};
        while (getTime() < e);`;
      const device = await start({ kind, main });
      try {
        await device.until("#close");
        assert.deepEqual(device.lines, ["#error -8", "#end", "#close true"]);
      } finally {
        await device.stop();
        stop();
      }
    });
  });

  test(`a peer that ended before it is taken in is never heard to close on ${kind}`, async (t) => {
    const reason = reasonToSkip(kind);
    if (reason !== "") return t.skip(reason);
    await patiently(async (seconds) => {
      const port = await freePorts(1);
      const stop = await visitor(port);
      const main = `
        require("net").createServer(function (c) {
          c.on("end", function () { print("#end"); });
          c.on("close", function (e) { print("#close " + e); });
          print("#connected " + c.cls + " " + c.conn);
          try { c.write("x"); } catch (e) { print("#" + e.toString()); }
          setTimeout(function () { print("#over"); }, 100);
        }).listen(${port});
        var e = getTime() + ${seconds};
        while (getTime() < e);`;
      const device = await start({ kind, main });
      try {
        await device.until("#over");
        assert.deepEqual(device.lines, ["#connected true false", "#Error: This socket is closed", "#over"]);
      } finally {
        await device.stop();
        stop();
      }
    });
  });
}

/** The device waits for what the other side does meanwhile; on a busy machine that may take longer. */
async function patiently(body: (seconds: number) => Promise<void>): Promise<void> {
  for (let seconds = 0.2;; seconds *= 2) {
    try {
      return await body(seconds);
    } catch (error) {
      if (seconds > 4) throw error;
    }
  }
}

/** A process that connects as soon as it can, and ends. Answers when it is up. */
function visitor(port: number): Promise<() => void> {
  const script = `
    function go() {
      const socket = require("net").connect(${port}, "${LOOPBACK}", () => socket.end());
      socket.on("error", () => setTimeout(go, 5));
    }
    go();
    console.log("up");`;
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.stdout.once("data", () => resolve(() => child.kill()));
  });
}

/** A server in a process of its own, since a device that waits holds this one up. */
function peer(greet: string): Promise<{ port: number; stop(): void }> {
  const script = `
    const server = require("net").createServer((socket) => { socket.on("error", () => {}); ${greet}; });
    server.listen(0, "${LOOPBACK}", () => console.log(server.address().port));`;
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.stdout.once("data", (line) => resolve({ port: parseInt(`${line}`, 10), stop: () => child.kill() }));
  });
}
