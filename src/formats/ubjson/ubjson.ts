import { PaperdeskError } from '../../errors.ts';
import { ByteCursor } from '../byte-cursor.ts';
import { numberIfSafe, type TypedArrayClass, typedArray } from '../numbers.ts';

/** A floating-point number outside typed arrays, distinguished from an integer. */
export class UbjsonFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** The arrays of the types that typed arrays may declare. */
const ARRAY_TYPES = {
  d: Float32Array,
  D: Float64Array,
  i: Int8Array,
  U: Uint8Array,
  I: Int16Array,
  l: Int32Array,
  L: BigInt64Array,
} as const;

export type UbjsonTypedArray = InstanceType<(typeof ARRAY_TYPES)[keyof typeof ARRAY_TYPES]>;

/** UBJSON data; objects are Maps in the order of the file, so that no key can reach a prototype. */
export type UbjsonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | UbjsonFloat
  | UbjsonTypedArray
  | readonly UbjsonValue[]
  | UbjsonObject;

export type UbjsonObject = Map<string, UbjsonValue>;

const MAX_DEPTH = 64;
/** Values outside typed arrays; 10,000 trees have some 300,000. Each takes some ten bytes of memory per byte of file. */
const MAX_VALUES = 2_000_000;
/** Objects and arrays, fifteen per tree; each takes up to some hundred bytes of memory for two bytes of file. */
const MAX_CONTAINERS = 250_000;

const SHORT_TEXT = 24;

/**
 * Reads a UBJSON document (draft 12, as XGBoost writes it: big-endian, typed and counted containers).
 * @param what how sentences about the file begin
 * @throws UBJSON_MALFORMED, also beyond the limits of depth and number of values
 */
export function readUbjson(bytes: Uint8Array, what: string): UbjsonValue {
  const reader = new UbjsonReader(bytes, what);
  const value = reader.value(reader.marker(), 0);
  if (reader.offset !== bytes.length)
    throw reader.malformed(`${bytes.length - reader.offset} bytes follow its end`);
  return value;
}

class UbjsonReader extends ByteCursor {
  private values = 0;
  private containers = 0;

  malformed(reason: string): PaperdeskError {
    return new PaperdeskError(
      'UBJSON_MALFORMED',
      `${this.what} is not valid UBJSON: ${reason}, at byte ${this.offset}.`,
    );
  }

  private peek(): string {
    const code = this.bytes[this.offset];
    return code === undefined ? '' : String.fromCharCode(code);
  }

  /** The next type marker; skips no-ops between values. */
  marker(): string {
    for (;;) {
      const marker = String.fromCharCode(this.bytes[this.skip(1)]!);
      if (marker !== 'N') return marker;
    }
  }

  value(marker: string, depth: number): UbjsonValue {
    if (++this.values > MAX_VALUES) throw this.malformed(`it has more than ${MAX_VALUES} values`);
    switch (marker) {
      case 'Z':
        return null;
      case 'T':
        return true;
      case 'F':
        return false;
      case 'd':
        return new UbjsonFloat(this.view.getFloat32(this.skip(4)));
      case 'D':
        return new UbjsonFloat(this.view.getFloat64(this.skip(8)));
      case 'C':
        return String.fromCharCode(this.view.getUint8(this.skip(1)));
      case 'S':
        return this.text(this.marker());
      case '[':
        return this.array(depth + 1);
      case '{':
        return this.object(depth + 1);
      default:
        return this.integer(marker);
    }
  }

  private readonly integers: Readonly<Record<string, () => number | bigint>> = {
    i: () => this.view.getInt8(this.skip(1)),
    U: () => this.view.getUint8(this.skip(1)),
    I: () => this.view.getInt16(this.skip(2)),
    l: () => this.view.getInt32(this.skip(4)),
    L: () => numberIfSafe(this.view.getBigInt64(this.skip(8))),
  };

  private integer(marker: string): number | bigint {
    const read = this.integers[marker];
    if (read === undefined) throw this.malformed(`${JSON.stringify(marker)} is not a type`);
    return read();
  }

  /** A count or length, which the remaining bytes must be able to hold. */
  private count(marker: string, bytesEach: number): number {
    const count = this.integer(marker);
    const left = this.bytes.length - this.offset;
    if (typeof count === 'bigint' || count < 0 || count * bytesEach > left) {
      throw this.malformed(`${count} elements are declared where only ${left} bytes are left`);
    }
    return count;
  }

  private text(lengthMarker: string): string {
    const length = this.count(lengthMarker, 1);
    const start = this.skip(length);
    if (length <= SHORT_TEXT) {
      // Keys are short; this is faster than the decoder.
      let text = '';
      for (let at = start; at < this.offset && this.bytes[at]! < 0x80; at++) {
        text += String.fromCharCode(this.bytes[at]!);
      }
      if (text.length === length) return text;
    }
    return this.buffer.toString('utf8', start, this.offset);
  }

  private nest(depth: number): void {
    if (depth > MAX_DEPTH) throw this.malformed(`it is deeper than ${MAX_DEPTH} levels`);
    if (++this.containers > MAX_CONTAINERS) {
      throw this.malformed(`it has more than ${MAX_CONTAINERS} objects and arrays`);
    }
  }

  /** What precedes the elements: `$type#count`, `#count` or nothing. */
  private header(): { readonly type: string | undefined; readonly count: string | undefined } {
    let type: string | undefined;
    if (this.peek() === '$') {
      this.skip(1);
      type = this.marker();
      if (this.peek() !== '#') throw this.malformed('a typed container has no count');
    }
    if (this.peek() !== '#') return { type, count: undefined };
    this.skip(1);
    return { type, count: this.marker() };
  }

  private array(depth: number): UbjsonValue {
    this.nest(depth);
    const { type, count } = this.header();
    if (type !== undefined && count !== undefined) return this.typedArray(type, count);
    const items: UbjsonValue[] = [];
    if (count !== undefined) {
      const length = this.count(count, 1);
      while (items.length < length) items.push(this.value(this.marker(), depth));
      return items;
    }
    for (;;) {
      const marker = this.marker();
      if (marker === ']') return items;
      items.push(this.value(marker, depth));
    }
  }

  private typedArray(type: string, countMarker: string): UbjsonTypedArray {
    const Numbers = ARRAY_TYPES[type as keyof typeof ARRAY_TYPES] as
      | TypedArrayClass<UbjsonTypedArray>
      | undefined;
    if (Numbers === undefined)
      throw this.malformed(`arrays of type ${JSON.stringify(type)} are not accepted`);
    const size = Numbers.BYTES_PER_ELEMENT;
    return typedArray(Numbers, this.take(this.count(countMarker, size) * size), false);
  }

  private object(depth: number): UbjsonObject {
    this.nest(depth);
    const { type, count } = this.header();
    if (type !== undefined) throw this.malformed('typed objects are not accepted');
    const object: UbjsonObject = new Map();
    const length = count === undefined ? undefined : this.count(count, 2);
    for (let done = 0; length === undefined || done < length; done++) {
      const marker = this.marker();
      if (length === undefined && marker === '}') break;
      const key = this.text(marker);
      if (object.has(key)) throw this.malformed(`the key ${JSON.stringify(key.slice(0, 100))} occurs twice`);
      object.set(key, this.value(this.marker(), depth));
    }
    return object;
  }
}
