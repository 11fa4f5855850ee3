// Resident memory of a server per idle session, at 100, 500 and 1000 of them.
import { memory } from "./measure.mjs";
import { Raw } from "./raw.mjs";
import { password, servers, user } from "./servers.mjs";

/** kB per session and count, and the base in MiB. */
export async function idleMemory(folder, names, counts) {
  const rows = {};
  for (const name of names) {
    const server = await servers[name](folder).catch((error) => void (rows[name] = { missing: error.message }));
    if (server === undefined) continue;
    const open = async (n) => {
      const clients = [];
      for (let i = 0; i < n; i++) {
        const client = new Raw(server.port);
        await client.login(user, password);
        clients.push(client);
      }
      return clients;
    };
    const close = async (clients) => {
      for (const client of clients) client.destroy();
      await new Promise((resolve) => setTimeout(resolve, 300));
    };
    // Warm up, so that compiled code and pools are not counted as sessions.
    await close(await open(200));
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const base = memory(server.pid).now;
    rows[name] = { base: base / 1048576 };
    for (const count of counts) {
      const clients = await open(count);
      await new Promise((resolve) => setTimeout(resolve, 500));
      rows[name][count] = (memory(server.pid).now - base) / 1024 / count;
      await close(clients);
    }
    await server.stop();
  }
  return rows;
}
