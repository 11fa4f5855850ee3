// The Transfer in both roles, in every order in which its connection, its stream and its owner can speak.

import { test } from "node:test";
import { everyOrder } from "./orders.ts";
import { World } from "./transfer-world.ts";
import type { Scenario } from "./transfer-world.ts";

const MOST = 1000000;

function tried(name: string, scenario: Scenario): void {
  test(name, (context) => {
    const runs = everyOrder(MOST, (chooser) => new World(scenario, chooser).run());
    context.diagnostic(`${runs} orders`);
  });
}

const up = { receiving: true, blocks: 0 };
const down = { receiving: false };

tried("receives two chunks", { ...up, chunks: ["ab", "cd"] });
tried("receives nothing", { ...up, chunks: [] });
tried("receives, and the peer breaks", { ...up, chunks: ["ab", "cd"], breaks: true });
tried("receives, and the owner breaks off", { ...up, chunks: ["ab"], aborts: true });
tried("receives, and both break", { ...up, chunks: ["ab"], breaks: true, aborts: true, sync: true });
tried("receives, and a deadline passes", { ...up, chunks: ["ab"], expires: true });
tried("receives, and a write fails", { ...up, chunks: ["ab", "cd"], fails: "write" });
tried("receives, and a write fails while the peer breaks", { ...up, chunks: ["ab", "cd"], fails: "write", breaks: true });
tried("receives, and the commit fails", { ...up, chunks: ["ab"], fails: "settle", breaks: true });
tried("receives three chunks, and all goes wrong", { ...up, chunks: ["ab", "cd", "ef"], fails: "write", breaks: true, aborts: true });
tried("receives, and the commit fails, and all else", { ...up, chunks: ["ab", "cd"], fails: "settle", breaks: true, aborts: true });
tried("receives, and a deadline passes while the peer breaks", { ...up, chunks: ["ab", "cd"], expires: true, breaks: true });
tried("receives as much as was declared", { ...up, chunks: ["ab", "cd"], expected: 4 });
tried("receives, judged good", { ...up, chunks: ["ab"], judges: true });
tried("receives, judged good, and the peer breaks", { ...up, chunks: ["ab"], judges: true, breaks: true, sync: true });
tried("receives, judged good, and all goes wrong", {
  ...up,
  chunks: ["ab", "cd"],
  judges: true,
  breaks: true,
  aborts: true,
  fails: "write",
});
tried("receives, judged bad", { ...up, chunks: ["ab"], judges: false });
tried("receives nothing, judged good", { ...up, chunks: [], judges: true });

for (const blocks of [0, 1, 2]) {
  const with_ = blocks === 0 ? "own chunks" : blocks === 1 ? "one block" : "two blocks";
  tried(`sends with ${with_}`, { ...down, blocks, chunks: ["abcd", "ef"] });
  tried(`sends nothing with ${with_}`, { ...down, blocks, chunks: [] });
  tried(`sends with ${with_}, and the peer breaks`, { ...down, blocks, chunks: ["abcd", "ef"], breaks: true });
  tried(`sends with ${with_}, and the owner breaks off`, { ...down, blocks, chunks: ["abcd"], aborts: true });
  tried(`sends with ${with_}, and a deadline passes`, { ...down, blocks, chunks: ["abcd"], expires: true });
  tried(`sends with ${with_}, and a read fails`, { ...down, blocks, chunks: ["abcd", "ef"], fails: "read" });
  tried(`sends with ${with_}, and a read fails while the peer breaks`, { ...down, blocks, chunks: ["abcd"], fails: "read", breaks: true });
  tried(`sends with ${with_}, and the close fails`, { ...down, blocks, chunks: ["abcd"], fails: "settle", breaks: true });
  tried(`sends three chunks with ${with_}, and all goes wrong`, {
    ...down,
    blocks,
    chunks: ["abcd", "efgh", "ij"],
    fails: "read",
    breaks: true,
    aborts: true,
  });
  tried(`sends with ${with_}, and a deadline passes while the peer breaks`, {
    ...down,
    blocks,
    chunks: ["abcd", "ef"],
    expires: true,
    breaks: true,
  });
  tried(`sends with ${with_} to a peer that sends and ends`, { ...down, blocks, chunks: ["abcd"], noisy: true, breaks: true });
}
