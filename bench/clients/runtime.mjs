// Which of our modules belongs to the runtime that runs this.

/** "node", "deno" or "bun". */
export const runtime = "Deno" in globalThis ? "deno" : "Bun" in globalThis ? "bun" : "node";

/** Our connect and serve for this runtime. */
export function ours() {
  return import(`../../dist/adapters/${runtime}/mod.js`);
}
