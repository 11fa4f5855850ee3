// Which test files run on which runtime. A file that no row names runs on all of them.

/** The runtimes, in the order in which the gate runs them. */
export const RUNTIMES = ["node", "deno", "bun"];

/** Files by the beginnings of their paths, where they run, and why nowhere else. The first row that fits counts. */
export const ONLY = [
  { files: "test/adapters/node-", on: ["node"], why: "Deno and Bun have sockets and files of their own" },
  { files: "test/adapters/tls-session", on: ["node"], why: "only Node's sessions do without the certificate" },
  { files: "test/adapters/deno-bun-", on: ["node"], why: "starts each runtime itself" },
  { files: "test/adapters/deno-", on: ["deno"], why: "needs what only Deno has" },
  { files: "test/adapters/bun-", on: ["bun"], why: "needs what only Bun has" },
  { files: "test/runtimes/", on: ["node"], why: "starts each runtime itself" },
  { files: "test/matrix/", on: ["node"], why: "starts each runtime itself" },
  { files: "test/cli/netrc", on: RUNTIMES, why: "" },
  { files: "test/cli/", on: ["node"], why: "starts the command on each runtime itself" },
  { files: "test/interop/", on: ["node"], why: "real servers and clients; what differs between our runtimes is in the matrix" },
  { files: "test/peers/", on: ["node"], why: "real servers and clients" },
  { files: "test/docs/", on: ["node"], why: "checks pages, whose programs are Node's" },
  { files: "test/tools/", on: ["node"], why: "checks tools of the project" },
  { files: "test/espruino/", on: ["node"], why: "starts Espruino itself" },
];

/** Whether a test file, such as "test/wire/path.test.ts", runs on a runtime. */
export function runsOn(file, runtime) {
  const row = ONLY.find((each) => file.startsWith(each.files));
  return row === undefined || row.on.includes(runtime);
}

/** Files that measure memory or the rate of something: each runs alone, the others two at a time. */
export const ALONE = ["test/interop/soak", "test/espruino/memory", "test/espruino/soak", "test/api/handshakes", "test/api/datashakes"];
