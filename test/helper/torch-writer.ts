import { closeSync, openSync, writeSync } from 'node:fs';
import { bytes, op, type Part, pickle } from './pickle-assembler.ts';
import {
  type EndFields,
  type Member,
  type Sink,
  type StreamedMember,
  writeZip,
  writeZipTo,
} from './zip-writer.ts';

/** A tensor to be written: row-major without strides, all of it 0.5 without a storage. */
export interface TensorSpec {
  readonly shape: readonly number[];
  readonly strides?: readonly number[];
  readonly offset?: number;
  /** The class of torch's storages; float32 by default. */
  readonly storageType?: string;
  /** The bytes of the storage, at once or in pieces. */
  readonly storage?: Buffer | Iterable<Uint8Array>;
  /** Declared elements of the storage. */
  readonly elements?: number;
  /** Storage key of an earlier tensor to share. */
  readonly share?: string;
}

export type State = Readonly<Record<string, TensorSpec>>;

export interface TorchOptions {
  /** Folder of all members, which torch takes from the name of the file. */
  readonly folder?: string;
  /** Pickles something around the dict of tensors. */
  readonly wrap?: (state: Buffer) => Buffer;
  /** Replaces the whole pickle. */
  readonly pickle?: Buffer;
  readonly extra?: readonly Member[];
  /** Fields of every member. */
  readonly member?: Partial<Member>;
  readonly end?: EndFields;
}

/** The bytes of a `torch.save`d state dict as torch 1.13 writes it: aligned by 64, descriptors, zip64 end. */
export function writeTorch(state: State, options: TorchOptions = {}): Buffer {
  return writeZip(torchMembers(state, options), { zip64: true, ...options.end });
}

/** The same to a file, piece by piece. */
export function writeTorchFile(path: string, state: State, options: TorchOptions = {}): void {
  const file = openSync(path, 'w');
  const sink: Sink = (piece) => {
    for (let done = 0; done < piece.length; ) done += writeSync(file, piece, done);
  };
  try {
    writeZipTo(sink, torchMembers(state, options), { zip64: true, ...options.end });
  } finally {
    closeSync(file);
  }
}

function* torchMembers(state: State, options: TorchOptions): Iterable<StreamedMember> {
  const { folder = 'archive', extra = [] } = options;
  const layout: Partial<Member> = { descriptor: 'signed', alignment: 64, madeBy: 0, ...options.member };
  const tensors = Object.entries(state);
  const items = tensors.map(([name, spec], key) => [op.text(name), tensorParts(`${key}`, spec)]);
  const dict = bytes(EMPTY_DICT, '(', items.flat(), 'u');
  const content = options.pickle ?? pickle(options.wrap?.(dict) ?? dict);
  yield { ...layout, name: `${folder}/data.pkl`, content };
  for (const [key, [, { shape, share, storage }]] of tensors.entries()) {
    if (share !== undefined) continue;
    const halves = storage ?? float32(new Array(product(shape)).fill(0.5));
    yield { ...layout, name: `${folder}/data/${key}`, content: halves };
  }
  yield { ...layout, name: `${folder}/version`, content: Buffer.from('3\n') };
  for (const member of extra) yield { ...layout, ...member };
}

const EMPTY_DICT: readonly Part[] = [op.global('collections', 'OrderedDict'), op.emptyTuple, op.reduce];

const product = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** The opcodes that make one tensor, whose storage has the key `key`. */
export function tensorParts(key: string, spec: TensorSpec): Buffer {
  const { shape } = spec;
  const strides = spec.strides ?? shape.map((_, axis) => product(shape.slice(axis + 1)));
  const counts = (values: readonly number[]) => op.tuple(...values.map((value) => op.int(value)));
  return bytes(
    op.global('torch._utils', '_rebuild_tensor_v2'),
    op.mark,
    op.tuple(
      op.text('storage'),
      op.global('torch', spec.storageType ?? STORAGES.float32.type),
      op.text(spec.share ?? key),
      op.text('cpu'),
      op.int(spec.elements ?? product(shape)),
    ),
    op.persistentId,
    op.int(spec.offset ?? 0),
    counts(shape),
    counts(strides),
    op.false,
    EMPTY_DICT,
    't',
    op.reduce,
  );
}

export function float32(values: readonly number[]): Buffer {
  return Buffer.from(Float32Array.from(values).buffer);
}

const STORAGES = {
  float32: { type: 'FloatStorage', bytes: 4 },
  float16: { type: 'HalfStorage', bytes: 2 },
  bfloat16: { type: 'BFloat16Storage', bytes: 2 },
  float64: { type: 'DoubleStorage', bytes: 8 },
} as const;

export type WrittenDtype = keyof typeof STORAGES;

/** Numbers per piece of a generated storage. */
const PIECE = 2 ** 18;

/** A tensor whose numbers `next` generates while it is written, row-major. */
export function generatedTensor(
  shape: readonly number[],
  next: () => number,
  dtype: WrittenDtype = 'float32',
): TensorSpec {
  const { type, bytes: size } = STORAGES[dtype];
  function* pieces(): Iterable<Uint8Array> {
    const piece = Buffer.alloc(PIECE * size);
    for (let left = product(shape); left > 0; ) {
      const count = Math.min(left, PIECE);
      for (let i = 0; i < count; i++) writeNumber(piece, i * size, dtype, next());
      yield piece.subarray(0, count * size);
      left -= count;
    }
  }
  return { shape, storageType: type, storage: pieces() };
}

const single = new Float32Array(1);
const bits = new Uint32Array(single.buffer);

function writeNumber(target: Buffer, offset: number, dtype: WrittenDtype, value: number): void {
  if (dtype === 'float32') target.writeFloatLE(value, offset);
  else if (dtype === 'float64') target.writeDoubleLE(value, offset);
  else target.writeUInt16LE(dtype === 'float16' ? toFloat16(value) : toBfloat16(value), offset);
}

/** Truncated towards zero. */
function toBfloat16(value: number): number {
  single[0] = value;
  return bits[0]! >>> 16;
}

/** Truncated towards zero: too small for a normal number becomes zero, too large becomes infinite. */
function toFloat16(value: number): number {
  single[0] = value;
  const sign = (bits[0]! >>> 16) & 0x8000;
  const exponent = ((bits[0]! >>> 23) & 0xff) - 127 + 15;
  if (exponent <= 0) return sign;
  if (exponent >= 31) return sign | 0x7c00;
  return sign | (exponent << 10) | ((bits[0]! >>> 13) & 0x3ff);
}

export interface PatchTstSizes {
  readonly dModel?: number;
  readonly patchLength?: number;
  readonly patches?: number;
  readonly layers?: number;
  readonly feedForward?: number;
  readonly hidden?: number;
  readonly features?: number;
  readonly outputs?: number;
}

/** Sizes that leave the stride no choice. */
export const ONE_PATCH: PatchTstSizes = { patchLength: 512, patches: 1 };

/** The tensors of a PatchTST (forecast-and-policy.md#4), a very small one by default. */
export function patchTst(sizes: PatchTstSizes = {}): Record<string, TensorSpec> {
  const { dModel: d = 4, patchLength = 256, patches = 2, layers = 1, feedForward: ff = 3 } = sizes;
  const { hidden = 2, features = 28, outputs = 576 } = sizes;
  const shapes: Record<string, number[]> = {
    pos_embed: [1, 1, patches, d],
    'patch_embed.project.weight': [d, patchLength],
    'patch_embed.project.bias': [d],
  };
  for (let i = 0; i < layers; i++) {
    const layer = {
      'self_attn.in_proj_weight': [3 * d, d],
      'self_attn.in_proj_bias': [3 * d],
      'self_attn.out_proj.weight': [d, d],
      'self_attn.out_proj.bias': [d],
      'linear1.weight': [ff, d],
      'linear1.bias': [ff],
      'linear2.weight': [d, ff],
      'linear2.bias': [d],
      'norm1.weight': [d],
      'norm1.bias': [d],
      'norm2.weight': [d],
      'norm2.bias': [d],
    };
    for (const [name, shape] of Object.entries(layer)) shapes[`encoder.layers.${i}.${name}`] = shape;
  }
  shapes['head.1.weight'] = [hidden, features * patches * d];
  shapes['head.1.bias'] = [hidden];
  shapes['head.4.weight'] = [outputs, hidden];
  shapes['head.4.bias'] = [outputs];
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, { shape }]));
}
