// The measured actions, the same for every client library: seconds are printed, without the start of the process.
import { join } from "node:path";

/** down REMOTE LOCAL | up LOCAL REMOTE | many-down COUNT FOLDER | many-up COUNT FOLDER | login COUNT | list COUNT */
export async function actions(action, args, library) {
  const count = Number(args[0]);
  if (action === "login") {
    const started = performance.now();
    for (let i = 0; i < count; i++) await library.close(await library.open());
    return done(started);
  }
  const client = await library.open();
  const before = process.cpuUsage();
  const started = performance.now();
  if (action === "down") await library.download(client, args[0], args[1]);
  if (action === "up") await library.upload(client, args[0], args[1]);
  if (action === "many-down") { for (let i = 0; i < count; i++) await library.download(client, `f${i}`, join(args[1], `f${i}`)); }
  if (action === "many-up") { for (let i = 0; i < count; i++) await library.upload(client, join(args[1], `f${i}`), `f${i}`); }
  if (action === "list") { for (let i = 0; i < count; i++) await library.list(client); }
  done(started);
  const { user, system } = process.cpuUsage(before);
  console.log(`cpu ${(user + system) / 1e6}`);
  await library.close(client);
}

function done(started) {
  console.log(`seconds ${(performance.now() - started) / 1000}`);
}
