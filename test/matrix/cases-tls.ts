// Cases of the matrix that are for TLS only: versions, sessions that go on, who does not come in.

import { security } from "./axes.ts";
import { bytes, refused, same } from "./content.ts";
import type { Case } from "./stage.ts";

const TRANSFERS = 6;

/** In their order. */
export const TLS: Case[] = [
  {
    name: "has the version that was asked for",
    secure: true,
    async run(stage) {
      const { version } = security(stage.order.security);
      await stage.there("file", bytes(1000, 1));
      const info = stage.client.tlsInfo();
      same([info?.control.protocol, info?.data?.protocol], [version, version], "versions");
      same(info?.control.certificate?.verified ?? true, true, "a certificate of our authority");
      await stage.remove("file");
    },
  },
  {
    name: "resumes its session on data connections",
    secure: true,
    async run(stage) {
      for (let i = 0; i < TRANSFERS; i++) {
        await stage.up("file", bytes(i, i));
        same(stage.client.tlsInfo()?.data?.reused, true, `the session of upload ${i} was resumed`);
        await stage.holds("file", bytes(i, i));
        same(stage.client.tlsInfo()?.data?.reused, true, `the session of download ${i} was resumed`);
        await stage.listed();
        same(stage.client.tlsInfo()?.data?.reused, true, `the session of list ${i} was resumed`);
      }
      await stage.remove("file");
    },
  },
  {
    name: "transfers nothing in clear",
    secure: true,
    async run(stage) {
      const error = await refused(stage.dial(0, null, { protect: "control" }), "PROT C") as { code?: number };
      same(error.code, 534, "the reply to it");
    },
  },
  {
    name: "trusts no stranger",
    secure: true,
    async run(stage) {
      const strange = stage.dial(0, null, { servername: "stranger.example" });
      same((await refused(strange, "a certificate for another name")).name, "ConnectionError", "its error");
    },
  },
];
