import { closeSync, openSync, writeSync } from 'node:fs';
import { type Pickled, type PickledTensor, pickleBytes } from './torch-pickle.ts';
import { type Sink, writeZip, type ZipMember, zipBytes } from './zip-writer.ts';

export type WrittenDtype = 'float32' | 'float16' | 'bfloat16' | 'float64' | 'int64';

/** A tensor to be written; `next` gives its numbers one after the other, row-major unless `strides` says otherwise. */
export interface TensorToWrite {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype?: WrittenDtype;
  readonly strides?: readonly number[];
  readonly next: () => number;
}

export interface TorchZipOptions {
  /** The folder that all members lie in, which torch takes from the file's name. */
  readonly root?: string;
  /** Put before each name, such as `_orig_mod.`. */
  readonly prefix?: string;
  /** The key of a checkpoint under which the state dict lies. */
  readonly wrapper?: string;
  /** Where data may start; torch aligns to 64. */
  readonly alignment?: number;
}

const STORAGES = {
  float32: { name: 'FloatStorage', bytes: 4 },
  float16: { name: 'HalfStorage', bytes: 2 },
  bfloat16: { name: 'BFloat16Storage', bytes: 2 },
  float64: { name: 'DoubleStorage', bytes: 8 },
  int64: { name: 'LongStorage', bytes: 8 },
} as const;

/** Numbers per piece: little memory, whatever the size of the file. */
const PIECE = 1 << 18;

/** Writes a state dict as `torch.save` (1.13) does, tensor by tensor. */
export function writeTorchZip(
  path: string,
  tensors: readonly TensorToWrite[],
  options: TorchZipOptions = {},
): void {
  const file = openSync(path, 'w');
  try {
    const sink: Sink = (bytes) => {
      for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
    };
    writeZip(sink, torchMembers(tensors, options), options.alignment);
  } finally {
    closeSync(file);
  }
}

/** The same, in memory. */
export function torchZipBytes(tensors: readonly TensorToWrite[], options: TorchZipOptions = {}): Buffer {
  return zipBytes(torchMembers(tensors, options), options.alignment);
}

function* torchMembers(tensors: readonly TensorToWrite[], options: TorchZipOptions): Iterable<ZipMember> {
  const { root = 'archive', prefix = '', wrapper } = options;
  const entries = tensors.map(
    (tensor, key) => [prefix + tensor.name, { kind: 'tensor', tensor: pickled(tensor, key) }] as const,
  );
  const state: Pickled = { kind: 'dict', entries };
  const checkpoint: Pickled = {
    kind: 'dict',
    entries: [
      ['epoch', { kind: 'number', value: 7 }],
      ...(wrapper === undefined ? [] : [[wrapper, state] as const]),
    ],
  };
  yield { name: `${root}/data.pkl`, content: [pickleBytes(wrapper === undefined ? state : checkpoint)] };
  for (const [key, tensor] of tensors.entries()) {
    yield { name: `${root}/data/${key}`, content: storageBytes(tensor) };
  }
  yield { name: `${root}/version`, content: [Buffer.from('3\n')] };
}

function pickled({ shape, strides, dtype = 'float32' }: TensorToWrite, key: number): PickledTensor {
  return {
    storageClass: STORAGES[dtype].name,
    key: `${key}`,
    storageElements: elements(shape),
    storageOffset: 0,
    shape,
    strides: strides ?? rowMajor(shape),
  };
}

function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

function rowMajor(shape: readonly number[]): number[] {
  return shape.map((_, axis) => elements(shape.slice(axis + 1)));
}

function* storageBytes({ shape, dtype = 'float32', next }: TensorToWrite): Iterable<Uint8Array> {
  const { bytes } = STORAGES[dtype];
  const piece = Buffer.alloc(PIECE * bytes);
  for (let left = elements(shape); left > 0; ) {
    const count = Math.min(left, PIECE);
    for (let i = 0; i < count; i++) writeNumber(piece, i * bytes, dtype, next());
    yield piece.subarray(0, count * bytes);
    left -= count;
  }
}

const single = new Float32Array(1);
const bits = new Uint32Array(single.buffer);

function writeNumber(target: Buffer, offset: number, dtype: WrittenDtype, value: number): void {
  if (dtype === 'float32') target.writeFloatLE(value, offset);
  else if (dtype === 'float64') target.writeDoubleLE(value, offset);
  else if (dtype === 'int64') target.writeBigInt64LE(BigInt(Math.trunc(value)), offset);
  else target.writeUInt16LE(dtype === 'float16' ? toFloat16(value) : toBfloat16(value), offset);
}

/** Truncated towards zero, which is as good as rounding for weights that are random anyway. */
function toBfloat16(value: number): number {
  single[0] = value;
  return bits[0]! >>> 16;
}

/** Truncated towards zero; what is too small for a normal number becomes zero, what is too large infinite. */
function toFloat16(value: number): number {
  single[0] = value;
  const sign = (bits[0]! >>> 16) & 0x8000;
  const exponent = ((bits[0]! >>> 23) & 0xff) - 127 + 15;
  if (exponent <= 0) return sign;
  if (exponent >= 31) return sign | 0x7c00;
  return sign | (exponent << 10) | ((bits[0]! >>> 13) & 0x3ff);
}
