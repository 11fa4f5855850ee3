// The adapter of the runtime that the command runs on: its own sockets and files; and what the user's environment says.

/** What the command needs of an adapter; all have it in the same form. */
type Adapter = Pick<typeof import("../adapters/node/mod.ts"), "connect" | "serve">;

const ADAPTERS: Record<string, () => Promise<Adapter>> = {
  node: () => import("../adapters/node/mod.ts"),
  deno: () => import("../adapters/deno/mod.ts"),
  bun: () => import("../adapters/bun/mod.ts"),
};

/** That of this runtime. */
export const adapter: Adapter = await ADAPTERS["Deno" in globalThis ? "deno" : "Bun" in globalThis ? "bun" : "node"]();

/** An environment variable; undefined where there is none, or where Deno was not given the permission to read it. */
export function environment(name: string): string | undefined {
  try {
    return process.env[name];
  } catch {
    return undefined;
  }
}
