import { halfToNumber, isCount, numberIfSafe, type TypedArrayClass, typedArray } from '../numbers.ts';
import { forNames, latin1Bytes } from '../pickle/pickle-globals.ts';
import { PickleList } from '../pickle/pickle-list.ts';
import {
  describe,
  type GlobalTable,
  isList,
  isTuple,
  type PickleContext,
  PickleGlobal,
  PickleObject,
  type PickleValue,
} from '../pickle/pickle-values.ts';
import { makeDtype, NumpyDtype } from './numpy-dtype.ts';

const MAX_DIMENSIONS = 32;
/** Characters decoded at once, which is several times as fast as one by one. */
const CODES_PER_CALL = 4096;

/** An array whose numbers are still in the bytes of the file; arrays of objects have `items` instead. */
export class NumpyArray extends PickleList {
  readonly typeName = 'numpy.ndarray';
  dtype = new NumpyDtype('V', 0);
  shape: readonly number[] = [0];
  /** Fortran order: the first index varies fastest. */
  fortran = false;
  bytes: Uint8Array = new Uint8Array(0);
  items: readonly PickleValue[] | undefined;

  get length(): number {
    return this.shape.reduce((product, size) => product * size, 1);
  }

  /** The state is ([version,] shape, dtype, Fortran order, bytes or list). */
  override build(state: PickleValue, context: PickleContext): PickleValue {
    if (!isTuple(state) || (state.length !== 4 && state.length !== 5)) {
      throw context.malformed('the state of a numpy array is not a tuple of 4 or 5');
    }
    const [shape, dtype, fortran, content] = state.slice(-4);
    this.define(shape, dtype, fortran === true, context);
    if (this.dtype.kind === 'O') this.setItems(content, context);
    else if (typeof content === 'string') this.setBytes(latin1Bytes(content, context), context);
    else this.setBytes(content, context);
    return this;
  }

  /** Sets all but the elements. */
  define(
    shape: PickleValue | undefined,
    dtype: PickleValue | undefined,
    fortran: boolean,
    context: PickleContext,
  ): void {
    this.shape = readShape(shape, context);
    if (!(dtype instanceof NumpyDtype))
      throw context.malformed(`a numpy array has ${describe(dtype)} as its dtype`);
    this.dtype = dtype;
    this.fortran = fortran;
    this.items = undefined;
  }

  setBytes(content: PickleValue | undefined, context: PickleContext): void {
    const needed = this.length * this.dtype.itemSize;
    if (this.dtype.kind === 'O' || !(content instanceof Uint8Array) || content.length !== needed) {
      throw context.malformed(
        `a numpy array of ${this.length} elements of ${this.dtype.itemSize} bytes has ${describe(content)}`,
      );
    }
    this.bytes = content;
  }

  setItems(content: PickleValue | undefined, context: PickleContext): void {
    if (!isList(content) || content.length !== this.length) {
      throw context.malformed(`a numpy array of ${this.length} objects has ${describe(content)}`);
    }
    this.items = content;
  }

  /** The last index varies fastest. */
  values(): readonly PickleValue[] | undefined {
    if (this.items !== undefined) return this.items;
    if (this.length === 0) return [];
    // Elements without bytes could be any number of elements.
    if (this.dtype.itemSize === 0) return undefined;
    const stored = readElements(this.dtype, this.bytes, this.length);
    if (stored === undefined || !this.fortran || this.shape.length !== 2) return stored;
    const [rows, columns] = this.shape as [number, number];
    return stored.map((_, index) => stored[(index % columns) * rows + Math.floor(index / columns)] ?? null);
  }

  override children(): Iterable<PickleValue> {
    return this.items === undefined ? [] : [this.items];
  }
}

/** A shape whose sizes and number of elements are exact. */
function readShape(shape: PickleValue | undefined, context: PickleContext): readonly number[] {
  if (!isTuple(shape) || shape.length > MAX_DIMENSIONS || !shape.every(isCount)) {
    throw context.malformed(`a numpy array has ${describe(shape)} as its shape`);
  }
  if (!Number.isSafeInteger(shape.reduce((product, size) => product * size, 1))) {
    throw context.malformed('a numpy array has more elements than can be counted');
  }
  return shape;
}

/** `_reconstruct(ndarray, (0,), b'b')`: an empty array, which BUILD fills. */
function reconstruct(args: readonly PickleValue[], context: PickleContext): NumpyArray {
  const [type] = args;
  if (!(type instanceof PickleGlobal && type.is('numpy', 'ndarray'))) {
    throw context.malformed(`numpy reconstructs ${describe(type)}, not an ndarray`);
  }
  return new NumpyArray();
}

/** `_frombuffer(bytes, dtype, shape, order)`, as protocol 5 writes arrays. */
function fromBuffer(args: readonly PickleValue[], context: PickleContext): NumpyArray {
  const [content, dtype, shape, order] = args;
  const array = new NumpyArray();
  array.define(shape, dtype, order === 'F', context);
  array.setBytes(content, context);
  return array;
}

/** A date or duration of numpy: `count` units (since 1970 for dates), null for NaT. */
export class NumpyTime extends PickleObject {
  readonly typeName = 'numpy time';
  readonly kind: 'M' | 'm';
  readonly unit: string;
  readonly count: bigint | null;

  constructor(dtype: NumpyDtype, count: bigint) {
    super();
    this.kind = dtype.kind === 'M' ? 'M' : 'm';
    this.unit = dtype.unit ?? 'ns';
    this.count = count === -(2n ** 63n) ? null : count;
  }
}

/** `scalar(dtype, bytes)`: a number, bool, string or NumpyTime. */
function scalar(args: readonly PickleValue[], context: PickleContext): PickleValue {
  const [dtype, content] = args;
  if (!(dtype instanceof NumpyDtype))
    throw context.malformed(`a numpy scalar has ${describe(dtype)} as its dtype`);
  const bytes = typeof content === 'string' ? latin1Bytes(content, context) : content;
  if (dtype.kind === 'O' || !(bytes instanceof Uint8Array) || bytes.length !== dtype.itemSize) {
    throw context.malformed(`a numpy scalar of ${dtype.itemSize} bytes has ${describe(content)}`);
  }
  context.spend(bytes.length);
  const value = readElements(dtype, bytes, 1)?.[0];
  if (value === undefined)
    throw context.malformed(`a numpy scalar of ${dtype.itemSize} bytes is not supported`);
  return value;
}

/** Numbers, bools and times by kind and size in bytes; numbers of half precision by their bits. */
const NUMBERS: Readonly<Record<string, TypedArrayClass<Iterable<number | bigint>> | undefined>> = {
  f2: Uint16Array,
  f4: Float32Array,
  f8: Float64Array,
  i1: Int8Array,
  i2: Int16Array,
  i4: Int32Array,
  i8: BigInt64Array,
  u1: Uint8Array,
  u2: Uint16Array,
  u4: Uint32Array,
  u8: BigUint64Array,
  b1: Uint8Array,
  M8: BigInt64Array,
  m8: BigInt64Array,
};

/** The `count` elements in `bytes`; undefined for kinds that are not numbers, bools, times or strings. */
function readElements(dtype: NumpyDtype, bytes: Uint8Array, count: number): PickleValue[] | undefined {
  const { kind, itemSize, littleEndian } = dtype;
  if (kind === 'S' || kind === 'U') {
    return Array.from({ length: count }, (_, index) =>
      readString(dtype, bytes.subarray(index * itemSize, (index + 1) * itemSize)),
    );
  }
  const Numbers = NUMBERS[`${kind}${itemSize}`];
  if (Numbers === undefined) return undefined;
  const numbers = typedArray(Numbers, bytes, littleEndian);
  return Array.from(numbers, (number) => elementOf(dtype, number));
}

function elementOf(dtype: NumpyDtype, number: number | bigint): PickleValue {
  if (dtype.kind === 'M' || dtype.kind === 'm') return new NumpyTime(dtype, BigInt(number));
  if (typeof number === 'bigint') return numberIfSafe(number);
  if (dtype.kind === 'b') return number !== 0;
  return dtype.kind === 'f' && dtype.itemSize === 2 ? halfToNumber(number) : number;
}

function readString(dtype: NumpyDtype, bytes: Uint8Array): string {
  if (dtype.kind === 'S') return withoutNuls(Buffer.from(bytes).toString('latin1'));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const codes = Array.from({ length: Math.floor(bytes.length / 4) }, (_, i) => {
    const code = view.getUint32(4 * i, dtype.littleEndian);
    return code <= 0x10ffff ? code : 0xfffd;
  });
  let text = '';
  for (let i = 0; i < codes.length; i += CODES_PER_CALL) {
    text += String.fromCodePoint(...codes.slice(i, i + CODES_PER_CALL));
  }
  return withoutNuls(text);
}

/** numpy pads strings with NULs at their end. */
function withoutNuls(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 0) end -= 1;
  return text.slice(0, end);
}

/** The values of a one-dimensional array of real numbers as float64; undefined for any other array. */
export function toFloat64Vector(array: NumpyArray): Float64Array | undefined {
  const isVector = array.shape.length === 1 && 'fiub'.includes(array.dtype.kind);
  const values = isVector ? array.values() : undefined;
  return values && Float64Array.from(values, Number);
}

/** numpy's arrays, dtypes and scalars; numpy 2 renamed `core` to `_core`. */
export const NUMPY_GLOBALS: GlobalTable = {
  'numpy ndarray': {},
  'numpy dtype': { call: makeDtype },
  ...forNames('numpy.', ['core.multiarray _reconstruct', '_core.multiarray _reconstruct'], {
    call: reconstruct,
  }),
  ...forNames('numpy.', ['core.multiarray scalar', '_core.multiarray scalar'], { call: scalar }),
  ...forNames('numpy.core.', ['multiarray _frombuffer', 'numeric _frombuffer'], { call: fromBuffer }),
  ...forNames('numpy._core.', ['multiarray _frombuffer', 'numeric _frombuffer'], { call: fromBuffer }),
};
