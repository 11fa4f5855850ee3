// Starts processes, reads what they cost from /proc, and takes medians; used by every benchmark here.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** The middle of some numbers. */
export function median(values) {
  const sorted = values.slice().sort((a, b) => a - b);
  return sorted.length === 0 ? NaN : sorted[Math.floor(sorted.length / 2)];
}

/** User and system seconds that a process and its ended children have used. */
export function cpu(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14])) / 100;
}

/** Resident memory of a process in bytes: now, and at its peak. */
export function memory(pid) {
  const text = readFileSync(`/proc/${pid}/status`, "latin1");
  const field = (name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(text)?.[1] ?? NaN) * 1024;
  return { now: field("VmRSS"), peak: field("VmHWM") };
}

/** Runs a command to its end: its output, its seconds, its own CPU seconds and peak memory. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const started = process.hrtime.bigint();
    const child = spawn("/usr/bin/time", ["-f", "@@%U %S %M", command, ...args], { stdio: ["ignore", "pipe", "pipe"], ...options });
    let out = "";
    let err = "";
    const timer = setTimeout(() => child.kill("SIGKILL"), options.timeout ?? 300000);
    child.stdout.on("data", (chunk) => out += chunk);
    child.stderr.on("data", (chunk) => err += chunk);
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      const seconds = Number(process.hrtime.bigint() - started) / 1e9;
      const cost = /@@([\d.]+) ([\d.]+) (\d+)/.exec(err);
      if (code !== 0) return reject(new Error(`${command} ${args.join(" ")} ended with ${code}: ${err.slice(-500)}`));
      resolve({ out, seconds, cpu: Number(cost?.[1]) + Number(cost?.[2]), peak: Number(cost?.[3]) * 1024 });
    });
  });
}

/** Starts a server and waits for a line of its output that matches; `stop()` ends it. */
export function start(command, args, ready, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
    let text = "";
    const timer = setTimeout(() => reject(new Error(`${command} did not start: ${text}`)), 15000);
    const look = (chunk) => {
      text += chunk;
      const match = ready.exec(text);
      if (match === null) return;
      clearTimeout(timer);
      child.stdout.removeListener("data", look);
      child.stdout.resume();
      resolve({ pid: child.pid, match, stop: () => stop(child) });
    };
    child.stdout.on("data", look);
    child.stderr.on("data", (chunk) => text += chunk);
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`${command} ended with ${code}: ${text}`)));
  });
}

function stop(child) {
  return new Promise((resolve) => {
    if (child.exitCode !== null) return resolve();
    child.once("close", resolve);
    child.kill("SIGTERM");
    setTimeout(() => child.kill("SIGKILL"), 3000).unref();
  });
}
