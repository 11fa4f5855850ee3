// The client child on Node, Deno and Bun. protocol.ts says how one talks to it.

import { CASES } from "./cases.ts";
import { adapter, lines, tell } from "./desktop.ts";
import type { Order } from "./protocol.ts";
import { Stage } from "./stage.ts";

const runtime = await adapter();
tell({});
for await (const line of lines()) {
  const order = JSON.parse(line) as Order;
  const stage = new Stage(order, runtime);
  const broken = await attempt(() => stage.begin());
  for (const name of order.cases) {
    if (broken === "") stage.clean();
    const error = broken || await attempt(() => CASES.find((each) => each.name === name)?.run(stage) ?? unknown(name));
    tell({ name, error: error === "" ? "" : [error, ...stage.said].join("\n") });
    if (error !== "" && broken === "") await stage.mend().catch(() => {});
  }
  const unclean = await attempt(() => stage.end());
  tell(unclean === "" ? {} : { unclean });
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
