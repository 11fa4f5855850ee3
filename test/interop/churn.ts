// One client of the soak test: logs in, transfers, and goes away at a random moment in a random way.

import type { Socket } from "node:net";
import { drain, Raw, within } from "./raw.ts";
import { bytes } from "./tree.ts";

/** Thrown where the client has decided to go. */
class Gone extends Error {}

const CONTENT: Uint8Array = bytes(300000, 1);

/** Runs one client to its end, whatever end that is. Throws only where the server said something wrong. */
export async function churn(port: number, random: () => number, name: string): Promise<void> {
  const raw = await Raw.open(port);
  const patience = random() < 0.5 ? 1 : random() * 0.3;
  const leave = (): void => {
    if (random() > patience) throw new Gone();
  };
  try {
    leave();
    await raw.login();
    for (let i = 0; i < 3; i++) {
      leave();
      await DEEDS[Math.floor(random() * DEEDS.length)](raw, random, leave, name);
    }
    leave();
    await raw.ask("QUIT");
  } catch (error) {
    if (!(error instanceof Gone)) throw error;
  } finally {
    raw.cut(random());
  }
}

type Deed = (raw: Raw, random: () => number, leave: () => void, name: string) => Promise<void>;

/** A data connection in one of both ways, and the first reply to the command: without a 150 there is no connection. */
async function open(raw: Raw, command: string, random: () => number, leave: () => void): Promise<Socket | null> {
  const passive = random() < 0.5;
  const dialled = passive ? await raw.passive() : null;
  try {
    if (!passive) await raw.active();
    leave();
    const first = await raw.ask(command);
    // Two clients of ours may send the same file.
    expect(first, "150", command.startsWith("STOR") ? "450" : "");
    if (first.startsWith("150")) return dialled ?? await raw.arrived();
  } catch (error) {
    dialled?.destroy();
    throw error;
  }
  dialled?.destroy();
  return null;
}

function expect(reply: string, ...codes: string[]): void {
  if (!codes.includes(reply.slice(0, 3))) throw new Error(`${codes} expected: ${reply}`);
}

const DEEDS: Deed[] = [
  async (raw, random, leave, _name) => {
    const data = await open(raw, "RETR big", random, leave);
    if (data === null) return;
    if (random() < 0.5) {
      const came = await within(drain(data), () => `The download does not end: ${raw.heard.slice(-12).join(" / ")}`);
      if (came.length !== 3000000) throw new Error(`${came.length} bytes came`);
      expect(await raw.reply(), "226");
      return;
    }
    await within(
      new Promise((resolve) => data.once("data", resolve)),
      () => `The download does not begin: ${raw.heard.slice(-12).join(" / ")}`,
    );
    if (random() < 0.5) {
      data.destroy();
      expect(await raw.reply(), "426", "226");
      return;
    }
    raw.socket.write("ABOR\r\n");
    data.resume();
    leave();
    expect(await raw.reply(), "426", "226");
    expect(await raw.reply(), "226", "225");
    data.destroy();
  },
  async (raw, random, leave, name) => {
    const data = await open(raw, `STOR ${name}`, random, leave);
    if (data === null) return;
    data.write(CONTENT.subarray(0, Math.floor(random() * CONTENT.length)));
    if (random() < 0.3) {
      data.resetAndDestroy();
      expect(await raw.reply(), "426", "425");
      return;
    }
    leave();
    data.end();
    expect(await raw.reply(), "226");
  },
  async (raw, random, leave, _name) => {
    const data = await open(raw, random() < 0.5 ? "MLSD" : "LIST", random, leave);
    if (data === null) return;
    await within(drain(data), () => `The listing does not end: ${raw.heard.slice(-12).join(" / ")}`);
    expect(await raw.reply(), "226");
  },
  async (raw, random, leave, _name) => {
    // A listener and nobody who comes.
    await raw.ask(random() < 0.5 ? "EPSV" : "PASV");
    if (random() < 0.5) await raw.ask("EPSV");
    leave();
  },
  async (raw, _random, leave, _name) => {
    expect(await raw.ask("RETR nobody"), "425", "550");
    leave();
    expect(await raw.ask("SIZE big"), "213");
    expect(await raw.ask("STAT /"), "212");
  },
];
