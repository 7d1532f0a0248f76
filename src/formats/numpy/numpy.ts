import { numberIfSafe } from '../integer.ts';
import { latin1Bytes } from '../pickle/pickle-globals.ts';
import {
  type AllowedGlobal,
  describe,
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
export class NumpyArray extends PickleObject {
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

  define(
    shape: PickleValue | undefined,
    dtype: PickleValue | undefined,
    fortran: boolean,
    context: PickleContext,
  ) {
    this.shape = readShape(shape, context);
    if (!(dtype instanceof NumpyDtype))
      throw context.malformed(`a numpy array has ${describe(dtype)} as its dtype`);
    this.dtype = dtype;
    this.fortran = fortran;
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

  override children(): Iterable<PickleValue> {
    return this.items === undefined ? [] : [this.items];
  }
}

/** A shape whose sizes and number of elements are exact. */
function readShape(shape: PickleValue | undefined, context: PickleContext): readonly number[] {
  const valid = (size: PickleValue): size is number => Number.isSafeInteger(size) && (size as number) >= 0;
  if (!isTuple(shape) || shape.length > MAX_DIMENSIONS || !shape.every(valid)) {
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

  constructor(dtype: NumpyDtype, count: number | bigint) {
    super();
    this.kind = dtype.kind === 'M' ? 'M' : 'm';
    this.unit = dtype.unit ?? 'ns';
    this.count = BigInt(count) === -(2n ** 63n) ? null : BigInt(count);
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
  const value = readElement(dtype, bytes);
  if (value === undefined)
    throw context.malformed(`a numpy scalar of ${dtype.itemSize} bytes is not supported`);
  return value;
}

/** One element; undefined for kinds that are not numbers, bools or strings. */
function readElement(dtype: NumpyDtype, bytes: Uint8Array): PickleValue | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = dtype.littleEndian;
  switch (`${dtype.kind}${dtype.itemSize}`) {
    case 'f2':
      return halfToNumber(view.getUint16(0, little));
    case 'f4':
      return view.getFloat32(0, little);
    case 'f8':
      return view.getFloat64(0, little);
    case 'i1':
      return view.getInt8(0);
    case 'i2':
      return view.getInt16(0, little);
    case 'i4':
      return view.getInt32(0, little);
    case 'i8':
      return numberIfSafe(view.getBigInt64(0, little));
    case 'M8':
    case 'm8':
      return new NumpyTime(dtype, view.getBigInt64(0, little));
    case 'u1':
      return view.getUint8(0);
    case 'u2':
      return view.getUint16(0, little);
    case 'u4':
      return view.getUint32(0, little);
    case 'u8':
      return numberIfSafe(view.getBigUint64(0, little));
    case 'b1':
      return view.getUint8(0) !== 0;
    default:
      return readString(dtype, bytes);
  }
}

function readString(dtype: NumpyDtype, bytes: Uint8Array): string | undefined {
  if (dtype.kind === 'S') return withoutNuls(Buffer.from(bytes).toString('latin1'));
  if (dtype.kind !== 'U') return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = '';
  let codes: number[] = [];
  for (let i = 0; i + 4 <= bytes.length; i += 4) {
    const code = view.getUint32(i, dtype.littleEndian);
    codes.push(code <= 0x10ffff ? code : 0xfffd);
    if (codes.length < CODES_PER_CALL) continue;
    text += String.fromCodePoint(...codes);
    codes = [];
  }
  return withoutNuls(text + String.fromCodePoint(...codes));
}

/** numpy pads strings with NULs at their end. */
function withoutNuls(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 0) end -= 1;
  return text.slice(0, end);
}

/** IEEE 754 binary16. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The values of a one-dimensional array of real numbers as float64; undefined for any other array. */
export function toFloat64Vector(array: NumpyArray): Float64Array | undefined {
  if (array.shape.length !== 1 || array.items !== undefined || !'fiub'.includes(array.dtype.kind)) {
    return undefined;
  }
  const size = array.dtype.itemSize;
  const values = new Float64Array(array.length);
  for (let i = 0; i < values.length; i++) {
    const element = readElement(array.dtype, array.bytes.subarray(i * size, (i + 1) * size));
    if (element === undefined) return undefined;
    values[i] = Number(element);
  }
  return values;
}

/** The elements as one list, the last index varying fastest; undefined for kinds without plain values. */
export function elementsOf(array: NumpyArray): readonly PickleValue[] | undefined {
  const inOrder = array.items ?? storedElements(array);
  if (inOrder === undefined || !array.fortran || array.items !== undefined || array.shape.length !== 2) {
    return inOrder;
  }
  const [rows, columns] = array.shape as [number, number];
  return inOrder.map((_, index) => inOrder[(index % columns) * rows + Math.floor(index / columns)] ?? null);
}

function storedElements(array: NumpyArray): PickleValue[] | undefined {
  const size = array.dtype.itemSize;
  // Elements without bytes could be any number of elements.
  if (size === 0 && array.length > 0) return undefined;
  const values: PickleValue[] = [];
  for (let i = 0; i < array.length; i++) {
    const element = readElement(array.dtype, array.bytes.subarray(i * size, (i + 1) * size));
    if (element === undefined) return undefined;
    values.push(element);
  }
  return values;
}

const ARRAY_FUNCTIONS: Readonly<Record<string, AllowedGlobal>> = {
  'multiarray _reconstruct': { call: reconstruct },
  'multiarray scalar': { call: scalar },
  'multiarray _frombuffer': { call: fromBuffer },
  'numeric _frombuffer': { call: fromBuffer },
};

/** numpy's arrays, dtypes and scalars; numpy 2 renamed `core` to `_core`. */
export const NUMPY_GLOBALS: Readonly<Record<string, AllowedGlobal>> = {
  'numpy ndarray': {},
  'numpy dtype': { call: makeDtype },
  ...Object.fromEntries(
    Object.entries(ARRAY_FUNCTIONS).flatMap(([name, allowed]) => [
      [`numpy.core.${name}`, allowed],
      [`numpy._core.${name}`, allowed],
    ]),
  ),
};
