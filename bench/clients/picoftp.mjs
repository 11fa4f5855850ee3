// node picoftp.mjs ACTION PORT USER PASSWORD ...: one measured action of our client, from dist/. With BENCH_CA over TLS.
import { readFileSync } from "node:fs";
import { ours } from "./runtime.mjs";
import { actions } from "./actions.mjs";

const { connect } = await ours();
const ca = process.env.BENCH_CA ? { tls: "explicit", ca: readFileSync(process.env.BENCH_CA, "utf8") } : {};
const [action, port, user, password, ...rest] = process.argv.slice(2);
await actions(action, rest, {
  open: () => connect({ host: "127.0.0.1", port: Number(port), user, password, ...ca }),
  close: (client) => client.quit(),
  download: (client, remote, local) => client.download(remote, local),
  upload: (client, local, remote) => client.upload(local, remote),
  async list(client) {
    let count = 0;
    for await (const _ of client.list("/")) count++;
    return count;
  },
});
