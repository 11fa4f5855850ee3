// Folders with what is above and below them: mkdir and rmdir with `recursive`.

import type { Client } from "./client.ts";
import type { OperationOptions } from "./clientoptions.ts";
import type { FileInfo } from "./entries.ts";
import { FtpError } from "./errors.ts";

/** Makes a folder and those above it; content with what is there. */
export async function makeFolders(client: Client, path: string, options: OperationOptions): Promise<void> {
  try {
    await client.mkdir(path, options);
  } catch (error) {
    if (!(error instanceof FtpError) || error.code < 500) throw error;
    const there = await client.stat(path, options).catch(() => null);
    if (there?.type === "directory") return;
    const above = bare(path).lastIndexOf("/");
    if (there !== null || above <= 0) throw error;
    await makeFolders(client, path.slice(0, above), options);
    await client.mkdir(path, options);
  }
}

/** Removes what is in a folder, and the folder. Links are removed, not followed; a name that leads elsewhere is refused. */
export async function removeTree(client: Client, path: string, options: OperationOptions): Promise<void> {
  const entries: FileInfo[] = [];
  for await (const entry of client.list(path, options)) entries.push(entry);
  for (const entry of entries) {
    if (entry.name.includes("/") || entry.name === ".." || entry.type === "unknown") {
      throw new RangeError(`Cannot remove "${entry.name}" in "${path}": it is not a name`);
    }
    const inner = `${bare(path)}/${entry.name}`;
    if (entry.type === "directory") await removeTree(client, inner, options);
    else await client.remove(inner, options);
  }
  await client.rmdir(path, options);
}

/** Without slashes at its end. */
function bare(path: string): string {
  return path.replace(/\/+$/, "");
}
