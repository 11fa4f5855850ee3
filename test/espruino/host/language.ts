// What Espruino's language lacks or does its own way, as far as a context of the engine can be bent to it.
//
// `language` is never called here: its text runs inside the context. What only a syntax tree can show is found by tools/subset.

// deno-lint-ignore-file no-explicit-any

/** Members of the built-in classes; everything else is taken away. Asked of the interpreter. */
const MEMBERS: Record<string, string> = {
  "String.prototype":
    "constructor charAt charCodeAt concat endsWith includes indexOf lastIndexOf length match padEnd padStart repeat replace replaceAll slice split startsWith substr substring toLowerCase toUpperCase trim toString valueOf",
  "String": "prototype fromCharCode length name",
  "Array.prototype":
    "constructor concat every fill filter find findIndex forEach includes indexOf join length map pop push reduce reverse shift slice some sort splice toString unshift",
  "Array": "prototype isArray length name",
  "Object.prototype": "constructor hasOwnProperty toString valueOf __proto__ on emit removeListener removeAllListeners clone",
  "Object":
    "prototype assign create defineProperties defineProperty entries fromEntries getOwnPropertyDescriptor getOwnPropertyDescriptors getOwnPropertyNames getPrototypeOf keys setPrototypeOf values length name",
  "Function.prototype": "constructor apply bind call toString length name prototype",
  "Number.prototype": "constructor toFixed toString valueOf",
  "Number": "prototype MAX_VALUE MIN_VALUE NEGATIVE_INFINITY NaN POSITIVE_INFINITY length name",
  "Math":
    "E LN10 LN2 LOG10E LOG2E PI SQRT1_2 SQRT2 abs acos asin atan atan2 ceil cos exp floor log max min pow random round sign sin sqrt tan",
  "Date.prototype":
    "constructor getDate getDay getFullYear getHours getMilliseconds getMinutes getMonth getSeconds getTime getTimezoneOffset getUTCDate getUTCDay getUTCFullYear getUTCHours getUTCMilliseconds getUTCMinutes getUTCMonth getUTCSeconds setDate setFullYear setHours setMilliseconds setMinutes setMonth setSeconds setTime toISOString toJSON toString toUTCString valueOf",
  "Date": "prototype now parse length name",
  "JSON": "parse stringify",
};
const VIEW =
  "constructor buffer byteLength byteOffset length every fill filter find findIndex forEach includes indexOf join map reduce reverse set slice some sort subarray toString";
const ABSENT =
  "Map Set WeakMap WeakSet WeakRef FinalizationRegistry Symbol Proxy Reflect BigInt BigInt64Array BigUint64Array Atomics SharedArrayBuffer WebAssembly Intl RangeError EvalError URIError AggregateError Iterator escape unescape encodeURI decodeURI SuppressedError DisposableStack AsyncDisposableStack Float16Array";

/** The text that bends a context; it is a function of the host's own functions. */
export function languageText(): string {
  return `(${language.toString()})`;
}

/** What `language` is given besides the host's functions. */
export const LANGUAGE: { members: Record<string, string>; view: string; absent: string } = { members: MEMBERS, view: VIEW, absent: ABSENT };

function language(native: any, facts: any): void {
  const scope: any = globalThis;
  const objects = Object;

  // Reads what is needed before it is taken away.
  const slice = String.prototype.slice;
  const indexOf = String.prototype.indexOf;
  const split = String.prototype.split;
  const fromCharCode = String.fromCharCode;
  const sort = Array.prototype.sort;
  const names = objects.getOwnPropertyNames;
  const prune = (object: any, list: string) => {
    const keep = list.split(" ");
    for (const name of names(object)) if (!keep.includes(name)) delete object[name];
  };
  const define = (object: any, name: string, value: any) =>
    objects.defineProperty(object, name, { value, writable: true, configurable: true, enumerable: false });
  const fail = (kind: string, message: string) => {
    throw new scope[kind](message);
  };

  // --- Strings are bytes, and a search takes what fits at the end for a match
  define(String, "fromCharCode", (...codes: number[]) => fromCharCode(...codes.map((code) => code & 255)));
  define(String.prototype, "indexOf", function (this: any, what: any, from: any) {
    const text = `${this}`;
    const needle = `${what}`;
    if (needle.length > text.length) return -1;
    let at = typeof from === "number" ? Math.max(0, Math.min(from | 0, text.length - needle.length + 1)) : 0;
    const found: number = indexOf.call(text, needle, at);
    const last = found < 0 ? text.length : found;
    // Only in the last needle.length - 1 characters can a beginning of the needle touch the end.
    at = Math.max(at, text.length - needle.length + 1);
    for (; at < last; at++) if (indexOf.call(needle, slice.call(text, at)) === 0) return at;
    return found < text.length ? found : -1;
  });
  define(String.prototype, "includes", function (this: any, what: any, from: any) {
    return this.indexOf(what, from) >= 0;
  });
  const replaceOnce = (text: string, what: string, by: any, from: number): { text: string; at: number } => {
    const at = (text as any).indexOf(what, from);
    if (at < 0) return { text, at };
    const put = typeof by === "function" ? `${by(what, at, text)}` : `${by}`;
    return { text: slice.call(text, 0, at) + put + slice.call(text, at + what.length), at: at + put.length };
  };
  const regular = String.prototype.replace;
  define(String.prototype, "replace", function (this: any, what: any, by: any) {
    return what instanceof RegExp ? regular.call(`${this}`, what as any, by) : replaceOnce(`${this}`, `${what}`, by, 0).text;
  });
  define(String.prototype, "replaceAll", function (this: any, what: any, by: any) {
    let made = { text: `${this}`, at: 0 };
    while (made.at >= 0 && made.at < made.text.length) made = replaceOnce(made.text, `${what}`, by, made.at);
    return made.text;
  });
  define(String.prototype, "split", function (this: any, by: any) {
    const text = `${this}`;
    return text === "" && typeof by === "string" && by.length > 1 ? [] : split.call(text, by);
  });

  // --- Arrays: no stable sort; a slice of bytes is a plain array
  define(Array.prototype, "sort", function (this: any, compare: any) {
    // Equal ones come out the other way round, so that nobody relies on their order.
    this.reverse();
    return sort.call(this, compare);
  });
  const views = objects.getPrototypeOf(Uint8Array.prototype);
  define(views, "slice", function (this: any, from: any, to: any) {
    return Array.prototype.slice.call(this, from, to);
  });

  // --- Errors know no names, and only Error itself is one
  scope.InternalError = function InternalError(this: any, message: any) {
    if (!(this instanceof scope.InternalError)) return new scope.InternalError(message);
    this.message = message;
  };
  scope.InternalError.prototype.toString = function (this: any) {
    return `InternalError: ${this.message}`;
  };
  for (const kind of ["TypeError", "SyntaxError", "ReferenceError"]) {
    define(scope[kind].prototype, "toString", function (this: any) {
      return `${kind}: ${this.message}`;
    });
    objects.setPrototypeOf(scope[kind].prototype, Object.prototype);
  }
  delete (Error.prototype as any).name;

  // --- Every object has handlers; `emit` only queues
  define(Object.prototype, "on", function (this: any, event: any, handler: any) {
    if (typeof event !== "string") fail("TypeError", "First argument must be String");
    if (typeof handler !== "function") fail("TypeError", "Second argument must be a function or a String");
    const before = this["#on" + event];
    const list: any = before === undefined ? [handler] : typeof before === "function" ? [handler] : [...before, handler];
    // A connect callback is there already: on a device its inner parts are taken for handlers.
    if (typeof before === "function" || (before && before.broken)) list.broken = true;
    this["#on" + event] = list;
    if (event === "data") native.late(this);
    if (this === scope.E && event === "init") native.init(handler);
  });
  define(Object.prototype, "emit", function (this: any, event: string, ...args: any[]) {
    native.queue(this, this["#on" + event], args);
  });
  define(Object.prototype, "removeListener", function (this: any, event: string, handler: any) {
    const list = this["#on" + event];
    if (Array.isArray(list)) this["#on" + event] = list.filter((each) => each !== handler);
  });
  define(Object.prototype, "removeAllListeners", function (this: any, event: any) {
    for (const name of Object.keys(this)) {
      if (event === undefined ? name.startsWith("#on") : name === "#on" + event) delete this[name];
    }
  });
  define(Object.prototype, "clone", function (this: any) {
    return Array.isArray(this) ? this.slice() : Object.assign(Object.create(Object.getPrototypeOf(this)), this);
  });

  // --- Promises run from the queue of events, after timers that are due
  class Promised {
    state = 0;
    value: any = undefined;
    calls: any[] = [];
    constructor(run: any) {
      try {
        run((value: any) => settle(this, 1, value), (reason: any) => settle(this, 2, reason));
      } catch (error) {
        settle(this, 2, error);
      }
    }
    then(good: any, bad: any) {
      const next: any = new Promised(() => undefined);
      this.calls.push({ good, bad, next });
      if (this.state > 0) flush(this);
      return next;
    }
    catch(bad: any) {
      return this.then(undefined, bad);
    }
    static resolve(value: any) {
      return value instanceof Promised ? value : new Promised((done: any) => done(value));
    }
    static reject(reason: any) {
      return new Promised((_: any, no: any) => no(reason));
    }
    static all(list: any[]) {
      return new Promised((done: any, no: any) => {
        const values: any[] = [];
        let left = list.length;
        if (left === 0) done(values);
        list.forEach((each, i) =>
          Promised.resolve(each).then((value: any) => {
            values[i] = value;
            if (--left === 0) done(values);
          }, no)
        );
      });
    }
  }
  const settle = (promise: any, state: number, value: any) => {
    if (promise.state > 0) return;
    if (state === 1 && value && typeof value.then === "function") {
      return value.then((inner: any) => settle(promise, 1, inner), (reason: any) => settle(promise, 2, reason));
    }
    promise.state = state;
    promise.value = value;
    native.queue(undefined, () => {
      if (state === 2 && promise.calls.length === 0) native.unhandled(value);
      flush(promise);
    }, []);
  };
  const flush = (promise: any) =>
    native.queue(undefined, () => {
      for (const { good, bad, next } of promise.calls.splice(0)) {
        const run = promise.state === 1 ? good : bad;
        if (typeof run !== "function") {
          settle(next, promise.state, promise.value);
          continue;
        }
        try {
          settle(next, 1, run(promise.value));
        } catch (error) {
          settle(next, 2, error);
        }
      }
    }, []);
  scope.Promise = Promised;

  // --- Take away what a device has not
  for (const path of names(facts.members)) {
    prune(path.split(".").reduce((from: any, name: string) => from[name], scope), facts.members[path]);
  }
  prune(views, facts.view);
  for (const name of facts.absent.split(" ")) delete scope[name];

  // --- Times of the clock: what cannot be read is 1970
  const parse = Date.parse;
  const RealDate: any = Date;
  const Dated: any = function (this: any, ...args: any[]) {
    const made = args.length === 1 && typeof args[0] === "string" ? new RealDate(parse(args[0]) || 0) : new RealDate(...args);
    return made;
  };
  Dated.prototype = RealDate.prototype;
  Dated.now = RealDate.now;
  Dated.parse = (text: string) => parse(text) || 0;
  scope.Date = Dated;
  RealDate.prototype.constructor = Dated;
}
