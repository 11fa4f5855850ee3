// The server child of a device: the device runs inside of it. protocol.ts says how one talks to it.

import process from "node:process";
import { freePorts, type Kind } from "../espruino/host/device.ts";
import { bytes } from "./content.ts";
import { lines, tell } from "./desktop.ts";
import { Board } from "./device.ts";
import { BIG, BIG_SEED, LOGIN, type Setup } from "./protocol.ts";

/** Ports for data, one for each session and some to spare. */
const PORTS = 12;

const kind = process.argv[2] as Kind;
const setup = JSON.parse(process.argv[3]) as Setup;
const port = await freePorts(PORTS + 1);
const options = `{
  user: "${LOGIN.user}", password: "${LOGIN.password}", files: files, root: "card", port: ${port}, address: "127.0.0.1", active: true,
  sessions: 6, sockets: 24, passiveFirst: ${port + 1}, passiveLast: ${port + PORTS},
}`;
const board = await Board.boot(kind, setup.bundles, setup.storage, `var server = p.start(${options});`, {
  [BIG.slice(1)]: bytes(setup.big, BIG_SEED),
});
tell({ "127.0.0.1": port });
for await (const _look of lines()) tell({ sessions: 0, handles: board.handles(), parts: board.parts() });
const { faults } = board.device;
await board.device.stop();
if (faults.length > 0) throw new Error(`The device suffered from ${faults.slice(0, 10).join("; ")}`);
