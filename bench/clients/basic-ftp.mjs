// node basic-ftp.mjs ACTION PORT USER PASSWORD ...: one measured action of basic-ftp. With BENCH_CA over TLS.
import { readFileSync } from "node:fs";
import { Client } from "basic-ftp";
import { actions } from "./actions.mjs";

const ca = process.env.BENCH_CA ? { secure: true, secureOptions: { ca: readFileSync(process.env.BENCH_CA, "utf8") } } : {};
const [action, port, user, password, ...rest] = process.argv.slice(2);
await actions(action, rest, {
  async open() {
    const client = new Client();
    await client.access({ host: "127.0.0.1", port: Number(port), user, password, ...ca });
    return client;
  },
  close: (client) => client.close(),
  download: (client, remote, local) => client.downloadTo(local, remote),
  upload: (client, local, remote) => client.uploadFrom(local, remote),
  async list(client) {
    return (await client.list("/")).length;
  },
});
