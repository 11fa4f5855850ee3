// Which of our modules belongs to the runtime that runs this.

/** "node", "deno" or "bun". */
export const runtime = "Deno" in globalThis ? "deno" : "Bun" in globalThis ? "bun" : "node";

/** Our connect and serve for this runtime, from dist/ or another build. */
export function ours() {
  return import(`../../${process.env.PICOFTP_DIST ?? "dist"}/adapters/${runtime}/mod.js`);
}
