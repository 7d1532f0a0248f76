import { bytes, op, type Part, pickle } from './pickle-assembler.ts';
import { type EndFields, type Member, writeZip } from './zip-bytes.ts';

/** A tensor for `writeTorch`; without strides it is row-major, without values all of it is 0.5. */
export interface TensorSpec {
  readonly shape: readonly number[];
  readonly strides?: readonly number[];
  readonly offset?: number;
  readonly storageType?: string;
  /** The storage's content; elements are counted by `elements`. */
  readonly storage?: Buffer;
  readonly elements?: number;
  /** Storage key of an earlier tensor to share. */
  readonly share?: string;
}

export interface TorchOptions {
  readonly folder?: string;
  /** What stands before and after the dict of tensors, for wrappers. */
  readonly wrap?: (state: Buffer) => Buffer;
  /** Replaces the whole pickle. */
  readonly pickle?: Buffer;
  readonly extra?: readonly Member[];
  readonly member?: Partial<Member>;
  readonly end?: EndFields;
}

const product = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

export function float32(values: readonly number[]): Buffer {
  return Buffer.from(Float32Array.from(values).buffer);
}

/** The opcodes that make one tensor. */
export function tensorParts(key: string, spec: TensorSpec): Buffer {
  const { shape } = spec;
  const strides = spec.strides ?? shape.map((_, axis) => product(shape.slice(axis + 1)));
  const elements = spec.elements ?? product(shape);
  const type = spec.storageType ?? 'FloatStorage';
  const counts = (values: readonly number[]) => op.tuple(...values.map((value) => op.int(value)));
  return bytes(
    op.global('torch._utils', '_rebuild_tensor_v2'),
    op.mark,
    op.tuple(
      op.text('storage'),
      op.global('torch', type),
      op.text(spec.share ?? key),
      op.text('cpu'),
      op.int(elements),
    ),
    op.persistentId,
    op.int(spec.offset ?? 0),
    counts(shape),
    counts(strides),
    op.false,
    [op.global('collections', 'OrderedDict'), op.emptyTuple, op.reduce],
    't',
    op.reduce,
  );
}

/** The bytes of a `torch.save`d state dict, laid out as torch does: aligned by 64, with descriptors and zip64 end. */
export function writeTorch(state: Readonly<Record<string, TensorSpec>>, options: TorchOptions = {}): Buffer {
  const folder = options.folder ?? 'archive';
  const items: Part[] = [];
  const storages: Member[] = [];
  for (const [i, [name, spec]] of Object.entries(state).entries()) {
    items.push(op.text(name), tensorParts(String(i), spec));
    if (spec.share !== undefined) continue;
    const content = spec.storage ?? float32(new Array(product(spec.shape)).fill(0.5));
    storages.push({ name: `${folder}/data/${i}`, content });
  }
  const dict = bytes(op.global('collections', 'OrderedDict'), op.emptyTuple, op.reduce, '(', items, 'u');
  const content = options.pickle ?? pickle(options.wrap?.(dict) ?? dict);
  const members = [
    { name: `${folder}/data.pkl`, content },
    ...storages,
    { name: `${folder}/version`, content: Buffer.from('3\n') },
    ...(options.extra ?? []),
  ];
  let offset = 0;
  const aligned = members.map((member): Member => {
    const start = offset + 30 + Buffer.byteLength(member.name) + 4;
    const padding = (64 - (start % 64)) % 64;
    offset = start + padding + member.content.length + 16;
    const localExtra = Buffer.concat([
      Buffer.from('FB'),
      Buffer.from([padding, 0]),
      Buffer.alloc(padding, 'Z'),
    ]);
    return { descriptor: 'signed', localExtra, madeBy: 0, ...options.member, ...member };
  });
  return writeZip(aligned, { zip64: true, ...options.end });
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

/** The tensors of a very small PatchTST (forecast-and-policy.md#4), all of them 0.5. */
export function patchTst(sizes: PatchTstSizes = {}): Record<string, TensorSpec> {
  const {
    dModel: d = 4,
    patchLength = 256,
    patches = 2,
    layers = 1,
    feedForward: ff = 3,
    hidden = 2,
  } = sizes;
  const { features = 28, outputs = 576 } = sizes;
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
