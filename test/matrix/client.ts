// The client child on Node, Deno and Bun. protocol.ts says how one talks to it.

import { run } from "./cell.ts";
import { adapter, lines, tell } from "./desktop.ts";
import type { Order } from "./protocol.ts";

const runtime = await adapter();
tell({});
for await (const line of lines()) {
  const unclean = await run(JSON.parse(line) as Order, runtime);
  tell(unclean === "" ? {} : { unclean });
}
