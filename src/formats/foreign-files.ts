/** Files that people upload in place of the one that is needed, so that a refusal can say what they are. */

/** Bytes from the start of a file that `foreignKind` looks at. */
export const FOREIGN_HEAD_BYTES = 512;

const LARGEST_SAFETENSORS_HEADER = 100_000_000;

const startsWith =
  (...magic: readonly (string | number)[]) =>
  (head: Buffer) => {
    const bytes = Buffer.concat(magic.map((part) => Buffer.from(typeof part === 'string' ? part : [part])));
    return head.subarray(0, bytes.length).equals(bytes);
  };

const KINDS: readonly (readonly [kind: string, matches: (head: Buffer) => boolean])[] = [
  [
    'a pointer of Git LFS, not the file it stands for (run "git lfs pull" first)',
    startsWith('version https://git-lfs'),
  ],
  ['a safetensors file', isSafetensors],
  ['an HDF5 file, as Keras writes them', startsWith(0x89, 'HDF\r\n', 0x1a, '\n')],
  ['a GGUF file', startsWith('GGUF')],
  ['an array of numpy (.npy)', startsWith(0x93, 'NUMPY')],
  ['a tar archive', (head) => head.subarray(257, 262).toString('latin1') === 'ustar'],
  ['compressed by gzip', startsWith(0x1f, 0x8b)],
  ['compressed by bz2', startsWith('BZh')],
  ['compressed by xz', startsWith(0xfd, '7zXZ', 0)],
  ['compressed by zstd', startsWith(0x28, 0xb5, 0x2f, 0xfd)],
  ['a 7z archive', startsWith('7z', 0xbc, 0xaf)],
  ['a RAR archive', startsWith('Rar!')],
  ['a Parquet file', startsWith('PAR1')],
  // ir_version and producer_name, the first two fields of a ModelProto.
  ['an ONNX model', (head) => head[0] === 0x08 && (head[1] ?? 0) < 32 && head[2] === 0x12],
  ['a pickle', (head) => head[0] === 0x80 && [2, 3, 4, 5].includes(head[1] ?? 0)],
  ['a web page', (head) => /^\s*<(?:!doctype|html)/i.test(head.toString('latin1'))],
  ['JSON', (head) => /^\s*[{[]\s*["{[\]}\d]/.test(head.toString('latin1'))],
];

/**
 * What a file is by its first bytes, as the end of a sentence that begins with "it is".
 * @returns undefined where they are not known
 */
export function foreignKind(head: Uint8Array): string | undefined {
  const bytes = Buffer.from(head);
  return KINDS.find(([, matches]) => matches(bytes))?.[0];
}

/** The length of a JSON header, then the header. */
function isSafetensors(head: Buffer): boolean {
  if (head.length < 10 || head.toString('latin1', 8, 10) !== '{"') return false;
  return head.readUInt32LE(4) === 0 && head.readUInt32LE(0) <= LARGEST_SAFETENSORS_HEADER;
}

/**
 * What a zip container is by the names of its members, as the end of a sentence that begins with "it".
 * @returns undefined where they are not known
 */
export function foreignArchive(names: Iterable<string>): string | undefined {
  const list = [...names];
  const has = (name: string) => list.some((other) => other === name || other.endsWith(`/${name}`));
  if (has('policy.pth')) return 'is a stable-baselines3 archive';
  if (has('parameter_list') || (has('parameters') && has('data')))
    return 'is an archive of stable-baselines 2, which is TensorFlow';
  if (list.some((name) => /^[^/]+\/data\.pkl$/.test(name))) return 'was written by torch.save';
  if (has('model.weights.h5')) return 'is a Keras model';
  if (has('saved_model.pb')) return 'is a SavedModel of TensorFlow';
  if (list.length > 0 && list.every((name) => name.endsWith('.npy'))) return 'holds arrays of numpy (.npz)';
  const inner = list.filter((name) => /\.(?:pth?|ckpt|zip)$/.test(name));
  const [only] = inner;
  return only === undefined || inner.length > 1
    ? undefined
    : `holds ${JSON.stringify(only.slice(0, 100))}: upload that file itself`;
}
