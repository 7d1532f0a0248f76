/** Writes UBJSON as XGBoost does: lengths and counts as int64, floats of single precision, typed arrays. */

export type Json = null | boolean | number | string | Json[] | Typed | { [key: string]: Json };
type Typed = Float32Array | Float64Array | Int8Array | Uint8Array | Int16Array | Int32Array | BigInt64Array;

const int64 = (value: number | bigint) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
};

function text(value: string): Buffer {
  return Buffer.concat([Buffer.from('L'), int64(Buffer.byteLength(value)), Buffer.from(value)]);
}

const TYPES = new Map<unknown, [marker: string, size: number]>([
  [Float32Array, ['d', 4]],
  [Float64Array, ['D', 8]],
  [Int8Array, ['i', 1]],
  [Uint8Array, ['U', 1]],
  [Int16Array, ['I', 2]],
  [Int32Array, ['l', 4]],
  [BigInt64Array, ['L', 8]],
]);

function typed(values: Typed): Buffer {
  const [marker, size] = TYPES.get(values.constructor)!;
  const bytes = Buffer.from(values.buffer.slice(values.byteOffset, values.byteOffset + values.byteLength));
  if (size === 2) bytes.swap16();
  if (size === 4) bytes.swap32();
  if (size === 8) bytes.swap64();
  return Buffer.concat([Buffer.from(`[$${marker}#L`), int64(values.length), bytes]);
}

function number(value: number): Buffer {
  if (!Number.isInteger(value)) {
    const bytes = Buffer.alloc(5, 'd');
    bytes.writeFloatBE(value, 1);
    return bytes;
  }
  const bytes = Buffer.alloc(5, 'l');
  bytes.writeInt32BE(value, 1);
  return value > -128 && value < 128 ? Buffer.from([0x69, value & 0xff]) : bytes;
}

export function ubjson(value: Json): Buffer {
  if (value === null) return Buffer.from('Z');
  if (typeof value === 'boolean') return Buffer.from(value ? 'T' : 'F');
  if (typeof value === 'number') return number(value);
  if (typeof value === 'string') return Buffer.concat([Buffer.from('S'), text(value)]);
  if (ArrayBuffer.isView(value)) return typed(value);
  if (Array.isArray(value)) {
    return Buffer.concat([Buffer.from('[#L'), int64(value.length), ...value.map(ubjson)]);
  }
  const members = Object.entries(value).flatMap(([key, item]) => [text(key), ubjson(item)]);
  return Buffer.concat([Buffer.from('{'), ...members, Buffer.from('}')]);
}
