// Gives up on one transfer and goes on with the session; tells apart what can go wrong.

import { MemoryFiles } from "../adapters/memory/mod.ts"; // in your program: from "picoftp/memory"
import { connect, ConnectionError, FtpError, serve } from "../adapters/node/mod.ts"; // from "picoftp"

const files = new MemoryFiles({});
files.put("/config.json", "{}");
await using server = await serve({ files, port: 0, users: { ana: { password: "secret" } } });
await using client = await connect({ host: server.host, port: server.port, user: "ana", password: "secret" });

const stop = new AbortController();
async function* slow(): AsyncGenerator<string> {
  yield "{";
  setTimeout(() => stop.abort(new Error("the user pressed a key")), 50);
  await new Promise((resolve) => setTimeout(resolve, 500));
  yield "}";
}
await client.put("config.json", slow(), { signal: stop.signal })
  .catch((error) => console.log("aborted:", error.message)); // prints "aborted: the user pressed a key"
console.log("untouched:", await client.getText("config.json")); // prints "untouched: {}"

try {
  await client.getText("missing");
} catch (error) {
  if (error instanceof FtpError) console.log(error.code, error.command, "-", error.reply); // prints "550 RETR missing - No such"
  else if (error instanceof ConnectionError) console.log("connection:", error.reason);
  else throw error;
}
console.log("the session lives on:", await client.exists("config.json")); // prints "lives on: true"
