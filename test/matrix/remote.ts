// The client of a device in the shape that the cases know: what they ask for is done on the device, by its own few methods.

// deno-lint-ignore-file no-explicit-any
import type { ConnectOptions, FileInfo } from "../../adapters/node/mod.ts";
import { decodeName, encodeName, type Encoding } from "../../api/names.ts";
import type { Board } from "./device.ts";

/** What the device runs: connections by number, and a line for each thing that is done. */
export const PROGRAM = `
var r = [];
function told(id, n) {
  return function (error, value) { print("#" + id + " " + JSON.stringify([error, value === undefined ? "" : value, r[n].reply()])); };
}
function dial(id, n, options) {
  p.connect(options, function (error, remote) { r[n] = remote; print("#" + id + " " + JSON.stringify([error, "", remote.reply()])); });
}
function each(id) {
  return function (entry) { print("#" + id + "e " + JSON.stringify([entry.name, entry.type, entry.size, entry.modified])); };
}
function listen() {
  var net = require("net"), connect = net.connect;
  net.connect = function (target, heard) {
    var socket = connect(target, heard), write = socket.write;
    socket.write = function (text) {
      if (text.length < 200) print("#> " + JSON.stringify(text));
      return write.call(socket, text);
    };
    return socket;
  };
}`;

/** Errors of core/ports.ts. */
const REPLY = 26;
/** Types of an Entry. */
const TYPES = ["unknown", "file", "directory", "link"];

/** One connection. */
export class Remote {
  connected = true;
  private static count = 0;
  private readonly board: Board;
  private readonly number: number;
  private readonly encoding: Encoding;
  private said: string[] | undefined;

  constructor(board: Board, number: number, encoding: Encoding) {
    this.board = board;
    this.number = number;
    this.encoding = encoding;
  }

  /** Connects, and logs in. */
  static async connect(board: Board, options: ConnectOptions, said?: string[]): Promise<Remote> {
    const { host, port, user, password } = options;
    const remote = new Remote(board, Remote.count++, options.encoding ?? "utf-8");
    remote.said = said;
    if (said !== undefined) board.run("listen()");
    await remote.ask((id) =>
      `dial(${id}, ${remote.number}, { host: "${host}", port: ${port}, user: "${user}", password: "${password}", files: files, root: "card" })`
    );
    return remote;
  }

  async put(path: string, content: string | Uint8Array, options: object = {}): Promise<number> {
    if (typeof content !== "string" && !(content instanceof Uint8Array)) throw new Error("The device sends files only");
    plain(options);
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    return await this.locally(async (local) => {
      this.board.put(local, bytes);
      return (await this.method("put", `"/${local}", ${this.name(path)}`)).value;
    });
  }

  async getBytes(path: string, options: object = {}): Promise<Uint8Array> {
    plain(options);
    return await this.locally(async (local) => {
      const { value } = await this.method("get", `${this.name(path)}, "/${local}"`);
      const bytes = this.board.get(local) ?? new Uint8Array(0);
      if (bytes.length !== value) throw new Error(`${value} bytes came, and ${bytes.length} are there`);
      return bytes;
    });
  }

  async getText(path: string): Promise<string> {
    return Buffer.from(await this.getBytes(path)).toString();
  }

  get(): Promise<never> {
    return Promise.reject(new Error("The device has no streams"));
  }

  async *list(path: string = ""): AsyncGenerator<FileInfo> {
    const id = this.board.next();
    await this.ask(() => `r[${this.number}].list(${this.name(path)}, each(${id}), told(${id}, ${this.number}))`, id);
    for (const line of this.board.lines(`#${id}e `)) {
      const [name, type, size, modified] = JSON.parse(line);
      yield {
        name: decodeName(name, this.encoding),
        type: TYPES[type],
        size,
        modified: modified < 0 ? undefined : new Date(modified),
      } as FileInfo;
    }
  }

  async names(path: string = ""): Promise<string[]> {
    const found: string[] = [];
    for await (const { name } of this.list(path)) found.push(name);
    return found;
  }

  async stat(path: string): Promise<FileInfo> {
    for await (const entry of this.list()) if (entry.name === path) return entry;
    throw new Error(`There is no "${path}"`);
  }

  async size(path: string): Promise<number> {
    return parseInt((await this.command(`SIZE ${path}`)).slice(4), 10);
  }

  exists(path: string): Promise<boolean> {
    return this.size(path).then(() => true, (error) => {
      if (error.code === 550) return false;
      throw error;
    });
  }

  async rename(from: string, to: string): Promise<void> {
    await this.command(`RNFR ${from}`);
    await this.command(`RNTO ${to}`);
  }

  async remove(path: string): Promise<void> {
    await this.command(`DELE ${path}`);
  }

  async mkdir(path: string, options: { recursive?: boolean } = {}): Promise<void> {
    const parts = path.split("/");
    if (!options.recursive) return void await this.command(`MKD ${path}`);
    for (let i = 1; i <= parts.length; i++) await this.command(`MKD ${parts.slice(0, i).join("/")}`);
  }

  async rmdir(path: string, options: { recursive?: boolean } = {}): Promise<void> {
    if (options.recursive) {
      for await (const { name, type } of this.list(path)) {
        if (type === "directory") await this.rmdir(`${path}/${name}`, options);
        else await this.remove(`${path}/${name}`);
      }
    }
    await this.command(`RMD ${path}`);
  }

  async cd(path: string): Promise<void> {
    await this.command(`CWD ${path}`);
  }

  async pwd(): Promise<string> {
    const [, path] = /"(.*)"/.exec(await this.command("PWD")) as RegExpExecArray;
    return path.replaceAll('""', '"');
  }

  async modified(path: string): Promise<Date> {
    const digits = (await this.command(`MDTM ${path}`)).slice(4);
    return new Date(digits.replace(/^(....)(..)(..)(..)(..)(..).*/, "$1-$2-$3T$4:$5:$6Z"));
  }

  async setModified(path: string, time: Date): Promise<void> {
    await this.command(`MFMT ${time.toISOString().replace(/\..*|[^\d]/g, "")} ${path}`);
  }

  async send(line: string): Promise<{ code: number }> {
    return { code: parseInt(await this.command(line), 10) };
  }

  tlsInfo(): null {
    return null;
  }

  async quit(): Promise<void> {
    if (!this.connected) return;
    await this.method("quit", "");
    this.connected = false;
    for (const line of this.board.lines("#> ")) this.said?.push(`1 > ${JSON.parse(line)}`);
  }

  close(): void {
    this.connected = false;
    this.board.run(`r[${this.number}].close()`);
  }

  // --- Helpers

  /** The last line of the reply; a refusal throws. */
  private async command(line: string): Promise<string> {
    const { value } = await this.method("command", this.name(line));
    if (parseInt(value, 10) >= 400) throw Object.assign(new Error(`${line} was refused: ${value}`), { code: parseInt(value, 10) });
    return decodeName(value, this.encoding);
  }

  private method(name: string, args: string): Promise<{ value: any }> {
    return this.ask((id) => `r[${this.number}].${name}(${args}${args === "" ? "" : ", "}told(${id}, ${this.number}))`);
  }

  /** Does it, and waits until it is done. */
  private async ask(code: (id: number) => string, id: number = this.board.next()): Promise<{ value: any }> {
    this.board.run(code(id));
    const line = await this.board.device.until(`#${id} `);
    const [error, value, reply] = JSON.parse(line.slice(line.indexOf(" ")));
    if (error === 0) return { value };
    const problem = new Error(error === REPLY ? `It was refused: ${reply}` : `Error ${error}, after ${reply}`);
    throw Object.assign(problem, { code: error === REPLY ? parseInt(reply, 10) : undefined });
  }

  /** A name for a file of the device, which is gone afterwards. */
  private async locally<T>(act: (local: string) => Promise<T>): Promise<T> {
    const local = `l${this.board.next()}`;
    try {
      return await act(local);
    } finally {
      if (this.board.get(local) !== null) this.board.remove(local);
    }
  }

  /** A text of the device's program. */
  private name(text: string): string {
    return JSON.stringify(encodeName(text, this.encoding)).replace(/[\x7f-\xff]/g, (c) => `\\x${c.charCodeAt(0).toString(16)}`);
  }
}

/** Options are nothing that the device has. */
function plain(options: object): void {
  const [first] = Object.keys(options);
  if (first !== undefined) throw new Error(`The device's client knows no ${first}`);
}
