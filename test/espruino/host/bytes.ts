// Byte strings and what a device takes for one: a text, bytes, numbers, or lists of them.

// deno-lint-ignore-file no-explicit-any

/** The bytes of what a device's function was given. */
export function bytesOf(value: any): Uint8Array {
  if (typeof value === "string") return Buffer.from(value, "latin1");
  if (typeof value === "number") return Uint8Array.of(value);
  if (value === undefined || value === null) return new Uint8Array(0);
  if (ArrayBuffer.isView(value)) {
    const view = value as any;
    return view.BYTES_PER_ELEMENT === 1 ? new Uint8Array(view.buffer, view.byteOffset, view.length) : Uint8Array.from(view as number[]);
  }
  if (Object.prototype.toString.call(value) === "[object ArrayBuffer]") return new Uint8Array(value);
  if (Array.isArray(value)) return Buffer.concat(value.map(bytesOf));
  if (typeof value.count === "number") return Buffer.concat(Array(value.count).fill(bytesOf(value.data)));
  return Buffer.from(`${value}`, "latin1");
}

/** A byte string. */
export function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

/** The CRC-32 of zip and Ethernet, as a positive number. */
export function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 255] ^ crc >>> 8;
  return (crc ^ -1) >>> 0;
}

const TABLE = Int32Array.from({ length: 256 }, (_, i) => {
  let value = i;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ value >>> 1 : value >>> 1;
  return value;
});
