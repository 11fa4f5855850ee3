// The client child of a device: the device runs inside of it, a new one for each cell. protocol.ts says how one talks to it.

import process from "node:process";
import type { Client, ConnectOptions } from "../../adapters/node/mod.ts";
import type { Net } from "../../core/ports.ts";
import type { Kind } from "../espruino/host/device.ts";
import { run } from "./cell.ts";
import type { Adapter } from "./desktop.ts";
import { lines, tell } from "./desktop.ts";
import { Board } from "./device.ts";
import type { Order } from "./protocol.ts";
import { PROGRAM, Remote } from "./remote.ts";

const kind = process.argv[2] as Kind;

tell({});
for await (const line of lines()) {
  const order = JSON.parse(line) as Order;
  const board = await Board.boot(kind, order.bundles, order.storage, PROGRAM);
  const adapter = {
    connect: (options: ConnectOptions, said?: string[]): Promise<Client> =>
      Remote.connect(board, options, said) as Promise<unknown> as Promise<Client>,
    // Only that of the device is used.
    net: (): Net => ({}) as Net,
    device: true,
  } as unknown as Adapter;
  const unclean = await run(order, adapter);
  const { faults } = board.device;
  await board.device.stop();
  if (unclean !== "") faults.unshift(unclean);
  tell(faults.length === 0 ? {} : { unclean: faults.slice(0, 10).join("; ") });
}
// What keeps it alive, should it not end: nothing, one hopes.
setTimeout(() => console.error(`left: ${process.getActiveResourcesInfo().join(", ")}`), 5000).unref();
