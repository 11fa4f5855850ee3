// Runs the cases of one cell, in a client child of any runtime, and tells what became of each.

import { CASES } from "./cases.ts";
import { type Adapter, tell } from "./desktop.ts";
import type { Order } from "./protocol.ts";
import { Stage } from "./stage.ts";

/** "" or why it could not say good-bye in order. */
export async function run(order: Order, adapter: Adapter): Promise<string> {
  const stage = new Stage(order, adapter);
  const broken = await attempt(() => stage.begin());
  for (const name of order.cases) {
    if (broken === "") stage.clean();
    const error = broken || await attempt(() => CASES.find((each) => each.name === name)?.run(stage) ?? unknown(name));
    tell({ name, error: error === "" ? "" : [error, ...stage.said].join("\n") });
    if (error !== "" && broken === "") await stage.mend().catch(() => {});
  }
  return await attempt(() => stage.end());
}

/** "" or why it failed. */
async function attempt(run: () => Promise<unknown>): Promise<string> {
  try {
    await run();
    return "";
  } catch (error) {
    const { message, stack } = error as Error;
    return stack?.includes(message) ? stack : `${message}\n${stack}`;
  }
}

function unknown(name: string): Promise<void> {
  return Promise.reject(new Error(`There is no case "${name}"`));
}
