/** Values as the pickles of torch.save have them. */
export type Pickled =
  | { readonly kind: 'tensor'; readonly tensor: PickledTensor }
  | { readonly kind: 'dict'; readonly entries: readonly (readonly [string, Pickled])[] }
  | { readonly kind: 'number'; readonly value: number };

export interface PickledTensor {
  readonly storageClass: string;
  readonly key: string;
  readonly storageElements: number;
  readonly storageOffset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** A pickle of protocol 2, opcode by opcode as torch writes it, only without the memo. */
export function pickleBytes(root: Pickled): Buffer {
  return Buffer.concat([Buffer.from([0x80, 2]), value(root), Buffer.from('.')]);
}

function value(content: Pickled): Buffer {
  if (content.kind === 'number') return integer(content.value);
  if (content.kind === 'tensor') return tensor(content.tensor);
  const items = content.entries.flatMap(([key, item]) => [text(key), value(item)]);
  return Buffer.concat([orderedDict(), Buffer.from('('), ...items, Buffer.from('u')]);
}

function tensor({
  storageClass,
  key,
  storageElements,
  storageOffset,
  shape,
  strides,
}: PickledTensor): Buffer {
  const storage = [
    text('storage'),
    global('torch', storageClass),
    text(key),
    text('cpu'),
    integer(storageElements),
  ];
  const persistent = Buffer.concat([tuple(storage), Buffer.from('Q')]);
  const requiresGradient = Buffer.from([0x89]);
  return Buffer.concat([
    global('torch._utils', '_rebuild_tensor_v2'),
    tuple([
      persistent,
      integer(storageOffset),
      tuple(shape.map(integer)),
      tuple(strides.map(integer)),
      requiresGradient,
      orderedDict(),
    ]),
    Buffer.from('R'),
  ]);
}

function orderedDict(): Buffer {
  return Buffer.concat([global('collections', 'OrderedDict'), Buffer.from(')R')]);
}

function global(module: string, name: string): Buffer {
  return Buffer.from(`c${module}\n${name}\n`);
}

function text(content: string): Buffer {
  const bytes = Buffer.from(content);
  const head = Buffer.alloc(5, 'X');
  head.writeUInt32LE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

function integer(content: number): Buffer {
  if (content >= 0 && content < 256) return Buffer.from([0x4b, content]);
  if (content >= -(2 ** 31) && content < 2 ** 31) {
    const bytes = Buffer.alloc(5, 'J');
    bytes.writeInt32LE(content, 1);
    return bytes;
  }
  const bytes = Buffer.alloc(10);
  bytes.write('\x8a\x08', 'latin1');
  bytes.writeBigInt64LE(BigInt(content), 2);
  return bytes;
}

function tuple(items: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from('('), ...items, Buffer.from('t')]);
}
