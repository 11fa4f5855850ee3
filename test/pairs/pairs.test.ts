// Our client against our server: every way to meet, then a fault at every event, every byte, every call of the files.

import { test } from "node:test";
import { assertEquals } from "../assert.ts";
import { tried } from "./pair.ts";
import type { Setting } from "./pair.ts";

const MEETINGS: { [name: string]: Setting } = {
  "EPSV": {},
  "PASV": { client: { epsv: false } },
  "PORT": { client: { passive: false } },
  "EPSV over IPv6": { host: "::1" },
  "EPRT": { host: "::1", client: { passive: false } },
  "EPSV, TLS": { tls: "explicit" },
  "EPSV, implicit TLS": { tls: "implicit" },
  "PORT, TLS": { tls: "explicit", client: { passive: false } },
};

for (const [name, setting] of Object.entries(MEETINGS)) {
  test(`${name} in every way that must not matter`, () => {
    for (const split of [0, 1, 2, 3]) {
      for (const lend of [false, true]) {
        for (const later of [false, true]) {
          for (const early of [false, true]) {
            const result = tried({ ...setting, split, lend, later, early }, 0);
            assertEquals(result.failed, []);
            assertEquals(result.again, 1);
          }
        }
      }
    }
  });
}

/** From the first event on, each `stride`th, until a session has no more. */
function everywhere(stride: number, first: number, run: (at: number) => number): void {
  for (let at = first; at <= run(at); at += stride) continue;
}

for (const [name, setting] of Object.entries(MEETINGS)) {
  const stride = ["EPSV", "PORT", "EPSV, TLS"].includes(name) ? 1 : 3;
  for (const later of [false, true]) {
    const way = { ...setting, later, lend: later };
    const files = later ? "later" : "now";
    test(`${name}, files ${files}: a reset at every event of the client`, () => {
      everywhere(stride, 1, (at) => tried({ ...way, clientFaults: { resetAt: at } }, 1).events);
    });
    test(`${name}, files ${files}: a reset at every event of the server`, () => {
      everywhere(stride, 1, (at) => tried({ ...way, serverFaults: { resetAt: at } }, 1).events);
    });
    test(`${name}, files ${files}: silence from every event of the client on`, () => {
      everywhere(stride + 1, 1, (at) => tried({ ...way, clientFaults: { stallAt: at } }, 1).events);
    });
    test(`${name}, files ${files}: silence from every event of the server on`, () => {
      everywhere(stride + 1, 1, (at) => tried({ ...way, serverFaults: { stallAt: at } }, 1).events);
    });
  }
  test(`${name}: a reset behind every byte`, () => {
    everywhere(7, 1, (at) => tried({ ...setting, clientFaults: { resetAtByte: at } }, 1).bytes);
    everywhere(13, 1, (at) => tried({ ...setting, serverFaults: { resetAtByte: at } }, 1).bytes);
  });
}

for (const later of [false, true]) {
  test(`every call of the server's files fails once, files ${later ? "later" : "now"}`, () => {
    everywhere(1, 1, (at) => tried({ later, fileFaults: { failAt: at } }, 1).calls);
  });
}

for (const [name, setting] of Object.entries(MEETINGS)) {
  test(`${name}: what breaks is gone on with`, () => {
    for (const later of [false, true]) {
      const way = { ...setting, later, lend: later };
      everywhere(1, 1, (at) => tried({ ...way, clientFaults: { resetAt: at } }, 1, (pair) => pair.resumed()).events);
      everywhere(2, 1, (at) => tried({ ...way, serverFaults: { resetAt: at } }, 1, (pair) => pair.resumed()).events);
      everywhere(11, 1, (at) => tried({ ...way, clientFaults: { resetAtByte: at } }, 1, (pair) => pair.resumed()).bytes);
    }
  });
}

test("dials are refused, and ports are taken", () => {
  for (const [, setting] of Object.entries(MEETINGS)) {
    for (let at = 1; at < 12; at++) {
      tried({ ...setting, clientFaults: { refuseAt: at } }, 1);
      tried({ ...setting, serverFaults: { refuseAt: at } }, 1);
      tried({ ...setting, clientFaults: { inUseAt: at } }, 1);
      tried({ ...setting, serverFaults: { inUseAt: at + 1 } }, 1);
    }
  }
});

test("packets late and in pieces", () => {
  for (const [, setting] of Object.entries(MEETINGS)) {
    for (let seed = 1; seed < 20; seed++) {
      const result = tried({
        ...setting,
        clientFaults: { seed, split: 5, delay: 50 },
        serverFaults: { seed: seed + 100, split: 9, delay: 30 },
      }, 0);
      assertEquals(result.failed, []);
    }
  }
});
