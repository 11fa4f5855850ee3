// Who may come in, and to which files: the table of users, anonymous, and the login callback.

import { CAN_WRITE, DENIED, NEEDS_ACCOUNT } from "../core/ports.ts";
import type { Done, FileSystem } from "../core/ports.ts";
import type { Login } from "../core/server/options.ts";
import { decodeName } from "./names.ts";
import { fingerprintOf } from "../adapters/tlsoptions.ts";
import type { Encoding } from "./names.ts";
import type { Access, LoginAnswer, LoginRequest, ServeOptions, ServerRuntime, User } from "./serveoptions.ts";
import { infoOf } from "./tls.ts";

const ANONYMOUS = ["anonymous", "ftp"];

/** A user of the table with open files. */
interface Known {
  password: string;
  files: FileSystem;
  /** Fingerprints. */
  certificates: string[];
}

type Ask = (request: LoginRequest) => LoginAnswer | Promise<LoginAnswer>;

/** Throws TypeError where it is none. */
function fingerprint(text: string): string {
  const found = fingerprintOf(text);
  if (found === "") throw new TypeError(`Cannot use the certificate "${text}": it must be a SHA-256 fingerprint`);
  return found;
}

/** Answers the core's question at each login. */
export class Users {
  /** What the server's own files are, before anyone has logged in too. */
  readonly files: FileSystem;
  private readonly runtime: ServerRuntime;
  private readonly options: ServeOptions;
  private readonly encoding: Encoding;
  private readonly known: Map<string, Known> = new Map();
  private readonly anonymous: FileSystem | null = null;
  private readonly folders: Map<string, FileSystem> = new Map();
  /** The files of `root` or `files`; null: every user has some of their own. */
  private readonly base: FileSystem | null;

  /** Throws where a folder is missing. */
  constructor(runtime: ServerRuntime, options: ServeOptions) {
    this.runtime = runtime;
    this.options = options;
    this.encoding = options.encoding ?? "utf-8";
    this.base = options.files ?? (options.root === undefined ? null : this.folder(options.root));
    for (const [name, user] of Object.entries(options.users ?? {})) {
      if (typeof user.password !== "string") throw new TypeError(`Cannot let "${name}" in without a password`);
      const certificates = (user.certificates ?? []).map(fingerprint);
      this.known.set(name, { password: user.password, files: this.filesFor(user, false), certificates });
    }
    if (options.anonymous) this.anonymous = this.filesFor(options.anonymous === true ? {} : options.anonymous, true);
    this.files = this.limit(this.base ?? this.ablest(), options.readOnly === true);
  }

  /** Files that can what any user's can: the server's commands are chosen by them. Nobody is let in to these. */
  private ablest(): FileSystem {
    const all = [...this.known.values()].map((user) => user.files);
    if (this.anonymous !== null) all.push(this.anonymous);
    const able = all.find((files) => (files.can & CAN_WRITE) !== 0);
    if (able !== undefined) return able;
    if (this.options.login !== undefined) return this.folder(".");
    if (all.length === 0) throw new TypeError('Cannot serve nothing: give a "root", "files", users or a "login"');
    return all[0];
  }

  /** The core's callback. */
  login(login: Login, done: Done<FileSystem | null>): void {
    const request = this.request(login);
    const user = this.known.get(request.user);
    // An unknown user costs as much time as a wrong password.
    const right = this.runtime.same(request.password, user?.password ?? "") && user !== undefined && user.password !== "";
    if (user !== undefined) return right ? done(0, user.files) : done(DENIED, null);
    if (this.anonymous !== null && ANONYMOUS.includes(request.user.toLowerCase())) return done(0, this.anonymous);
    if (this.options.login === undefined) return done(DENIED, null);
    this.ask(request, this.options.login).then((answer) => done(...answer));
  }

  /** A certificate may spare a password. */
  get certifies(): boolean {
    const tls = this.options.tls;
    return !!tls && (tls.certified !== undefined || [...this.known.values()].some((user) => user.certificates.length > 0));
  }

  /** The core's question where a client has shown a certificate. */
  certified(login: Login, done: Done<FileSystem | null>): void {
    const request = this.request(login);
    const user = this.known.get(request.user);
    const certificate = request.tls?.certificate;
    if (user !== undefined && certificate && user.certificates.includes(certificate.fingerprint)) return done(0, user.files);
    if (!this.options.tls || !this.options.tls.certified || !certificate?.verified) return done(DENIED, null);
    this.ask(request, this.options.tls.certified).then((answer) => done(...answer));
  }

  /** The core's other callback. */
  logout(login: Login): void {
    try {
      this.options.logout?.(this.request(login));
    } catch (error) {
      this.options.failed?.(error);
    }
  }

  private async ask(request: LoginRequest, callback: Ask): Promise<[number, FileSystem | null]> {
    try {
      const answer = await callback(request);
      if (answer === "account") return [NEEDS_ACCOUNT, null];
      if (!answer) return [DENIED, null];
      return [0, this.filesFor(answer === true ? {} : answer, false)];
    } catch (error) {
      this.options.failed?.(error);
      return [DENIED, null];
    }
  }

  private request(login: Login): LoginRequest {
    const text = (bytes: string): string => decodeName(bytes, this.encoding);
    const { host, port } = login;
    const tls = login.tls ? infoOf(login.tls) : null;
    return {
      user: text(login.user),
      password: text(login.password),
      account: text(login.account),
      host,
      port,
      tls,
      virtualHost: login.named ?? "",
    };
  }

  private filesFor(access: Access | User, readOnly: boolean): FileSystem {
    const files = access.files ?? (access.root === undefined ? this.base : this.folder(access.root));
    if (files === null) throw new TypeError('Cannot serve a user without files: give a "root" to the user or to the server');
    return this.limit(files, this.options.readOnly === true || (access.readOnly ?? readOnly));
  }

  private limit(files: FileSystem, readOnly: boolean): FileSystem {
    return readOnly ? this.runtime.readonly(files) : files;
  }

  private folder(root: string): FileSystem {
    const open = this.folders.get(root) ?? this.runtime.files(root);
    this.folders.set(root, open);
    return open;
  }
}
