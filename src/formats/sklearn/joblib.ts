import { PaperdeskError } from '../../errors.ts';
import { decompressSync } from '../decompress.ts';
import { NumpyArray } from '../numpy/numpy.ts';
import { forNames } from '../pickle/pickle-globals.ts';
import {
  describe,
  type GlobalTable,
  isTuple,
  type PickleContext,
  PickleGlobal,
  PickleObject,
  type PickleValue,
} from '../pickle/pickle-values.ts';

/** Compressions of joblib that Node cannot decompress, by their first bytes. */
const UNSUPPORTED_COMPRESSIONS: readonly (readonly [string, Buffer])[] = [
  ['bz2', Buffer.from('BZh')],
  ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00])],
  ['lzma', Buffer.from([0x5d, 0x00, 0x00])],
  ['lz4', Buffer.from([0x04, 0x22, 0x4d, 0x18])],
  ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd])],
  ["joblib's old zlib format", Buffer.from('ZF')],
];

/** How a file of joblib is read. */
export interface JoblibOptions {
  /** How sentences about the file begin: "The scaler". */
  readonly what: string;
  /** Limit after decompression. */
  readonly maxBytes: number;
  /** Of a compression that is not read. */
  readonly code: 'SCALER_COMPRESSION' | 'FACTOR_FILE_INVALID';
}

/**
 * The pickle in a file of joblib.dump, decompressed from zlib or gzip; other bytes are returned as they are.
 * @throws `code` for bz2, lzma, xz, lz4, zstd; PICKLE_LIMIT, PICKLE_MALFORMED
 */
export function decompressJoblib(bytes: Uint8Array, options: JoblibOptions): Uint8Array {
  const head = Buffer.from(bytes.subarray(0, 8));
  const unsupported = UNSUPPORTED_COMPRESSIONS.find(([, magic]) =>
    head.subarray(0, magic.length).equals(magic),
  );
  if (unsupported !== undefined) {
    throw new PaperdeskError(
      options.code,
      `${options.what} is compressed by ${unsupported[0]}, which is not read; save it with joblib.dump(object, path), or with compress=("zlib", 3).`,
    );
  }
  if (head[0] === 0x1f && head[1] === 0x8b) return decompressPickle('gzip', bytes, options);
  // RFC 1950: deflate with a window of at most 32 KiB; the two bytes together are a multiple of 31.
  const isZlib = head.length >= 2 && (head[0]! & 0x8f) === 0x08 && head.readUInt16BE(0) % 31 === 0;
  return isZlib ? decompressPickle('zlib', bytes, options) : bytes;
}

function decompressPickle(
  compression: 'gzip' | 'zlib',
  compressed: Uint8Array,
  { what, maxBytes }: JoblibOptions,
): Uint8Array {
  let result: ReturnType<typeof decompressSync>;
  try {
    result = decompressSync(compression, compressed, maxBytes);
  } catch (cause) {
    const isTooLarge = cause instanceof RangeError;
    throw new PaperdeskError(
      isTooLarge ? 'PICKLE_LIMIT' : 'PICKLE_MALFORMED',
      isTooLarge
        ? `${what} inflates to more than the ${maxBytes} bytes accepted.`
        : `${what} cannot be decompressed; it is damaged or cut off.`,
      { cause },
    );
  }
  const left = compressed.length - result.consumed;
  if (left === 0) return result.bytes;
  throw new PaperdeskError('PICKLE_MALFORMED', `${left} bytes follow the compressed data of ${what}.`);
}

/**
 * An array whose bytes follow right after it in the stream; for an array of objects a whole pickle follows. The format
 * is that of joblib's numpy_pickle.py since 0.10.
 */
class NumpyArrayWrapper extends PickleObject {
  readonly typeName = 'joblib array';

  override build(state: PickleValue, context: PickleContext): PickleValue {
    if (!(state instanceof Map)) throw context.malformed(`the state of a joblib array is ${describe(state)}`);
    const subclass = state.get('subclass');
    const isArray = ['ndarray', 'memmap'].some(
      (n) => subclass instanceof PickleGlobal && subclass.is('numpy', n),
    );
    if (!isArray) {
      throw context.malformed(`a joblib array is ${describe(subclass)}, not an ndarray`);
    }
    const array = new NumpyArray();
    array.define(state.get('shape'), state.get('dtype'), state.get('order') === 'F', context);
    if (array.dtype.kind === 'O') return objectArray(array, context);
    skipPadding(state.get('numpy_array_alignment_bytes') ?? null, context);
    array.setBytes(context.take(array.length * array.dtype.itemSize), context);
    return array;
  }
}

/** Since joblib 1.1, a byte with the length of a padding and the padding precede the numbers. */
function skipPadding(alignment: PickleValue, context: PickleContext): void {
  if (alignment === null) return;
  const [padding] = context.take(1) as unknown as [number];
  context.take(padding);
}

function objectArray(declared: NumpyArray, context: PickleContext): NumpyArray {
  const array = context.takePickle();
  const matches =
    array instanceof NumpyArray &&
    array.items !== undefined &&
    isTuple(array.shape) &&
    array.shape.join() === declared.shape.join();
  if (!matches) throw context.malformed(`a joblib array of objects is followed by ${describe(array)}`);
  return array;
}

export const JOBLIB_GLOBALS: GlobalTable = {
  ...forNames(
    '',
    ['joblib.numpy_pickle NumpyArrayWrapper', 'sklearn.externals.joblib.numpy_pickle NumpyArrayWrapper'],
    { create: () => new NumpyArrayWrapper() },
  ),
  // Only named: joblib writes the numbers of a memory map like those of any array.
  'numpy memmap': {},
};
