// Many small things: 4 KiB files, logins and listings; servers under a bare client, clients against one server.
import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./measure.mjs";
import { commandOf } from "./programs.mjs";
import { Raw } from "./raw.mjs";
import { password, servers, user } from "./servers.mjs";

const CLIENTS = ["picoftp", "picoftp on deno", "picoftp on bun", "basic-ftp", "basic-ftp on deno", "basic-ftp on bun", "lftp"];

const seconds = async (action) => {
  const started = performance.now();
  await action();
  return (performance.now() - started) / 1000;
};

/** Rows of rates per second: up, down, logins one after another, logins from 8 clients, ms of a login and a listing. */
export async function serverCommands(work, count, rounds, names) {
  const rows = {};
  for (const name of names) rows[name] = { up: [], down: [], logins: [], logins8: [], login: [], list: [] };
  const bytes = Buffer.alloc(4096, 7);
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      const folder = join(work, "small");
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      chmodSync(folder, 0o777);
      const server = await servers[name](folder).catch((error) => void (rows[name].missing = error.message));
      if (server === undefined) continue;
      // ftp-srv looks for the data connection every 50 ms, and PAM takes its time.
      const files = name === "ftp-srv" ? Math.min(count, 100) : count;
      const logins = name === "vsftpd" ? 50 : count;
      const row = rows[name];
      const client = new Raw(server.port);
      await client.login(user, password);
      await client.send("TYPE I");
      // A server runs for weeks: what its runtime compiles in the first second is not what is compared. The same for all.
      const warm = Math.min(files, count / 2);
      for (let i = 0; i < warm; i++) await client.store(`f${i}`, bytes);
      for (let i = 0; i < warm; i++) await client.retrieve(`f${i}`);
      row.up.push(
        files / await seconds(async () => {
          for (let i = 0; i < files; i++) await client.store(`f${i}`, bytes);
        }),
      );
      row.down.push(
        files / await seconds(async () => {
          for (let i = 0; i < files; i++) await client.retrieve(`f${i}`);
        }),
      );
      row.list.push(
        await seconds(async () => {
          for (let i = 0; i < 20; i++) await list(client);
        }) / 20 * 1000,
      );
      await client.quit();
      const login = async () => {
        const one = new Raw(server.port);
        await one.login(user, password);
        await one.quit();
      };
      const many = async (n) => {
        for (let i = 0; i < n; i++) await login();
      };
      const one = await seconds(() => many(logins));
      row.logins.push(logins / one);
      row.login.push(one / logins * 1000);
      row.logins8.push(8 * logins / await seconds(() => Promise.all(Array.from({ length: 8 }, () => many(logins)))));
      await server.stop();
    }
  }
  return rows;
}

async function list(client) {
  const data = await client.passive();
  const ended = new Promise((resolve) => data.resume().on("close", resolve));
  await client.send("LIST");
  await Promise.all([ended, client.reply()]);
}

/** Rows: files per second of a client on one connection, down and up, and ms of a login and a listing. */
export async function clientCommands(work, count, rounds, server) {
  const local = join(work, "local-small");
  const out = join(work, "local-out");
  const remote = join(work, "root");
  mkdirSync(local, { recursive: true });
  for (let i = 0; i < count; i++) {
    writeFileSync(join(local, `f${i}`), Buffer.alloc(4096, i & 255));
    writeFileSync(join(remote, `f${i}`), Buffer.alloc(4096, i & 255));
    // The server has a user of its own, and replaces them.
    chmodSync(join(remote, `f${i}`), 0o666);
  }
  const rows = {};
  const open = `open -u '${user},${password}' -p ${server.port} 127.0.0.1; set ftp:use-feat yes; set net:connection-limit 1; `;
  const lftp = (text) => run("lftp", ["-c", open + text]);
  const script = async (name, action, ...rest) => {
    const [library, runtime = "node"] = name.split(" on ");
    const result = await run(...commandOf(runtime, `clients/${library}.mjs`, [action, String(server.port), user, password, ...rest]));
    return Number(/seconds ([\d.]+)/.exec(result.out)[1]);
  };
  for (let round = 0; round < rounds; round++) {
    for (const name of CLIENTS) {
      const row = rows[name] ??= { up: [], down: [], login: [], list: [] };
      rmSync(out, { recursive: true, force: true });
      mkdirSync(out);
      if (name === "lftp") {
        // The time of an empty mirror is the price of the process and the login.
        const empty = (await lftp("cls f0 >/dev/null")).seconds;
        row.down.push(count / ((await lftp(`mirror -x big -P 1 / ${out}`)).seconds - empty));
        row.up.push(count / ((await lftp(`mirror -R --ignore-time --transfer-all -P 1 ${local} /`)).seconds - empty));
      } else {
        row.down.push(count / await script(name, "many-down", String(count), out));
        row.up.push(count / await script(name, "many-up", String(count), local));
        row.login.push(await script(name, "login", "20") / 20 * 1000);
        row.list.push(await script(name, "list", "20") / 20 * 1000);
      }
      if (readdirSync(out).length < count) throw new Error(`${name} did not download all`);
    }
  }
  for (let i = 0; i < count; i++) rmSync(join(remote, `f${i}`));
  return rows;
}
