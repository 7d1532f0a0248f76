import { PaperdeskError } from '../../errors.ts';
import { listText } from '../error-text.ts';
import type { StateDict, TorchTensor } from '../model-files.ts';
import { DTYPES, isWeightDtype } from './torch-dtypes.ts';
import { elementCount, isContiguous, mayOverlap, viewSpan } from './torch-views.ts';

/** Weights that are not row-major are rearranged in memory; at most this many bytes of them. */
const MAX_REARRANGED_BYTES = 64 * 2 ** 20;

/**
 * Selects tensors that can be weights: floating-point, without elements that two indices share.
 * @param what how sentences about the file begin: "The policy"
 * @throws TENSOR_MISSING, TENSOR_DTYPE, TENSOR_BOUNDS, MODEL_TOO_LARGE
 */
export function selectWeights(
  state: StateDict,
  names: readonly string[],
  what: string,
): Map<string, TorchTensor> {
  const missing = names.filter((name) => !state.has(name));
  if (missing.length > 0) {
    const others = missing.length === 1 ? '' : ` and ${missing.length - 1} others`;
    throw new PaperdeskError(
      'TENSOR_MISSING',
      `${what} has no tensor ${missing[0]}${others}; ${names.length} tensors are needed, and it has ` +
        `${names.length - missing.length} of them.`,
    );
  }
  const weights = new Map<string, TorchTensor>();
  let rearranged = 0;
  for (const name of names) {
    const tensor = state.get(name) as TorchTensor;
    const { dtype } = tensor;
    if (!isWeightDtype(dtype)) {
      throw new PaperdeskError(
        'TENSOR_DTYPE',
        `${name} is of type ${dtype}; weights must be float32, float16, bfloat16 or float64.`,
      );
    }
    if (mayOverlap(tensor)) {
      throw new PaperdeskError(
        'TENSOR_BOUNDS',
        `${name} of shape ${listText(tensor.shape)} shares numbers between its elements; save it after .contiguous().`,
      );
    }
    if (!isContiguous(tensor)) rearranged += viewSpan(tensor) * DTYPES[dtype].bytes;
    if (rearranged > MAX_REARRANGED_BYTES) {
      throw new PaperdeskError(
        'MODEL_TOO_LARGE',
        `${what} has more than ${MAX_REARRANGED_BYTES} bytes of weights that are transposed or slices of larger ` +
          `tensors, for example ${name}; save them after .contiguous().`,
      );
    }
    weights.set(name, tensor);
  }
  return weights;
}

/** Number of weights. @throws MODEL_TOO_LARGE beyond `limit` */
export function countWeights(weights: StateDict, limit: number, what: string): number {
  let count = 0;
  for (const { shape } of weights.values()) count += elementCount(shape);
  if (count <= limit) return count;
  throw new PaperdeskError('MODEL_TOO_LARGE', `${what} has ${count} weights; at most ${limit} are accepted.`);
}

/** @throws TENSOR_SHAPE when the named tensor does not have exactly the sizes of `expected` */
export function expectShape(state: StateDict, name: string, expected: readonly number[]): void {
  const { shape } = state.get(name) as TorchTensor;
  if (shape.length === expected.length && shape.every((size, axis) => size === expected[axis])) return;
  throw shapeError(name, shape, listText(expected));
}

export function shapeError(name: string, shape: readonly number[], expected: string): PaperdeskError {
  return new PaperdeskError(
    'TENSOR_SHAPE',
    `${name} has the shape ${listText(shape)}; ${expected} is needed.`,
  );
}
