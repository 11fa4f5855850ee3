// The thread that owns a host's real sockets, so that the host can wait for a connection the way a device does.

// deno-lint-ignore-file no-explicit-any
import { connect, createServer, type Server, type Socket } from "node:net";
import { type MessagePort, workerData } from "node:worker_threads";
import { secure } from "./secure.ts";

const port: MessagePort = workerData.port;
const answer = new Int32Array(workerData.answer);
const LOOPBACK = "127.0.0.1";

const sockets = new Map<number, Socket>();
/** Listeners by their number in the host; several may share a port, as with SO_REUSEPORT. */
const listeners = new Map<number, number>();
const servers = new Map<number, { server: Server; numbers: number[]; turn: number }>();
let accepted = 1;

const OPERATIONS: Record<string, (message: any) => void> = {
  connect({ id, host, at, wait, tls }) {
    const socket = connect({ host, port: at, family: 4, allowHalfOpen: true });
    const fail = (error: NodeJS.ErrnoException) => {
      const number = error.code === "ENOTFOUND" || error.code === "EAI_AGAIN" ? -6 : -9;
      sockets.delete(id);
      if (wait) reply(number);
      else port.postMessage({ id, event: "failed", number });
    };
    sockets.set(id, socket);
    socket.once("error", fail);
    socket.once("connect", () => {
      socket.removeListener("error", fail);
      if (tls === null) adopt(id, socket);
      else sockets.set(id, secure(socket, tls, (message) => sockets.has(id) && port.postMessage({ id, ...message })));
      if (wait) reply(1);
      else port.postMessage({ id, event: "connected" });
    });
  },
  listen({ id, at }) {
    const there = servers.get(at);
    listeners.set(id, at);
    if (there) {
      there.numbers.push(id);
      return reply(1);
    }
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
    const entry = { server, numbers: [id], turn: 0 };
    server.on("connection", (socket) => {
      const number = accepted;
      accepted += 2;
      const to = entry.numbers[entry.turn++ % entry.numbers.length];
      sockets.set(number, socket);
      port.postMessage({ id: to, event: "accepted", number });
      adopt(number, socket);
    });
    server.once("error", () => {
      listeners.delete(id);
      servers.delete(at);
      reply(-1);
    });
    servers.set(at, entry);
    server.listen({ port: at, host: LOOPBACK }, () => reply(1));
  },
  unlisten({ id }) {
    const at = listeners.get(id);
    const entry = at === undefined ? undefined : servers.get(at);
    listeners.delete(id);
    if (!entry || at === undefined) return reply(1);
    entry.numbers = entry.numbers.filter((each) => each !== id);
    if (entry.numbers.length > 0) return reply(1);
    servers.delete(at);
    // The port is free when `close` returns: open connections only delay the event.
    entry.server.close();
    reply(1);
  },
  write({ id, bytes }) {
    sockets.get(id)?.write(bytes, (error) => {
      if (!error) port.postMessage({ id, event: "sent", length: bytes.length });
    });
  },
  /** What was written still goes out, unless bytes were left unread: then the peer hears of a reset, as the kernel would have it. */
  close({ id, reset }) {
    const socket = sockets.get(id);
    if (!socket) return;
    sockets.delete(id);
    socket.removeAllListeners("data");
    socket.removeAllListeners("end");
    socket.resume();
    if (reset) return void socket.resetAndDestroy();
    socket.end(() => socket.destroy());
  },
  pause({ id }) {
    sockets.get(id)?.pause();
  },
  resume({ id }) {
    sockets.get(id)?.resume();
  },
};

function adopt(id: number, socket: Socket): void {
  const known = () => sockets.get(id) === socket;
  socket.setNoDelay(true);
  socket.on("data", (bytes) => known() && port.postMessage({ id, event: "data", bytes }));
  socket.on("end", () => known() && port.postMessage({ id, event: "ended" }));
  socket.on("error", () => known() && port.postMessage({ id, event: "broken" }));
  socket.on("close", () => known() && port.postMessage({ id, event: "broken" }));
  socket.resume();
}

function reply(number: number): void {
  Atomics.store(answer, 0, number);
  Atomics.notify(answer, 0);
}

port.on("message", (message) => OPERATIONS[message.what](message));
