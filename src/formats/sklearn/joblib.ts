import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import { PaperdeskError } from '../../errors.ts';
import { NumpyArray } from '../numpy/numpy.ts';
import {
  type AllowedGlobal,
  describe,
  isTuple,
  type PickleContext,
  PickleGlobal,
  PickleObject,
  type PickleValue,
} from '../pickle/pickle-values.ts';

/** Compressions of joblib that need a decoder Node does not have, by the bytes they start with. */
const OTHER_COMPRESSIONS: readonly (readonly [string, Buffer])[] = [
  ['bz2', Buffer.from('BZh')],
  ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00])],
  ['lzma', Buffer.from([0x5d, 0x00, 0x00])],
  ['lz4', Buffer.from([0x04, 0x22, 0x4d, 0x18])],
  ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd])],
  ["joblib's old zlib format", Buffer.from('ZF')],
];

// With `info: true` zlib answers the stream too, which its types do not tell.
type Decompress = (
  bytes: Uint8Array,
  options: { maxOutputLength: number; info: true },
) => Promise<{ buffer: Uint8Array; engine: { bytesWritten: number } }>;
const inflateWithInfo = promisify(inflate) as unknown as Decompress;
const gunzipWithInfo = promisify(gunzip) as unknown as Decompress;

/**
 * The pickle in a file of joblib.dump: itself, or inflated from zlib or gzip to at most `limit` bytes.
 * @throws SCALER_COMPRESSION for bz2, lzma, xz, lz4; PICKLE_LIMIT, PICKLE_MALFORMED
 */
export async function decompressJoblib(bytes: Uint8Array, what: string, limit: number): Promise<Uint8Array> {
  const head = Buffer.from(bytes.subarray(0, 8));
  const other = OTHER_COMPRESSIONS.find(([, magic]) => head.subarray(0, magic.length).equals(magic));
  if (other !== undefined) {
    throw new PaperdeskError(
      'SCALER_COMPRESSION',
      `${what} is compressed by ${other[0]}; save it with joblib.dump(scaler, path) or compress=("zlib", 3).`,
    );
  }
  if (head[0] === 0x1f && head[1] === 0x8b) return decompress(gunzipWithInfo, bytes, what, limit);
  // RFC 1950: deflate with a window of at most 32 KiB, and a check of the two bytes.
  const isZlib = head.length >= 2 && (head[0]! & 0x8f) === 0x08 && head.readUInt16BE(0) % 31 === 0;
  return isZlib ? decompress(inflateWithInfo, bytes, what, limit) : bytes;
}

async function decompress(
  run: Decompress,
  bytes: Uint8Array,
  what: string,
  limit: number,
): Promise<Uint8Array> {
  let result: Awaited<ReturnType<Decompress>>;
  try {
    result = await run(bytes, { maxOutputLength: limit, info: true });
  } catch (cause) {
    if (cause instanceof RangeError) {
      throw new PaperdeskError('PICKLE_LIMIT', `${what} inflates to more than the ${limit} bytes accepted.`, {
        cause,
      });
    }
    throw new PaperdeskError(
      'PICKLE_MALFORMED',
      `${what} cannot be decompressed; it is damaged or cut off.`,
      { cause },
    );
  }
  const left = bytes.length - result.engine.bytesWritten;
  if (left !== 0) {
    throw new PaperdeskError('PICKLE_MALFORMED', `${left} bytes follow the compressed data of ${what}.`);
  }
  return result.buffer;
}

/**
 * Stands in the pickle for an array whose bytes follow right behind it in the stream; for an array of objects a
 * whole pickle follows. Read from joblib's numpy_pickle.py as it has been since 0.10.
 */
class NumpyArrayWrapper extends PickleObject {
  readonly typeName = 'joblib array';

  override build(state: PickleValue, context: PickleContext): PickleValue {
    if (!(state instanceof Map)) throw context.malformed(`the state of a joblib array is ${describe(state)}`);
    const subclass = state.get('subclass');
    if (!(subclass instanceof PickleGlobal && subclass.is('numpy', 'ndarray'))) {
      throw context.malformed(`a joblib array is ${describe(subclass)}, not an ndarray`);
    }
    const array = new NumpyArray();
    array.define(state.get('shape'), state.get('dtype'), state.get('order') === 'F', context);
    if (array.dtype.kind === 'O') return objectArray(array, context);
    skipPadding(state.get('numpy_array_alignment_bytes') ?? null, context);
    array.setBytes(context.takeBytes(array.length * array.dtype.itemSize), context);
    return array;
  }
}

/** Since joblib 1.1 a byte with the length of a padding, and the padding, stand before the numbers. */
function skipPadding(alignment: PickleValue, context: PickleContext): void {
  if (alignment === null) return;
  const [padding] = context.takeBytes(1) as unknown as [number];
  context.takeBytes(padding);
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

const WRAPPER: AllowedGlobal = { create: () => new NumpyArrayWrapper() };

export const JOBLIB_GLOBALS: Readonly<Record<string, AllowedGlobal>> = {
  'joblib.numpy_pickle NumpyArrayWrapper': WRAPPER,
  'sklearn.externals.joblib.numpy_pickle NumpyArrayWrapper': WRAPPER,
};
