import type { TorchTensor } from '../model-files.ts';

type View = Pick<TorchTensor, 'shape' | 'strides' | 'storageOffset'>;

/** Number of elements of a shape. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Elements of the storage from the first to the last element of a view, both included. */
export function viewSpan({ shape, strides }: View): number {
  if (shape.includes(0)) return 0;
  return shape.reduce((span, size, axis) => span + (size - 1) * (strides[axis] as number), 1);
}

/** Whether the elements are adjacent and in row-major order. */
export function isContiguous({ shape, strides }: View): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] as number;
    if (size !== 1 && strides[axis] !== expected) return false;
    expected *= size;
  }
  return true;
}

/**
 * Whether two indices may share an element, as after `expand`. Without overlap a view has no more elements than its
 * storage, so a small file cannot declare a large tensor.
 */
export function mayOverlap({ shape, strides }: View): boolean {
  if (shape.includes(0)) return false;
  const axes = shape
    .map((size, axis) => ({ size, stride: strides[axis] as number }))
    .filter(({ size }) => size > 1)
    .sort((a, b) => a.stride - b.stride);
  let reach = 0;
  for (const { size, stride } of axes) {
    if (stride <= reach) return true;
    reach += (size - 1) * stride;
  }
  return false;
}

/** The index of the element at `position` in row-major order. */
export function indexAt(shape: readonly number[], position: number): number[] {
  const index: number[] = [];
  let rest = position;
  for (const size of [...shape].reverse()) {
    index.push(rest % size);
    rest = Math.floor(rest / size);
  }
  return index.reverse();
}
