// The library that core is type-checked against: only the members that Espruino has (2v29, every one tried in the interpreter).
// Boards with little flash lack the rest of Math; Date has no setUTC, no UTC().
// deno-lint-ignore-file no-var no-explicit-any ban-types no-empty-interface no-shadow-restricted-names

declare var NaN: number;
declare var Infinity: number;
declare function parseInt(text: string, radix?: number): number;
declare function parseFloat(text: string): number;
declare function isNaN(value: number): boolean;
declare function isFinite(value: number): boolean;

// --- What the type checker itself asks for

type PropertyKey = string | number;
type Partial<T> = { [P in keyof T]?: T[P] };
type Required<T> = { [P in keyof T]-?: T[P] };
type Readonly<T> = { readonly [P in keyof T]: T[P] };
type Pick<T, K extends keyof T> = { [P in K]: T[P] };
type Record<K extends keyof any, T> = { [P in K]: T };
type Exclude<T, U> = T extends U ? never : T;
type Omit<T, K extends keyof any> = Pick<T, Exclude<keyof T, K>>;
type NonNullable<T> = T & {};
type ThisParameterType<T> = T extends (this: infer U, ...args: never) => any ? U : unknown;
type OmitThisParameter<T> = unknown extends ThisParameterType<T> ? T : T extends (...args: infer A) => infer R ? (...args: A) => R : T;
interface ThisType<T> {}
interface TemplateStringsArray {}

interface IArguments {
  readonly length: number;
}

/** Here so that the checker stays quiet; core has no regular expressions. */
interface RegExp {}

interface Function {
  apply(this: Function, self: any, args?: any): any;
  bind(this: Function, self: any, ...args: any[]): any;
  call(this: Function, self: any, ...args: any[]): any;
  readonly prototype: any;
  readonly length: number;
  toString(): string;
}
interface CallableFunction extends Function {
  apply<T, R>(this: (this: T) => R, self: T): R;
  apply<T, A extends any[], R>(this: (this: T, ...args: A) => R, self: T, args: A): R;
  bind<T>(this: T, self: ThisParameterType<T>): OmitThisParameter<T>;
  call<T, A extends any[], R>(this: (this: T, ...args: A) => R, self: T, ...args: A): R;
}
interface NewableFunction extends Function {}
declare var Function: { readonly prototype: Function };

// --- Objects

interface Object {
  hasOwnProperty(name: string): boolean;
  toString(): string;
  valueOf(): Object;
}
declare var Object: {
  readonly prototype: Object;
  (value: any): any;
  new (): Object;
  assign<T extends {}, U>(target: T, source: U): T & U;
  assign<T extends {}, U, V>(target: T, one: U, two: V): T & U & V;
  create(prototype: object | null): any;
  defineProperty<T>(object: T, name: string, description: { value?: any; get?: () => any; set?: (value: any) => void }): T;
  entries<T>(object: { [name: string]: T }): [string, T][];
  fromEntries<T>(entries: [string, T][]): { [name: string]: T };
  getOwnPropertyNames(object: any): string[];
  getPrototypeOf(object: any): any;
  keys(object: {}): string[];
  setPrototypeOf(object: any, prototype: object | null): any;
  values<T>(object: { [name: string]: T }): T[];
};

interface Boolean {
  valueOf(): boolean;
}
declare var Boolean: { (value?: any): boolean };

interface Error {
  message: string;
}
declare var Error: { new (message?: string): Error; (message?: string): Error; readonly prototype: Error };

// --- Numbers

interface Number {
  toFixed(digits?: number): string;
  toString(radix?: number): string;
  valueOf(): number;
}
declare var Number: {
  (value?: any): number;
  readonly MAX_VALUE: number;
  readonly MIN_VALUE: number;
  readonly NaN: number;
  readonly NEGATIVE_INFINITY: number;
  readonly POSITIVE_INFINITY: number;
};

declare var Math: {
  readonly E: number;
  readonly PI: number;
  abs(x: number): number;
  ceil(x: number): number;
  floor(x: number): number;
  max(...values: number[]): number;
  min(...values: number[]): number;
  pow(x: number, y: number): number;
  random(): number;
  round(x: number): number;
  sign(x: number): number;
  sqrt(x: number): number;
};

interface Date {
  getDate(): number;
  getDay(): number;
  getFullYear(): number;
  getHours(): number;
  getMilliseconds(): number;
  getMinutes(): number;
  getMonth(): number;
  getSeconds(): number;
  getTime(): number;
  getTimezoneOffset(): number;
  getUTCDate(): number;
  getUTCDay(): number;
  getUTCFullYear(): number;
  getUTCHours(): number;
  getUTCMilliseconds(): number;
  getUTCMinutes(): number;
  getUTCMonth(): number;
  getUTCSeconds(): number;
  toISOString(): string;
  toString(): string;
  toUTCString(): string;
  valueOf(): number;
}
declare var Date: {
  new (): Date;
  new (value: number | string): Date;
  new (year: number, month: number, date?: number, hours?: number, minutes?: number, seconds?: number, ms?: number): Date;
  now(): number;
  parse(text: string): number;
};

// --- Strings

interface String {
  readonly length: number;
  readonly [index: number]: string;
  charAt(index: number): string;
  charCodeAt(index: number): number;
  concat(...texts: string[]): string;
  endsWith(text: string, end?: number): boolean;
  includes(text: string, start?: number): boolean;
  indexOf(text: string, start?: number): number;
  lastIndexOf(text: string, start?: number): number;
  padEnd(length: number, fill?: string): string;
  padStart(length: number, fill?: string): string;
  repeat(count: number): string;
  /** The first one only. */
  replace(text: string, by: string): string;
  replaceAll(text: string, by: string): string;
  slice(start: number, end?: number): string;
  /** There is no limit here. */
  split(separator: string): string[];
  startsWith(text: string, start?: number): boolean;
  substring(start: number, end?: number): string;
  toLowerCase(): string;
  toString(): string;
  toUpperCase(): string;
  trim(): string;
  valueOf(): string;
}
declare var String: {
  (value?: any): string;
  fromCharCode(...codes: number[]): string;
};

// --- Arrays

interface ReadonlyArray<T> {
  readonly length: number;
  readonly [index: number]: T;
  concat(...others: (readonly T[])[]): T[];
  every(test: (value: T, index: number) => boolean): boolean;
  filter(test: (value: T, index: number) => boolean): T[];
  find(test: (value: T, index: number) => boolean): T | undefined;
  findIndex(test: (value: T, index: number) => boolean): number;
  forEach(call: (value: T, index: number) => void): void;
  includes(value: T, start?: number): boolean;
  indexOf(value: T, start?: number): number;
  join(separator?: string): string;
  map<U>(call: (value: T, index: number) => U): U[];
  reduce<U>(call: (before: U, value: T, index: number) => U, start: U): U;
  slice(start?: number, end?: number): T[];
  some(test: (value: T, index: number) => boolean): boolean;
}
interface Array<T> {
  /** Assigning to it throws. */
  readonly length: number;
  [index: number]: T;
  concat(...others: (readonly T[])[]): T[];
  every(test: (value: T, index: number) => boolean): boolean;
  fill(value: T, start?: number, end?: number): this;
  filter(test: (value: T, index: number) => boolean): T[];
  find(test: (value: T, index: number) => boolean): T | undefined;
  findIndex(test: (value: T, index: number) => boolean): number;
  forEach(call: (value: T, index: number) => void): void;
  includes(value: T, start?: number): boolean;
  indexOf(value: T, start?: number): number;
  join(separator?: string): string;
  map<U>(call: (value: T, index: number) => U): U[];
  pop(): T | undefined;
  push(...values: T[]): number;
  reduce<U>(call: (before: U, value: T, index: number) => U, start: U): U;
  reverse(): T[];
  shift(): T | undefined;
  slice(start?: number, end?: number): T[];
  some(test: (value: T, index: number) => boolean): boolean;
  /** Not stable. */
  sort(compare?: (a: T, b: T) => number): this;
  splice(start: number, count?: number, ...values: T[]): T[];
  unshift(...values: T[]): number;
}
declare var Array: {
  new <T = any>(length?: number): T[];
  <T = any>(length?: number): T[];
  isArray(value: any): value is any[];
  readonly prototype: any[];
};

// --- Bytes

interface ArrayBuffer {
  readonly byteLength: number;
}
declare var ArrayBuffer: { new (length: number): ArrayBuffer };

interface Uint8Array {
  readonly buffer: ArrayBuffer;
  readonly byteLength: number;
  readonly byteOffset: number;
  readonly length: number;
  [index: number]: number;
  fill(value: number, start?: number, end?: number): this;
  indexOf(value: number, start?: number): number;
  set(from: Uint8Array | readonly number[], offset?: number): void;
  /** The same memory; `slice` would give a plain array there. */
  subarray(start?: number, end?: number): Uint8Array;
}
declare var Uint8Array: {
  new (length: number): Uint8Array;
  new (from: readonly number[]): Uint8Array;
  new (buffer: ArrayBuffer, offset?: number, length?: number): Uint8Array;
};

interface DataView {
  readonly buffer: ArrayBuffer;
  readonly byteLength: number;
  readonly byteOffset: number;
  getInt16(offset: number, little?: boolean): number;
  getInt32(offset: number, little?: boolean): number;
  getUint16(offset: number, little?: boolean): number;
  getUint32(offset: number, little?: boolean): number;
  getUint8(offset: number): number;
  setInt16(offset: number, value: number, little?: boolean): void;
  setInt32(offset: number, value: number, little?: boolean): void;
  setUint16(offset: number, value: number, little?: boolean): void;
  setUint32(offset: number, value: number, little?: boolean): void;
  setUint8(offset: number, value: number): void;
}
declare var DataView: { new (buffer: ArrayBuffer, offset?: number, length?: number): DataView };

declare var JSON: {
  parse(text: string): any;
  stringify(value: any): string;
};
