// Server: slots and what they share, without a transcript.

import { test } from "node:test";
import { MemoryFiles, MemoryNet, Peer } from "../../adapters/memory/mod.ts";
import { DENIED, IN_USE } from "../../core/ports.ts";
import type { FileSystem } from "../../core/ports.ts";
import type { Login, ServerOptions } from "../../core/server/options.ts";
import { Server } from "../../core/server/server.ts";
import { assert, assertEquals } from "../assert.ts";

const LOGIN = "USER ana\r\nPASS secret\r\nTYPE I\r\n";

interface Stage {
  net: MemoryNet;
  files: MemoryFiles;
  server: Server;
  dial(host: string): Peer;
}

function stage(options: Partial<ServerOptions>): Stage {
  const net = new MemoryNet({});
  const files = new MemoryFiles({});
  const login = (_login: Login, done: (error: number, files: FileSystem | null) => void): void => done(0, null);
  const server = new Server(net, files, { login, block: 64, delay: 0, ...options });
  server.listen({ host: "", port: 21 }, () => {});
  net.run();
  return {
    net,
    files,
    server,
    dial(host: string): Peer {
      const peer = new Peer();
      peer.dial(net, { host: "127.0.0.1", port: 21, localHost: host, text: true });
      net.run();
      return peer;
    },
  };
}

test("a slot is used again, and no more than `spare` are kept", () => {
  const { net, server, dial } = stage({ sessions: 5, spare: 2 });
  const peers = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5"].map(dial);
  const slots = server.sessions.slice();
  assertEquals(server.sessions.length, 5);
  peers[1].abort();
  net.run();
  assertEquals(server.sessions.length, 4);
  const again = dial("10.0.0.6");
  assertEquals(server.sessions.length, 5);
  assert(slots.includes(server.sessions[4]), "a new slot was made");
  for (const peer of peers.concat(again)) peer.abort();
  net.run();
  assertEquals(server.sessions.length, 0);
  assertEquals(server.spare.length, 2);
  assertEquals(net.open.conns, 0);
});

test("a thousand logins, transfers and breaks leave nothing", () => {
  const { net, files, server, dial } = stage({ sessions: 3, blocks: 2 });
  files.put("/a.txt", "x".repeat(1000));
  for (let i = 0; i < 1000; i++) {
    const peer = dial("10.0.0.1");
    const data = new Peer();
    peer.send(LOGIN + "PASV\r\n");
    net.run();
    const port = /(\d+),(\d+)\)/.exec(peer.take()) as RegExpExecArray;
    data.dial(net, { host: "127.0.0.1", port: Number(port[1]) * 256 + Number(port[2]), localHost: "10.0.0.1" });
    peer.send("RETR /a.txt\r\n");
    for (let n = 0; n < i % 37; n++) net.step();
    if (i % 3 === 0) data.abort();
    else peer.abort();
    net.run();
    peer.abort();
    net.run();
  }
  assertEquals(server.sessions.length, 0);
  assertEquals(net.open, { conns: 0, listeners: 1, lent: 0 });
  assertEquals(server.pool?.made, server.pool?.free.length);
  assertEquals(files.handles, 0);
});

test("a thousand PASV leave one listener, and none behind the session", () => {
  const { net, server, dial } = stage({});
  const peer = dial("10.0.0.1");
  peer.send(LOGIN + "PASV\r\n".repeat(1000));
  net.run();
  assertEquals(net.open.listeners, 2);
  assertEquals(peer.take().split("\r\n227 ").length, 1001);
  peer.abort();
  net.run();
  assertEquals(net.open.listeners, 1);
  assertEquals(server.sessions.length, 0);
});

test("all blocks are taken: 450, and the session goes on", () => {
  const { net, files, server, dial } = stage({ sessions: 1, blocks: 1 });
  files.put("/a.txt", "hello");
  const peer = dial("10.0.0.1");
  const block = server.pool?.take() as Uint8Array;
  peer.send(LOGIN + "PASV\r\nRETR /a.txt\r\nNOOP\r\n");
  net.run();
  assert(/\r\n150 .*\r\n450 .*\r\n200 .*\r\n$/.test(peer.take()));
  server.pool?.give(block);
  assertEquals(files.handles, 0);
});

test("an idle session holds no block", () => {
  const { net, server, dial } = stage({});
  const peer = dial("10.0.0.1");
  peer.send(LOGIN);
  net.run();
  assertEquals(server.pool?.made, 0);
});

test("a user gets files of his own", () => {
  const own = new MemoryFiles({});
  own.put("/mine.txt", "hello");
  const { net, files, dial } = stage({ login: ({ user }, done) => done(user === "eve" ? DENIED : 0, user === "ana" ? own : null) });
  files.put("/all.txt", "hello");
  const ana = dial("10.0.0.1");
  ana.send("USER ana\r\nPASS x\r\nTYPE I\r\nSIZE /mine.txt\r\nUSER bob\r\nPASS x\r\nTYPE I\r\nSIZE /mine.txt\r\nSIZE /all.txt\r\n");
  net.run();
  assertEquals(ana.take().replace(/ [^\r]*/g, "").split("\r\n"), [
    "220",
    "331",
    "230",
    "200",
    "213",
    "331",
    "230",
    "200",
    "550",
    "213",
    "",
  ]);
});

test("a port that is taken is told", () => {
  const { net } = stage({});
  const errors: number[] = [];
  const other = new Server(net, new MemoryFiles({}), {});
  other.listen({ host: "", port: 21 }, (error) => errors.push(error));
  net.run();
  assertEquals(errors, [IN_USE]);
});

test("an idle server asks for no time", () => {
  const { net, dial } = stage({});
  assertEquals(net.deadline(), -1);
  const peer = dial("10.0.0.1");
  assert(net.deadline() > 0);
  peer.abort();
  net.run();
  net.time(1000000);
  assertEquals(net.deadline(), -1);
});

test("a device's files hand over chunks of their own, and no block is ever made", () => {
  for (const ownChunks of ["text", "bytes"] as const) {
    for (const lend of [false, true]) {
      for (const later of [false, true]) {
        const net = new MemoryNet({ lend });
        const files = new MemoryFiles({ ownChunks, later, block: 100 });
        const server = new Server(net, files, { login: (_login, done) => done(0, null), sessions: 1 });
        files.put("/a.txt", "0123456789".repeat(77));
        net.join(files);
        server.listen({ host: "", port: 21 }, () => {});
        net.run();
        const peer = new Peer();
        const data = new Peer();
        peer.dial(net, { host: "127.0.0.1", port: 21, text: true });
        net.run();
        peer.send(LOGIN + "EPSV\r\n");
        net.run();
        data.dial(net, { host: "127.0.0.1", port: Number((/\|(\d+)\|/.exec(peer.take()) as RegExpExecArray)[1]) });
        peer.send("RETR /a.txt\r\n");
        net.run();
        assertEquals(data.take(), "0123456789".repeat(77));
        data.end();
        net.run();
        assert(peer.take().endsWith("226 Transfer complete, 770 bytes\r\n"));
        assertEquals(server.pool?.made, 0);
        assertEquals(files.handles, 0);
      }
    }
  }
});
