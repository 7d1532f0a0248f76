import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { PaperdeskError } from '../../errors.ts';
import type { ByteReader } from '../byte-reader.ts';
import { forEachSlice } from '../chunks.ts';
import { listText } from '../error-text.ts';
import type { TorchTensor } from '../model-files.ts';
import { entryReader } from '../zip/zip.ts';
import { DTYPES, isWeightDtype } from './torch-dtypes.ts';
import { widen } from './torch-numbers.ts';
import { elementCount, isContiguous, mayOverlap, viewSpan } from './torch-views.ts';

/** Elements moved between two pauses. */
const GATHER_ELEMENTS = 2 ** 16;

/**
 * Reads the numbers of a tensor in row-major order; float16, bfloat16 and float64 become float32.
 * @throws TENSOR_DTYPE for integers and bools; TENSOR_BOUNDS for expanded tensors; ZIP_MALFORMED and ZIP_TOO_LARGE for
 *   compressed storages
 */
export async function readTensor(reader: ByteReader, tensor: TorchTensor): Promise<Float32Array> {
  const { dtype } = tensor;
  if (!isWeightDtype(dtype)) {
    throw new PaperdeskError('TENSOR_DTYPE', `A tensor of ${dtype} is needed as floating-point numbers.`);
  }
  if (mayOverlap(tensor)) {
    throw new PaperdeskError(
      'TENSOR_BOUNDS',
      `A tensor of shape ${listText(tensor.shape)} shares numbers between its elements; save it after .contiguous().`,
    );
  }
  const span = viewSpan(tensor);
  const values = new Float32Array(span);
  const size = DTYPES[dtype].bytes;
  const source = await entryReader(reader, tensor.storage);
  await forEachSlice(source, tensor.storageOffset * size, span * size, (chunk, offset) => {
    widen(dtype, chunk, values.subarray(offset / size));
  });
  return isContiguous(tensor) ? values : await gather(values, tensor);
}

/** Copies the elements of a view, whose span is `source`, into row-major order. */
async function gather(source: Float32Array, { shape, strides }: TorchTensor): Promise<Float32Array> {
  const target = new Float32Array(elementCount(shape));
  const index = shape.map(() => 0);
  let at = 0;
  for (let done = 0; done < target.length; done++) {
    target[done] = source[at] as number;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] as number) + 1;
      at += strides[axis] as number;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      at -= (shape[axis] as number) * (strides[axis] as number);
      index[axis] = 0;
    }
    if (done % GATHER_ELEMENTS === GATHER_ELEMENTS - 1) await yieldToEventLoop();
  }
  return target;
}
