// A bare FTP client on one socket, without a library's own costs: measures servers, not clients.
import net from "node:net";

/** A control connection that answers one command at a time. */
export class Raw {
  constructor(port, host = "127.0.0.1") {
    this.host = host;
    this.socket = net.connect({ port, host, noDelay: true });
    this.socket.setEncoding("latin1");
    this.text = "";
    this.waiting = null;
    this.socket.on("data", (text) => {
      this.text += text;
      this.look();
    });
    this.socket.on("error", () => {});
    this.socket.on("close", () => this.waiting?.reject(new Error("The control connection closed")));
  }

  /** The next final or preliminary reply. */
  reply() {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.look();
    });
  }

  look() {
    if (this.waiting === null) return;
    const match = /^(\d{3})(?: [^\n]*|-[^]*?\n\1 [^\n]*)\n/.exec(this.text);
    if (match === null) return;
    this.text = this.text.slice(match[0].length);
    const waiting = this.waiting;
    this.waiting = null;
    waiting.resolve(match[0]);
  }

  /** Sends a line and waits for its reply. */
  send(line) {
    const reply = this.reply();
    this.socket.write(`${line}\r\n`);
    return reply;
  }

  async login(user, password) {
    await this.reply();
    await this.send(`USER ${user}`);
    const reply = await this.send(`PASS ${password}`);
    if (!reply.startsWith("230")) throw new Error(`No login: ${reply}`);
  }

  async passive() {
    const reply = await this.send("PASV");
    const numbers = /(\d+),(\d+),(\d+),(\d+),(\d+),(\d+)/.exec(reply);
    return net.connect({ port: Number(numbers[5]) * 256 + Number(numbers[6]), host: this.host, noDelay: true });
  }

  /** Downloads and counts. */
  async retrieve(path) {
    const data = await this.passive();
    let bytes = 0;
    const ended = new Promise((resolve, reject) =>
      data.on("data", (chunk) => bytes += chunk.length).on("close", resolve).on("error", reject)
    );
    const first = await this.send(`RETR ${path}`);
    if (!first.startsWith("1")) throw new Error(`RETR: ${first}`);
    await Promise.all([ended, this.reply()]);
    return bytes;
  }

  async store(path, bytes) {
    const data = await this.passive();
    const ended = new Promise((resolve, reject) => data.on("close", resolve).on("error", reject));
    data.resume();
    const first = await this.send(`STOR ${path}`);
    if (!first.startsWith("1")) throw new Error(`STOR: ${first}`);
    data.end(bytes);
    const last = this.reply();
    await Promise.all([ended, last]);
    if (!(await last).startsWith("2")) throw new Error(`STOR: ${await last}`);
  }

  quit() {
    return new Promise((resolve) => {
      this.socket.on("close", resolve);
      this.socket.write("QUIT\r\n");
    });
  }

  destroy() {
    this.socket.destroy();
  }
}
