// Our client as a program of its own, on any runtime: a login, files up and down one after the other, a listing. It says what
// came of it as a line of JSON.

import process from "node:process";
import { connect } from "../runtime.ts";
import { bytes, digest } from "./bytes.ts";

/** What is to be done; comes as JSON, the only argument. */
export interface Task {
  port: number;
  user: string;
  password: string;
  version: "TLSv1.2" | "TLSv1.3";
  mode: "passive" | "active";
  /** One of them is how the server is trusted. */
  ca?: string;
  pin?: string;
  /** A folder that is there and empty. */
  folder: string;
  /** So many files, each way. */
  many: number;
}

/** What came of it. */
export interface Outcome {
  names: number;
  entries: number;
  /** Of the control connection, and of the last data connection. */
  protocols: (string | undefined)[];
  reused?: boolean;
  /** What went wrong, instead of all that. */
  failure?: string;
}

/** What is in file number `i`: one is empty, one is big. */
export function content(i: number): Uint8Array {
  return bytes(i === 1 ? 0 : i === 2 ? 3000000 : i * 37, i);
}

/** Does it. */
export async function transfers(task: Task): Promise<Outcome> {
  const { port, user, password, version, mode, ca, pin, folder, many } = task;
  const times = { replyTimeout: 10000, dataTimeout: 5000, stallTimeout: 5000, abortTimeout: 3000 };
  const tls = { tls: "explicit" as const, minVersion: version, maxVersion: version, ca, pin, servername: "localhost" };
  const client = await connect({ host: "127.0.0.1", port, user, password, mode, ...tls, ...times });
  try {
    await client.cd(folder);
    // Uploads in a row are what a client that has run out of sessions fails at.
    for (let i = 0; i < many; i++) {
      const sent = await client.put(`file ${i}`, content(i));
      if (sent !== content(i).length) throw new Error(`${sent} bytes of file ${i} were sent`);
    }
    for (let i = 0; i < many; i++) {
      if (digest(await client.getBytes(`file ${i}`)) !== digest(content(i))) throw new Error(`File ${i} came back different`);
    }
    const names = (await client.names()).length;
    let entries = 0;
    for await (const entry of client.list()) if (entry.type === "file") entries++;
    const info = client.tlsInfo();
    return { names, entries, protocols: [info?.control.protocol, info?.data?.protocol], reused: info?.data?.reused };
  } finally {
    await client.quit().catch(() => client.close());
  }
}

const [task] = process.argv.slice(2);
if (task?.startsWith("{")) {
  // A failure is an answer too.
  const outcome = await transfers(JSON.parse(task)).catch((error) => ({ failure: `${error}, ${error.cause}` }));
  process.stdout.write(JSON.stringify(outcome) + "\n");
}
