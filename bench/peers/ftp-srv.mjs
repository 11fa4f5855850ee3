// Serves a folder with ftp-srv: node ftp-srv.mjs FOLDER PORT USER PASSWORD
import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
const { FtpSrv } = require("ftp-srv");

const [root, port, user, password] = process.argv.slice(2);
const log = { child: () => log, trace() {}, debug() {}, info() {}, warn() {}, error() {} };
const server = new FtpSrv({
  url: `ftp://127.0.0.1:${port}`,
  pasv_url: "127.0.0.1",
  pasv_min: 20000,
  pasv_max: 40000,
  anonymous: false,
  log,
});
server.on("login", ({ username, password: given }, resolve, reject) => {
  if (username === user && given === password) resolve({ root });
  else reject(new Error("no"));
});
server.listen().then(() => console.log("ready"));
